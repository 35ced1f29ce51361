"""Where latency drowns a difference: the model's answer, the measured one, and how they are told."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.results.scaling_laws import (
    FoundCrossover,
    PairedLevel,
    crossover,
    crossover_sentence,
    modelled_rate,
    predicted_crossover,
)

LATENCIES = (0, 1, 2, 5, 10, 20, 50, 100, 300)
FAST_US, SLOW_US, FLOOR_MS = 100.0, 600.0, 0.3


def paired(concurrency: int, sigma: float = 0.0, blocks: int = 6, seed: int = 1) -> list[PairedLevel]:
    """Two contenders that behave as the model says, with noise inside the blocks."""
    source = random.Random(seed)

    def log_ratio(latency: float) -> float:
        fast, slow = (modelled_rate(concurrency, latency, cpu, FLOOR_MS) for cpu in (FAST_US, SLOW_US))
        return math.log(fast / slow)

    return [level_of(at, [log_ratio(at) + source.gauss(0, sigma) for _ in range(blocks)]) for at in LATENCIES]


def level_of(latency: float, differences: list[float]) -> PairedLevel:
    """A latency at which the two cost what they cost everywhere."""
    return PairedLevel(latency, differences, (FAST_US, SLOW_US))


def found(levels: list[PairedLevel], concurrency: int = 64, delta: float = 0.03) -> FoundCrossover:
    """The crossover of the two."""
    return crossover(levels, concurrency=concurrency, floor_ms=FLOOR_MS, delta=delta)


def predicted(concurrency: int, one: float, other: float, floor: float, delta: float = 0.03) -> float:
    """The prediction for two costs that no latency changes."""
    level = PairedLevel(10, [], (one, other))
    return predicted_crossover([level], concurrency=concurrency, floor_ms=floor, delta=delta)


def test_the_model_waits_or_computes() -> None:
    assert modelled_rate(1, 99, 1_000, 0) == pytest.approx(10)
    assert modelled_rate(10, 99_999, 100, 1) == pytest.approx(0.1, rel=1e-4)
    assert modelled_rate(2000, 99, 100, 1) == pytest.approx(10_000, rel=1e-3)
    assert modelled_rate(10, 0, 0, 0) > 0


def test_the_model_is_the_known_answer_of_a_repairman_with_three_machines() -> None:
    """By birth and death with equal rates of breaking and mending: he works for 15 of 16 parts of the time."""
    weights = [math.factorial(3) // math.factorial(3 - broken) for broken in range(4)]
    busy = 1 - weights[0] / sum(weights)
    assert modelled_rate(3, 0.75, 1_000, 0.25) == pytest.approx(busy * 1_000)


@given(st.integers(1, 300), st.floats(1, 1e5), st.floats(1, 1e5), st.floats(0.01, 100))
def test_in_the_model_the_rates_are_equal_from_the_prediction_on_and_not_before(
    concurrency: int, one: float, other: float, floor: float
) -> None:
    at = predicted(concurrency, one, other, floor)
    for latency in (at * 1.01 + 0.001, at * 0.99 - 0.001):
        if latency > 0:
            rates = [modelled_rate(concurrency, latency, cpu, floor) for cpu in (one, other)]
            assert (max(rates) / min(rates) < 1.03) == (latency > at)


@given(st.integers(2, 300), st.floats(100, 1e5))
def test_the_gap_lasts_beyond_where_the_slower_one_begins_to_wait(concurrency: int, slow: float) -> None:
    assert predicted(concurrency, slow / 10, slow, 0.1) > concurrency * slow / 1e3 - 0.1


def test_what_a_request_costs_lies_between_the_levels_around_it() -> None:
    dear, cheap = (level_of(at, []) for at in (1, 1_000))
    cheap = cheap._replace(cpu_us=(FAST_US, SLOW_US / 3))
    at = [
        predicted_crossover(levels, concurrency=16, floor_ms=FLOOR_MS)
        for levels in ([cheap], [dear, cheap], [dear])
    ]
    assert at == sorted(at)
    assert len(set(at)) == 3


@pytest.mark.parametrize("concurrency", [8, 16, 64, 150, 400])
def test_what_is_measured_in_the_models_own_world_lies_near_what_is_predicted(concurrency: int) -> None:
    result = found(paired(concurrency, sigma=0.003), concurrency)
    assert result.measured_ms is not None
    below = max((at for at in LATENCIES if at < result.predicted_ms), default=0)
    above = min(at for at in LATENCIES if at >= result.predicted_ms)
    assert below <= result.measured_ms <= above
    assert result.measured_ms == pytest.approx(result.predicted_ms, rel=0.25)


def test_between_levels_it_is_where_the_estimate_crosses() -> None:
    limit = math.log1p(0.03)
    levels = [level_of(at, [ratio] * 6) for at, ratio in ((0, 0.5), (10, limit * 4), (20, limit / 2))]
    part = 2 / 3
    expected = (10 + FLOOR_MS) * ((20 + FLOOR_MS) / (10 + FLOOR_MS)) ** part - FLOOR_MS
    result = found(levels)
    assert result.measured_ms == pytest.approx(expected)
    assert (result.low_ms, result.high_ms) == (10, 20)


def test_its_interval_ends_at_the_levels_that_show_a_difference_and_none() -> None:
    limit = math.log1p(0.03)
    spread = [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5]
    levels = [
        level_of(at, [(middle + part) * limit for part in spread])
        for at, middle in ((0, 9), (10, 3), (20, 1.2), (50, 0.2), (100, 0.2))
    ]
    result = found(levels)
    assert result.low_ms is not None
    assert result.measured_ms is not None
    assert result.high_ms is not None
    assert 20 < result.measured_ms < 50
    assert (result.low_ms, result.high_ms) == (10, 50)


def test_a_difference_that_chance_makes_nothing_does_not_draw_it_to_itself() -> None:
    limit = math.log1p(0.03)
    tenth, nothing = (
        found([level_of(0, [limit * 5] * 6), level_of(50, [limit * part] * 6)]) for part in (0.1, 1e-9)
    )
    assert tenth.measured_ms == nothing.measured_ms


def test_one_level_that_differs_above_another_that_does_not_moves_it_up() -> None:
    levels = [level_of(at, [ratio] * 6) for at, ratio in ((0, 0.5), (10, 0.0), (20, 0.1), (50, 0.0))]
    at = found(levels).measured_ms
    assert at is not None
    assert 20 < at < 50


def test_a_level_above_that_differs_by_chance_alone_does_not_move_it() -> None:
    noise = [-0.06, 0.06, 0.09, 0.01, 0.08, 0.05]
    levels = [level_of(at, [ratio] * 6) for at, ratio in ((0, 0.5), (10, 0.2), (20, 0.01))]
    result = found([*levels, level_of(50, noise)])
    assert (result.low_ms, result.high_ms) == (10, 20)
    assert result.measured_ms is not None
    assert 10 < result.measured_ms < 20


def test_the_model_is_said_to_disagree_where_the_data_leave_no_room_for_it() -> None:
    assert found(paired(64)).agrees is True
    early = [level_of(at, [0.5 if at < 2 else 0.0] * 6) for at in LATENCIES]
    result = found(early)
    assert (result.low_ms, result.high_ms, result.agrees) == (1, 2, False)
    assert (
        "of latency the choice between A and B changes throughput by less than 3 %; the model disagrees, "
        in (crossover_sentence(result, "A", "B"))
    )
    beyond = found([level_of(at, [0.0] * 6) for at in LATENCIES], 1000)
    assert crossover_sentence(beyond, "A", "B").endswith("by CPU per request alone predicts more than 300 ms")


def test_it_is_never_where_the_highest_level_differs() -> None:
    result = found(paired(1000), 1000)
    assert result.measured_ms is None
    assert not result.is_from_start
    assert result.highest_ms == 300
    assert result.predicted_ms > 300


def test_it_is_from_the_start_where_no_level_differs() -> None:
    result = found([level_of(at, [0.001, -0.002, 0.0, 0.002, 0.001, 0.0]) for at in LATENCIES])
    assert result.is_from_start
    assert result.measured_ms == 0


def test_too_few_blocks_show_nothing_and_noise_is_no_equality() -> None:
    assert found([level_of(at, [0.0] * 4) for at in LATENCIES]).measured_ms is None
    assert found([level_of(at, []) for at in LATENCIES]).measured_ms is None
    assert found([level_of(at, [-0.2, 0.2, 0.1, -0.1, 0.15, -0.15]) for at in LATENCIES]).measured_ms is None


def test_below_a_level_without_an_interval_it_is_the_first_with_one() -> None:
    levels = [level_of(0, [0.0]), level_of(10, [0.0] * 6), level_of(20, [0.0] * 6)]
    assert found(levels).measured_ms == 10


def test_no_levels_are_an_error() -> None:
    with pytest.raises(ValueError, match="no levels"):
        found([])


@given(st.integers(1, 1_000))
def test_the_estimate_lies_inside_its_interval(seed: int) -> None:
    result = found(paired(32, sigma=0.01, seed=seed), 32)
    if result.measured_ms is not None:
        assert result.low_ms is not None
        assert result.high_ms is not None
        assert result.low_ms <= result.measured_ms <= result.high_ms


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.floats(0.01, 0.2))
def test_a_wider_margin_never_moves_it_up(ratios: list[float], delta: float) -> None:
    levels = [level_of(at, [ratio] * 6) for at, ratio in enumerate(ratios)]
    narrow, wide = found(levels, delta=delta).measured_ms, found(levels, delta=delta * 2).measured_ms
    assert narrow is None or (wide is not None and wide <= narrow + 1e-9)


def test_it_is_told_in_a_sentence() -> None:
    measured = FoundCrossover(measured_ms=18.2, low_ms=16.0, high_ms=21, predicted_ms=16.0, highest_ms=300)
    assert crossover_sentence(measured, "aiohttp", "httpx", 3.1) == (
        "above 18.2 ms [16.0–21.0] of latency the choice between aiohttp and httpx changes throughput by less than "
        "3 %; CPU per request still differs 3.1 times"
    )
    never = FoundCrossover(measured_ms=None, predicted_ms=700.0, highest_ms=300)
    assert crossover_sentence(never, "A", "B") == (
        "at no latency up to 300 ms is it shown that the choice between A and B changes throughput by less than 3 %"
    )
    always = FoundCrossover(measured_ms=0, predicted_ms=0, highest_ms=300, is_from_start=True, delta=0.05)
    assert crossover_sentence(always, "A", "B") == (
        "at every latency that was measured, the choice between A and B changes throughput by less than 5 %"
    )
