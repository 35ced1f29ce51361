"""The run's running totals: what lanes send goes in, frozen snapshots come out."""

from __future__ import annotations

from msgspec import structs

from httptui.frames import Frame, Ready
from httptui.lane_tally import LaneTally
from httptui.limiter import MachineLoad, limit_of
from httptui.plan import Plan, concurrency_of, describe_load, label_of, letter_of
from httptui.ranking import rank
from httptui.schedule import Step, blocks_of, planned_seconds, schedule_of
from httptui.secrets import Redactor, redacted_url
from httptui.snapshot import ContenderView, Event, Level, Phase, Rank, Snapshot, Verdict
from httptui.verdict import verdict_of

RANKING_NS = 1_000_000_000
NS = 1e9


class Tally:
    """Merges the frames of all lanes.  Pure but for its own state: every time comes in as an argument."""

    def __init__(self, plan: Plan, *, redactor: Redactor, began_ns: int) -> None:
        self.plan = plan
        self.steps = schedule_of(plan)
        self.lanes = tuple(
            LaneTally(letter_of(index), label_of(contender), contender, concurrency_of(plan, contender))
            for index, contender in enumerate(plan.contender)
        )
        self.machine = [MachineLoad()] * len(self.lanes)
        self.events: list[Event] = []
        self.warnings: list[str] = []
        self.phase: Phase = "preparing"
        self.origin_ns = began_ns
        self._redact = redactor.redact
        self._began_ns = began_ns
        self._loaded = False
        self._step: tuple[Step, int] | None = None
        self._finished_seconds = 0.0
        self._block = 0
        self._sequence = 0
        self._ranking: tuple[Rank, ...] = ()
        self._ranked_ns = 0
        self._total = planned_seconds(self.steps)
        self._blocks = blocks_of(plan)

    def note(self, text: str, now_ns: int, level: Level = "info") -> None:
        """Add an event."""
        self.events.append(Event((now_ns - self._began_ns) / NS, self._redact(text), level))

    def warn(self, text: str) -> None:
        """Add a standing warning, once."""
        if text not in self.warnings:
            self.warnings.append(self._redact(text))

    def ready(self, index: int, ready: Ready) -> None:
        """A lane has its client and waits."""
        self.lanes[index].ready = ready
        self.lanes[index].state = "ready"

    def begin(self, step: Step, now_ns: int) -> None:
        """A step begins: its lanes come under load, the others wait."""
        if not step.warmup:
            self._step = (step, now_ns)
            if not self._loaded:
                self.origin_ns, self._loaded = now_ns, True
        self.phase = "warm-up" if step.warmup else "running"
        for index, lane in enumerate(self.lanes):
            if lane.state in ("dnf", "stopped"):
                continue
            if index in step.lanes:
                lane.state = "warm-up" if step.warmup else "running"
            elif lane.state == "running":
                lane.state = "waiting"

    def add(self, index: int, frame: Frame, step: Step, now_ns: int) -> None:
        """Add a lane's frame; errors of a kind not seen before become events."""
        lane = self.lanes[index]
        known = set(lane.first_messages)
        clean = {kind: self._redact(message) for kind, message in frame.messages.items()}
        lane.add(structs.replace(frame, messages=clean), range(step.block, step.block + step.cuts))
        if not frame.warmup:
            self._block = max(self._block, min(frame.block, self._blocks - 1))
        for kind in lane.first_messages.keys() - known:
            self.note(f"{lane.id} {kind}: {lane.first_messages[kind]}", now_ns, "warning")
        wanted = lane.contender.http
        if any(version != wanted for version in frame.http):
            self.warn(f"{lane.id} asked for HTTP/{wanted} and got HTTP/{'+'.join(sorted(frame.http))}")

    def end(self, step: Step, now_ns: int) -> None:
        """A step is over: its lanes wait."""
        self._finished_seconds = self._elapsed(now_ns)
        self._step = None
        for index in step.lanes:
            if self.lanes[index].state in ("running", "warm-up"):
                self.lanes[index].state = "waiting"

    def rested(self, seconds: float) -> None:
        """A rest is over."""
        self._finished_seconds += seconds

    def snapshot(self, now_ns: int) -> Snapshot:
        """The run as it stands."""
        self._sequence += 1
        views = tuple(lane.view(self.origin_ns) for lane in self.lanes)
        if self.phase == "done" or now_ns - self._ranked_ns >= RANKING_NS:
            self._ranking, self._ranked_ns = self._rank(), now_ns
        elapsed = self._elapsed(now_ns)
        limited = tuple(
            structs.replace(view, limiter=limit_of(view, views, load)) if view.requests.ok else view
            for view, load in zip(views, self.machine, strict=True)
        )
        return Snapshot(
            sequence=self._sequence,
            title=self.plan.name,
            target=f"{self.plan.target.method} {redacted_url(self.plan.target.url)}",
            load=describe_load(self.plan.load),
            schedule=self.plan.schedule.kind,
            phase=self.phase,
            elapsed=elapsed,
            total=self._total,
            progress=1.0 if self.phase == "done" else self._progress(elapsed),
            block=self._block + 1 if self._loaded else 0,
            blocks=self._blocks,
            contenders=limited,
            ranking=self._ranking,
            verdict=self._judge(limited) if self._loaded else None,
            events=tuple(self.events),
            warnings=tuple(self.warnings),
        )

    def _rank(self) -> tuple[Rank, ...]:
        rates = [(lane.id, lane.req_per_s) for lane in self.lanes if lane.counts["planned"]]
        return rank(rates, self._block_rates())

    def _judge(self, views: tuple[ContenderView, ...]) -> Verdict:
        schedule = self.plan.schedule.kind
        leader = self._ranking[0].id if self._ranking else self.lanes[0].id
        machine = next(load for lane, load in zip(self.lanes, self.machine, strict=True) if lane.id == leader)
        return verdict_of(self._ranking, views, self._block_rates(), schedule=schedule, machine=machine)

    def _block_rates(self) -> dict[str, dict[int, float]]:
        """Each lane's rates in the blocks that all lanes have behind them."""
        finished = self._blocks if self.phase == "done" else self._block
        return {lane.id: lane.block_rates(finished) for lane in self.lanes}

    def _elapsed(self, now_ns: int) -> float:
        """Seconds under load and at rest; what lies between two turns is not counted."""
        if self._step is None:
            return self._finished_seconds
        step, began_ns = self._step
        spent = (now_ns - began_ns) / NS
        return self._finished_seconds + (spent if step.seconds is None else min(spent, step.seconds))

    def _progress(self, elapsed: float) -> float:
        if self._total is not None:
            return min(elapsed / self._total, 1.0)
        planned = [
            (lane.concurrency if step.requests is None else step.requests)
            for step in self.steps
            if not step.warmup
            for lane in (self.lanes[index] for index in step.lanes)
        ]
        done = sum(lane.counts["planned"] for lane in self.lanes)
        return min(done / sum(planned), 1.0)
