"""The face of a session on a screen: what its control and its keys do to the app, beyond drawing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from textual.screen import Screen

from httptui.errors import BuildRefusedError, HttptuiError, RefusedError

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
        from httptui.tui.toolkit.pictures import picture_of

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
        work = self._compare(find, screen_of, none, out)
        self._screen.run_worker(work, exclusive=True, group="comparing")

    async def _compare(
        self,
        find: Callable[[Path], Found | None],
        screen_of: Callable[[Found], Screen[None]],
        none: str,
        out: Path | None,
    ) -> None:
        from httptui.report.store import reports_folder
        from httptui.tui.report_snapshot import CANNOT_BE_SHOWN

        try:
            found = await asyncio.to_thread(lambda: find(reports_folder(out)))
        except CANNOT_BE_SHOWN as error:
            self.tell(str(error), "Not compared", error=True)
            return
        if found is None:
            self.tell(none)
        elif self._screen.is_current:
            self._screen.app.push_screen(screen_of(found))
