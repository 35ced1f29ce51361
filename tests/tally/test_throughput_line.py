"""A throughput line keeps its sums and stays short."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.runs.over_time import MOST_TICKS, ThroughputLine

SECOND = 1_000_000_000


def test_points_are_rates_at_seconds_from_the_origin() -> None:
    line = ThroughputLine()
    line.add(3 * SECOND, SECOND // 2, 100)
    (point,) = line.points(SECOND)
    assert (point.seconds, point.req_per_s) == (2.0, 200.0)


def test_a_stretch_of_next_to_no_time_joins_the_one_before() -> None:
    line = ThroughputLine()
    line.add(SECOND, SECOND, 100)
    line.add(SECOND + 1_000, 1_000, 1)
    (point,) = line.points(0)
    assert point.req_per_s == pytest.approx(101, rel=1e-5)


def test_the_live_rate_forgets_what_is_older_than_a_second() -> None:
    line = ThroughputLine()
    line.add(1 * SECOND, SECOND // 2, 1_000)
    line.add(3 * SECOND, SECOND // 2, 10)
    assert line.live_rate() == 20


@given(st.lists(st.integers(0, 1_000), max_size=3 * MOST_TICKS))
def test_a_long_line_stays_short_and_loses_no_request(counts: list[int]) -> None:
    line = ThroughputLine()
    for number, ok in enumerate(counts, 1):
        line.add(number * SECOND, SECOND, ok)
    points = line.points(0)
    assert len(points) < MOST_TICKS
    ends = [0.0, *(point.seconds for point in points)]
    widths = [later - earlier for earlier, later in pairwise(ends)]
    total = sum(point.req_per_s * width for point, width in zip(points, widths, strict=True))
    assert total == pytest.approx(sum(counts))
