"""The run screen: what its keys do with a plan, its runs and their reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path, PurePath
from time import monotonic
from typing import ClassVar

from textual.binding import BindingType

from httptui.errors import HttptuiError
from httptui.plan.model import Plan
from httptui.tui.panels.run_keys import RUN_BINDINGS
from httptui.tui.pictures import picture_of
from httptui.tui.screens.run_copying import RunCopying
from httptui.tui.screens.run_kept import RunKept
from httptui.tui.screens.run_steering import RunSteering
from httptui.tui.screens.run_sweeping import RunSweeping
from httptui.tui.session import Start
from httptui.tui.settings import USUAL, Settings
from httptui.tui.settling import can_be_settled, settling


class RunScreen(RunSteering, RunCopying, RunKept, RunSweeping):
    """One plan and its runs; `out` is where reports go.  The rest as for the board and the control."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "run.tcss"]
    DEFAULT_CLASSES = "-idle"
    BINDING_GROUP_TITLE = "Run"
    BINDINGS: ClassVar[list[BindingType]] = list(RUN_BINDINGS)

    def __init__(
        self,
        plan: Plan,
        start: Start,
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        settings: Settings = USUAL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(plan, start, consent=consent, settings=settings, clock=clock)
        self._out = out

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Settling is offered where all contenders are under load at once, unless the last run was invalid."""
        if action == "settle":
            return can_be_settled(self._plan) and self.view.status != "invalid"
        return super().check_action(action, parameters)

    def action_run(self) -> None:
        """Run the plan, or sweep it."""
        if self._plan.sweep:
            self._sweep()
        else:
            self._begin(self._plan)

    def action_settle(self) -> None:
        """Run the plan in turns until its order is decided."""
        self._begin(settling(self._plan))

    def action_presets(self) -> None:
        """Choose a plan."""
        if self._is_free():
            from httptui.tui.screens.presets import PresetsScreen

            self.app.push_screen(PresetsScreen(), self._chosen)

    def action_edit(self) -> None:
        """Edit the plan."""
        if self._is_free():
            from httptui.tui.screens.plan import PlanScreen

            self.app.push_screen(PlanScreen(self._plan), self._chosen)

    def action_code(self) -> None:
        """Show the code of the chosen contender, or of the first."""
        from httptui.tui.screens.code import CodeScreen

        self.app.push_screen(CodeScreen(self._plan, self._view.chosen, self._out, settings=self._settings))

    def _is_free(self) -> bool:
        if self.running:
            self._tell(f"A run is on; {self._keys['stop']} stops it, then the plan can be changed.")
        return not self.running

    def _chosen(self, plan: Plan | None) -> None:
        if plan is not None:
            self.load(plan)

    async def action_save(self) -> None:
        """Save the report as it stands, and the screen."""
        from httptui.tui.saving import save_report

        report = self.report_so_far()
        if report is None:
            self._tell(f"Nothing to save yet; {self._keys['run']} runs the plan.")
            return
        svg = picture_of(self.app)
        try:
            paths = await asyncio.to_thread(save_report, report, self._out, svg)
        except (OSError, HttptuiError) as error:
            self._note(f"not saved: {error}", error=True)
            self._tell(str(error), "Not saved", error=True)
            return
        names = ", ".join(path.name if path is paths[0] else path.suffix for path in paths)
        self._note(f"saved {names}", f"in {paths[0].parent}")
        self._tell(f"{names}\nin {paths[0].parent}", "Saved")

    def action_help(self) -> None:
        """Show the help."""
        from httptui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())
