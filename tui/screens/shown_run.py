"""A run on its board, live or saved, and the keys that change how it is looked at and nothing of the run."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from httptui.tui.boards.looking import chosen, neighbour, sorted_as, sorted_next
from httptui.tui.boards.run_board import BELOW, CHARTS, RunBoard
from httptui.tui.control.frames import Frames
from httptui.tui.keys import Key
from httptui.tui.panels.columns import Picked
from httptui.tui.panels.contenders import HeadingClicked, Pointed
from httptui.tui.panels.header import HeaderLine
from httptui.tui.panels.keys import KeysLine
from httptui.tui.panels.notices import WarningsNotice
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import BoardScreen
from httptui.tui.settings import Settings
from httptui.tui.toolkit.first_size import from_sizes


class ColumnsPicked(Message):
    """Someone has picked the columns of the table."""

    def __init__(self, picked: Picked) -> None:
        super().__init__()
        self.picked = picked


class ShownRun(BoardScreen[View]):
    """A run on its board; `first` is what is shown first."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "run.tcss"]
    VERTICAL_BREAKPOINTS = from_sizes(tiny=0, short=22, tall=30)
    LARGEST = "#throughput"
    KEYS: ClassVar[tuple[Key, ...]] = ()

    board: RunBoard

    def __init__(self, first: View, settings: Settings) -> None:
        frames = Frames(settings.frames_per_second)
        super().__init__(RunBoard(first, frames))
        self.frames = frames

    def compose(self) -> ComposeResult:
        """Make the first line with the warnings, the board and the keys."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield WarningsNotice(id="warnings")
        yield self.board
        yield KeysLine(self.KEYS, id="keys")

    # Scales.

    def action_log(self) -> None:
        """Switch the throughput's scale."""
        self.look(log=not self.view.log)

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self.look(blocks=not self.view.blocks)

    def action_swap(self) -> None:
        """Put the other ranking first."""
        self.look(swapped=not self.view.swapped)

    # Places that several panels share.

    def action_chart(self) -> None:
        """Show the next chart of latencies."""
        self._show_next(CHARTS)

    def action_below(self) -> None:
        """Show errors in the place of the events, or these again."""
        self._show_next(BELOW)

    def _show_next(self, names: tuple[str, ...]) -> None:
        """Show the next panel of a place; one that has the whole screen, or is folded, gives it to the next."""
        alone = self.maximized is not None and self.maximized.id in names
        shown = str(self.maximized.id) if alone and self.maximized is not None else self.board.shown_of(names)
        folded = not self.query_one(f"#{shown}", Panel).size.height
        coming = names[(names.index(shown) + 1) % len(names)]
        self.board.show_in_place(coming, names)
        if alone or folded:
            self.show_alone(coming)

    # The table.

    def action_sort(self) -> None:
        """Order the rows by the next column that is shown, or by letter again."""
        self.show(sorted_next(self.view, self.board.table.columns))

    def action_reverse(self) -> None:
        """Order the rows the other way round."""
        self.show(sorted_as(self.view, self.view.sorting.name))

    @on(HeadingClicked)
    def _heading_clicked(self, message: HeadingClicked) -> None:
        self.show(sorted_as(self.view, message.name))

    def action_columns(self) -> None:
        """Choose the columns of the table."""
        from httptui.tui.screens.columns import ColumnsScreen

        def closed(_: None) -> None:
            self.post_message(ColumnsPicked(self.view.picked))

        self.app.push_screen(ColumnsScreen(self.view, self._pick), closed)

    def _pick(self, picked: Picked) -> tuple[View, tuple[str, ...]]:
        self.look(picked=picked)
        return self.view, self.board.table.columns

    # Contenders.

    def action_point(self, step: int) -> None:
        """Choose the contender so many rows below the chosen one, or the first or last where none is."""
        self._choose(neighbour(self.view, step))

    def action_point_to(self, row: int) -> None:
        """Choose the contender of a row, -1 for the last one."""
        self._choose(self.view.rows[row].id)

    @on(Pointed)
    def _pointed(self, message: Pointed) -> None:
        """Choose by a click, and open the page by one on the chosen row."""
        if message.letter == self.view.chosen:
            self.action_open()
        else:
            self._choose(message.letter)

    def _choose(self, letter: str) -> None:
        if self.view.status == "idle":
            return
        self.show(chosen(self.view, letter))
        letters = [contender.id for contender in self.view.rows]
        self.board.table.reveal(letters.index(letter))

    def action_open(self) -> None:
        """Open the page of the chosen contender, or of the first one."""
        from httptui.tui.screens.contender import ContenderScreen

        if self.view.status == "idle":
            return
        if self.view.contender(self.view.chosen) is None:
            self._choose(self.view.rows[0].id)
        self.app.push_screen(ContenderScreen(self, self.frames))

    def action_back(self) -> None:
        """Give the screen back to all panels, or else the events their place."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.show(chosen(self.view, None))
