"""A latency timeline keeps every count and honest percentiles, and stays short however long the run is."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.buckets import bucket_of, histogram_of
from httptui.histogram import merge_coarsely, percentile_ns
from httptui.tallies.latency_timeline import MOST_STRETCHES, LatencyTimeline

SECOND = 1_000_000_000
MS = 1_000_000


def flat(*milliseconds: float) -> list[int]:
    """The latencies as a frame has them."""
    counts = sorted(histogram_of([int(value * MS) for value in milliseconds]).items())
    return [part for entry in counts for part in entry]


def test_each_frame_is_a_stretch_with_its_own_percentiles() -> None:
    timeline = LatencyTimeline()
    timeline.add(1 * SECOND, 2 * SECOND, flat(*range(1, 101)))
    timeline.add(2 * SECOND, 3 * SECOND, flat(200.0))
    first, second = timeline.points(SECOND)
    assert (first.start, first.end, second.start, second.end) == (0.0, 1.0, 1.0, 2.0)
    assert [first.p50, first.p90, first.p99] == pytest.approx([50, 90, 99], rel=0.008)
    assert [second.p50, second.p99] == pytest.approx([200, 200], rel=0.008)
    assert sum(first.counts[1::2]) == 100


def test_a_stretch_without_answers_leaves_a_gap() -> None:
    timeline = LatencyTimeline()
    timeline.add(0, SECOND, flat(1.0))
    timeline.add(SECOND, 2 * SECOND, [])
    timeline.add(2 * SECOND, 3 * SECOND, flat(1.0))
    assert [(one.start, one.end) for one in timeline.points(0)] == [(0.0, 1.0), (2.0, 3.0)]


@given(st.lists(st.integers(1, 10**11), min_size=1, max_size=60), st.sampled_from([50.0, 90.0, 99.0]))
def test_coarse_percentiles_are_within_eight_per_mille(values: list[int], q: float) -> None:
    counts: dict[int, int] = {}
    merge_coarsely(counts, [part for value in values for part in (bucket_of(value), 1)])
    exact = sorted(values)[max(-(-len(values) * int(q) // 100), 1) - 1]
    # Below 1 µs a bucket is a few nanoseconds wide, whatever the value.
    assert percentile_ns(counts, q) == pytest.approx(exact, rel=0.008, abs=16)


@pytest.mark.parametrize("frames", [MOST_STRETCHES - 1, MOST_STRETCHES, 1_000, 5_000])
def test_a_long_run_keeps_every_count_in_stretches_of_about_one_length(frames: int) -> None:
    timeline = LatencyTimeline()
    source = random.Random(frames)
    for number in range(frames):
        start = number * SECOND // 4
        timeline.add(start, start + SECOND // 4, flat(source.lognormvariate(2, 0.5)))
    stretches = timeline.points(0)
    assert MOST_STRETCHES / 4 < len(stretches) < MOST_STRETCHES
    assert sum(sum(one.counts[1::2]) for one in stretches) == frames
    assert all(one.end == later.start for one, later in pairwise(stretches))
    lengths = [one.end - one.start for one in stretches[:-1]]
    assert max(lengths) <= 4 * min(lengths)


def test_what_is_merged_has_the_percentiles_of_all_its_counts() -> None:
    timeline = LatencyTimeline()
    for number in range(MOST_STRETCHES):
        timeline.add(number * SECOND, (number + 1) * SECOND, flat(*([1.0] * 99 if number % 2 else [100.0])))
    for one in timeline.points(0):
        assert [one.p50, one.p99] == pytest.approx([1.0, 1.0], rel=0.008)
        assert sum(one.counts[1::2]) == 100
