"""A plan with a sweep is swept on a screen of its own, which lies over the run screen and ends as a run does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from httptui.plan.model import Plan
from httptui.tui.screens.run_control import RunControl

if TYPE_CHECKING:
    from httptui.sweeps.report import SweepReport
    from httptui.tui.screens.sweep import SweepScreen
    from httptui.tui.sweep_session import SweepStart


class RunSweeping(RunControl):
    """What `r` does with such a plan; `sweep_start` begins a sweep, and `httptui.sweep` does where it is None."""

    _out: Path | None = None
    sweep_start: SweepStart | None = None
    sweep_screen: SweepScreen | None = None

    @property
    def sweep_report(self) -> SweepReport | None:
        """The report of the last sweep, unless a run or another plan followed it."""
        return self.sweep_screen.report if self.sweep_screen is not None else None

    def _clear(self, plan: Plan) -> None:
        self.sweep_screen = None
        super()._clear(plan)

    def _sweep(self) -> None:
        from httptui import sweep
        from httptui.tui.screens.sweep import SweepScreen

        self._clear(self._plan)
        self.sweep_screen = SweepScreen(
            self._plan,
            self.sweep_start or sweep,
            consent=self._consent,
            out=self._out,
            settings=self._settings,
        )
        self.app.push_screen(self.sweep_screen)

    # Whoever leaves ends a sweep as he would a run.

    @property
    def _above(self) -> SweepScreen | None:
        """The sweep's screen while it lies over this one."""
        return self.sweep_screen if self.sweep_screen in self.app.screen_stack else None

    async def action_leave(self) -> None:
        """Stop the sweep or run that is on, wait for it, and leave."""
        if (above := self._above) is not None:
            await above.action_leave()
            return
        if self.sweep_screen is not None:
            self._interrupted = self.sweep_screen.interrupted
        await super().action_leave()

    async def interrupt(self) -> None:
        """Stop the sweep or run that is on, or leave."""
        if (above := self._above) is not None:
            await above.interrupt()
        else:
            await super().interrupt()

    async def terminate(self) -> None:
        """Leave as soon as all has drained."""
        if (above := self._above) is not None:
            self.told_to_end = True
            await above.terminate()
        else:
            await super().terminate()
