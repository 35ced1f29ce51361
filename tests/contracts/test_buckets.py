"""Counting many values at once is the same as asking for the bucket of each."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.buckets import HIGHEST_NS, bucket_of, histogram_of


@given(st.lists(st.integers(-5, 2 * HIGHEST_NS) | st.integers(0, 5_000)))
def test_a_histogram_of_many_values_holds_the_bucket_of_each(values: list[int]) -> None:
    assert histogram_of(values) == Counter(map(bucket_of, values))
