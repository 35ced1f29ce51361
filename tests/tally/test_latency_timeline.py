"""Latencies and percentiles over time keep every count, stay short however long the run is, and are honest."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.buckets import bucket_of, histogram_of
from httptui.results.histogram import coarsened, flat_of, percentile_ns, splits_of
from httptui.runs.over_time import MOST_POINTS, MOST_STRETCHES, BlockLatencies, LatencyTimeline

SECOND = 1_000_000_000
QUARTER = SECOND // 4
MS = 1_000_000


def counted(*milliseconds: float) -> dict[int, int]:
    """The latencies in coarse buckets."""
    return coarsened(flat_of(histogram_of([int(value * MS) for value in milliseconds])))


def test_each_frame_is_a_stretch_from_its_start_to_its_end() -> None:
    timeline = LatencyTimeline()
    timeline.add(1 * SECOND, 2 * SECOND, counted(*range(1, 101)))
    timeline.add(2 * SECOND, 3 * SECOND, counted(200.0))
    first, second = timeline.stretches(SECOND)
    assert (first.start, first.end, second.start, second.end) == (0.0, 1.0, 1.0, 2.0)
    assert [sum(one.counts[1::2]) for one in (first, second)] == [100, 1]


def test_a_stretch_without_answers_leaves_a_gap() -> None:
    timeline = LatencyTimeline()
    for start, counts in ((0, counted(1.0)), (SECOND, {}), (2 * SECOND, counted(1.0))):
        timeline.add(start, start + SECOND, counts)
    assert [(one.start, one.end) for one in timeline.stretches(0)] == [(0.0, 1.0), (2.0, 3.0)]
    assert [point.seconds for point in timeline.percentiles(0)] == [1.0, 3.0]


def test_percentiles_are_those_of_half_a_second_at_least() -> None:
    timeline = LatencyTimeline()
    for number in range(4):
        timeline.add(
            number * QUARTER, (number + 1) * QUARTER, counted(*range(1 + 100 * number, 101 + 100 * number))
        )
    first, second = timeline.percentiles(0)
    assert (first.seconds, second.seconds) == (0.5, 1.0)
    assert [first.p50, first.p90, first.p99] == pytest.approx([100, 180, 198], rel=0.009)
    assert [second.p50, second.p90, second.p99] == pytest.approx([300, 380, 398], rel=0.009)


@given(st.lists(st.integers(1, 10**11), min_size=1, max_size=60), st.sampled_from([50, 90, 99]))
def test_coarse_percentiles_are_within_nine_per_mille(values: list[int], q: int) -> None:
    counts = coarsened([part for value in values for part in (bucket_of(value), 1)])
    exact = sorted(values)[-(-len(values) * q // 100) - 1]
    # Below 1 µs a bucket is a few nanoseconds wide, whatever the value.
    assert percentile_ns(counts, q) == pytest.approx(exact, rel=0.009, abs=16)


def test_a_flat_histogram_of_odd_length_is_refused() -> None:
    with pytest.raises(ValueError, match="even number"):
        coarsened([1, 2, 3])


@pytest.mark.parametrize("frames", [MOST_STRETCHES - 1, MOST_STRETCHES, 1_000, 5_000])
def test_a_long_run_keeps_every_count_in_stretches_of_about_one_length(frames: int) -> None:
    timeline = LatencyTimeline()
    source = random.Random(frames)
    for number in range(frames):
        counts = counted(source.lognormvariate(2, 0.5))
        timeline.add(number * QUARTER, (number + 1) * QUARTER, counts)
    stretches, points = timeline.stretches(0), timeline.percentiles(0)
    assert MOST_STRETCHES / 4 < len(stretches) < MOST_STRETCHES
    assert MOST_POINTS / 4 < len(points) < MOST_POINTS
    assert sum(sum(one.counts[1::2]) for one in stretches) == frames
    assert all(one.end == later.start for one, later in pairwise(stretches))
    lengths = [one.end - one.start for one in stretches[:-1]]
    assert max(lengths) <= 4 * min(lengths)


def test_what_is_merged_has_the_percentiles_of_all_its_counts() -> None:
    timeline = LatencyTimeline()
    for number in range(MOST_POINTS):
        timeline.add(
            number * SECOND, (number + 1) * SECOND, counted(*([1.0] * 99 if number % 2 else [100.0]))
        )
    points = timeline.percentiles(0)
    assert len(points) == MOST_POINTS // 2
    for point in points:
        assert [point.p50, point.p99] == pytest.approx([1.0, 1.0], rel=0.009)


def test_a_slice_that_was_packed_is_compared_as_before_and_can_go_on() -> None:
    once, twice = BlockLatencies(), BlockLatencies()
    for part in (counted(5, 7, 7, 90), counted(7, 200)):
        once.add(part, 1_000)
        twice.add(part, 1_000)
        twice.pack()
    assert not twice.counts
    splits = splits_of(tuple(sorted(counted(5, 7, 7, 7, 90, 200).items())), (50.0, 90.0, 99.0, 99.9))
    assert twice.against(splits) == once.against(splits)
    assert once.against(splits) is not None
