"""Control of sweeps: one plan with a sweep, and the sweep that is on or was last."""

from __future__ import annotations

from typing import TypeAlias

from httptui.plan.model import Plan
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.sweeps.tally import SweepTally
from httptui.tui.control.session import Control, Face, Session, Start

SweepSession: TypeAlias = Session[SweepSnapshot, SweepReport]


def sweep_before(plan: Plan) -> SweepSnapshot:
    """Return the plan as a snapshot of a sweep that has not begun."""
    return SweepTally(plan).snapshot(0.0)


class SweepControl(Control[SweepSnapshot, SweepReport, SweepSession]):
    """A plan with a sweep, and its sweeps."""

    def __init__(
        self,
        plan: Plan,
        start: Start[SweepSession],
        face: Face,
        *,
        consent: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(sweep_before(plan), start, face, consent=consent)
        self.plan = plan

    @property
    def verdict(self) -> str | None:
        """The last word, once there is one."""
        return None if self.report is None else self.report.verdict.sentence

    def report_so_far(self) -> SweepReport | None:
        """Return the report, or what it would say now, also of a sweep that broke off; None before any."""
        if self.report is not None or self._session is None:
            return self.report
        return self._session.report_now()

    def begin(self) -> None:
        """Sweep the plan, unless a sweep is on."""
        if not self.running:
            self._clear(sweep_before(self.plan), "running")
            self._spawn(self.plan)

    def _again(self) -> None:
        self.begin()

    def _receive(self, item: SweepSnapshot | SweepReport) -> None:
        if isinstance(item, SweepReport):
            self.report = item
            self._end(invalid=item.verdict.kind == "invalid", complete=item.complete)
        else:
            self.newest = item
            self.face.newer()
