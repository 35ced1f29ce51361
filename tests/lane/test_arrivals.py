"""Arrival times and working hours are exact functions of rate, concurrency, stages and seed."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.lane.turn import Arrivals, ramps_of, windows

stages = st.lists(st.tuples(st.floats(0.1, 20), st.floats(0, 200)), max_size=4)


def test_a_constant_rate_plans_requests_at_equal_distances_from_the_start() -> None:
    assert list(Arrivals(ramps_of(4, 1.0, []), poisson=False, seed=1)) == [0, 0.25, 0.5, 0.75]


def test_a_ramp_from_nothing_follows_the_square_root() -> None:
    times = list(Arrivals(ramps_of(0, 0, [(10, 2)]), poisson=False, seed=1))
    assert times == pytest.approx([(10 * n) ** 0.5 for n in range(10)])


def test_poisson_arrivals_have_exponential_distances_and_follow_the_seed() -> None:
    ramps = ramps_of(1_000, 20.0, [])
    times = list(Arrivals(ramps, poisson=True, seed=7))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == pytest.approx(20_000, rel=0.03)
    assert statistics.mean(gaps) == pytest.approx(0.001, rel=0.03)
    assert statistics.stdev(gaps) == pytest.approx(0.001, rel=0.05)
    assert times == list(Arrivals(ramps, poisson=True, seed=7))
    assert times != list(Arrivals(ramps, poisson=True, seed=8))


@given(rate=st.floats(1, 200), steps=stages, poisson=st.booleans(), parts=st.integers(1, 7))
def test_parts_share_the_same_arrivals_one_after_the_other(
    rate: float, steps: list[tuple[float, float]], poisson: bool, parts: int
) -> None:
    ramps = ramps_of(rate, 2.0, steps)
    whole = list(Arrivals(ramps, poisson=poisson, seed=3))
    for part in range(parts):
        assert list(Arrivals(ramps, poisson=poisson, seed=3, part=part, parts=parts)) == whole[part::parts]


@given(rate=st.floats(0, 200), seconds=st.floats(0.1, 20), steps=stages, poisson=st.booleans())
def test_arrivals_are_in_order_and_inside_the_time(
    rate: float, seconds: float, steps: list[tuple[float, float]], poisson: bool
) -> None:
    ramps = ramps_of(rate, seconds, steps)
    times = list(Arrivals(ramps, poisson=poisson, seed=3))
    assert times == sorted(times)
    assert all(0 <= time <= ramps[-1].end for time in times)
    if not poisson:
        assert len(times) == pytest.approx(sum(ramp.area for ramp in ramps), abs=1.01)


def test_workers_join_and_leave_as_the_ramp_says() -> None:
    ramps = ramps_of(0, 0, [(10, 10), (10, 10), (10, 0)])
    assert list(windows(ramps, 0)) == [(0.5, 29.5)]
    assert list(windows(ramps, 4)) == [(4.5, 25.5)]
    assert list(windows(ramps, 9)) == [(9.5, 20.5)]
    assert list(windows(ramps, 10)) == []


def test_a_worker_can_leave_and_come_back() -> None:
    assert list(windows(ramps_of(2, 0, [(1, 0), (1, 2)]), 0)) == [(0, 0.75), (1.25, 2)]


@given(first=st.integers(0, 50), steps=stages, at=st.floats(0, 1))
def test_as_many_workers_are_at_work_as_the_ramp_says(
    first: int, steps: list[tuple[float, float]], at: float
) -> None:
    ramps = ramps_of(first, 5.0, steps)
    moment = at * ramps[-1].end
    ramp = next(ramp for ramp in ramps if moment <= ramp.end)
    wanted = ramp.low + (ramp.high - ramp.low) * (moment - ramp.start) / (ramp.end - ramp.start)
    busy = sum(any(start <= moment <= end for start, end in windows(ramps, worker)) for worker in range(210))
    assert busy == pytest.approx(wanted, abs=1.01)
