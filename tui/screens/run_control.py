"""One run at a time: it is begun and passed on to the board, whatever it does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from time import monotonic
from urllib.parse import urlsplit

from textual import on

from httptui.errors import ExitCode, HttptuiError, RefusedError
from httptui.plan.model import Plan
from httptui.results.report import Report
from httptui.tui.panels.keys import KeysLine
from httptui.tui.panels.view import finished_snapshot, snapshot_of_plan, status_at_end
from httptui.tui.screens.run_looking import RunLooking
from httptui.tui.screens.session_screen import SessionScreen
from httptui.tui.session import Ended, Failed, Session, Start, Taken
from httptui.tui.settings import USUAL, Settings
from httptui.tui.toolkit.precedence import Precedence
from httptui.tui.watching import with_watching


class RunControl(RunLooking, SessionScreen):
    """A plan, and its runs.  `start` begins one; `consent` is that of `httptui.run`."""

    def __init__(
        self,
        plan: Plan,
        start: Start,
        *,
        consent: frozenset[str] = frozenset(),
        settings: Settings = USUAL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(plan, settings=settings, clock=clock)
        self._plan, self._start, self._consent = plan, start, consent
        self._session: Session | None = None
        self._running_plan = plan
        self._precedence = Precedence(wanted=settings.precedence)
        self.report: Report | None = None

    def report_so_far(self) -> Report | None:
        """The report of the last run, or of the one that is on as it stands; None before any."""
        if self.report is None and self.running and self._session is not None:
            return self._with_watching(self._session.report_now())
        return self.report

    def _with_watching(self, report: Report) -> Report:
        return with_watching(report, self._drawn, precedence=self._precedence.was_held)

    def _keep_so_far(self) -> None:
        self.report = self.report_so_far()

    def load(self, plan: Plan) -> None:
        """Take another plan, not yet running."""
        self._plan = plan
        self._clear(plan)
        self.refresh_bindings()
        self.query_one(KeysLine).refresh()

    def _clear(self, plan: Plan) -> None:
        self.report, self._session, self._notes, self._interrupted = None, None, (), False
        self._newest, self._status = snapshot_of_plan(plan), "idle"
        self._history.clear()
        self._drawn = 0
        self._show(plan=plan, chosen=None)

    def _begin(self, plan: Plan) -> None:
        """Run a plan, unless a run is on."""
        if self.running:
            self._tell(f"A run is on; {self._keys['stop']} stops it.")
            return
        self._clear(plan)
        self._running_plan, self._status = plan, "running"
        self._precedence = Precedence(wanted=self._settings.precedence)
        self._draw_newest()
        self._worker = self.run_worker(self._consume(plan), exclusive=True, group="run")

    async def _consume(self, plan: Plan) -> None:
        """Pass on all that the session gives; runs as a worker and touches no widget."""
        try:
            self._session = session = self._start(plan, consent=self._consent)
            if self._status == "stopping":
                session.stop()
            async with aclosing(session):
                async for item in session:
                    if isinstance(item, Report):
                        self.post_message(Ended(item))
                    else:
                        self._precedence.follow(item)
                        self.post_message(Taken(item))
        except HttptuiError as error:
            self.post_message(Failed(error))
        finally:
            self._precedence.release()

    @on(Ended)
    def _end(self, message: Ended) -> None:
        self.report = self._with_watching(message.report)
        self._newest = finished_snapshot(self._newest, message.report)
        report = message.report
        self._status = status_at_end(invalid=report.verdict.kind == "invalid", complete=report.complete)
        self._draw_newest()
        if self._leaving:
            self.app.exit(return_code=ExitCode.INTERRUPTED)

    @on(Failed)
    def _fail(self, message: Failed) -> None:
        self._status = "failed"
        self._draw_newest()
        self._note(*str(message.error).splitlines(), error=True)
        host = getattr(message.error, "host", "") or urlsplit(self._running_plan.target.url).hostname or ""
        if self._leaving:
            self.app.exit(return_code=message.error.exit_code)
        elif isinstance(message.error, RefusedError) and self._may_ask(message.error, host):
            self._ask_consent(message.error, host, lambda: self._begin(self._running_plan))
        else:
            self._tell(str(message.error), "Not run" if self.report is None else "Broken off", error=True)
