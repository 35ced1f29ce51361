"""What counts as flat in a long look at processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.soak import Judged, Reading, judge


def judged(
    mb: Callable[[float], float], *, name: str = "app", threads: int = 5, late: int = 5, more: int = 0
) -> Judged:
    readings = [
        Reading(
            float(second), mb(second), 20 if second < 900 else 20 + more, threads if second < 800 else late
        )
        for second in range(0, 1201, 5)
    ]
    return judge(name, readings)


def test_what_fills_in_the_first_quarter_and_stays_is_flat() -> None:
    one = judged(lambda second: 60 + min(second, 300) / 10)
    assert (one.middle_mb, one.last_mb, one.most_mb) == (90, 90, 90)
    assert one.flat


def test_what_keeps_growing_is_not() -> None:
    one = judged(lambda second: 60 + second / 50)
    # The thirds of the last 900 seconds begin at 600 and at 900; their medians lie 300 seconds apart.
    assert one.growth_mb == pytest.approx(6, abs=0.1)
    assert not one.flat
    assert not judged(lambda second: 40 + second / 80, name="raw · shared").flat
    assert judged(lambda second: 40 + second / 150, name="raw · shared").flat


def test_one_thread_more_is_growth() -> None:
    assert not judged(lambda _: 60, late=6).flat
    assert judged(lambda _: 60, late=4).flat


def test_connections_that_come_and_go_are_no_growth_but_those_that_stay_are() -> None:
    assert judged(lambda _: 60, more=8).flat
    assert not judged(lambda _: 60, more=9).flat
