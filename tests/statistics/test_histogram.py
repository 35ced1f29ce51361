from __future__ import annotations

import math
from collections import Counter

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.buckets import bucket_of
from httptui.results.histogram import (
    COARSE,
    count_of,
    latency_of,
    merge,
    percentile_ns,
    percentiles_by_coarse_ns,
    percentiles_ns,
)

NINE_DECADES = st.floats(0, 9).map(lambda exponent: int(10**exponent))
SAMPLES = st.lists(NINE_DECADES, min_size=1, max_size=200)
PERCENTS = st.sampled_from([0.0, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 100.0])


def counted(values: list[int]) -> Counter[int]:
    return Counter(bucket_of(value) for value in values)


def flat(counts: Counter[int]) -> list[int]:
    return [number for pair in counts.items() for number in pair]


def in_places(counts: Counter[int]) -> tuple[list[int], list[int], int]:
    """The counts with a place for every bucket, those of groups of them, and the first group with any."""
    first, last = min(counts) // COARSE, max(counts) // COARSE
    fine = [counts[index] for index in range((last + 1) * COARSE)]
    groups = [sum(fine[group * COARSE : (group + 1) * COARSE]) for group in range(first, last + 1)]
    return fine, groups, first


@given(SAMPLES, PERCENTS)
def test_a_percentile_is_within_a_thousandth_of_the_exact_one(values: list[int], q: float) -> None:
    exact = sorted(values)[max(math.ceil(len(values) * q / 100 - 1e-9), 1) - 1]
    assert percentile_ns(counted(values), q) == pytest.approx(exact, rel=0.001)


@given(SAMPLES)
def test_no_percentile_exceeds_the_maximum_and_maximum_and_mean_are_exact(values: list[int]) -> None:
    counts = counted(values)
    fine, groups, first = in_places(counts)
    latency = latency_of(fine, groups, sum(values), max(values), first)
    assert latency is not None
    assert latency.p50 <= latency.p90 <= latency.p99 <= latency.p99_9 <= latency.max
    assert latency.max == max(values) / 1e6
    assert latency.mean == pytest.approx(sum(values) / len(values) / 1e6)


@given(SAMPLES, SAMPLES)
def test_merged_histograms_are_the_histogram_of_the_pooled_values(one: list[int], other: list[int]) -> None:
    merged: dict[int, int] = {}
    merge(merged, flat(counted(one)))
    merge(merged, flat(counted(other)))
    assert merged == counted(one + other)
    assert count_of(merged) == len(one) + len(other)


@given(SAMPLES, PERCENTS)
def test_pairs_and_mapping_give_the_same_percentile(values: list[int], q: float) -> None:
    counts = counted(values)
    assert percentile_ns(sorted(counts.items()), q) == percentile_ns(counts, q)


@given(SAMPLES, st.lists(PERCENTS))
def test_coarse_counts_beside_the_fine_ones_change_no_percentile(
    values: list[int], percents: list[float]
) -> None:
    counts = counted(values)
    fine, groups, first = in_places(counts)
    assert percentiles_by_coarse_ns(fine, groups, percents, first) == percentiles_ns(counts, percents)


@given(st.lists(st.integers(1_000, 60_000_000_000), min_size=1, max_size=300))
def test_percentiles_agree_with_the_hdrhistogram_library(values: list[int]) -> None:
    reference = HdrHistogram(1, 3_600_000_000_000, 3)
    for value in values:
        reference.record_value(value)
    for q in (50.0, 90.0, 99.0):
        wanted = math.ceil(len(values) * q / 100 - 1e-9)
        # The library rounds to the nearest rank instead of up: ask it for the middle of the rank's own range.
        theirs = reference.get_value_at_percentile(100 * wanted / len(values))
        assert percentile_ns(counted(values), q) == pytest.approx(theirs, rel=0.001)


def test_percentiles_of_a_thousand_known_values() -> None:
    counts = {bucket_of(value): 1 for value in range(1, 1001)}
    assert percentiles_ns(counts, (99.9, 50.0, 0.0, 100.0)) == (999.0, 500.0, 1.0, 1000.0)


def test_nothing_counted_has_no_latency() -> None:
    assert latency_of([], [], 0, 0) is None
    assert latency_of([0] * COARSE, [0], 0, 0) is None
    with pytest.raises(ValueError, match="empty"):
        percentile_ns({}, 50.0)
    with pytest.raises(ValueError, match="empty"):
        percentiles_by_coarse_ns([], [], [50.0])


@pytest.mark.parametrize("q", [-1.0, 100.1, math.nan])
def test_a_percentile_out_of_range_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        percentile_ns({1: 1}, q)
    with pytest.raises(ValueError, match="between 0 and 100"):
        percentiles_by_coarse_ns([0, 1], [1], [q])


def test_an_odd_flat_histogram_is_refused_and_changes_nothing() -> None:
    counts = {1: 1}
    with pytest.raises(ValueError, match="even"):
        merge(counts, [1, 2, 3])
    assert counts == {1: 1}
