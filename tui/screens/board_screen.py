"""Screens of panels, any of which can have the whole screen; most hold a board, some are the face of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual.screen import Screen

from httptui.errors import BuildRefusedError, HttptuiError, RefusedError
from httptui.tui.boards.board import Board
from httptui.tui.toolkit.drawing import from_sizes, is_visible
from httptui.tui.widgets.key_lines import KeysLine

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
        """True while the screen is to be drawn."""
        return super().is_current and is_visible(self)

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


LONG_NOTICE_SECONDS = 12
Found = TypeVar("Found")


class ScreenFace:
    """`cleared` shows what begins; `newer` draws the newest snapshot soon, `changed` now."""

    def __init__(
        self,
        screen: Screen[Any],
        *,
        cleared: Callable[[], None],
        newer: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._screen = screen
        self.cleared = cleared
        self._newer, self._changed = newer, changed

    def work(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Do something beside everything else; return what cancels it."""
        return self._screen.run_worker(work, exclusive=True, group="session").cancel

    # A session that is on calls these from its worker: what is drawn is drawn by the screen in its own time.

    def newer(self) -> None:
        """Draw the newest snapshot soon."""
        self._screen.call_later(self._newer)

    def changed(self) -> None:
        """Draw the newest snapshot, status and notes."""
        self._screen.call_later(self._changed)

    def tell(self, text: str, title: str = "", *, error: bool = False, long: bool = False) -> None:
        """Tell the user something in passing."""
        self._screen.notify(
            text,
            title=title,
            severity="error" if error else "information",
            timeout=LONG_NOTICE_SECONDS if error or long else 5,
            markup=False,
        )

    def ask(self, error: RefusedError, host: str, agreed: Callable[[], None]) -> None:
        """Ask for consent to what was refused, and call `agreed` once it is given."""
        self._screen.call_later(self._ask, error, host, agreed)

    def _ask(self, error: RefusedError, host: str, agreed: Callable[[], None]) -> None:
        from httptui.tui.screens.dialogs import BUILD, HOST, ConsentScreen

        def answered(granted: bool | None) -> None:
            if granted:
                agreed()

        question = BUILD if isinstance(error, BuildRefusedError) else HOST
        self._screen.app.push_screen(ConsentScreen(host, str(error), question), answered)

    def later(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        """Do something after so many seconds."""
        self._screen.set_timer(seconds, do)

    def leave(self, code: int) -> None:
        """End the app with an exit code."""
        self._screen.app.exit(return_code=code)

    # Keys that a run and a sweep have in common.

    async def save(self, write: Callable[[str], tuple[Path, ...]], note: Callable[..., None]) -> None:
        """Save a report with a picture of the screen, and tell where it is; `write` gets the picture as SVG."""
        from httptui.tui.toolkit.drawing import picture_of

        svg = picture_of(self._screen.app)
        try:
            paths = await asyncio.to_thread(write, svg)
        except (OSError, HttptuiError) as error:
            note(f"not saved: {error}", error=True)
            self.tell(str(error), "Not saved", error=True)
            return
        names = ", ".join(path.name if path is paths[0] else path.suffix for path in paths)
        note(f"saved {names}", f"in {paths[0].parent}")
        self.tell(f"{names}\nin {paths[0].parent}", "Saved")

    def compare(
        self,
        find: Callable[[Path], Found | None],
        screen_of: Callable[[Found], Screen[None]],
        none: str,
        out: Path | None,
    ) -> None:
        """Look among saved reports for what is to be compared, and show it; `none` is told where there is none."""
        from httptui.report.store import reports_folder
        from httptui.tui.shown_reports import CANNOT_BE_SHOWN

        async def work() -> None:
            try:
                found = await asyncio.to_thread(lambda: find(reports_folder(out)))
            except CANNOT_BE_SHOWN as error:
                self.tell(str(error), "Not compared", error=True)
                return
            if found is None:
                self.tell(none)
            elif self._screen.is_current:
                self._screen.app.push_screen(screen_of(found))

        self._screen.run_worker(work(), exclusive=True, group="comparing")
