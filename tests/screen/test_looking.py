"""How a run is looked at, as pure functions of views."""

from __future__ import annotations

from dataclasses import replace as replace_view

import pytest
from examples import PLAN, finished, running
from msgspec.structs import replace

from httptui.results.snapshot import Event, without_past
from httptui.tui.boards.looking import (
    Now,
    begun,
    chosen,
    followed,
    frozen_or_not,
    live,
    neighbour,
    sorted_as,
    sorted_next,
    travelled,
    travelled_to,
)
from httptui.tui.control.snapshots import SnapshotHistory
from httptui.tui.panels.columns import BY_LETTER, Sorting
from httptui.tui.panels.view import View

MOMENTS = [replace(running(number / 4), sequence=number) for number in range(1, 26)]
NOW = Now(MOMENTS[-1], "running", (), PLAN)
VIEW = live(View(running()), NOW)


def history() -> SnapshotHistory:
    """A run's past."""
    kept = SnapshotHistory()
    for snapshot in MOMENTS:
        kept.add(without_past(snapshot))
    return kept


def test_a_frozen_picture_stays_and_tells_how_far_behind_it_is() -> None:
    later = Now(replace(running(9.0), sequence=36), "running", (), PLAN)
    held = frozen_or_not(VIEW, NOW)
    assert held.frozen
    assert held.snapshot is VIEW.snapshot
    after = followed(held, later)
    assert (after.snapshot, after.behind) == (VIEW.snapshot, pytest.approx(9.0 - 6.25))
    let_go = frozen_or_not(after, later)
    assert (let_go.frozen, let_go.behind, let_go.snapshot) == (False, 0.0, later.snapshot)


@pytest.mark.parametrize(
    ("steps", "sequence", "status"),
    [
        ([-1], 24, "running"),
        ([-1, -1, 1], 24, "running"),
        ([-10], 15, "running"),
        ([-99], 1, "running"),
        ([1], 25, "done"),
    ],
)
def test_one_travels_frame_by_frame_and_stops_at_the_ends(
    steps: list[int], sequence: int, status: str
) -> None:
    view, now, past = VIEW, NOW._replace(status="done"), history()
    for step in steps:
        view = travelled(view, now, past, step)
    assert (view.snapshot.sequence, view.frozen, view.status) == (sequence, True, status)


def test_both_ends_are_reached_at_once_and_before_a_run_there_is_no_past() -> None:
    past = history()
    first = travelled_to(VIEW, NOW, past, "start")
    assert (first.snapshot.sequence, first.behind) == (1, pytest.approx(6.0))
    assert travelled_to(first, NOW, past, "end").snapshot.sequence == 25
    assert travelled(VIEW, NOW, SnapshotHistory(), -1) is VIEW


def test_notes_are_among_the_events_wherever_one_looks() -> None:
    note = Event(99.0, "saved")
    now = NOW._replace(notes=(note,))
    assert followed(VIEW, now).events[-1] == note
    assert followed(frozen_or_not(VIEW, NOW), now).events[-1] == note


def test_what_begins_is_looked_at_anew_but_in_the_same_order() -> None:
    view = replace_view(VIEW, chosen="B", sorting=Sorting("p99"), frozen=True)
    anew = begun(view, NOW)
    assert (anew.chosen, anew.frozen, anew.sorting) == (None, False, Sorting("p99"))


@pytest.mark.parametrize(
    ("at", "step", "letter"),
    [
        (None, 1, "A"),
        (None, -1, "D"),
        ("B", 1, "C"),
        ("B", -1, "A"),
        ("A", -1, "A"),
        ("D", 1, "D"),
        ("Z", 1, "A"),
    ],
)
def test_a_neighbour_is_chosen_in_the_order_of_the_table(at: str | None, step: int, letter: str) -> None:
    assert neighbour(replace_view(VIEW, chosen=at), step) == letter


def test_nothing_is_chosen_before_a_run() -> None:
    idle = replace_view(VIEW, status="idle")
    assert chosen(idle, "A") is idle
    assert chosen(VIEW, "A").chosen == "A"
    assert chosen(replace_view(VIEW, chosen="A"), None).chosen is None


def test_the_table_is_sorted_by_the_next_column_or_by_one_the_other_way_round() -> None:
    by_first = sorted_next(VIEW, ("req/s", "p99"))
    assert by_first.sorting == Sorting("req/s")
    assert sorted_next(sorted_next(by_first, ("req/s", "p99")), ("req/s", "p99")).sorting == BY_LETTER
    assert sorted_as(by_first, "req/s").sorting == Sorting("req/s", reverse=True)
    assert sorted_as(by_first, None).sorting == BY_LETTER


def test_the_end_of_a_run_is_shown_with_its_status() -> None:
    over = live(VIEW, Now(finished(), "done", (), PLAN))
    assert over.over
    assert over.snapshot.verdict == finished().verdict
