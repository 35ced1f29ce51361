"""What was saved before: the history, and this run against the last one of its plan."""

from __future__ import annotations

from httptui.tui.screens.comparing import Comparing
from httptui.tui.screens.run_control import RunControl


class RunKept(RunControl, Comparing):
    """What `h` and `c` do."""

    def action_history(self) -> None:
        """Show the saved reports."""
        from httptui.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(self._out, settings=self._settings))

    def action_compare(self) -> None:
        """Compare the run that is over with the last saved one of its plan."""
        from httptui.tui.comparisons import compared_with_last
        from httptui.tui.screens.compare import CompareScreen

        if (report := self.report) is None:
            self._tell("Nothing to compare yet; a run comes first.")
            return
        none = f"No earlier run of this plan is saved; {self._keys['save']} saves this one."
        self._compare(lambda folder: compared_with_last(report, folder), CompareScreen, none)
