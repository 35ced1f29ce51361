"""The sweep's screen: it sweeps a plan, shows what comes of it, and saves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path, PurePath
from time import monotonic
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.binding import BindingType

from httptui.errors import ExitCode, HttptuiError, RefusedError
from httptui.plan.model import Plan
from httptui.sweeps.report import SweepReport
from httptui.tui.panels.keys import KeysLine
from httptui.tui.panels.sweep_view import sweep_before
from httptui.tui.panels.view import Status, status_at_end
from httptui.tui.pictures import picture_of
from httptui.tui.screens.comparing import Comparing
from httptui.tui.screens.sweep_board import SweepBoard
from httptui.tui.screens.sweep_keys import SWEEP_BINDINGS
from httptui.tui.session import Failed
from httptui.tui.settings import USUAL, Settings
from httptui.tui.sweep_session import SweepEnded, SweepSession, SweepStart, SweepTaken


class SweepScreen(SweepBoard, Comparing):
    """A plan with a sweep, which begins at once.  `start` begins it; `consent` is that of `httptui.run`; `out` is
    where reports go.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "sweep.tcss"]
    BINDING_GROUP_TITLE = "Sweep"
    BINDINGS: ClassVar[list[BindingType]] = list(SWEEP_BINDINGS)
    ONLY_WHILE_ON: ClassVar[tuple[str, ...]] = ("stop",)

    def __init__(
        self,
        plan: Plan,
        start: SweepStart,
        *,
        consent: frozenset[str] = frozenset(),
        out: Path | None = None,
        settings: Settings = USUAL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(sweep_before(plan), settings=settings, clock=clock)
        self._plan, self._start, self._consent, self._out = plan, start, consent, out
        self._settings = settings
        self._session: SweepSession | None = None
        self._keys_for: Status = "idle"
        self.report: SweepReport | None = None

    def on_mount(self) -> None:
        """Begin."""
        self._begin()

    def _begin(self) -> None:
        self.report, self._session, self._notes, self._interrupted = None, None, (), False
        self._newest, self._status, self._verdict = sweep_before(self._plan), "running", None
        self._show()
        self._follow_with_keys()
        self._worker = self.run_worker(self._consume(), exclusive=True, group="sweep")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is on can be stopped."""
        if action in self.ONLY_WHILE_ON:
            return self._status == "running"
        return super().check_action(action, parameters)

    def _draw_newest(self) -> None:
        super()._draw_newest()
        self._follow_with_keys()

    def _follow_with_keys(self) -> None:
        """Offer what can be done now."""
        if self._keys_for != self._status:
            self._keys_for = self._status
            self.refresh_bindings()
            self.query_one(KeysLine).refresh()

    async def _consume(self) -> None:
        """Pass on all that the session gives; runs as a worker and touches no widget."""
        try:
            self._session = session = self._start(self._plan, consent=self._consent)
            if self._status == "stopping":
                session.stop()
            async with aclosing(session):
                async for item in session:
                    self.post_message(SweepEnded(item) if isinstance(item, SweepReport) else SweepTaken(item))
        except HttptuiError as error:
            self.post_message(Failed(error))

    @on(SweepEnded)
    def _end(self, message: SweepEnded) -> None:
        self.report = message.report
        report = message.report
        self._status = status_at_end(invalid=report.verdict.kind == "invalid", complete=report.complete)
        self._verdict = report.verdict.sentence
        self._draw_newest()
        if self._leaving:
            self.app.exit(return_code=ExitCode.INTERRUPTED)

    @on(Failed)
    def _fail(self, message: Failed) -> None:
        self._status = "failed"
        self._draw_newest()
        self._note(*str(message.error).splitlines(), error=True)
        host = getattr(message.error, "host", "") or urlsplit(self._plan.target.url).hostname or ""
        if self._leaving:
            self.app.exit(return_code=message.error.exit_code)
        elif isinstance(message.error, RefusedError) and self._may_ask(message.error, host):
            self._ask_consent(message.error, host, self._begin)
        else:
            self._tell(str(message.error), "Not run", error=True)

    def _keep_so_far(self) -> None:
        self.report = self.report_so_far()

    def report_so_far(self) -> SweepReport | None:
        """The report, or what it would say now; None where nothing was measured."""
        if self.report is not None or self._session is None:
            return self.report
        return self._session.report_now()

    def action_run(self) -> None:
        """Sweep again."""
        if self.running:
            self._tell(f"The sweep is on; {self._view.keys['stop']} stops it.")
        else:
            self._begin()

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the plan."""
        if self.maximized is not None:
            self.minimize()
        elif self.running:
            self._tell(f"The sweep is on; {self._view.keys['stop']} stops it.")
        else:
            self.dismiss(None)

    def action_compare(self) -> None:
        """Compare the sweep that is over with the last saved one of its plan."""
        from httptui.tui.comparisons import ComparedSweeps, compared_with_last_sweep
        from httptui.tui.screens.compare_sweeps import CompareSweepsScreen

        if (report := self.report) is None:
            self._tell("Nothing to compare yet; the sweep has to end first.")
            return

        def screen_of(shown: ComparedSweeps) -> CompareSweepsScreen:
            return CompareSweepsScreen(shown, settings=self._settings)

        none = f"No earlier sweep of this plan is saved; {self._view.keys['save']} saves this one."
        self._compare(lambda folder: compared_with_last_sweep(report, folder), screen_of, none)

    async def action_save(self) -> None:
        """Save the report as it stands, and the screen."""
        from httptui.tui.saving import save_sweep

        report = self.report_so_far()
        if report is None:
            self._tell("Nothing to save yet.")
            return
        svg = picture_of(self.app)
        try:
            paths = await asyncio.to_thread(save_sweep, report, self._out, svg)
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
