"""Running totals of a sweep: visits go in, frozen snapshots, the estimate of its duration and the report come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from httptui.plan.model import Plan, label_of, letter_of
from httptui.plan.secrets import redacted_plan
from httptui.plan.sweep import (
    LATENCY,
    Visit,
    blocks_of,
    describe_sweep,
    grid_of,
    planned_visit_seconds,
    visits_of,
)
from httptui.plan.urls import describe_target
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Event, Level, Limiter, Snapshot, as_kind
from httptui.runs.target_watch import FAILING_SECONDS
from httptui.safe_text import safe_text
from httptui.statistics import FEWEST_FOR_95
from httptui.sweeps.judging import analysed, point_of, slice_of, verdict_of
from httptui.sweeps.report import (
    Axis,
    SweepAnalysis,
    SweepContender,
    SweepPhase,
    SweepPoint,
    SweepReport,
    SweepSlice,
    SweepSnapshot,
    SweepVerdict,
)
from httptui.units import plural


def added(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """Add the counts of two targets, in the form of a report's environment; either may be None."""
    if one is None or other is None:
        return one or other
    contenders = [
        {name: mine[name] + theirs[name] for name in mine}
        for mine, theirs in zip(one["contenders"], other["contenders"], strict=True)
    ]
    sums = {name: one[name] + other[name] for name in one if name not in ("embedded", "contenders")}
    return {"embedded": True, **sums, "contenders": contenders}


class Timing:
    """Estimate of the remaining time; all times are seconds since the start.

    A coming visit takes as long as the last one to its levels, or as planned, scaled by how much the finished ones
    exceeded their plan.
    """

    def __init__(self, plan: Plan, visits: Sequence[Visit]) -> None:
        self.began = 0.0
        self._visits = visits
        self._planned = {levels: planned_visit_seconds(plan, levels) for levels in grid_of(plan)}
        self._took: dict[tuple[float, ...], float] = {}
        self._done = 0

    def begin(self, now: float) -> None:
        """Begin a visit."""
        self.began = now

    def end(self, visit: Visit, now: float) -> None:
        """End a visit."""
        self._took[visit.levels] = now - self.began
        self._done += 1

    def total(self, now: float) -> float:
        """Estimate the seconds of the whole sweep."""
        missed = (
            sum(self._took.values()) / sum(self._planned[levels] for levels in self._took)
            if self._took
            else 1.0
        )
        left = [
            self._took.get(visit.levels, self._planned[visit.levels] * missed)
            for visit in self._visits[self._done :]
        ]
        if not left:
            return now
        return self.began + max(now - self.began, left[0]) + sum(left[1:])


TOLD_FLAGS = ("steal", "late starts", "generator-bound", "failures")
"""Flags of single visits that matter for the whole sweep; the others concern several blocks of one run."""
LOAD_AFTER = "load_average_after"
FEWEST_FAILED_VISITS = 3
UNEQUAL_WORK = "unequal work"
OF_ONE_VISIT = ("target", "watching", LOAD_AFTER)
"""Entries of a run's environment that concern only that run."""
Key = tuple[tuple[float, ...], str]


class SweepTally:
    """Adds up visits. It reads no clock: every time is an argument, in seconds since the start."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.visits = visits_of(plan)
        self.timing = Timing(plan, self.visits)
        self.phase: SweepPhase = "preparing"
        self.events: list[Event] = []
        self.warnings: list[str] = []
        self._axes = tuple(Axis(path, levels) for path, levels in plan.sweep.items())
        self._contenders = [
            SweepContender(
                id=letter_of(index),
                label=safe_text(label_of(contender)),
                engine=contender.engine,
                reuse=contender.reuse,
            )
            for index, contender in enumerate(plan.contender)
        ]
        self._points: dict[Key, SweepPoint] = {
            (levels, one.id): SweepPoint(levels=levels, contender=one.id)
            for levels in grid_of(plan)
            for one in self._contenders
        }
        self._slices: dict[Key, list[SweepSlice]] = {}
        self._limiters: dict[Key, list[Limiter]] = {}
        self._told: set[tuple[str, Level]] = set()
        self._flags: Counter[str] = Counter()
        self._unequal: str | None = None
        self._environment: dict[str, Any] = {}
        self._target: dict[str, Any] | None = None
        self._analysis = SweepAnalysis()
        self._visit: Visit | None = None
        self._under_load: tuple[str | None, float] = (None, 0.0)
        self._done = 0
        self._failure = ""
        self._failed_reports: list[Report] = []
        self._did_well_before = False
        self._sequence = 0
        if blocks_of(plan) < FEWEST_FOR_95:
            self.warn(f"no figure has an interval, for which {FEWEST_FOR_95} blocks are needed")

    @property
    def done(self) -> int:
        """The number of finished visits."""
        return self._done

    @property
    def nothing_succeeded(self) -> bool:
        """True if no request has succeeded at any level."""
        return not any(point.ok for point in self._points.values())

    def begin(self, visit: Visit, now: float) -> None:
        """Begin a visit."""
        self._visit, self._under_load = visit, (None, 0.0)
        self.timing.begin(now)

    def see(self, snapshot: Snapshot, now: float) -> None:
        """Take phase, warnings and events from the current visit."""
        if snapshot.phase in ("preparing", "warm-up", "running", "draining"):
            self.phase = snapshot.phase
        for warning in snapshot.warnings:
            self.warn(warning)
        for event in snapshot.events:
            if event.level != "info":
                self.note(event.text, now, event.level)
        loaded = [view for view in snapshot.contenders if view.state in ("running", "warm-up")]
        self._under_load = (loaded[0].id, loaded[0].live_req_per_s) if loaded else (None, 0.0)

    def add(self, visit: Visit, report: Report, now: float) -> None:
        """Add a finished visit; one that was cut short contributes to no point."""
        self._environment = self._environment or {
            name: value for name, value in report.environment.items() if name not in OF_ONE_VISIT
        }
        # Runs of older versions, or in tests, do not have it.
        if after := report.environment.get(LOAD_AFTER):
            self._environment[LOAD_AFTER] = after
        self._target = added(self._target, report.environment.get("target"))
        self._look_for_outage(visit, report)
        if not report.complete:
            return
        start = self.timing.began
        for index, contender in enumerate(report.contenders):
            self._contenders[index] = structs.replace(
                self._contenders[index],
                versions=contender.versions or self._contenders[index].versions,
                cause=contender.cause or self._contenders[index].cause,
            )
            key = (visit.levels, contender.id)
            turn = slice_of(contender, visit, self.plan.load, start=start)
            if turn is not None:
                self._slices.setdefault(key, []).append(turn)
                self._limiters.setdefault(key, []).append(contender.limiter)
                self._points[key] = point_of(*key, self._slices[key], self._limiters[key])
                self._note_short(contender, turn, visit)
        self._look_for_unequal_work(visit, report)
        self._flags.update({flag.kind for flag in report.flags if flag.kind in TOLD_FLAGS})
        self._done += 1
        self.timing.end(visit, now)
        if self._done == len(self.visits) or self.visits[self._done].block > visit.block:
            self._analyse()
            self.note(f"block {visit.block + 1} of {blocks_of(self.plan)} is done", now)

    def _note_short(self, contender: ReportContender, turn: SweepSlice, visit: Visit) -> None:
        """Warn of levels that a contender hardly reached, because its workers were not answered twice each, and of
        p99 values that lie among unanswered requests.
        """
        where = self._where(visit)
        if self.plan.load.kind == "closed" and turn.ok + turn.failed < 2 * contender.concurrency:
            self.warn(
                f"{contender.id} at {where} had turns with fewer than two answers for each request in flight, which "
                "are too short to be believed; give more load.seconds"
            )
        latency = contender.response_ms or contender.latency_ms
        if latency is not None and latency.is_bound("p99"):
            self.warn(
                f"{contender.id} at {where} left so many requests without an answer that its p99 is a lower bound"
            )

    def _look_for_unequal_work(self, visit: Visit, report: Report) -> None:
        """Record where contenders first did unequal work, as described by the visit's own flag."""
        told = next((flag.sentence for flag in report.flags if flag.kind == UNEQUAL_WORK), None)
        if told is not None and self._unequal is None:
            self._unequal = f"at {self._where(visit)} {told.removeprefix(f'{UNEQUAL_WORK}: ')}"
            self.warn(f"{UNEQUAL_WORK}: {self._unequal}")

    @property
    def _incomparable(self) -> bool:
        """True if no contender may be compared with another."""
        return self._unequal is not None and self.plan.compare != "as-is"

    def _analyse(self) -> None:
        found = analysed(self.plan, self.points)
        # A crossover compares contenders; a knee belongs to one.
        self._analysis = structs.replace(found, crossovers=()) if self._incomparable else found

    def _where(self, visit: Visit) -> str:
        return ", ".join(
            f"{path} {level:g}" for path, level in zip(self.plan.sweep, visit.levels, strict=True)
        )

    def _look_for_outage(self, visit: Visit, report: Report) -> None:
        """Record consecutive visits without a success, each of which may be too short to prove an outage."""
        if report.verdict.kind != "invalid":
            self._failed_reports, self._did_well_before = [], False
            return
        self._failed_reports.append(report)
        self._did_well_before |= any(
            point.ok for (levels, _), point in self._points.items() if levels == visit.levels
        )

    def outage(self) -> str | None:
        """Return why the target has failed, or None.

        It has if the last visit was stopped, or if the last visits had no success for 3 s in total: three of them, or
        one at levels that did well before. A single level may simply be too demanding.
        """
        if not self._failed_reports:
            return None
        last = self._failed_reports[-1]
        reason = last.verdict.sentence.removeprefix("Invalid: ").removesuffix(".")
        if not last.complete:
            return reason
        seconds = sum(one.seconds for report in self._failed_reports for one in report.contenders)
        enough = self._did_well_before or len(self._failed_reports) >= FEWEST_FAILED_VISITS
        return reason if seconds >= FAILING_SECONDS and enough else None

    def give_up(self, reason: str, now: float) -> None:
        """Record that the target failed in the current visit, which ends the sweep."""
        at = 1 if self._visit is None else self.visits.index(self._visit) + 1
        self._failure = f"visit {at} of {len(self.visits)}: {reason}"
        self.note(self._failure, now, "error")

    def end(self) -> None:
        """End the sweep: no visit will follow."""
        self.phase, self._visit, self._under_load = "done", None, (None, 0.0)
        self._analyse()
        for kind, count in sorted(self._flags.items()):
            self.warn(f"{kind} in {count} of {plural(self._done, 'visit')}")

    def note(self, text: str, now: float, level: Level = "info") -> None:
        """Add an event, each text once."""
        if (text, level) not in self._told:
            self._told.add((text, level))
            self.events.append(Event(now, text, level))

    def warn(self, text: str) -> None:
        """Add a standing warning, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    @property
    def points(self) -> tuple[SweepPoint, ...]:
        """A point for every combination of levels and contender."""
        return tuple(self._points.values())

    def snapshot(self, now: float) -> SweepSnapshot:
        """Return the sweep's present state."""
        self._sequence += 1
        total = now if self.phase == "done" else self.timing.total(now)
        contender, pace = self._under_load
        block = self._visit.block if self._visit is not None else self.visits[max(self._done - 1, 0)].block
        return SweepSnapshot(
            sequence=self._sequence,
            title=self.plan.name,
            target=describe_target(self.plan.target),
            load=describe_sweep(self.plan),
            phase=self.phase,
            axes=self._axes,
            contenders=tuple(self._contenders),
            points=self.points,
            block=block + 1,
            blocks=blocks_of(self.plan),
            levels=None if self._visit is None else self._visit.levels,
            contender=contender,
            live_req_per_s=pace,
            elapsed=now,
            total=total,
            progress=1.0 if self.phase == "done" else min(now / total, 1.0) if total else 0.0,
            analysis=self._analysis,
            events=tuple(self.events),
            warnings=tuple(self.warnings),
        )

    def _verdict(self) -> SweepVerdict:
        if self._failure:
            kept = f"{plural(self._done, 'whole visit')} {'is' if self._done == 1 else 'are'} kept"
            return SweepVerdict(f"Invalid: {self._failure}; {kept}.", "invalid")
        if self._incomparable and self._unequal is not None and LATENCY in self.plan.sweep:
            return SweepVerdict(f"Not comparable: {self._unequal}.", "not comparable")
        return SweepVerdict(verdict_of(self.plan, self.points, self._analysis))

    def report(self, now: float, *, started: str) -> SweepReport:
        """Return the report as of now; `started` is in ISO 8601."""
        target = {} if self._target is None else {"target": self._target}
        return as_kind(
            SweepReport,
            self.snapshot(now),
            complete=self._done == len(self.visits),
            started=started,
            seconds=now,
            plan=redacted_plan(self.plan),
            environment=self._environment | target,
            verdict=self._verdict(),
        )
