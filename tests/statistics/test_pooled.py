"""Intervals of percentiles and means over blocks: known answers, SciPy's t, and their coverage by simulation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import scipy.stats

from httptui.statistics import (
    Counted,
    Estimate,
    Pooled,
    difference,
    log_ratio,
    pooled_mean,
    pooled_percentile,
    student_t,
)

RUNS = 250
World = Callable[[np.random.Generator, int, int], np.ndarray]


def alike(source: np.random.Generator, blocks: int, each: int) -> np.ndarray:
    """All latencies independent."""
    return source.lognormal(0, 0.5, (blocks, each))


def levels(source: np.random.Generator, blocks: int, each: int) -> np.ndarray:
    """Each block is slower or faster as a whole, by 20 %."""
    return alike(source, blocks, each) * source.lognormal(0, 0.2, (blocks, 1))


def pauses(source: np.random.Generator, blocks: int, each: int) -> np.ndarray:
    """Two pauses a block on average, each of which hits one latency in two hundred: about as many as make p99."""
    hit = np.arange(each)[None, :] < source.poisson(2, (blocks, 1)) * each * 0.005
    return np.where(hit, source.lognormal(2.5, 0.3, (blocks, each)), alike(source, blocks, each))


def pooled(values: np.ndarray, percent: float) -> Pooled:
    """Of latencies by block, counted without buckets."""
    ordered = np.sort(values.ravel())
    edge = ordered[max(math.ceil(percent / 100 * ordered.size), 1) - 1]
    blocks = {number: Counted(len(block), float((block > edge).sum())) for number, block in enumerate(values)}
    found = pooled_percentile([(float(value), 1) for value in ordered], percent, blocks)
    assert found is not None
    return found


@pytest.mark.parametrize("percent", [50.0, 99.0])
@pytest.mark.parametrize("world", [alike, levels, pauses])
def test_the_interval_of_a_change_covers_it_in_nineteen_comparisons_of_twenty(
    world: World, percent: float
) -> None:
    source = np.random.default_rng(20)
    covered = 0
    for _ in range(RUNS):
        before, after = (pooled(world(source, 20, 250), percent) for _ in range(2))
        change = difference(before.estimate, after.estimate)
        assert change.low is not None
        assert change.high is not None
        covered += change.low <= 0 <= change.high
    assert covered >= RUNS * (0.95 - 3 * math.sqrt(0.95 * 0.05 / RUNS))


def test_against_another_contender_what_slowed_both_is_gone() -> None:
    source = np.random.default_rng(3)
    weather = source.lognormal(0, 0.4, (20, 1))
    one, other = (alike(source, 20, 500) * weather for _ in range(2))
    ratio = log_ratio(pooled(one, 50.0), [pooled(other, 50.0)])
    own = pooled(one, 50.0).estimate
    assert ratio.low is not None
    assert ratio.high is not None
    assert own.low is not None
    assert own.high is not None
    assert ratio.low < 0 < ratio.high
    assert ratio.high - ratio.low < (own.high - own.low) / 2


def test_blocks_that_differ_make_the_interval_wider() -> None:
    source = np.random.default_rng(5)
    narrow, wide = (pooled(world(source, 20, 500), 99.0).estimate for world in (alike, levels))
    assert wide.high is not None
    assert wide.low is not None
    assert narrow.high is not None
    assert narrow.low is not None
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_too_few_blocks_or_too_few_beyond_have_no_interval() -> None:
    counts = [(float(value), 1) for value in range(1, 4_001)]
    blocks = {number: Counted(400, 4.0) for number in range(10)}
    assert pooled_percentile(counts, 99.0, blocks) is not None
    assert pooled_percentile(counts, 99.9, blocks) is None
    assert pooled_percentile(counts, 99.0, dict(list(blocks.items())[:5])) is None
    assert pooled_percentile([], 99.0, blocks) is None
    assert pooled_percentile(counts, 99.0, {number: Counted(0, 0) for number in range(10)}) is None
    assert pooled_mean(dict.fromkeys(range(5), (10, 1.0))) is None


def test_the_interval_of_a_mean_is_students() -> None:
    means = {number: (10, value) for number, value in enumerate((9.0, 10.0, 11.0, 10.5, 9.5, 10.2, 9.8))}
    found = pooled_mean(means)
    assert found is not None
    values = [value for _, value in means.values()]
    low, high = scipy.stats.t.interval(0.95, 6, np.mean(values), scipy.stats.sem(values))
    assert found.estimate.point == pytest.approx(math.log(10))
    assert found.estimate.low is not None
    # On a logarithmic scale, where half the width is taken relative to the mean.
    assert found.estimate.low == pytest.approx(math.log(10) - (high - low) / 20, rel=2e-3)


def test_estimates_that_share_nothing_subtract_by_the_squares_of_their_reaches() -> None:
    found = difference(Estimate(1.0, 0.6, 1.3), Estimate(2.0, 1.7, 2.4))
    assert found == (1.0, pytest.approx(1 - math.hypot(0.3, 0.3)), pytest.approx(1 + math.hypot(0.4, 0.4)))
    with pytest.raises(ValueError, match="without an interval"):
        difference(Estimate(1.0, None, None), Estimate(2.0, 1.7, 2.4))


@pytest.mark.parametrize("freedom", [4, 5, 7, 10, 19, 59])
def test_students_t_is_scipys(freedom: int) -> None:
    assert student_t(0.95, freedom) == pytest.approx(scipy.stats.t.ppf(0.975, freedom), rel=2e-3)
