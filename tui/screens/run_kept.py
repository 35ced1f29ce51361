"""What was saved before: the history, and this run against the last one of its plan."""

from __future__ import annotations

import asyncio
from pathlib import Path

from httptui.reports.report import Report
from tui.screens.run_control import RunControl


class RunKept(RunControl):
    """What `h` and `c` do; `out` is where reports are."""

    _out: Path | None = None

    def action_history(self) -> None:
        """Show the saved reports."""
        from tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(self._out, settings=self._settings))

    def action_compare(self) -> None:
        """Compare the run that is over with the last saved one of its plan."""
        if self.report is None:
            self._tell("Nothing to compare yet; a run comes first.")
        else:
            self.run_worker(self._compare(self.report), exclusive=True, group="comparing")

    async def _compare(self, report: Report) -> None:
        from httptui.reports.files import reports_folder
        from tui.compared import compared_with_last
        from tui.report_snapshot import CANNOT_BE_SHOWN
        from tui.screens.compare import CompareScreen

        try:
            shown = await asyncio.to_thread(lambda: compared_with_last(report, reports_folder(self._out)))
        except CANNOT_BE_SHOWN as error:
            self._tell(str(error), "Not compared", error=True)
            return
        if shown is None:
            self._tell(f"No earlier run of this plan is saved; {self._keys['save']} saves this one.")
        elif self.is_current:
            self.app.push_screen(CompareScreen(shown))
