"""What a lane records and what is made of it, from end to end: nine decades, and merging."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from httptui.engines.buckets import HIGHEST_NS, bucket_of, histogram_of
from httptui.engines.lane.recorder import flat_histogram
from httptui.results.histogram import merge, percentiles_ns

PERCENTS = (1.0, 25.0, 50.0, 75.0, 90.0, 99.0, 99.9, 100.0)
ERROR = 0.001


def recorded(values: list[int], frames: int) -> dict[int, int]:
    """The values as so many frames of a lane, merged as the tally does."""
    merged: dict[int, int] = {}
    for start in range(frames):
        merge(merged, flat_histogram(values[start::frames]))
    return merged


@pytest.mark.parametrize("decade", range(9))
def test_percentiles_are_within_a_thousandth_in_each_of_nine_decades(decade: int) -> None:
    draw = random.Random(decade)
    values = [int(10 ** draw.uniform(decade, decade + 1)) for _ in range(5_000)]
    ordered = sorted(values)
    for q, found in zip(PERCENTS, percentiles_ns(recorded(values, 7), PERCENTS), strict=True):
        assert found == pytest.approx(ordered[math.ceil(round(q * len(values) / 100, 6)) - 1], rel=ERROR)


def test_merged_frames_are_the_pooled_values_whatever_the_frames() -> None:
    draw = random.Random(1)
    values = [int(10 ** draw.uniform(0, 9)) for _ in range(5_000)]
    pooled = dict(histogram_of(values))
    assert all(recorded(values, frames) == pooled for frames in (1, 2, 40, 5_000))


TIMES = st.one_of(
    st.integers(-5, 2**14), st.integers(0, HIGHEST_NS), st.integers(HIGHEST_NS - 2, 8 * HIGHEST_NS)
)


@given(st.lists(TIMES))
@example([HIGHEST_NS * 3 // 2])
@example([HIGHEST_NS - 1, HIGHEST_NS * 3])
def test_the_quick_histogram_is_that_of_the_scheme_even_out_of_its_bounds(values: list[int]) -> None:
    assert histogram_of(values) == Counter(map(bucket_of, values))


def test_the_quick_histogram_counts_each_value_where_the_scheme_says() -> None:
    draw = random.Random(2)
    values = [int(10 ** draw.uniform(0, 9)) for _ in range(2_000)]
    for value in values:
        assert dict(histogram_of([value])) == {bucket_of(value): 1}
