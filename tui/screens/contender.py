"""A contender's own page over a run: the run goes on as before, but is drawn on this page's board."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical

from httptui.tui.boards.run_board import PageBoard
from httptui.tui.keys import bindings_of
from httptui.tui.panels.board_keys import PAGE_KEYS, SHARED
from httptui.tui.panels.header import HeaderLine
from httptui.tui.panels.keys import KeysLine
from httptui.tui.panels.own import OwnTitle
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import BoardScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from httptui.tui.control.frames import Frames

ROWS_A_STEP = 2


class ContenderScreen(BoardScreen[View]):
    """The page of the contender that is chosen on the screen below, which is drawn in the same frames."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "contender.tcss"]
    BINDING_GROUP_TITLE = "Contender page"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(PAGE_KEYS))
    LARGEST = "#own-latency"

    def __init__(self, below: BoardScreen[View], frames: Frames) -> None:
        super().__init__(PageBoard(below.view, frames, id="page"))
        self._below = below

    def compose(self) -> ComposeResult:
        """Make the first lines, the board and the keys."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield OwnTitle(id="own-title")
        yield self.board
        yield KeysLine(PAGE_KEYS, id="keys")

    def begin(self) -> None:
        """Draw what the screen below would."""
        self._below.draw_on(self.board)

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the screen below."""
        alone = self.maximized is not None
        super().action_back()
        if not alone:
            self._below.draw_on(None)

    def action_scroll(self, step: int) -> None:
        """Scroll the page."""
        self.board.scroll_relative(y=step * ROWS_A_STEP, animate=False)

    # What the screen below does for it.

    async def action_turn(self, step: int) -> None:
        """Go to a neighbour in the table."""
        await self._below.run_action(f"point({step})")

    async def action_travel(self, frames: int) -> None:
        """Hold the picture of so many frames later, or earlier where negative."""
        await self._below.run_action(f"travel({frames})")

    async def action_travel_to(self, end: str) -> None:
        """Hold the first picture of the run, or the newest."""
        await self._below.run_action(f"travel_to({end!r})")

    async def action_on_board(self, name: str) -> None:
        """Do what the screen below does."""
        await self._below.run_action(name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the actions of the screen below where it offers them."""
        name = next((name for name in SHARED if action == f"on_board('{name}')"), None)
        if action == "on_board" and parameters:
            name = str(parameters[0])
        return (
            super().check_action(action, parameters) if name is None else self._below.check_action(name, ())
        )
