"""Conductor of a sweep: a series of short runs by the conductor of runs, each with fresh processes."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from time import perf_counter

from httptui.errors import NothingFinishedError, PlanError, TargetError
from httptui.plan.io import checked_plan
from httptui.plan.model import Plan
from httptui.plan.requests import request_parts
from httptui.plan.sweep import plan_at
from httptui.results.report import Report
from httptui.runs.conductor import Run, Session, run
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.sweeps.tally import SweepTally


def sweep(
    plan: Plan, *, consent: frozenset[str] = frozenset(), environ: Mapping[str, str] | None = None
) -> Sweep:
    """Create a sweep, which begins when iterated over.

    `async for item in sweep(plan)` yields a `SweepSnapshot` four times a second and, last, the `SweepReport`.
    `consent` is that of `httptui.run`.

    Raises PlanError here, also for a plan without a sweep; TargetError, RefusedError and NothingFinishedError while
    iterating, before any load.
    """
    return Sweep(plan, consent=consent, environ=os.environ if environ is None else environ)


class Sweep(Session[SweepSnapshot | SweepReport]):
    """One sweep: yields snapshots and, last, the report."""

    def __init__(self, plan: Plan, *, consent: frozenset[str], environ: Mapping[str, str]) -> None:
        self.plan = checked_plan(plan)
        if not self.plan.sweep:
            raise PlanError(
                "sweep: missing; a field of the plan and its levels, such as concurrency = [1, 2, 4]"
            )
        request_parts(self.plan, environ)
        self._consent = consent
        self._environ = environ
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._began = perf_counter()
        self._tally = SweepTally(self.plan)
        self._visiting: Run | None = None
        self._stopped = False
        self._items = self._conduct()

    def stop(self) -> None:
        """Let requests in flight finish, then end with a report marked as incomplete."""
        self._stopped = True
        if self._visiting is not None:
            self._visiting.stop()

    def report_now(self) -> SweepReport:
        """Build the report of the sweep up to this moment."""
        return self._tally.report(self._now(), started=self._started)

    def _now(self) -> float:
        return perf_counter() - self._began

    async def _conduct(self) -> AsyncGenerator[SweepSnapshot | SweepReport, None]:
        tally, failing = self._tally, False
        try:
            for visit in tally.visits:
                if self._stopped or failing or (visit.block and tally.nothing_succeeded):
                    break
                tally.begin(visit, self._now())
                plan = plan_at(self.plan, visit.levels, visit.seed)
                self._visiting = run(plan, consent=self._consent, environ=self._environ)
                async with self._visiting as visiting:
                    async for item in visiting:
                        if isinstance(item, Report):
                            tally.add(visit, item, self._now())
                            if (reason := tally.outage()) is not None:
                                tally.give_up(reason, self._now())
                                failing = True
                        else:
                            tally.see(item, self._now())
                            yield tally.snapshot(self._now())
        except (NothingFinishedError, TargetError) as error:
            if not tally.done:
                raise
            tally.give_up(str(error), self._now())
        tally.end()
        yield tally.snapshot(self._now())
        yield self.report_now()
