"""What blocks are fed has known answers: loads of known rates, through the real schedule, credit and statistics."""

from __future__ import annotations

import random

import pytest

from benchmarks.closed_loads import jittered, sharing, steady, waiting
from benchmarks.feed import failing_blocks, few_requests, holds, run_of
from httptui.results.judge.blocks import rates_of
from httptui.results.judge.ranking import rank


@pytest.mark.parametrize("seconds", [9.6, 10.0, 20.0])
@pytest.mark.parametrize(
    ("one_ms", "other_ms", "workers"), [(300, 312, 4), (300, 320, 4), (20, 21, 1), (350, 385, 16), (5, 6, 64)]
)
def test_steady_latencies_have_the_ratio_that_they_have(
    one_ms: float, other_ms: float, workers: int, seconds: float
) -> None:
    latencies = one_ms / 1000, other_ms / 1000
    plays = waiting(steady(latencies[0])), waiting(steady(latencies[1]))
    records = run_of(random.Random(1), plays, latencies, workers, min(seconds, 60 * latencies[1]))
    rates = {key: sum(values.values()) / len(values) for key, values in rates_of(records).items()}
    first, second = rank(list(rates.items()), rates_of(records))
    truth = one_ms / other_ms
    assert (first.id, second.id) == ("A", "B")
    assert rates["A"] == pytest.approx(workers / latencies[0], rel=0.005)
    assert second.ratio == pytest.approx(truth, rel=0.005)
    if second.ratio_low is not None:
        assert (second.ratio_low, second.ratio_high) == pytest.approx((truth, truth), rel=0.005)


def test_a_client_bound_by_its_cpu_gains_nothing_by_starts_and_ends_of_short_slices() -> None:
    latency, workers = 0.3, 8
    plays = (sharing(steady(latency / workers)),) * 2
    records = run_of(random.Random(2), plays, (latency, latency), workers, 10.0)
    assert len(records) == 12
    assert [record.ok / record.seconds for record in records] == pytest.approx(
        [workers / latency] * 12, rel=0.005
    )


def test_intervals_over_jitter_hold_the_truth_as_often_as_they_say() -> None:
    source, covered, runs = random.Random(3), 0, 300
    plays = waiting(jittered(0.3)), waiting(jittered(0.312))
    for _ in range(runs):
        rates = rates_of(run_of(source, plays, (0.3, 0.312), 8, 10.0))
        _, low, high = ratio_interval(rates)
        covered += low <= 0.3 / 0.312 <= high
    # Two standard errors of so many runs.
    assert 0.93 - 0.025 <= covered / runs <= 0.97 + 0.025


def ratio_interval(rates: dict[str, dict[int, float]]) -> tuple[float, float, float]:
    means = [(key, sum(values.values())) for key, values in rates.items()]
    first, second = rank(means, rates)
    assert second.ratio_low is not None
    assert second.ratio_high is not None
    if first.id == "A":
        return second.ratio, second.ratio_low, second.ratio_high
    return 1 / second.ratio, 1 / second.ratio_high, 1 / second.ratio_low


def test_few_requests_have_an_interval_that_holds_or_none() -> None:
    assert few_requests(20, 1.0, 0.6).intervals == 0
    assert holds(few_requests(200, 1.0, 0.6))


@pytest.mark.parametrize("dead", [1, 3, 5, 10])
def test_dead_blocks_are_never_called_equal(dead: int) -> None:
    assert failing_blocks(dead).equal == 0
