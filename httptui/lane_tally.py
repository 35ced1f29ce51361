"""One contender's running totals: frames are added, views are taken; memory does not grow with requests."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from httptui.frames import Frame, Ready
from httptui.histogram import latency_of, merge, pairs_of
from httptui.plan import Contender
from httptui.report import Slice
from httptui.safe_text import safe_text
from httptui.snapshot import ContenderView, Point, Requests, State

LIVE_NS = 1_000_000_000
MOST_POINTS = 512
NS = 1e9


class Tick(Struct):
    """A stretch of a throughput line: when it ended, nanoseconds under load in it, successes in it."""

    end_ns: int
    spent_ns: int
    ok: int


class BlockTally(Struct):
    """What one lane did in one block."""

    start_ns: int
    spent_ns: int = 0
    ok: int = 0
    error: int = 0
    timeout: int = 0
    cpu_ns: int = 0


class LaneTally:
    """Totals of one contender; all times are nanoseconds of the system-wide monotonic clock."""

    def __init__(self, identity: str, label: str, contender: Contender, concurrency: int) -> None:
        self.id = identity
        self.label = label
        self.contender = contender
        self.concurrency = concurrency
        self.state: State = "starting"
        self.cause: str | None = None
        self.ready: Ready | None = None
        self.connections_at_target: int | None = None
        self.blocks: dict[int, BlockTally] = {}
        self.counts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.first_messages: dict[str, str] = {}
        self.histogram: dict[int, int] = {}
        self.http: Counter[str] = Counter()
        self._status: Counter[str] = Counter()
        self._warmup_requests = 0
        self._in_flight = 0
        self._bytes = 0
        self._spent_ns = 0
        self._cpu_ns = 0
        self._latency_sum_ns = 0
        self._latency_max_ns = 0
        self._lag_max_ns: int | None = None
        self._connections: int | None = None
        self._ticks: list[Tick] = []
        self._live: list[Tick] = []

    def add(self, frame: Frame, blocks: range) -> None:
        """Add a frame of a step that fills `blocks`; what lies behind them is counted, but in no block."""
        self._in_flight = frame.in_flight
        self._connections = frame.connections
        self.http.update(frame.http)
        if frame.warmup:
            self._warmup_requests += frame.ok + frame.error + frame.timeout + frame.cancelled
            return
        spent = frame.end_ns - frame.start_ns
        for name in ("planned", "ok", "error", "timeout", "cancelled"):
            self.counts[name] += getattr(frame, name)
        self.errors.update(frame.errors)
        self._status.update(frame.status)
        for kind, message in frame.messages.items():
            self.first_messages.setdefault(kind, safe_text(message))
        merge(self.histogram, frame.histogram)
        self._bytes += frame.bytes
        self._spent_ns += spent
        self._cpu_ns += frame.cpu_ns
        self._latency_sum_ns += frame.latency_sum_ns
        self._latency_max_ns = max(self._latency_max_ns, frame.latency_max_ns)
        if frame.lag_max_ns is not None:
            self._lag_max_ns = max(self._lag_max_ns or 0, frame.lag_max_ns)
        if frame.block in blocks:
            block = self.blocks.setdefault(frame.block, BlockTally(frame.start_ns))
            block.spent_ns += spent
            block.ok += frame.ok
            block.error += frame.error
            block.timeout += frame.timeout
            block.cpu_ns += frame.cpu_ns
        if spent > 0:
            self._draw(Tick(frame.end_ns, spent, frame.ok))

    def end(self, state: State, cause: str | None = None) -> None:
        """Set the last state, with the cause where the contender did not finish."""
        self.state, self.cause, self._in_flight = state, cause, 0

    @property
    def req_per_s(self) -> float:
        """Successful requests per second under load."""
        return self.counts["ok"] * NS / self._spent_ns if self._spent_ns else 0.0

    def block_rates(self, finished: int) -> dict[int, float]:
        """Successful requests per second of each block before number `finished`."""
        return {
            number: block.ok * NS / block.spent_ns
            for number, block in self.blocks.items()
            if number < finished and block.spent_ns
        }

    def slices(self, origin_ns: int) -> tuple[Slice, ...]:
        """The blocks as a report has them, with starts in seconds from `origin_ns`."""
        return tuple(
            Slice(
                block=number,
                start=(block.start_ns - origin_ns) / NS,
                seconds=block.spent_ns / NS,
                ok=block.ok,
                error=block.error,
                timeout=block.timeout,
                cpu_us=block.cpu_ns / 1e3,
            )
            for number, block in sorted(self.blocks.items())
        )

    def view(self, origin_ns: int) -> ContenderView:
        """The contender as it stands, with times in seconds from `origin_ns`."""
        answered = self.counts["ok"] + self.counts["error"] + self.counts["timeout"]
        at_target, in_lane = self.connections_at_target, self._connections
        return ContenderView(
            id=self.id,
            label=self.label,
            engine=self.contender.engine,
            reuse=self.contender.reuse,
            concurrency=self.concurrency,
            state=self.state,
            requests=Requests(**self.counts),
            warmup_requests=self._warmup_requests,
            in_flight=self._in_flight,
            seconds=self._spent_ns / NS,
            req_per_s=self.req_per_s,
            live_req_per_s=self._live_rate(),
            latency_ms=latency_of(self.histogram, self._latency_sum_ns, self._latency_max_ns),
            cpu_us_per_request=self._cpu_ns / 1e3 / answered if answered else None,
            cpu_share=self._cpu_ns / self._spent_ns if self._spent_ns else None,
            loop_lag_ms=None if self._lag_max_ns is None else self._lag_max_ns / 1e6,
            connections_opened=in_lane if at_target is None else at_target,
            bytes=self._bytes,
            status=dict(self._status),
            errors=dict(self.errors),
            first_messages=dict(self.first_messages),
            http_version="+".join(sorted(self.http)) or None,
            histogram=pairs_of(self.histogram),
            series=tuple(
                Point((tick.end_ns - origin_ns) / NS, tick.ok * NS / tick.spent_ns) for tick in self._ticks
            ),
            cause=self.cause,
        )

    def _draw(self, tick: Tick) -> None:
        """Add to the line, and halve its resolution where it grows too long."""
        self._live = [old for old in self._live if tick.end_ns - old.end_ns < LIVE_NS] + [tick]
        self._ticks.append(tick)
        if len(self._ticks) == MOST_POINTS:
            self._ticks = [
                Tick(second.end_ns, first.spent_ns + second.spent_ns, first.ok + second.ok)
                for first, second in zip(self._ticks[::2], self._ticks[1::2], strict=True)
            ]

    def _live_rate(self) -> float:
        spent = sum(tick.spent_ns for tick in self._live)
        return sum(tick.ok for tick in self._live) * NS / spent if spent else 0.0
