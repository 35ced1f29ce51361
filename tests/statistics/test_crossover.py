"""Where latency drowns a difference: the model's answer, the measured one, and how they are told."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.crossover import (
    FoundCrossover,
    PairedLevel,
    crossover,
    crossover_sentence,
    modelled_rate,
    predicted_crossover,
)

LATENCIES = (0, 1, 2, 5, 10, 20, 50, 100, 300)
FAST_US, SLOW_US, FLOOR_MS = 100.0, 600.0, 0.3


def paired(concurrency: float, sigma: float = 0.0, blocks: int = 6, seed: int = 1) -> list[PairedLevel]:
    """Two contenders that behave as the model says, with noise inside the blocks."""
    source = random.Random(seed)

    def log_ratio(latency: float) -> float:
        fast, slow = (modelled_rate(concurrency, latency, cpu, FLOOR_MS) for cpu in (FAST_US, SLOW_US))
        return math.log(fast / slow)

    return [
        PairedLevel(at, [log_ratio(at) + source.gauss(0, sigma) for _ in range(blocks)]) for at in LATENCIES
    ]


def found(levels: list[PairedLevel], concurrency: float = 64, delta: float = 0.03) -> FoundCrossover:
    """The crossover of the two."""
    return crossover(levels, concurrency=concurrency, slowest_cpu_us=SLOW_US, floor_ms=FLOOR_MS, delta=delta)


def test_the_model_waits_or_computes() -> None:
    assert modelled_rate(10, 99, 100, 1) == pytest.approx(100)
    assert modelled_rate(1000, 99, 100, 1) == pytest.approx(10_000)
    assert modelled_rate(10, 0, 0, 0) > 0


def test_the_prediction_is_concurrency_times_cost_less_the_floor() -> None:
    assert predicted_crossover(64, 600, 0.3) == pytest.approx(64 * 0.6 - 0.3)
    assert predicted_crossover(1, 100, 5) == 0


@given(st.integers(1, 1000), st.floats(1, 1e5), st.floats(1, 1e5), st.floats(0.01, 100))
def test_in_the_model_the_rates_are_equal_from_the_prediction_on_and_not_before(
    concurrency: int, one: float, other: float, floor: float
) -> None:
    at = predicted_crossover(concurrency, max(one, other), floor)
    fast, slow = (modelled_rate(concurrency, at * 1.001 + 1e-9, cpu, floor) for cpu in (one, other))
    assert fast == pytest.approx(slow, rel=1e-6)
    if at > 0 and max(one, other) > min(one, other) * 1.2:
        fast, slow = (modelled_rate(concurrency, at * 0.9, cpu, floor) for cpu in sorted((one, other)))
        assert fast > slow


@pytest.mark.parametrize("concurrency", [8, 16, 64, 150, 400])
def test_what_is_measured_in_the_models_own_world_lies_near_what_is_predicted(concurrency: int) -> None:
    result = found(paired(concurrency, sigma=0.003), concurrency)
    assert result.measured_ms is not None
    below = max((at for at in LATENCIES if at < result.predicted_ms), default=0)
    above = min(at for at in LATENCIES if at >= result.predicted_ms)
    assert below <= result.measured_ms <= above


def test_between_levels_it_is_where_the_interval_crosses() -> None:
    levels = [
        PairedLevel(at, [ratio] * 6) for at, ratio in ((0, 0.5), (10, math.log1p(0.03) + 0.02), (20, 0.01))
    ]
    part = 0.02 / (math.log1p(0.03) + 0.01)
    expected = (10 + FLOOR_MS) * ((20 + FLOOR_MS) / (10 + FLOOR_MS)) ** part - FLOOR_MS
    assert found(levels).measured_ms == pytest.approx(expected)


def test_one_level_that_differs_above_another_that_does_not_moves_it_up() -> None:
    levels = [PairedLevel(at, [ratio] * 6) for at, ratio in ((0, 0.5), (10, 0.0), (20, 0.1), (50, 0.0))]
    at = found(levels).measured_ms
    assert at is not None
    assert 20 < at < 50


def test_it_is_never_where_the_highest_level_differs() -> None:
    result = found(paired(1000), 1000)
    assert result.measured_ms is None
    assert not result.is_from_start
    assert result.highest_ms == 300
    assert result.predicted_ms > 300


def test_it_is_from_the_start_where_no_level_differs() -> None:
    result = found([PairedLevel(at, [0.001, -0.002, 0.0, 0.002, 0.001, 0.0]) for at in LATENCIES])
    assert result.is_from_start
    assert result.measured_ms == 0


def test_too_few_blocks_show_nothing_and_noise_is_no_equality() -> None:
    assert found([PairedLevel(at, [0.0] * 4) for at in LATENCIES]).measured_ms is None
    assert found([PairedLevel(at, []) for at in LATENCIES]).measured_ms is None
    assert (
        found([PairedLevel(at, [-0.2, 0.2, 0.1, -0.1, 0.15, -0.15]) for at in LATENCIES]).measured_ms is None
    )


def test_below_a_level_without_an_interval_it_is_the_first_with_one() -> None:
    levels = [PairedLevel(0, [0.0]), PairedLevel(10, [0.0] * 6), PairedLevel(20, [0.0] * 6)]
    assert found(levels).measured_ms == 10


def test_no_levels_are_an_error() -> None:
    with pytest.raises(ValueError, match="no levels"):
        found([])


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.floats(0.01, 0.2))
def test_a_wider_margin_never_moves_it_up(ratios: list[float], delta: float) -> None:
    levels = [PairedLevel(at, [ratio] * 6) for at, ratio in enumerate(ratios)]
    narrow, wide = found(levels, delta=delta).measured_ms, found(levels, delta=delta * 2).measured_ms
    assert narrow is None or (wide is not None and wide <= narrow + 1e-9)


def test_it_is_told_in_a_sentence() -> None:
    measured = FoundCrossover(measured_ms=18.2, predicted_ms=16.0, highest_ms=300)
    assert crossover_sentence(measured, "aiohttp", "httpx", 3.1) == (
        "above 18.2 ms of latency the choice between aiohttp and httpx changes throughput by less than 3 %; "
        "CPU per request still differs 3.1 times"
    )
    never = FoundCrossover(measured_ms=None, predicted_ms=700.0, highest_ms=300)
    assert crossover_sentence(never, "A", "B") == (
        "at no latency up to 300 ms is it shown that the choice between A and B changes throughput by less than 3 %"
    )
    always = FoundCrossover(measured_ms=0, predicted_ms=0, highest_ms=300, is_from_start=True, delta=0.05)
    assert crossover_sentence(always, "A", "B") == (
        "at every latency that was measured, the choice between A and B changes throughput by less than 5 %"
    )
