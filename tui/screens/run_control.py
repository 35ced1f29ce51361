"""One run at a time: it is begun, passed on to the board, stopped, and left, whatever it does.

A run that Ctrl-C stopped, or that was on when the app was left, ends the process with 130 (interrupted), unless
another run followed it.  One that `s` stopped ended as its user wanted: 0, as for a whole one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from time import monotonic
from urllib.parse import urlsplit

from textual import on
from textual.worker import Worker, WorkerCancelled, WorkerError, WorkerFailed

from httptui.errors import ExitCode, HttptuiError, RefusedError
from httptui.plans.plan import Plan
from httptui.reports.report import Report
from tui.panels.keys import KeysLine
from tui.panels.view import finished_snapshot, snapshot_of_plan
from tui.screens.run_looking import RunLooking
from tui.session import Ended, Failed, Session, Start, Taken
from tui.settings import USUAL, Settings

LONG_NOTICE_SECONDS = 12
LEAVE_SECONDS = 5


class RunControl(RunLooking):
    """A plan, and its runs.  `start` begins one; `consent` names public hosts that may be put under load."""

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
        self._worker: Worker[None] | None = None
        self._running_plan = plan
        self._leaving = False
        self._interrupted = False
        self.told_to_end = False
        self.report: Report | None = None

    @property
    def running(self) -> bool:
        """Whether a run is on, draining included."""
        return self._status in ("running", "stopping")

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
        self._show(plan=plan, chosen=None)

    def _begin(self, plan: Plan) -> None:
        """Run a plan, unless a run is on."""
        if self.running:
            self._tell("A run is on; s stops it.")
            return
        self._clear(plan)
        self._running_plan, self._status = plan, "running"
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
                    self.post_message(Ended(item) if isinstance(item, Report) else Taken(item))
        except HttptuiError as error:
            self.post_message(Failed(error))

    @on(Ended)
    def _end(self, message: Ended) -> None:
        self.report = message.report
        self._newest = finished_snapshot(self._newest, message.report)
        self._status = "done" if message.report.complete else "stopped"
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
        elif isinstance(message.error, RefusedError) and host not in self._consent:
            self._ask_consent(host, str(message.error))
        else:
            self._tell(str(message.error), "Not run", error=True)

    def _ask_consent(self, host: str, reason: str) -> None:
        from tui.screens.consent import ConsentScreen

        def answered(granted: bool | None) -> None:
            if granted:
                self._consent |= {host}
                self._begin(self._running_plan)

        self.app.push_screen(ConsentScreen(host, reason), answered)

    def _tell(self, text: str, title: str = "", *, error: bool = False, long: bool = False) -> None:
        self.notify(
            text,
            title=title,
            severity="error" if error else "information",
            timeout=LONG_NOTICE_SECONDS if error or long else 5,
            markup=False,
        )

    def action_stop(self) -> None:
        """Drain the run."""
        if self._status == "running":
            self._status = "stopping"
            if self._session is not None:
                self._session.stop()
            self._draw_newest()

    async def action_leave(self) -> None:
        """Stop what runs, wait for it, and leave; asked again, leave without waiting."""
        if self.running and not self._leaving:
            self._leaving = True
            self.action_stop()
            self._tell("Stopping; once more leaves at once.")
            return
        if not self.running or self._worker is None:
            self.app.exit(return_code=ExitCode.INTERRUPTED if self._interrupted else ExitCode.DONE)
            return
        if self._session is not None:
            self.report = self._session.report_now()
        self._worker.cancel()
        with suppress(WorkerCancelled, WorkerError, WorkerFailed, TimeoutError):
            await asyncio.wait_for(self._worker.wait(), LEAVE_SECONDS)
        self.app.exit(return_code=ExitCode.INTERRUPTED)

    async def interrupt(self) -> None:
        """Ctrl-C: stop a run, or leave where none is on or it was asked before."""
        if self._status == "running":
            self._interrupted = True
            self.action_stop()
        else:
            self._leaving = self.running
            await self.action_leave()

    async def terminate(self) -> None:
        """A signal to end, or the end of the terminal: leave as soon as the run has drained, and at the latest after
        LEAVE_SECONDS.  Both may come of the same thing, so the second changes nothing.
        """
        if self.told_to_end:
            return
        self.told_to_end = True
        self.set_timer(LEAVE_SECONDS, self.action_leave)
        if not self._leaving:
            await self.action_leave()
