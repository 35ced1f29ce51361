"""When each worker of a turn is told to send, with the clock given by hand."""

from __future__ import annotations

from turn_examples import END_OF_A_SECOND, MS, START, turn_of


def test_a_closed_load_sends_at_once_until_its_requests_are_used_up() -> None:
    turn = turn_of(requests=3)
    first, second = turn.pace(0), turn.pace(1)
    times = [START, START + 1, START + 2, START + 3, START + 4]
    told = [pace(now) for pace, now in zip([first, second, first, second, first], times, strict=True)]
    assert told == [*times[:3], None, None]


def test_workers_begin_one_after_the_other_in_a_span_and_then_send_at_once() -> None:
    parts = [turn_of(seconds=1.0, concurrency=8, spread_seconds=0.08, part=part, parts=2) for part in (0, 1)]
    paces = [part.pace(worker) for part in parts for worker in range(4)]
    first = sorted((pace(START) or 0) - START for pace in paces)
    assert [begin // (10 * MS) for begin in first] == list(range(8))
    assert [pace(START + 80 * MS) for pace in paces] == [START + 80 * MS] * 8
    assert {pace.free_ns for pace in paces} == {END_OF_A_SECOND}


def test_a_closed_load_sends_at_once_until_its_time_is_over() -> None:
    pace = turn_of(seconds=0.01).pace(0)
    assert [pace(1_009 * MS), pace(1_010 * MS)] == [1_009 * MS, None]


def test_a_stopped_turn_sends_no_more() -> None:
    turn = turn_of(seconds=10)
    turn.stop()
    assert turn.pace(0)(1_000 * MS) is None


def test_a_burst_is_one_request_a_worker() -> None:
    turn = turn_of(burst=True)
    first, second = turn.pace(0), turn.pace(1)
    assert [first(START), first(START + 1)] == [START, None]
    assert [second(START + 2), second(START + 3)] == [START + 2, None]


def test_a_worker_thinks_before_each_request_but_the_first() -> None:
    pace = turn_of(seconds=0.1, think_seconds=0.03).pace(0)
    assert [pace(1_000 * MS), pace(1_010 * MS), pace(1_040 * MS)] == [1_000 * MS, 1_040 * MS, 1_040 * MS]
    assert pace(1_075 * MS) is None


def test_a_ramp_of_concurrency_makes_a_worker_wait_for_its_time() -> None:
    turn = turn_of(seconds=1.0, concurrency=0, stages=[(1.0, 2.0)])
    assert turn.pace(0)(1_000 * MS) == 1_250 * MS
    assert turn.pace(1)(1_000 * MS) == 1_750 * MS
    assert turn.pace(2)(1_000 * MS) == END_OF_A_SECOND
    assert turn.pace(2)(END_OF_A_SECOND) is None


def test_idle_workers_take_arrivals_in_order_and_wait_for_them() -> None:
    turn = turn_of(seconds=0.04, rate=100.0)
    paces = [turn.pace(worker) for worker in range(5)]
    times = [1_000 * MS, 1_010 * MS, 1_020 * MS, 1_030 * MS, 1_040 * MS]
    assert [pace(1_000 * MS) for pace in paces] == times
    assert [pace(1_040 * MS) for pace in paces] == [None, *times[1:4], None]
    assert turn.dropped == 0


def test_arrivals_that_found_every_worker_busy_are_dropped() -> None:
    turn = turn_of(seconds=0.1, rate=100.0)
    pace = turn.pace(0)
    assert pace(1_000 * MS) == 1_000 * MS
    assert pace(1_035 * MS) == 1_040 * MS
    assert turn.dropped == 3


def test_a_worker_that_was_idle_takes_an_arrival_late_rather_than_dropping_it() -> None:
    turn = turn_of(seconds=0.1, rate=100.0)
    assert turn.pace(0)(1_500 * MS) == 1_000 * MS
    assert turn.dropped == 0
