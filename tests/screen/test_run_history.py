"""The snapshots of a run: which are kept, how they are found, and that a long run takes no more memory."""

from __future__ import annotations

from itertools import pairwise

import pytest
from examples import running
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from httptui.results.snapshot import Snapshot
from httptui.tui.control.snapshots import SnapshotHistory

SMALL = replace(running(), contenders=(), events=())


def numbered(sequence: int) -> Snapshot:
    """A small snapshot with a sequence number."""
    return replace(SMALL, sequence=sequence, elapsed=sequence / 4)


def filled(count: int, most: int = 600) -> SnapshotHistory:
    """A history that was given snapshots 1 … count."""
    history = SnapshotHistory(most_frames=most)
    for sequence in range(1, count + 1):
        history.add(numbered(sequence))
    return history


def kept(history: SnapshotHistory) -> list[int]:
    """The sequence numbers that are kept, found by going through them."""
    found = []
    snapshot = history.first()
    while snapshot is not None:
        found.append(snapshot.sequence)
        snapshot = history.after(snapshot.sequence)
    return found


def test_a_snapshot_comes_back_as_it_was() -> None:
    history = SnapshotHistory()
    history.add(running())
    assert history.first() == running()


def test_one_goes_back_and_forth_frame_by_frame() -> None:
    history = filled(5)
    assert [history.before(4), history.after(4)] == [numbered(3), numbered(5)]
    assert [history.before(5, 3), history.after(1, 3)] == [numbered(2), numbered(4)]


def test_the_ends_hold() -> None:
    history = filled(5)
    assert history.before(3, 10) == numbered(1)
    assert history.before(1) is None
    assert history.after(5) is None
    assert history.after(2, 10) is None


def test_what_was_not_kept_is_passed_over() -> None:
    history = filled(9, most=4)
    assert kept(history) == [1, 5, 9]
    assert history.before(7) == numbered(5)
    assert history.after(6) == numbered(9)


def test_an_empty_history_and_a_cleared_one_have_nothing() -> None:
    history = filled(9, most=4)
    history.clear()
    assert (len(history), history.bytes, history.first(), history.before(9), history.after(0)) == (
        0,
        0,
        None,
        None,
        None,
    )
    history.add(numbered(1))
    history.add(numbered(2))
    assert kept(history) == [1, 2]


@given(count=st.integers(1, 400), most=st.integers(1, 40))
def test_a_run_of_any_length_keeps_few_frames_equally_far_apart_from_its_start_on(
    count: int, most: int
) -> None:
    found = kept(filled(count, most))
    assert found[0] == 1
    assert len(found) <= most
    strides = {later - earlier for earlier, later in pairwise(found)}
    assert len(strides) <= 1
    if strides:
        (stride,) = strides
        assert stride & (stride - 1) == 0
        assert count - found[-1] < stride
        assert stride == 1 or len(found) > most // 2 - 1


@pytest.mark.parametrize("size", [1, 20_000, 200_000])
def test_large_snapshots_are_bounded_by_bytes(size: int) -> None:
    history = SnapshotHistory(most_bytes=size)
    for sequence in range(1, 61):
        history.add(replace(running(), sequence=sequence))
    assert len(history) == 1 or history.bytes <= size
    assert kept(history)[0] == 1
