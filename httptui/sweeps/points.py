"""Measurements of a sweep: its axes, contenders, turns, and a point for each level and contender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct, field

from httptui.figures import CPU, SWEPT
from httptui.plan.model import Load
from httptui.plan.sweep import Visit
from httptui.results.report import ReportContender
from httptui.results.snapshot import Labelled, Limiter
from httptui.statistics import estimate


class Axis(Struct, frozen=True):
    """A field of the plan by its path, such as "concurrency", "latency_ms" or "load.rate", and its levels."""

    path: str
    levels: tuple[float, ...]


class SweepContender(Labelled, frozen=True, kw_only=True):
    """A contender of the sweep; `versions` is empty until it has run once, `cause` is why it failed last."""

    versions: dict[str, str] = field(default_factory=dict)
    cause: str | None = None


class Measured(Struct, frozen=True):
    """Centre of a figure over the blocks, with a 95 % interval if there are enough blocks."""

    value: float
    low: float | None = None
    high: float | None = None


class SweepSlice(Struct, frozen=True, kw_only=True):
    """One contender's turn at one level in one block.

    `turn` is the place of the level in its block and `position` that of the contender among those at the level, both
    from 0; `start` is in seconds since the sweep began. Rates are successful requests per second; latencies are
    service times, in an open load response times. `pool_wait_ms` is the mean wait for a connection of the pool, None
    if unknown; `connections` are those opened, warm-up included.
    """

    block: int
    turn: int
    position: int
    start: float
    seconds: float
    ok: int
    failed: int
    warmup_requests: int
    req_per_s: float
    cpu_us_per_request: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    connections: int | None = None
    pool_wait_ms: float | None = None


class SweepPoint(Struct, frozen=True, kw_only=True):
    """One contender at one level of each axis: `levels` in the order of the axes, `contender` its letter.

    Figures are None until a block has provided them; `ok`, `failed` and `connections` are sums over the blocks, and
    `slices` are the blocks themselves, in order.
    """

    levels: tuple[float, ...]
    contender: str
    req_per_s: Measured | None = None
    cpu_us_per_request: Measured | None = None
    p50_ms: Measured | None = None
    p99_ms: Measured | None = None
    pool_wait_ms: Measured | None = None
    ok: int = 0
    failed: int = 0
    connections: int | None = None
    limiter: Limiter | None = None
    slices: tuple[SweepSlice, ...] = ()


def slice_of(contender: ReportContender, visit: Visit, load: Load, *, start: float) -> SweepSlice | None:
    """Return a contender's turn in one visit, or None without one; `start` is in seconds since the sweep began."""
    if contender.state == "dnf" or not contender.slices:
        return None
    turn, requests = contender.slices[0], contender.requests
    seconds = sum(part.seconds for part in contender.slices)
    succeeded = sum(part.succeeded for part in contender.slices)
    answered = succeeded + sum(part.error + part.timeout for part in contender.slices)
    latency = contender.response_ms or contender.latency_ms
    return SweepSlice(
        block=visit.block,
        turn=visit.turn,
        position=turn.position,
        start=start,
        seconds=seconds,
        ok=requests.ok,
        failed=requests.error + requests.timeout + requests.dropped + requests.cancelled,
        warmup_requests=contender.warmup_requests,
        req_per_s=contender.req_per_s if load.kind == "open" else succeeded / seconds if seconds else 0.0,
        cpu_us_per_request=_cpu_us(contender, succeeded),
        p50_ms=None if latency is None else latency.p50,
        p99_ms=None if latency is None else latency.p99,
        connections=contender.connections_opened,
        pool_wait_ms=pool_wait_ms(contender, load, answered / seconds if seconds else 0.0),
    )


def _cpu_us(contender: ReportContender, succeeded: float) -> float | None:
    """Return CPU per request, or None if it is not comparable."""
    if not succeeded or CPU.is_rough(contender):
        return None
    return sum(part.cpu_us for part in contender.slices) / succeeded


def pool_wait_ms(contender: ReportContender, load: Load, per_second: float) -> float | None:
    """Return the mean wait for a connection of a shared pool by Little's law, or None where the law does not apply.

    In a closed load without pauses, all of `concurrency` are in flight, and the pool admits as many as it has
    connections; the others wait, for (concurrency − pool) / throughput each. The pool is taken as the limit only if
    the client opened no more connections than its size.
    """
    pool, opened = contender.pool, contender.connections_opened
    closed = load.kind == "closed" and not load.think
    if not closed or contender.reuse != "shared" or contender.http_version != "1.1" or not per_second:
        return None
    if pool is None or opened is None or opened > pool:
        return None
    return max(contender.concurrency - pool, 0) / per_second * 1000


def point_of(
    levels: tuple[float, ...], contender: str, slices: Sequence[SweepSlice], limiters: Sequence[Limiter]
) -> SweepPoint:
    """Build the point of some turns."""
    opened = [turn.connections for turn in slices]
    known = [count for count in opened if count is not None]
    figures: dict[str, Any] = {name: measured(slices, attrgetter(name)) for name in SWEPT}
    return SweepPoint(
        levels=levels,
        contender=contender,
        **figures,
        ok=sum(turn.ok for turn in slices),
        failed=sum(turn.failed for turn in slices),
        connections=sum(known) if known and len(known) == len(opened) else None,
        limiter=commonest(limiters),
        slices=tuple(slices),
    )


def measured(slices: Sequence[SweepSlice], figure: Callable[[SweepSlice], float | None]) -> Measured | None:
    """Return a figure's Hodges–Lehmann centre over the turns that have it, with its exact 95 % interval."""
    values = [value for turn in slices if (value := figure(turn)) is not None]
    return Measured(*estimate(values)) if values else None


def commonest(limiters: Sequence[Limiter]) -> Limiter | None:
    """Return the last limiter of the most frequent kind."""
    if not limiters:
        return None
    kind = Counter(limiter.kind for limiter in limiters).most_common(1)[0][0]
    return next(limiter for limiter in reversed(limiters) if limiter.kind == kind)
