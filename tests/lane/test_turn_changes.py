"""A turn that is changed while it is on, with the clock given by hand."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from turn_examples import END_OF_A_SECOND, MS, START, turn_of

from httptui.engines.lane.turn import FOREVER_NS, Arrivals, ramps_of


def test_on_hold_nobody_sends_and_afterwards_all_comes_later_by_as_long() -> None:
    turn = turn_of(seconds=1.0)
    pace = turn.pace(0)
    assert pace(START) == START
    turn.hold(START + 100 * MS)
    assert pace(START + 99 * MS) == START + 99 * MS
    assert pace(START + 100 * MS) == FOREVER_NS
    turn.resume(START + 400 * MS)
    assert pace(START + 400 * MS) == START + 400 * MS
    assert pace(END_OF_A_SECOND + 299 * MS) == END_OF_A_SECOND + 299 * MS
    assert pace(END_OF_A_SECOND + 300 * MS) is None


def test_the_clock_of_the_load_stands_still_on_hold() -> None:
    turn = turn_of(seconds=1.0, held_ns=50 * MS)
    assert turn.begin_ns == turn.load_ns(START) == START - 50 * MS
    turn.hold(START + 100 * MS)
    assert turn.load_ns(START + 350 * MS) == turn.begin_ns + 100 * MS
    turn.resume(START + 400 * MS)
    assert turn.load_ns(START + 401 * MS) == turn.begin_ns + 101 * MS
    assert turn.load_ns(turn.deadline_ns) == turn.end_ns


def test_a_second_hold_or_resume_changes_nothing() -> None:
    turn = turn_of(seconds=1.0)
    turn.resume(START + 50 * MS)
    turn.hold(START + 100 * MS)
    turn.hold(START + 200 * MS)
    turn.resume(START + 300 * MS)
    assert turn.load_ns(START + 300 * MS) == START + 100 * MS


@pytest.mark.parametrize("load", [{"seconds": 1.0}, {"requests": 9}, {"seconds": 1.0, "rate": 10.0}])
def test_those_who_wait_leave_a_turn_that_is_stopped_on_hold(load: dict[str, Any]) -> None:
    turn = turn_of(**load)
    pace = turn.pace(0)
    turn.hold(START)
    assert pace(START) == FOREVER_NS
    turn.stop()
    assert pace(START + MS) is None


def test_fewer_in_flight_makes_the_others_wait_and_more_sets_them_to_work_again() -> None:
    turn = turn_of(seconds=1.0, concurrency=4)
    paces = [turn.pace(worker) for worker in range(4)]
    assert [pace(START) for pace in paces] == [START] * 4
    turn.change(0.25, START)
    assert [pace(START + MS) for pace in paces] == [START + MS, *[END_OF_A_SECOND] * 3]
    turn.change(0.75, START)
    assert [pace(START + 2 * MS) for pace in paces] == [*[START + 2 * MS] * 3, END_OF_A_SECOND]


def test_more_in_flight_than_planned_needs_more_workers() -> None:
    turn = turn_of(seconds=1.0, concurrency=4)
    assert turn.workers == 4
    turn.change(1.5, START)
    assert turn.workers == 6
    assert turn.pace(5)(START) == START


def test_stages_are_scaled_with_their_peak() -> None:
    turn = turn_of(seconds=1.0, concurrency=0, stages=[(1.0, 8.0)], scale=0.5)
    assert turn.workers == 4
    assert turn.pace(3)(START) == START + 875 * MS


def test_those_who_wait_leave_once_all_requests_are_taken() -> None:
    turn = turn_of(requests=2, concurrency=2, scale=0.5)
    told: list[str] = []
    turn.listeners.append(lambda: told.append("changed"))
    first, second = turn.pace(0), turn.pace(1)
    assert second(START) == FOREVER_NS
    assert [first(START), first(START), first(START)] == [START, START, None]
    assert told == ["changed"]
    assert second(START) is None


def test_whoever_is_told_hears_of_every_change() -> None:
    turn = turn_of(seconds=1.0)
    told: list[bool] = []
    turn.listeners.append(lambda: told.append(turn.on_hold))
    turn.hold(START)
    turn.change(2.0, START)
    turn.resume(START)
    turn.stop()
    assert told == [True, True, False, False]


def test_an_arrival_that_is_due_on_hold_comes_after_it() -> None:
    turn = turn_of(seconds=1.0, rate=10.0)
    pace = turn.pace(0)
    assert [pace(START), pace(START + MS)] == [START, START + 100 * MS]
    turn.hold(START + 50 * MS)
    assert pace(START + 100 * MS) == FOREVER_NS
    turn.resume(START + 550 * MS)
    assert pace(START + 550 * MS) == START + 600 * MS
    assert turn.dropped == 0


def test_a_rate_that_is_doubled_halves_the_time_to_the_next_arrival() -> None:
    turn = turn_of(seconds=1.0, rate=10.0)
    first, second = turn.pace(0), turn.pace(1)
    assert [first(START), first(START + MS), second(START + MS)] == [
        START,
        START + 100 * MS,
        START + 200 * MS,
    ]
    turn.change(2.0, START + 50 * MS)
    assert [first(START + 50 * MS), second(START + 50 * MS)] == [START + 75 * MS, START + 125 * MS]


def test_every_arrival_of_a_changed_rate_is_sent_once_whoever_waited_for_it() -> None:
    turn = turn_of(seconds=1.0, rate=100.0, concurrency=7)
    paces = [turn.pace(worker) for worker in range(7)]
    sent = []
    for now in range(START, END_OF_A_SECOND + MS, MS):
        if now == START + 500 * MS:
            turn.change(3.0, now)
        for pace in paces:
            while (planned := pace(now)) is not None and planned <= now:
                sent.append(planned)
    assert sent == sorted(set(sent))
    assert len(sent) + turn.dropped == 50 + 150


@given(st.integers(0, 2**32), st.booleans(), st.floats(0.05, 20), st.integers(0, 40))
@example(0, False, 0.4, 0)
def test_times_taken_back_are_given_anew_and_none_is_lost(
    seed: int, poisson: bool, factor: float, taken: int
) -> None:
    ramps = ramps_of(10, 2.0, [])
    arrivals = Arrivals(ramps, poisson=poisson, seed=seed)
    given_before = [time for time in islice(arrivals, taken) if time <= 1.0]
    arrivals.scale(factor, 1.0)
    times = given_before + list(arrivals)
    assert times == sorted(times)
    plain = list(Arrivals(ramps, poisson=poisson, seed=seed))
    before = [time for time in plain if time <= 1.0]
    assert times[: len(before)] == pytest.approx(before)
    # Whether a time that falls on the very end is within it hangs on how it was rounded.
    scaled = [1.0 + (time - 1.0) / factor for time in plain if time > 1.0]
    after = [time for time in scaled if time < 2.0 - 1e-6]
    assert times[len(before) : len(before) + len(after)] == pytest.approx(after)
    assert len(times) - len(before) - len(after) <= 1 or factor > 1
