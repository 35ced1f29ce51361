"""A turn that several processes share: together they send what one would have sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from turn_examples import MS, START, turn_of

from httptui.plan.schedule import share_of


@given(st.integers(0, 10_000), st.integers(1, 64))
def test_shares_add_up_and_differ_by_one_at_most(total: int, processes: int) -> None:
    shares = [share_of(total, processes, process) for process in range(processes)]
    assert sum(shares) == total
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


def test_requests_are_divided() -> None:
    turns = [turn_of(requests=10, concurrency=4, part=part, parts=4) for part in range(4)]
    assert [turn.limit for turn in turns] == [3, 3, 2, 2]


def test_requests_are_left_to_the_processes_that_have_a_worker() -> None:
    turns = [turn_of(requests=10, concurrency=1, part=part, parts=2) for part in range(2)]
    assert [turn.limit for turn in turns] == [10, 0]
    assert [turn.pace(0)(START) for turn in turns] == [START, None]


def test_a_concurrency_that_is_changed_is_divided_as_a_whole() -> None:
    turns = [turn_of(seconds=1.0, concurrency=4, part=part, parts=3) for part in range(3)]
    assert [turn.workers for turn in turns] == [2, 1, 1]
    for turn in turns:
        turn.change(1.25, START)
    assert [turn.workers for turn in turns] == [2, 2, 1]


def test_stages_are_climbed_by_the_parts_in_turn() -> None:
    turns = [
        turn_of(seconds=1.0, concurrency=0, stages=[(1.0, 4.0)], part=part, parts=2) for part in range(2)
    ]
    first = [turn.pace(worker)(START) for worker in range(2) for turn in turns]
    assert first == [1_125 * MS, 1_375 * MS, 1_625 * MS, 1_875 * MS]


def test_arrivals_are_taken_in_turn() -> None:
    turns = [turn_of(seconds=0.06, rate=100.0, part=part, parts=2) for part in range(2)]
    assert [turn.pace(worker)(START) for worker in range(3) for turn in turns] == [
        START + 10 * MS * number for number in range(6)
    ]
