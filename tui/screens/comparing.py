"""What is over against the last one of its kind that was saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual.screen import Screen

from httptui.tui.screens.session_screen import SessionScreen

Found = TypeVar("Found")


class Comparing(SessionScreen):
    """What `c` does, for a run and for a sweep; `out` is where reports are."""

    _out: Path | None = None

    def _compare(
        self, find: Callable[[Path], Found | None], screen_of: Callable[[Found], Screen[None]], none: str
    ) -> None:
        """Look in the folder of reports for what is to be shown, and show it; `none` is told where there is none."""
        self.run_worker(self._compare_with_last(find, screen_of, none), exclusive=True, group="comparing")

    async def _compare_with_last(
        self, find: Callable[[Path], Found | None], screen_of: Callable[[Found], Screen[None]], none: str
    ) -> None:
        from httptui.report.store import reports_folder
        from httptui.tui.report_snapshot import CANNOT_BE_SHOWN

        try:
            found = await asyncio.to_thread(lambda: find(reports_folder(self._out)))
        except CANNOT_BE_SHOWN as error:
            self._tell(str(error), "Not compared", error=True)
            return
        if found is None:
            self._tell(none)
        elif self.is_current:
            self.app.push_screen(screen_of(found))
