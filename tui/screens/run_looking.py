"""How the board is looked at: frozen, back in time, on which scale, at which contender, one panel alone."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.message import Message

from httptui.results.snapshot import Snapshot, with_past
from httptui.tui.panels.columns import Picked, next_sorting, sorted_by
from httptui.tui.panels.contenders import ContendersPanel, HeadingClicked, Pointed
from httptui.tui.panels.latency import ThroughputPanel
from httptui.tui.panels.view import View
from httptui.tui.screens.run_places import RunPlaces


class ColumnsPicked(Message):
    """Someone has picked the columns of the table."""

    def __init__(self, picked: Picked) -> None:
        super().__init__()
        self.picked = picked


class RunLooking(RunPlaces):
    """The board, and the actions that change its view and nothing of the run."""

    def action_freeze(self) -> None:
        """Hold the picture, or let it go."""
        if self._view.frozen:
            self._show()
        else:
            self._look(frozen=True)

    def action_travel(self, frames: int) -> None:
        """Hold the picture of so many frames later, or earlier where negative."""
        at = self._view.snapshot.sequence
        found = self._history.before(at, -frames) if frames < 0 else self._history.after(at, frames)
        if found is None and frames < 0:
            found = self._view.snapshot
        self._hold(found)

    def action_travel_to(self, end: str) -> None:
        """Hold the first picture of the run, or the newest: `end` is start or end."""
        self._hold(self._history.first() if end == "start" else None)

    def _hold(self, snapshot: Snapshot | None) -> None:
        """Freeze at a snapshot of this run, or at the newest."""
        if not len(self._history):
            return
        if snapshot is None or snapshot.sequence >= self._newest.sequence:
            self._look(snapshot=self._newest, status=self._status, frozen=True, behind=0.0)
        else:
            whole = with_past(snapshot, self._newest)
            self._look(snapshot=whole, status="running", frozen=True, behind=self._behind(snapshot))

    def action_log(self) -> None:
        """Switch the throughput's scale."""
        self._look(log=not self._view.log)

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self._look(blocks=not self._view.blocks)

    def action_swap(self) -> None:
        """Put the other ranking first."""
        self._look(swapped=not self._view.swapped)

    # The table.

    def action_sort(self) -> None:
        """Order the rows by the next column that is shown, or by letter again."""
        self._look(sorting=next_sorting(self._view.sorting, self.query_one(ContendersPanel).columns))

    def action_reverse(self) -> None:
        """Order the rows the other way round."""
        self._look(sorting=sorted_by(self._view.sorting, self._view.sorting.name))

    def action_columns(self) -> None:
        """Choose the columns of the table."""
        from httptui.tui.screens.columns import ColumnsScreen

        def closed(_: None) -> None:
            self.post_message(ColumnsPicked(self._view.picked))

        self.app.push_screen(ColumnsScreen(self._view, self._pick), closed)

    def begin_with(self, picked: Picked) -> None:
        """Show these columns, before anything is drawn."""
        self._view = replace(self._view, picked=picked)

    def _pick(self, picked: Picked) -> tuple[View, tuple[str, ...]]:
        self._look(picked=picked)
        return self._view, self.query_one(ContendersPanel).columns

    @on(HeadingClicked)
    def _heading_clicked(self, message: HeadingClicked) -> None:
        self._look(sorting=sorted_by(self._view.sorting, message.name))

    def action_point(self, step: int) -> None:
        """Choose the contender so many rows below the chosen one, or the first or last where none is."""
        letters = [contender.id for contender in self._view.rows]
        chosen = self._view.chosen
        if chosen in letters:
            row = min(max(letters.index(chosen) + step, 0), len(letters) - 1)
        else:
            row = 0 if step > 0 else len(letters) - 1
        self._choose(letters[row])

    def action_point_to(self, row: int) -> None:
        """Choose the contender of a row, -1 for the last one."""
        self._choose(self._view.rows[row].id)

    @on(Pointed)
    def _pointed(self, message: Pointed) -> None:
        """A click chooses, and on the chosen row opens its page."""
        if message.letter == self._view.chosen:
            self.action_open()
        else:
            self._choose(message.letter)

    def action_open(self) -> None:
        """Open the page of the chosen contender, or of the first one."""
        from httptui.tui.screens.contender import ContenderScreen

        if self._view.status == "idle":
            return
        if self._view.contender(self._view.chosen) is None:
            self._choose(self._view.rows[0].id)
        self.app.push_screen(ContenderScreen(self))

    def _choose(self, letter: str | None) -> None:
        if self._view.status == "idle":
            return
        self._look(chosen=letter)
        if letter is not None:
            letters = [contender.id for contender in self._view.rows]
            self.query_one(ContendersPanel).reveal(letters.index(letter))

    def action_back(self) -> None:
        """Give the screen back to all panels, or else the events their place."""
        if self.maximized is not None:
            self.minimize()
        else:
            self._look(chosen=None)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(ThroughputPanel))
