"""A screen with a session, which may be a run or a sweep: it is stopped, and left, whatever it does.

One that Ctrl-C stopped, or that was on when the app was left, ends the process with 130 (interrupted), unless
another one followed it.  One that `s` stopped ended as its user wanted: 0, as for a whole one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from textual.screen import Screen
from textual.worker import Worker, WorkerCancelled, WorkerError, WorkerFailed

from httptui.errors import BuildRefusedError, ExitCode, RefusedError
from httptui.grants import builds_of
from httptui.tui.panels.view import Status

LONG_NOTICE_SECONDS = 12
LEAVE_SECONDS = 5


class Stoppable(Protocol):
    """A session, as far as leaving goes."""

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""


class SessionScreen(Screen[None]):
    """What a screen does to its session; whoever derives from it sets `_status`, `_session` and `_worker`."""

    _status: Status = "idle"
    _session: Stoppable | None = None
    _worker: Worker[None] | None = None
    _consent: frozenset[str] = frozenset()
    _leaving = False
    _interrupted = False
    told_to_end = False

    @property
    def running(self) -> bool:
        """Whether the session is on, draining included."""
        return self._status in ("running", "stopping")

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C stopped the last session."""
        return self._interrupted

    def _draw_newest(self) -> None:
        raise NotImplementedError

    def _keep_so_far(self) -> None:
        """Keep the report as it stands."""
        raise NotImplementedError

    def _tell(self, text: str, title: str = "", *, error: bool = False, long: bool = False) -> None:
        self.notify(
            text,
            title=title,
            severity="error" if error else "information",
            timeout=LONG_NOTICE_SECONDS if error or long else 5,
            markup=False,
        )

    def _may_ask(self, error: RefusedError, host: str) -> bool:
        """Whether consent to what was refused would help, and has not been given."""
        return error.askable and not _grants_for(error, host) <= self._consent

    def _ask_consent(self, error: RefusedError, host: str, begin_again: Callable[[], None]) -> None:
        from httptui.tui.screens.dialogs import BUILD, HOST, ConsentScreen

        building = isinstance(error, BuildRefusedError)

        def answered(granted: bool | None) -> None:
            if granted:
                self._consent |= _grants_for(error, host)
                begin_again()

        self.app.push_screen(ConsentScreen(host, str(error), BUILD if building else HOST), answered)

    def action_stop(self) -> None:
        """Drain the session."""
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
        self._keep_so_far()
        self._worker.cancel()
        with suppress(WorkerCancelled, WorkerError, WorkerFailed, TimeoutError):
            await asyncio.wait_for(self._worker.wait(), LEAVE_SECONDS)
        self.app.exit(return_code=ExitCode.INTERRUPTED)

    async def interrupt(self) -> None:
        """Ctrl-C: stop what runs, or leave where nothing does or it was asked before."""
        if self._status == "running":
            self._interrupted = True
            self.action_stop()
        else:
            self._leaving = self.running
            await self.action_leave()

    async def terminate(self) -> None:
        """A signal to end, or the end of the terminal: leave as soon as all has drained, and at the latest after
        LEAVE_SECONDS.  Both may come of the same thing, so the second changes nothing.
        """
        if self.told_to_end:
            return
        self.told_to_end = True
        self.set_timer(LEAVE_SECONDS, self.action_leave)
        if not self._leaving:
            await self.action_leave()


def _grants_for(error: RefusedError, host: str) -> frozenset[str]:
    """What would have to be granted: that its packages are built, or that the host is put under load."""
    return builds_of(error.packages) if isinstance(error, BuildRefusedError) else frozenset({host})
