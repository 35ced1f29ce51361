"""What the app needs of a run, so that a test can put frozen snapshots in its place, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from textual.message import Message

from httptui.errors import HttptuiError
from httptui.plan.model import Plan
from httptui.results.report import Report
from httptui.results.snapshot import Snapshot
from httptui.target.options import Pacing


class Session(Protocol):
    """A run that is on: snapshots, and last its report."""

    def __aiter__(self) -> AsyncIterator[Snapshot | Report]: ...

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""

    @property
    def paused(self) -> bool:
        """Whether it is paused, or about to be."""

    def pause(self) -> None:
        """Send nothing until `resume`."""

    def resume(self) -> None:
        """Go on."""

    def step_load(self, direction: int) -> bool:
        """One step more of the load, or, with -1, less; False at the end of the scale."""

    @property
    def pacing(self) -> Pacing:
        """What the embedded target adds to each answer."""

    def set_target(self, **changes: float) -> None:
        """Change `latency_ms`, `jitter_ms` or `error_rate` of the embedded target; TargetError says what is wrong."""

    async def aclose(self) -> None:
        """End at once and leave nothing behind."""

    def report_now(self) -> Report:
        """The report as it stands."""


class Start(Protocol):
    """Begins a run; `httptui.run` is one."""

    def __call__(self, plan: Plan, *, consent: frozenset[str] = frozenset()) -> Session: ...


class Taken(Message):
    """The session gave a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot


class Ended(Message):
    """The session gave its report: the run is over."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


class Failed(Message):
    """The run could not be started, or broke."""

    def __init__(self, error: HttptuiError) -> None:
        super().__init__()
        self.error = error
