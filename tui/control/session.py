"""Control of one session at a time, a run or a sweep: begin, stop, interrupt and leave it, and keep what it reported.

Exit codes: a session that Ctrl-C stopped, or that was on when the app was left, ends the process with 130
(interrupted), unless another one followed it.  One stopped by its own key ended as its user wanted: 0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from time import monotonic
from typing import Any, Generic, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

from httptui.errors import BuildRefusedError, ExitCode, HttptuiError, RefusedError
from httptui.grants import builds_of
from httptui.plan.model import Plan
from httptui.results.snapshot import Event

LEAST_WAIT = 0.001


class Frames:
    """Tells when the next picture is due; `clock` gives seconds."""

    def __init__(self, a_second: int, clock: Callable[[], float] = monotonic) -> None:
        self.seconds = 1 / a_second
        self.count = 0
        """Pictures drawn since it was last set to 0."""
        self._clock = clock
        self._drawn_at = -self.seconds

    @property
    def wait(self) -> float:
        """Seconds until the next picture is due."""
        return max(self._drawn_at + self.seconds - self._clock(), LEAST_WAIT)

    def drawn(self) -> None:
        """Note that a picture was drawn just now."""
        self._drawn_at = self._clock()
        self.count += 1


LEAVE_SECONDS = 5
"""Time that a session may drain once the app is told to end, and that its end is waited for when cut short."""

Status = Literal["idle", "running", "stopping", "done", "stopped", "invalid", "failed"]


def status_at_end(*, invalid: bool, complete: bool) -> Status:
    """Status of a session that is over, by its verdict and by whether it took all its steps."""
    if invalid:
        return "invalid"
    return "done" if complete else "stopped"


class Moment(Protocol):
    """Snapshot of a session, as far as notes need it."""

    @property
    def elapsed(self) -> float:
        """Seconds since the session began."""

    @property
    def events(self) -> tuple[Event, ...]:
        """Events so far."""


Snap = TypeVar("Snap", bound=Moment)
Rep = TypeVar("Rep")
Snap_co = TypeVar("Snap_co", covariant=True)
Rep_co = TypeVar("Rep_co", covariant=True)


class Session(Protocol[Snap_co, Rep_co]):
    """Session that is on: snapshots, and last its report."""

    def __aiter__(self) -> AsyncIterator[Snap_co | Rep_co]: ...

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""

    async def aclose(self) -> None:
        """End at once and leave nothing behind."""

    def report_now(self) -> Rep_co:
        """Return the report as it stands."""


Sess = TypeVar("Sess", bound=Session[Any, Any])
Sess_co = TypeVar("Sess_co", covariant=True)


class Start(Protocol[Sess_co]):
    """Begins a session; `httptui.run` and `httptui.sweep` are two."""

    def __call__(self, plan: Plan, *, consent: frozenset[str] = frozenset()) -> Sess_co: ...


class Face(Protocol):
    """Screen of a session, as far as its control needs one."""

    def work(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Do something beside everything else; return what cancels it."""

    def cleared(self) -> None:
        """Show the plan, or the session that begins, in place of all that was shown before."""

    def newer(self) -> None:
        """Show the newest snapshot soon."""

    def changed(self) -> None:
        """Show the newest snapshot, status and notes now."""

    def tell(self, text: str, title: str = "", *, error: bool = False, long: bool = False) -> None:
        """Tell the user something in passing."""

    def ask(self, error: RefusedError, host: str, agreed: Callable[[], None]) -> None:
        """Ask for consent to what was refused, and call `agreed` once it is given."""

    def later(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        """Do something after so many seconds."""

    def leave(self, code: int) -> None:
        """End the app with an exit code."""


class Control(Generic[Snap, Rep, Sess]):
    """One session at a time: status, newest snapshot, notes, report; deriving classes receive what it gives."""

    def __init__(
        self, first: Snap, start: Start[Sess], face: Face, *, consent: frozenset[str] = frozenset()
    ) -> None:
        self.start, self.face, self.consent = start, face, consent
        self.status: Status = "idle"
        self.newest = first
        self.notes: tuple[Event, ...] = ()
        self.report: Rep | None = None
        self.interrupted = False
        """True once Ctrl-C stopped the last session."""
        self.told_to_end = False
        """True once a signal, or the end of the terminal, asked for the end."""
        self._session: Sess | None = None
        self._leaving = False
        self._cancel: Callable[[], object] | None = None
        self._over = asyncio.Event()

    @property
    def running(self) -> bool:
        """True while a session is on, draining included."""
        return self.status in ("running", "stopping")

    # A session from its beginning to its end.

    def _clear(self, first: Snap, status: Status) -> None:
        """Forget the last session."""
        self.newest, self.status = first, status
        self.report, self._session, self.notes, self.interrupted = None, None, (), False

    def _spawn(self, plan: Plan) -> None:
        """Begin a session; the control was cleared for it."""
        self._over = asyncio.Event()
        self.face.cleared()
        self._cancel = self.face.work(self._consume(plan))

    async def _consume(self, plan: Plan) -> None:
        try:
            self._session = session = self.start(plan, consent=self.consent)
            if self.status == "stopping":
                session.stop()
            async with aclosing(session):
                async for item in session:
                    self._receive(item)
        except HttptuiError as error:
            self._fail(plan, error)
        finally:
            self._released()
            self._over.set()

    def _receive(self, item: Snap | Rep) -> None:
        """Take what the session gives."""
        raise NotImplementedError

    def _released(self) -> None:
        """Give back what was held while the session was on."""

    def _end(self, *, invalid: bool, complete: bool) -> None:
        """Show that the session is over, and leave if that was waited for."""
        self.status = status_at_end(invalid=invalid, complete=complete)
        self.face.changed()
        if self._leaving:
            self.face.leave(ExitCode.INTERRUPTED)

    def _fail(self, plan: Plan, error: HttptuiError) -> None:
        self.status = "failed"
        self.note(*str(error).splitlines(), error=True)
        host = getattr(error, "host", "") or urlsplit(plan.target.url).hostname or ""
        if self._leaving:
            self.face.leave(error.exit_code)
        elif (
            isinstance(error, RefusedError) and error.askable and not grants_for(error, host) <= self.consent
        ):
            self.face.ask(error, host, lambda: self._agreed(grants_for(error, host)))
        else:
            self.face.tell(str(error), "Not run" if self.report is None else "Broken off", error=True)

    def _agreed(self, grants: frozenset[str]) -> None:
        self.consent |= grants
        self._again()

    def _again(self) -> None:
        """Begin the session that was refused once more."""
        raise NotImplementedError

    def note(self, *lines: str, error: bool = False) -> None:
        """Put lines among the events."""
        at = max([self.newest.elapsed, *(event.seconds for event in self.newest.events)])
        self.notes += tuple(Event(at, line, "error" if error else "info") for line in lines)
        self.face.changed()

    def report_so_far(self) -> Rep | None:
        """Return the report of the last session, or of the one that is on as it stands; None before any."""
        if self.report is None and self.running and self._session is not None:
            return self._told(self._session.report_now())
        return self.report

    def _told(self, report: Rep) -> Rep:
        """Return the report with what the control has to add."""
        return report

    # Stopping and leaving.

    def stop(self) -> None:
        """Drain the session."""
        if self.status == "running":
            self.status = "stopping"
            if self._session is not None:
                self._session.stop()
            self.face.changed()

    async def leave(self) -> None:
        """Stop what runs, wait for it, and leave; asked again, leave without waiting."""
        if self.running and not self._leaving:
            self._leaving = True
            self.stop()
            self.face.tell("Stopping. Press again to quit at once.")
            return
        if not self.running or self._cancel is None:
            self.face.leave(ExitCode.INTERRUPTED if self.interrupted else ExitCode.DONE)
            return
        self.report = self.report_so_far()
        self._cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), LEAVE_SECONDS)
        self.face.leave(ExitCode.INTERRUPTED)

    async def interrupt(self) -> None:
        """Ctrl-C: stop what runs, or leave where nothing does or it was asked before."""
        if self.status == "running":
            self.interrupted = True
            self.stop()
        else:
            self._leaving = self.running
            await self.leave()

    async def terminate(self) -> None:
        """A signal to end, or the end of the terminal: leave as soon as all has drained, and at the latest after
        LEAVE_SECONDS.  Both may come of the same thing, so the second changes nothing.
        """
        if self.told_to_end:
            return
        self.told_to_end = True
        self.face.later(LEAVE_SECONDS, self.leave)
        if not self._leaving:
            await self.leave()


def grants_for(error: RefusedError, host: str) -> frozenset[str]:
    """Grants that would permit what was refused: building its packages, or putting the host under load."""
    return builds_of(error.packages) if isinstance(error, BuildRefusedError) else frozenset({host})
