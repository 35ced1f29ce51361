"""Stretches of a run of any length: few, complete, in order, and of about one length."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from httptui.runs.over_time import SHORTEST_NS, Stretches

MOST = 16


class Part(Struct):
    """A stretch that knows which ones went into it."""

    spent_ns: int
    numbers: tuple[int, ...]


def joined(first: Part, second: Part) -> Part:
    """Both as one."""
    return Part(first.spent_ns + second.spent_ns, first.numbers + second.numbers)


@given(st.lists(st.integers(1, 10 * SHORTEST_NS), max_size=20 * MOST))
def test_nothing_is_lost_nothing_changes_places_and_they_stay_few(lengths: list[int]) -> None:
    stretches = Stretches(MOST, joined)
    for number, length in enumerate(lengths):
        stretches.add(Part(length, (number,)))
    assert len(stretches.kept) < MOST
    assert [number for part in stretches.kept for number in part.numbers] == list(range(len(lengths)))
    assert sum(part.spent_ns for part in stretches.kept) == sum(lengths)


def test_the_beginning_of_a_long_run_is_as_finely_kept_as_its_end() -> None:
    stretches = Stretches(MOST, joined)
    for number in range(10_000):
        stretches.add(Part(SHORTEST_NS, (number,)))
    lengths = [len(part.numbers) for part in stretches.kept[:-1]]
    assert max(lengths) <= 4 * min(lengths)
    assert len(lengths) >= MOST // 4
