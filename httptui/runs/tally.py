"""Running totals of a run: frames of lanes go in, frozen snapshots and the report come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from msgspec import structs

from httptui.engines.buckets import bounds_of
from httptui.engines.protocol import Frame
from httptui.plan.expectations import expectations_of
from httptui.plan.model import Plan, describe_load
from httptui.plan.requests import longest_request
from httptui.plan.schedule import Step, is_warm, planned_seconds, slice_seconds, steps_of
from httptui.plan.secrets import Redactor, redacted_plan
from httptui.plan.urls import describe_target
from httptui.results.expected import judged
from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.flags import redirect_warning, was_stopped
from httptui.results.judge.judgement import Judgement, is_settled, judge, look_after
from httptui.results.judge.limiter import leaves_open, limit_of, plan_limit, refusal_of
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.ranking import Look
from httptui.results.judge.verdict import invalid, invalid_if_nothing_succeeded
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import (
    ContenderView,
    Event,
    Level,
    Limiter,
    Mark,
    Phase,
    Snapshot,
    Verdict,
    as_kind,
    planned_views,
)
from httptui.runs.lane_tally import LaneTally
from httptui.runs.setup import pool_of
from httptui.runs.target_watch import TargetWatch
from httptui.safe_text import safe_text

JUDGING_NS = 1_000_000_000
LONGEST_TOLD = 300
NS = 1e9


class Tally:
    """Merges the frames of all lanes. It reads no clock: every time is an argument."""

    def __init__(self, plan: Plan, *, redactor: Redactor, began_ns: int) -> None:
        self.plan = plan
        self.lanes = tuple(
            LaneTally(
                structs.replace(planned, pool=pool_of(plan, contender)),
                contender,
                is_open=plan.load.kind == "open",
            )
            for planned, contender in zip(planned_views(plan, redactor.redact), plan.contender, strict=True)
        )
        self.machine = [MachineLoad()] * len(self.lanes)
        self.events: list[Event] = []
        self.warnings: list[str] = []
        self.marks: list[Mark] = []
        self.changes: list[Mark] = []
        self.load = describe_load(plan.load)
        self._title = redactor.redact(plan.name)
        self._target = describe_target(plan.target)
        self.phase: Phase = "preparing"
        self.origin_ns = began_ns
        self.steps: tuple[Step, ...] = ()
        self._redact = redactor.redact
        self._began_ns = began_ns
        self._loaded = False
        self._step: tuple[Step, int] | None = None
        self._finished_seconds = 0.0
        self._block = 0
        self._complete = 0
        self._sequence = 0
        self._judgement = Judgement()
        self._judged_ns = 0
        self._grounds: tuple[int, int, int] | None = None
        self._limiters: list[Limiter | None] = [None] * len(self.lanes)
        self._watch = TargetWatch([lane.id for lane in self.lanes], longest_request(plan.policy))
        self._stopped = ""
        self.lay_out(None)

    def lay_out(self, typical_seconds: float | None) -> None:
        """Build the steps, given how long the slowest contender's requests take, once that is known."""
        self.steps = steps_of(self.plan, typical_seconds)
        self._total = planned_seconds(self.steps)
        self._blocks = self.steps[-1].block + self.steps[-1].cuts
        self.slice_seconds = slice_seconds(self.plan, typical_seconds)

    def note(self, text: str, now_ns: int, level: Level = "info") -> None:
        """Add an event."""
        self.events.append(Event((now_ns - self._began_ns) / NS, self._redact(text), level))

    def warn(self, text: str) -> None:
        """Add a standing warning, once."""
        if (clean := self._redact(text)) not in self.warnings:
            self.warnings.append(clean)

    def mark(self, text: str, now_ns: int, *, changes_load: bool) -> None:
        """Mark the time axis, for the report's `changes`; a change of load or target also flags the ranking."""
        mark = Mark(max(now_ns - self.origin_ns, 0) / NS if self._loaded else 0.0, self._redact(text))
        self.marks.append(mark)
        if changes_load:
            self.changes.append(mark)

    def begin(self, step: Step, now_ns: int) -> None:
        """Begin a step: its lanes come under load, the others wait."""
        if not step.warmup:
            self._step = (step, now_ns)
            if not self._loaded:
                self.origin_ns, self._loaded = now_ns, True
        self.phase = "probing" if step.probing else "warm-up" if step.warmup else "running"
        self._watch.begin(step.lanes, now_ns)
        for index, lane in enumerate(self.lanes):
            if lane.state in ("dnf", "stopped"):
                continue
            if index in step.lanes:
                lane.state = "warm-up" if step.warmup else "running"
            elif lane.state == "running":
                lane.state = "waiting"

    def add(self, index: int, frame: Frame, step: Step, now_ns: int) -> None:
        """Add a lane's frame; errors of a new kind become events."""
        lane = self.lanes[index]
        known = set(lane.first_messages)
        if frame.messages:
            clean = {kind: self._redact(message) for kind, message in frame.messages.items()}
            frame = replace(frame, messages=clean)
        lane.add(frame, step)
        if not frame.warmup:
            self._block = max(self._block, min(frame.block, self._blocks - 1))
        for answer in lane.first_answers.add(frame.first_answers, self._redact):
            level: Level = "warning" if answer.status >= "400" else "info"
            self.note(f"{lane.id} was answered {safe_text(answer.told, LONGEST_TOLD)}", now_ns, level)
        for kind in lane.first_messages.keys() - known:
            self.note(f"{lane.id} {kind}: {lane.first_messages[kind]}", now_ns, "warning")
        watched = not (self._stopped or step.probing)
        if watched and (outage := self._watch.add(index, frame, lane.first_messages)) is not None:
            self.give_up(outage.sentence, now_ns, frame.end_ns)
        wanted = lane.contender.http
        if any(version != wanted for version in frame.http):
            self.warn(f"{lane.id} asked for HTTP/{wanted} and got HTTP/{'+'.join(sorted(frame.http))}")

    @property
    def target_failed(self) -> bool:
        """True if the target has stopped answering, so that the run must end."""
        return bool(self._stopped)

    @property
    def begun(self) -> bool:
        """True once anything was put under load, warm-up included."""
        return self.phase != "preparing"

    def give_up(self, reason: str, now_ns: int, end_ns: int | None = None) -> None:
        """Record why the run cannot continue; from here on it has no ranking. The first reason stays."""
        if self._stopped:
            return
        since_start = (now_ns - self._began_ns) / NS
        loaded = f"{self._elapsed(now_ns if end_ns is None else end_ns):.1f} s"
        at = loaded if self._loaded else f"{since_start:.1f} s, in the warm-up"
        self._stopped = self._redact(f"stopped at {at}: {reason}")
        self._judgement = Judgement(verdict=invalid(self._stopped))
        self.note(self._stopped, now_ns, "error")

    def leave(self, index: int) -> None:
        """Note that a lane has finished its step or has died."""
        self._watch.leave(index, dead=self.lanes[index].state == "dnf")

    def end(self, step: Step, now_ns: int, *, steal: float | None = None, cut_short: bool = False) -> None:
        """End a step: its lanes wait. `steal` is the share of the machine's time that was stolen in it."""
        self._finished_seconds = self._elapsed(now_ns)
        self._step = None
        for index in step.lanes:
            if not step.warmup:
                self.lanes[index].note_steal(step.blocks, steal)
            if self.lanes[index].state in ("running", "warm-up"):
                self.lanes[index].state = "waiting"
        if not step.warmup and not cut_short:
            later = self.steps[self.steps.index(step) + 1 :]
            if not later or later[0].block > step.block:
                self._complete = step.block + step.cuts

    def rested(self, seconds: float) -> None:
        """Add the time of a rest."""
        self._finished_seconds += seconds

    def warm(self, block: int) -> bool:
        """Return whether every contender has a steady pace after a block of warm-up."""
        return is_warm(lane.warm_halves(block) for lane in self.lanes if lane.state != "dnf")

    @property
    def warmup_requests(self) -> int:
        """Uncounted requests of all contenders together."""
        return sum(lane.warmup_requests for lane in self.lanes)

    @property
    def typical_seconds(self) -> float | None:
        """Typical request time of the slowest contender in the warm-up, in seconds, or None without a success."""
        known = [lane.typical_seconds for lane in self.lanes]
        return max((seconds for seconds in known if seconds is not None), default=None)

    def settled(self) -> bool:
        """Return whether the order is settled at the last look that is due."""
        views = [lane.view(self.origin_ns) for lane in self.lanes]
        return is_settled(self.plan, views, self._records(), self._look())

    def snapshot(self, now_ns: int, *, anew: bool = False) -> Snapshot:
        """Return the run's present state.

        Unless `anew`, its judgement may be as old as the last block, and latencies under load as the previous
        snapshot.
        """
        self._sequence += 1
        anew = anew or self.phase == "done"
        views = tuple(lane.view(self.origin_ns, anew=anew or self._sequence % 2 == 1) for lane in self.lanes)
        if self._loaded and (anew or now_ns - self._judged_ns >= JUDGING_NS):
            self._judged_ns = now_ns
            self._judge(views, anew=anew)
        limited = self._limited(views)
        elapsed = self._elapsed(now_ns)
        return Snapshot(
            sequence=self._sequence,
            title=self._title,
            target=self._target,
            load=self.load,
            schedule=self.plan.schedule.kind,
            phase=self.phase,
            elapsed=elapsed,
            total=self._total,
            progress=1.0 if self.phase == "done" and not self._stopped else self._progress(elapsed),
            block=self._block + 1 if self._loaded else 0,
            blocks=self._blocks,
            contenders=limited,
            ranking=self._judgement.ranking,
            cpu_ranking=self._judgement.cpu_ranking,
            flags=self._judgement.flags,
            verdict=self._judgement.verdict,
            events=tuple(self.events),
            marks=tuple(self.marks),
            warnings=(*self.warnings, *redirect_warning(self.plan, views)),
        )

    def _judge(self, views: Sequence[ContenderView], *, anew: bool) -> None:
        """Determine each contender's limiter; judge the run, which takes longer, only after a block or before the
        first.
        """
        self._limiters = [
            self._limit_of(lane, view, views, load) if view.requests.ok else refusal_of(view)
            for lane, view, load in zip(self.lanes, views, self.machine, strict=True)
        ]
        if self._stopped:
            return
        if self.phase == "done" and (verdict := invalid_if_nothing_succeeded(views)) is not None:
            self._judgement = Judgement(verdict=verdict)
            return
        records = self._records()
        grounds = (len(records), len(self.changes), sum(view.state == "dnf" for view in views))
        if records and grounds == self._grounds and not anew:
            return
        self._grounds = grounds
        self._judgement = judge(
            self.plan,
            self._limited(views),
            records,
            self.machine,
            look=self._look() if self.plan.schedule.until == "decided" or was_stopped(views) else None,
            slice_seconds=self.slice_seconds,
            typical_seconds=self.typical_seconds,
            changes=self.changes,
            work={lane.id: lane.work() for lane in self.lanes},
        )

    def open_limits(self) -> list[int]:
        """Return the contenders whose limiter only a probe can determine."""
        if self.changes:
            return []
        views = [lane.view(self.origin_ns) for lane in self.lanes]
        return [
            index
            for index, (lane, view, load) in enumerate(zip(self.lanes, views, self.machine, strict=True))
            if view.requests.ok
            and lane.state != "dnf"
            and leaves_open(self._limit_of(lane, view, views, load), view, load)
        ]

    def _limit_of(
        self, lane: LaneTally, view: ContenderView, views: Sequence[ContenderView], load: MachineLoad
    ) -> Limiter:
        """Return a contender's limiter: a target that refuses, the plan's own bounds, or else what it runs into."""
        asked = refusal_of(view) or plan_limit(self.plan, view, load, changed=bool(self.changes))
        return asked or limit_of(view, views, load, lane.probe)

    def _limited(self, views: Sequence[ContenderView]) -> tuple[ContenderView, ...]:
        """Return the views with the limiters last determined."""
        return tuple(
            view if limiter is None else structs.replace(view, limiter=limiter)
            for view, limiter in zip(views, self._limiters, strict=True)
        )

    def _records(self) -> list[BlockRecord]:
        """Return the records of the blocks that all lanes have completed."""
        return [record for lane in self.lanes for record in lane.records(self._finished_blocks)]

    @property
    def _finished_blocks(self) -> int:
        """Number of blocks with all their credit: when lanes go straight to the next block, requests in flight at the
        end of the last one still bring some.
        """
        return max(self._complete, self._block - 1)

    def _look(self) -> Look:
        return look_after(self._finished_blocks, self._blocks)

    def _elapsed(self, now_ns: int) -> float:
        """Return seconds under load and at rest; time between two turns is not counted."""
        if self._step is None:
            return self._finished_seconds
        step, began_ns = self._step
        spent = max(now_ns - began_ns, 0) / NS
        return self._finished_seconds + (spent if step.seconds is None else min(spent, step.seconds))

    def _progress(self, elapsed: float) -> float:
        if self._total is not None:
            return min(elapsed / self._total, 1.0)
        planned = sum(
            self.lanes[index].concurrency if step.requests is None else step.requests
            for step in self.steps
            for index in step.lanes
        )
        return min(sum(lane.counts["planned"] for lane in self.lanes) / planned, 1.0)


NOTHING_DONE = Limiter("unknown", "no request succeeded")
NOT_BEGUN = Verdict("undecided", "Nothing was put under load.")


def build_report(
    tally: Tally,
    snapshot: Snapshot,
    *,
    started: str,
    seconds: float,
    complete: bool,
    environment: dict[str, Any],
) -> Report:
    """The report of a run as `snapshot` shows it; `started` in ISO 8601, `seconds` of the whole run."""
    report = as_kind(
        Report,
        snapshot,
        complete=complete,
        started=started,
        seconds=seconds,
        plan=redacted_plan(tally.plan),
        environment=environment,
        contenders=tuple(
            _contender(lane, view, tally.origin_ns)
            for lane, view in zip(tally.lanes, snapshot.contenders, strict=True)
        ),
        verdict=snapshot.verdict or NOT_BEGUN,
        changes=snapshot.marks,
    )
    return structs.replace(report, expectations=judged(report, expectations_of(tally.plan)))


def _contender(lane: LaneTally, view: ContenderView, origin_ns: int) -> ReportContender:
    return as_kind(
        ReportContender,
        view,
        limiter=view.limiter or NOTHING_DONE,
        slices=lane.slices(origin_ns),
        histogram=_histogram(lane.latencies.fine()),
        response_histogram=None if view.response_ms is None else _histogram(lane.response.fine()),
        lower_bounds=_histogram(view.lower_bounds) if view.lower_bounds else None,
        response_lower_bounds=_histogram(bounds) if (bounds := lane.response.bounds()) else None,
    )


def _histogram(counts: Sequence[tuple[int, int]]) -> HistogramData:
    return HistogramData(counts=tuple((bounds_of(index)[0], count) for index, count in counts))
