"""Running totals of one contender: frames are added, views are taken, and memory does not grow with requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from msgspec import structs

from httptui.engines.protocol import Answer, Frame, Ready
from httptui.plan.model import Contender
from httptui.plan.schedule import Step
from httptui.plan.secrets import masked_header, masked_pairs
from httptui.results.histogram import added, merge, percentile_ns
from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.probed import Probe, Sample
from httptui.results.judge.work import Work
from httptui.results.report import Slice
from httptui.results.snapshot import (
    ContenderView,
    FirstAnswer,
    Latency,
    PercentilePoint,
    Requests,
    State,
    Stretch,
    Upstream,
)
from httptui.runs.over_time import BlockTally, Latencies, LatencyTimeline, ThroughputLine
from httptui.safe_text import safe_text

MOST_KINDS = 8
LONGEST_BODY = 2_000
CHALLENGES = ("www-authenticate", "proxy-authenticate")
"""Headers whose names look secret, but which say what authentication is missing."""


class FirstAnswers:
    """The first answer of each status; `kept` is by status, in order of arrival."""

    def __init__(self) -> None:
        self.kept: dict[str, FirstAnswer] = {}

    def add(self, answers: Mapping[str, Answer], redact: Callable[[str], str]) -> Iterator[FirstAnswer]:
        """Keep answers of statuses not seen before, and yield them."""
        for status, answer in answers.items():
            if status not in self.kept and len(self.kept) < MOST_KINDS:
                self.kept[status] = kept = safe_answer(status, answer, redact)
                yield kept


def safe_answer(status: str, answer: Answer, redact: Callable[[str], str]) -> FirstAnswer:
    """Return the answer on one line, masked and cut to the length that is shown."""
    body = " ".join(redact(masked_pairs(answer.body)).split())
    return FirstAnswer(
        status=status,
        headers=tuple(
            (safe_text(name), safe_text(redact(_masked(name, value)))) for name, value in answer.headers
        ),
        body=safe_text(body, LONGEST_BODY),
        bytes=answer.bytes,
    )


def _masked(name: str, value: str) -> str:
    return value if name.lower() in CHALLENGES else masked_header(name, value)


class AllowedInFlight:
    """Number of requests allowed in flight over time (monotonic clock, ns), and its mean over the time under load."""

    def __init__(self, planned: int) -> None:
        self._planned = planned
        self._changes: list[tuple[int, float]] = []
        self._weighed = 0.0
        self._spent_ns = 0

    def change(self, at_ns: int, number: float) -> None:
        """Set another number from a moment on, later than all before."""
        self._changes.append((at_ns, number))

    def add(self, start_ns: int, spent_ns: int) -> None:
        """Add a time under load, weighted by the number in effect at its start."""
        held = (number for at_ns, number in reversed(self._changes) if at_ns <= start_ns)
        self._weighed += next(held, self._planned) * spent_ns
        self._spent_ns += spent_ns

    @property
    def mean(self) -> int:
        """Mean over the time under load, rounded; the planned number if nothing changed or no time has passed."""
        if not self._changes or not self._spent_ns:
            return self._planned
        return max(round(self._weighed / self._spent_ns), 1)


class OwnCpu:
    """CPU use of a lane without requests, measured in an idle turn while its workers wait."""

    def __init__(self) -> None:
        self._cpu_ns = 0
        self._spent_ns = 0

    def add(self, frame: Frame) -> None:
        """Add a frame of an idle turn; frames before its trim or after its time are in no block and ignored."""
        if frame.block >= 0:
            self._cpu_ns += frame.cpu_ns
            self._spent_ns += frame.end_ns - frame.start_ns

    @property
    def share(self) -> float:
        """CPU seconds per second; 0 before anything was measured."""
        return self._cpu_ns / self._spent_ns if self._spent_ns else 0.0


NS = 1e9


class Warming:
    """Warm-up of a lane: its rate by block, and the latencies of its requests."""

    def __init__(self) -> None:
        self.histogram: dict[int, int] = {}
        self._credits = Counter[int]()
        self._spent_ns = Counter[int]()

    def add(self, frame: Frame) -> None:
        """Add a frame of the warm-up."""
        merge(self.histogram, frame.histogram)
        self._spent_ns[frame.block] += frame.end_ns - frame.start_ns
        self._credits.update(frame.credits)

    @property
    def typical_seconds(self) -> float | None:
        """Median time of a request in seconds, or None without a success."""
        return percentile_ns(self.histogram, 50) / NS if self.histogram else None

    def rate(self, block: int) -> float:
        """Return the successful requests per second in a block of the warm-up."""
        spent = self._spent_ns[block]
        return self._credits[block] * NS / spent if spent else 0.0


class Sampling:
    """Frames of one or several turns of a probe; `connections` is the lane's count at the last one."""

    def __init__(self) -> None:
        self.connections: int | None = None
        self._ok = self._cancelled = 0
        self._failed: Counter[str] = Counter()
        self._histogram: dict[int, int] = {}
        self._lags: list[int] = []

    def add(self, frame: Frame) -> None:
        """Add a frame."""
        self.connections = frame.connections
        self._ok += frame.ok
        self._cancelled += frame.cancelled
        self._failed.update(frame.errors)
        merge(self._histogram, frame.histogram)
        if frame.lag_max_ns is not None and frame.ok:
            self._lags.append(frame.lag_max_ns)

    def sample(self) -> Sample:
        """Return the sample of all frames so far."""
        return Sample(
            ok=self._ok,
            failed=dict(self._failed),
            unanswered=self._cancelled,
            histogram=tuple(sorted(self._histogram.items())),
            lag_ms=max(self._lags) / 1e6 if self._lags else None,
        )


class UpstreamTally:
    """Upstream calls of all frames, and the time of those answered under load."""

    def __init__(self) -> None:
        self._calls = 0
        self._answered = 0
        self._ns = 0

    def add(self, frame: Frame) -> None:
        """Add a frame; warm-up calls are counted, but not timed."""
        self._calls += frame.upstream_answered + frame.upstream_failed
        if not frame.warmup:
            self._answered += frame.upstream_answered
            self._ns += frame.upstream_ns

    def view(self, latency: Latency | None, connections: int | None, requests: int | None) -> Upstream:
        """Compare the calls so far with the route's latency and the embedded target's counts."""
        mean = self._ns / self._answered / 1e6 if self._answered else None
        return Upstream(
            calls=self._calls,
            connections=connections,
            requests=requests,
            mean_ms=mean,
            lost_ms=None if latency is None else latency.mean - (mean or 0.0),
        )


Coarse = Mapping[int, int]
OVER = ("finished", "stopped", "dnf")


class Times(NamedTuple):
    """Latency fields of a view."""

    answered_ms: Latency | None
    latency_ms: Latency | None
    response_ms: Latency | None
    late_p99_ms: float | None
    histogram: tuple[tuple[int, int], ...]
    lower_bounds: tuple[tuple[int, int], ...]
    percentiles: tuple[PercentilePoint, ...]
    timeline: tuple[Stretch, ...]


class LaneTally:
    """Totals of one contender; all times are nanoseconds of the system-wide monotonic clock."""

    def __init__(self, planned: ContenderView, contender: Contender, *, is_open: bool) -> None:
        self.id = planned.id
        self.contender = contender
        self.concurrency = planned.concurrency
        self.is_open = is_open
        self.allowed = AllowedInFlight(planned.concurrency)
        self._planned = planned
        self.state: State = "starting"
        self.cause: str | None = None
        self.ready: Ready | None = None
        self.connections_at_target: int | None = None
        self.requests_at_target: int | None = None
        self.blocks: dict[int, BlockTally] = {}
        self.counts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.first_messages: dict[str, str] = {}
        self.first_answers = FirstAnswers()
        self.latencies = Latencies()
        self.http: Counter[str] = Counter()
        self._status: Counter[str] = Counter()
        self.response = Latencies()
        self._late: dict[int, int] = {}
        self._warm = Warming()
        self._upstream = UpstreamTally()
        self.sampled: dict[str, Sampling] = {}
        self.probe: Probe | None = None
        self.connections_of_bystander = 0
        self.foreign = 0
        self.warmup_requests = 0
        self._in_flight = 0
        self._bytes = 0
        self._ok_bytes = 0
        self._ok_bytes_squared = 0.0
        self._spent_ns = 0
        self._load_ns = 0
        self._own = OwnCpu()
        self._cpu_ns = 0
        self._own_cpu_ns = 0
        self._lag_max_ns: int | None = None
        self._connections: int | None = None
        self.lookups: int | None = 0
        self._connections_before: int | None = 0
        self._line = ThroughputLine()
        self._timeline = LatencyTimeline()
        self._frames = 0
        self._seen: tuple[object, ...] = ()
        self._view: ContenderView | None = None
        self._times: Times | None = None
        self._timed: tuple[object, ...] = ()

    def begin(self, ready: Ready) -> None:
        """Register a lane whose clients are open; connections of a previous lane are carried over."""
        if self.ready is not None:
            before, last = self._connections_before, self._connections
            self._connections_before = None if before is None or last is None else before + last
            self._connections = 0
        self.ready, self.state = ready, "ready"

    def add(self, frame: Frame, step: Step) -> None:
        """Add a frame of a step. Requests outside the step's blocks count in the totals, but in no block."""
        self._frames += 1
        self._in_flight = frame.in_flight
        self._connections = frame.connections
        self.lookups = None if self.lookups is None or frame.lookups is None else self.lookups + frame.lookups
        self.http.update(frame.http)
        self._upstream.add(frame)
        self.foreign += frame.foreign
        for kind, message in frame.messages.items():
            self.first_messages.setdefault(kind, safe_text(message))
        if frame.warmup:
            self._uncounted(step).add(frame)
            self.warmup_requests += frame.ok + frame.error + frame.timeout + frame.cancelled + frame.retried
            return
        spent = frame.end_ns - frame.start_ns
        frame = self._without_own(frame, spent)
        for name in ("planned", "ok", "error", "timeout", "dropped", "cancelled", "retried"):
            self.counts[name] += getattr(frame, name)
        self.errors.update(frame.errors)
        self._status.update(frame.status)
        service = self.latencies.add(frame.histogram, frame.latency_sum_ns, frame.latency_max_ns)
        response = self.response.add(frame.response, frame.response_sum_ns, frame.response_max_ns)
        if frame.bounds:
            service, response = self._with_bounds(frame, service, response)
        merge(self._late, frame.late)
        self._bytes += frame.bytes
        self._ok_bytes += frame.ok_bytes
        self._ok_bytes_squared += frame.ok_bytes_squared
        self._spent_ns += spent
        self._load_ns += under_load_ns(frame)
        self.allowed.add(frame.start_ns, spent)
        if frame.lag_max_ns is not None:
            self._lag_max_ns = max(self._lag_max_ns or 0, frame.lag_max_ns)
        if frame.block in step.blocks:
            self._block_of(frame, step).add(frame, service, response)
        for number, credit in frame.credits.items():
            if number in step.blocks and number in self.blocks:
                self.blocks[number].credit += credit
        if spent > 0:
            self._line.add(frame.end_ns, spent, frame.ok)
            self._timeline.add(frame.start_ns, frame.end_ns, response if self.is_open else service)

    def _block_of(self, frame: Frame, step: Step) -> BlockTally:
        """Return the slice of a frame; a new one packs the latencies of those before it."""
        if frame.block not in self.blocks:
            for past in self.blocks.values():
                past.latencies.pack()
                past.response.pack()
            self.blocks[frame.block] = BlockTally(frame.start_ns, step.position, step.epoch)
        return self.blocks[frame.block]

    def _with_bounds(self, frame: Frame, service: Coarse, response: Coarse) -> tuple[Coarse, Coarse]:
        """Add a frame's lower bounds; return the answered latencies plus these, in coarse buckets."""
        bounds = self.latencies.add_bounds(frame.bounds, frame.bounds_sum_ns, frame.bounds_max_ns)
        waited = self.response.add_bounds(
            frame.response_bounds, frame.response_bounds_sum_ns, frame.response_bounds_max_ns
        )
        return added(service, bounds), added(response, waited)

    def _without_own(self, frame: Frame, spent_ns: int) -> Frame:
        """Subtract the lane's own CPU time, so that the frame has the client's."""
        own_ns = min(int(self._own.share * spent_ns), frame.cpu_ns)
        self._cpu_ns += frame.cpu_ns
        self._own_cpu_ns += own_ns
        return replace(frame, cpu_ns=frame.cpu_ns - own_ns)

    def _uncounted(self, step: Step) -> OwnCpu | Warming | Sampling:
        """Return the collector of an uncounted frame: own cost, warm-up or probe."""
        if step.idle:
            return self._own
        return self.sampled.setdefault(step.probing, Sampling()) if step.probing else self._warm

    def add_bystander(self, requests: int, connections: int) -> None:
        """Add a bystander's traffic at this contender's port: uncounted requests, and foreign connections."""
        self._frames += 1
        self.warmup_requests += requests
        self.connections_of_bystander += connections

    def note_steal(self, blocks: range, steal: float | None) -> None:
        """Record the share of stolen CPU time while some blocks were filled."""
        for number in blocks:
            if number in self.blocks:
                self.blocks[number].steal = steal

    def warm_halves(self, block: int) -> tuple[float, float]:
        """Return the successful requests per second in both halves of a warm-up slice."""
        return self._warm.rate(2 * block), self._warm.rate(2 * block + 1)

    @property
    def typical_seconds(self) -> float | None:
        """Median time of a request in the warm-up in seconds, or None without a success."""
        return self._warm.typical_seconds

    @property
    def median_seconds(self) -> float | None:
        """Median time of a request in seconds, from the warm-up if it had a success, otherwise so far, or None."""
        if self.typical_seconds is not None:
            return self.typical_seconds
        answered = self.latencies.answered()
        return None if answered is None else answered.p50 / 1e3

    def end(self, state: State, cause: str | None = None) -> None:
        """Set the final state, with the cause if the contender did not finish.

        Requests in flight when its lane died have no outcome and count as cancelled.
        """
        self.state, self.cause, self._in_flight = state, cause, 0
        done = sum(self.counts[name] for name in ("ok", "error", "timeout", "dropped", "cancelled"))
        if state == "dnf" and self.counts["planned"] > done:
            self.counts["cancelled"] += self.counts["planned"] - done

    @property
    def req_per_s(self) -> float:
        """Successful requests per second: in the blocks, which the ranking compares, or before any, in all time under
        load.

        In an open load only the time of sending counts: the last answers arrive after it and belong to it.
        """
        if self.is_open:
            return self.counts["ok"] * NS / self._load_ns if self._load_ns else 0.0
        counted_ns = sum(block.spent_ns for block in self.blocks.values())
        if counted_ns:
            return sum(block.credit for block in self.blocks.values()) * NS / counted_ns
        return self.counts["ok"] * NS / self._spent_ns if self._spent_ns else 0.0

    @property
    def offered_per_s(self) -> float | None:
        """Arrivals per second of an open load, dropped ones included."""
        return self.counts["planned"] * NS / self._load_ns if self.is_open and self._load_ns else None

    def records(self, finished: int) -> list[BlockRecord]:
        """Return the records of the blocks before number `finished`, for the statistics."""
        blocks = sorted(self.blocks.items())
        return [
            block.record(self.id, number) for number, block in blocks if number < finished and block.spent_ns
        ]

    def work(self) -> Work:
        """Return what the contender did for its successes, beyond what its view contains."""
        return Work(
            bytes=None if self.contender.read == "headers" else self._ok_bytes,
            bytes_squared=self._ok_bytes_squared,
            sent=() if self.ready is None else tuple(self.ready.sent),
            requests_at_target=self.requests_at_target,
            foreign=self.foreign,
        )

    def slices(self, origin_ns: int) -> tuple[Slice, ...]:
        """Return the blocks for a report, with starts in seconds from `origin_ns`."""
        splits = self.latencies.splits(), self.response.splits()
        return tuple(block.slice(number, origin_ns, *splits) for number, block in sorted(self.blocks.items()))

    def view(self, origin_ns: int, *, anew: bool = True) -> ContenderView:
        """Return the contender's present state, with times in seconds from `origin_ns`; rebuilt only after changes.

        Unless `anew`, latencies under load may be those of the previous view: they take longest to compute and change
        least.
        """
        at_target = (self.connections_at_target, self.requests_at_target)
        seen = (self._frames, origin_ns, self.state, at_target)
        anew = anew or self.state != "running" or self._timed[1:2] != (origin_ns,)
        if self._times is None or (anew and self._timed != seen):
            self._times, self._timed = self._times_of(origin_ns), seen
        if self._view is None or self._seen != (seen, self._timed):
            self._view, self._seen = self._view_of(origin_ns, self._times), (seen, self._timed)
        return self._view

    def _times_of(self, origin_ns: int) -> Times:
        dropped = self.counts["dropped"]
        latency = self.latencies.figures(dropped)
        return Times(
            answered_ms=self.latencies.answered() if latency and latency.censored else latency,
            latency_ms=latency,
            response_ms=self.response.figures(dropped),
            late_p99_ms=percentile_ns(self._late, 99) / 1e6 if self._late else None,
            histogram=self.latencies.fine() if self.state in OVER else self.latencies.coarse(),
            lower_bounds=self.latencies.bounds(),
            percentiles=self._timeline.percentiles(origin_ns),
            timeline=self._timeline.stretches(origin_ns),
        )

    def _view_of(self, origin_ns: int, times: Times) -> ContenderView:
        at_target, in_lane = self.connections_at_target, self._connections_in_lanes()
        ready = self.ready
        view: ContenderView = structs.replace(
            self._planned,
            loop=None if ready is None else ready.loop,
            http_version="+".join(sorted(self.http)) or None,
            concurrency=self.allowed.mean,
            state=self.state,
            requests=Requests(**self.counts),
            warmup_requests=self.warmup_requests,
            in_flight=self._in_flight,
            seconds=self._load_ns / NS,
            req_per_s=self.req_per_s,
            offered_per_s=self.offered_per_s,
            live_req_per_s=self._line.live_rate(),
            cpu_us_per_request=self._each_us(self._cpu_ns - self._own_cpu_ns),
            own_cpu_us_per_request=self._each_us(self._own_cpu_ns),
            cpu_share=self._cpu_ns / self._spent_ns if self._spent_ns else None,
            loop_lag_ms=None if self._lag_max_ns is None else self._lag_max_ns / 1e6,
            connections_opened=in_lane if at_target is None else at_target,
            dns_lookups=self.lookups if self._frames else None,
            upstream=self._upstream.view(times.answered_ms, at_target, self.requests_at_target)
            if self._planned.inside
            else None,
            bytes=self._bytes,
            status=dict(self._status),
            errors=dict(self.errors),
            first_messages=dict(self.first_messages),
            first_answers=dict(self.first_answers.kept),
            cause=self.cause,
            versions={} if ready is None else {"python": ready.python, **ready.versions},
            series=self._line.points(origin_ns),
            **times._asdict(),
        )
        return view

    def _each_us(self, nanoseconds: int) -> float | None:
        """Return microseconds per success."""
        return nanoseconds / 1e3 / self.counts["ok"] if self.counts["ok"] else None

    def _connections_in_lanes(self) -> int | None:
        if self._connections is None or self._connections_before is None:
            return None
        return self._connections_before + self._connections


def under_load_ns(frame: Frame) -> int:
    """Return how much of a frame lies before the end of the load; answers after it were requested before."""
    end_ns = frame.end_ns if frame.load_until_ns is None else min(frame.end_ns, frame.load_until_ns)
    return max(end_ns - frame.start_ns, 0)
