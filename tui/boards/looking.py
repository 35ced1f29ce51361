"""Views of a run or a sweep made of the last one, purely: frozen, back in time, in another order, of a contender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from httptui.plan.model import Plan
from httptui.results.snapshot import Event, Snapshot, with_past
from httptui.tui.control.session import Moment, Status
from httptui.tui.control.snapshots import SnapshotHistory
from httptui.tui.panels.columns import next_sorting, sorted_by
from httptui.tui.panels.view import View

if TYPE_CHECKING:
    from httptui.sweeps.report import SweepSnapshot
    from httptui.tui.panels.sweep_view import SweepView

Seen = TypeVar("Seen", View, "SweepView")


class Now(NamedTuple):
    """A run as it stands: newest snapshot, status, the app's notes, and the plan that is run."""

    snapshot: Snapshot
    status: Status
    notes: tuple[Event, ...] = ()
    plan: Plan | None = None


class SweepNow(NamedTuple):
    """A sweep as it stands; `verdict` is its last word, once there is one."""

    snapshot: SweepSnapshot
    status: Status
    notes: tuple[Event, ...] = ()
    verdict: str | None = None


# Time.


def live(view: Seen, now: Now | SweepNow) -> Seen:
    """Show the run or sweep as it stands."""
    return replace(view, **now._asdict(), frozen=False, behind=0.0)


def begun(view: View, now: Now) -> View:
    """Show what begins, a plan or its run: nothing is held, and nothing chosen."""
    return replace(live(view, now), chosen=None)


def followed(view: Seen, now: Now | SweepNow) -> Seen:
    """Show the run or sweep as it stands, or, where the picture is held, how far that is behind."""
    if not view.frozen:
        return live(view, now)
    return replace(view, notes=now.notes, behind=_behind(view.snapshot, now.snapshot))


def frozen_or_not(view: Seen, now: Now | SweepNow) -> Seen:
    """Hold the picture, or let it go."""
    return live(view, now) if view.frozen else replace(view, frozen=True)


def travelled(view: View, now: Now, history: SnapshotHistory, frames: int) -> View:
    """Hold the picture of so many frames later, or earlier where negative."""
    at = view.snapshot.sequence
    found = history.before(at, -frames) if frames < 0 else history.after(at, frames)
    if found is None and frames < 0:
        found = view.snapshot
    return _held(view, now, history, found)


def travelled_to(view: View, now: Now, history: SnapshotHistory, end: str) -> View:
    """Hold the first picture of the run, or the newest: `end` is start or end."""
    return _held(view, now, history, history.first() if end == "start" else None)


def _held(view: View, now: Now, history: SnapshotHistory, snapshot: Snapshot | None) -> View:
    """Freeze at a snapshot of this run, or at the newest; before a run there is nothing to hold."""
    if not len(history):
        return view
    if snapshot is None or snapshot.sequence >= now.snapshot.sequence:
        return replace(live(view, now), frozen=True)
    whole = with_past(snapshot, now.snapshot)
    behind = _behind(snapshot, now.snapshot)
    return replace(view, snapshot=whole, status="running", notes=now.notes, frozen=True, behind=behind)


def _behind(snapshot: Moment, newest: Moment) -> float:
    """Return how many seconds lie after a snapshot."""
    return max(newest.elapsed - snapshot.elapsed, 0.0)


# The table.


def sorted_next(view: View, columns: Sequence[str]) -> View:
    """Order the rows by the next of the columns that are shown, or by letter again."""
    return replace(view, sorting=next_sorting(view.sorting, columns))


def sorted_as(view: View, name: str | None) -> View:
    """Order the rows by a column, None for the letters; the other way round where they are ordered so already."""
    return replace(view, sorting=sorted_by(view.sorting, name))


def neighbour(view: View, step: int) -> str:
    """Return the letter so many rows below the chosen one, or of the first or last row where none is chosen."""
    letters = [contender.id for contender in view.rows]
    if view.chosen in letters:
        return letters[min(max(letters.index(view.chosen) + step, 0), len(letters) - 1)]
    return letters[0 if step > 0 else -1]


def chosen(view: View, letter: str | None) -> View:
    """Choose a contender, or none; before a run there is nothing to choose."""
    return view if view.status == "idle" else replace(view, chosen=letter)


# Sweeps.


def next_figure(view: SweepView) -> SweepView:
    """Draw the next figure."""
    figures = view.figures()
    at = figures.index(view.figure) if view.figure in figures else -1
    return replace(view, figure=figures[(at + 1) % len(figures)])


def next_chosen(view: SweepView, step: int) -> SweepView:
    """Choose the next contender or the one before; beyond the ends, none."""
    letters = [None, *(one.id for one in view.snapshot.contenders)]
    return replace(view, chosen=letters[(letters.index(view.chosen) + step) % len(letters)])
