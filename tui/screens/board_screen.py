"""Screens of panels: any of them can have the whole screen, and escape gives it back; most hold a board."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from textual.screen import Screen

from httptui.tui.boards.board import Board
from httptui.tui.panels.keys import KeysLine
from httptui.tui.toolkit.covered import is_seen
from httptui.tui.toolkit.first_size import from_sizes

Shown = TypeVar("Shown")


class PanelScreen(Screen[None]):
    """A screen of panels that gives nothing back to the one below it."""

    LARGEST: ClassVar[str] = ""
    """The panel that has the whole screen where none is focused."""

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(self.LARGEST))

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the screen below."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Show the keys and words."""
        from httptui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())


class BoardScreen(PanelScreen, Generic[Shown]):
    """A first line, a board and a line of keys.

    What is shown is the view of the board that is drawn on: its own, or while a page lies over it that page's.
    """

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    ALLOW_IN_MAXIMIZED_VIEW = "#top, KeysLine"
    AUTO_FOCUS = ""

    def __init__(self, board: Board[Shown]) -> None:
        super().__init__()
        self.board = board
        self._drawn_on = board

    @property
    def view(self) -> Shown:
        """The frame that is shown."""
        return self._drawn_on.view

    @property
    def is_current(self) -> bool:
        """Whether it is to be drawn."""
        return super().is_current and is_seen(self)

    def on_mount(self) -> None:
        """Begin."""
        self.begin()

    def begin(self) -> None:
        """Draw for the first time."""
        self.show(self.view)

    def on_resize(self) -> None:
        """Let what is as high as its text find its height again."""
        if self.board.is_attached:
            self.board.fit_texts()

    def show(self, view: Shown) -> None:
        """Draw a view."""
        self._drawn_on.show(view)

    def look(self, **changes: Any) -> None:
        """Change how it is looked at, and draw."""
        self.show(replace(self.view, **changes))  # type: ignore[type-var]

    def draw_on(self, board: Board[Shown] | None) -> None:
        """Draw on a page's board from now on, or, with None, on its own again."""
        view = self.view
        self._drawn_on = board or self.board
        self.show(view)

    def offer_keys(self, left_out: frozenset[str] = frozenset()) -> None:
        """Show the keys of what can be done now, here and on a page that lies over it, but for some actions here."""
        self.refresh_bindings()
        self.query_one(KeysLine).leave_out(left_out)
        page = self._drawn_on.screen
        page.refresh_bindings()
        page.query_one(KeysLine).refresh()

    def action_panel(self, name: str) -> None:
        """Give one panel the whole screen, or give it back."""
        if self.maximized is not None and self.maximized.id == name:
            self.minimize()
        else:
            self.show_alone(name)

    def show_alone(self, name: str) -> None:
        """Give one panel the whole screen."""
        panel = self.query_one(f"#{name}")
        self.minimize()
        self.maximize(panel)
        panel.focus()
