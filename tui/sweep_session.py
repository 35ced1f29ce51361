"""What the app needs of a sweep, so that a test can put frozen snapshots in its place, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from textual.message import Message

from httptui.plan.model import Plan
from httptui.sweeps.report import SweepReport, SweepSnapshot


class SweepSession(Protocol):
    """A sweep that is on: snapshots, and last its report."""

    def __aiter__(self) -> AsyncIterator[SweepSnapshot | SweepReport]: ...

    def stop(self) -> None:
        """Send no more, drain, and end with a report."""

    async def aclose(self) -> None:
        """End at once and leave nothing behind."""

    def report_now(self) -> SweepReport:
        """The report as it stands."""


class SweepStart(Protocol):
    """Begins a sweep; `httptui.sweep` is one."""

    def __call__(self, plan: Plan, *, consent: frozenset[str] = frozenset()) -> SweepSession: ...


class SweepTaken(Message):
    """The session gave a snapshot."""

    def __init__(self, snapshot: SweepSnapshot) -> None:
        super().__init__()
        self.snapshot = snapshot


class SweepEnded(Message):
    """The session gave its report: the sweep is over."""

    def __init__(self, report: SweepReport) -> None:
        super().__init__()
        self.report = report
