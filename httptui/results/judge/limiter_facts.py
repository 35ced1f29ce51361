"""Facts about one contender from which its limiter is determined: CPU use, connections, and the cost of its reuse."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from httptui.engines.buckets import bounds_of
from httptui.figures import compared_cpu_us
from httptui.results.histogram import percentile_ns
from httptui.results.snapshot import ContenderView, Latency, Limiter, LimiterKind
from httptui.units import format_count, format_percent, format_times

MACHINE_FULL = 0.95
TARGET_FULL = 0.90


class MachineLoad(Struct, frozen=True, kw_only=True):
    """CPU use while a contender was under load; None where unknown.

    - `cpu_busy`: share of all `cores`, 0 … 1.
    - `target_busy`: share of the one core that the embedded target's worker can use.
    - `foreign`: share of all cores used by programs outside the run.
    """

    cpu_busy: float | None = None
    target_busy: float | None = None
    foreign: float | None = None
    cores: int = 1

    @property
    def full(self) -> bool:
        """True if the machine has no CPU time left."""
        return self.cpu_busy is not None and self.cpu_busy >= MACHINE_FULL

    @property
    def target_full(self) -> bool:
        """True if the target can hardly serve more."""
        return self.target_busy is not None and self.target_busy >= TARGET_FULL


CLIENT_IDLE = 0.70
MANY_CONNECTIONS = 0.1
BASELINE, BLOCKING, THREADED = "fastapi-ping", "fastapi-async-blocking", "fastapi-sync"
"""Kinds of placement inside an app."""
NEARLY = 0.02
"""Relative tolerance between contenders' mean concurrency, for loads changed during the run."""
FULL_OF_REQUESTS = (0.9, 1.02)
MOST_FAILURES = 0.05
NEAR_FLOOR = 1.25
FAR_MS = 20.0


@dataclass(frozen=True, slots=True)
class Facts:
    """One contender under load; `share` is its CPU in cores per process, `others` the run's other contenders."""

    view: ContenderView
    others: Sequence[ContenderView]
    machine: MachineLoad
    share: float
    latency: Latency

    @property
    def idle(self) -> bool:
        """True if client and machine have CPU time left."""
        return self.share < CLIENT_IDLE and not self.machine.full

    @property
    def core(self) -> str:
        """Its CPU use in words: "47 % of a core", "95 % of 4 cores"."""
        processes = self.view.processes
        return f"{format_percent(self.share)} of {'a core' if processes == 1 else f'{processes} cores'}"

    @property
    def client(self) -> str:
        """Name of the process whose CPU is meant."""
        return "app" if self.view.inside else "client"

    @property
    def threads(self) -> bool:
        """True if threads do the work."""
        return self.view.inside == THREADED or self.view.loop_lag_ms is None

    @property
    def under_way(self) -> float:
        """Mean number of concurrent requests by Little's law; small in an open load or with pauses."""
        return self.view.req_per_s * self.latency.mean / 1000

    @property
    def in_requests(self) -> float:
        """Share of their time that the requests in flight spent inside a request."""
        return self.under_way / self.view.concurrency

    @property
    def floor_ms(self) -> float:
        """Latency of the fastest 1 % of answers to any contender, except an app that makes no call."""
        alike = [other for other in self.others if other.inside != BASELINE]
        floor = math.inf
        # Sorted by lowest bucket: most need no percentile, because even their fastest answer came later.
        for counts in sorted(view.histogram for view in (self.view, *alike) if view.histogram):
            if bounds_of(counts[0][0])[0] > floor:
                break
            floor = min(floor, percentile_ns(counts, 1.0))
        return floor / 1e6 if floor < math.inf else 0.0

    @property
    def fastest_ms(self) -> float:
        """Its fastest answer, usually one of the first, before requests had to wait for each other."""
        counts = self.view.histogram
        return percentile_ns(counts, 0.0) / 1e6 if counts else 0.0

    @property
    def steady_ms(self) -> float:
        """Time that nearly every answer took at least."""
        counts = self.view.histogram
        return percentile_ns(counts, 1.0) / 1e6 if counts else 0.0

    @property
    def waits_only(self) -> bool:
        """True if client and machine have CPU time left, and all requests in flight only wait for good answers."""
        return self.idle and self._all_wait

    @property
    def waits_far(self) -> bool:
        """True if all requests in flight wait about as long as the fastest answer, and longer than a busy machine
        delays a process: whatever fills the machine, this client does not wait for it.
        """
        steady = self.fastest_ms >= FAR_MS and self.latency.p50 <= NEAR_FLOOR * self.fastest_ms
        return steady and self.share < CLIENT_IDLE and self._all_wait

    @property
    def _all_wait(self) -> bool:
        low, high = FULL_OF_REQUESTS
        known = self.machine.cpu_busy is not None
        return known and failed_share(self.view) <= MOST_FAILURES and low <= self.in_requests <= high


def named_limiter(kind: LimiterKind, sentence: str) -> Limiter:
    """Return a limiter whose sentence begins with its kind."""
    return Limiter(kind, f"{kind}: {sentence}")


def twins_of(view: ContenderView, others: Sequence[ContenderView]) -> list[ContenderView]:
    """Return others with the same engine, HTTP version, concurrency and processes, whose costs are comparable."""
    alike = (view.engine, view.http_version, view.processes, view.inside)
    return [
        other
        for other in others
        if other.id != view.id
        and (other.engine, other.http_version, other.processes, other.inside) == alike
        and abs(other.concurrency - view.concurrency) <= NEARLY * view.concurrency
        and other.requests.ok > 0
    ]


def sent(view: ContenderView) -> int:
    """Return the number of completed requests, warm-up included."""
    return view.requests.done + view.warmup_requests


def failed_share(view: ContenderView) -> float:
    """Return the share of requests that ended in an error or a time-out."""
    done = view.requests.done
    return (done - view.requests.ok) / done


def opens_many_connections(view: ContenderView) -> bool:
    """Return whether it keeps opening connections beyond the one per request in flight."""
    beyond = (view.connections_opened or 0) - view.concurrency
    return beyond > 0 and beyond > MANY_CONNECTIONS * sent(view)


def opened(view: ContenderView) -> str:
    """Describe its connections: "opened 12 800 connections for 12 800 requests"."""
    connections, requests = format_count(view.connections_opened), format_count(sent(view))
    return f"opened {connections} connections for {requests} requests"


COSTLY = 2.0


@dataclass(frozen=True, slots=True)
class ReuseCost:
    """A contender that costs `factor` times the CPU per request of `twin`, which differs only in its reuse."""

    view: ContenderView
    twin: ContenderView
    factor: float

    def clause(self) -> str:
        """Format as "one client shared by 64 uses 5.1 times the CPU per request of one client per worker (C)"."""
        than = f"the CPU per request of {_client(self.twin)} ({self.twin.id})"
        return f"{_client(self.view)} uses {format_times(self.factor)} {than}"


def reuse_cost_of(view: ContenderView, others: Sequence[ContenderView]) -> ReuseCost | None:
    """Compare with the cheapest reuse of the same client; None unless that halves the CPU per request or better."""
    cost = compared_cpu_us(view)
    twins = [
        (of_twin, twin)
        for twin in twins_of(view, others)
        if (of_twin := compared_cpu_us(twin)) and twin.reuse != view.reuse
    ]
    if cost is None or not twins:
        return None
    least, twin = min(twins, key=lambda item: item[0])
    return ReuseCost(view, twin, cost / least) if cost >= COSTLY * least else None


def _client(view: ContenderView) -> str:
    words = {
        "shared": f"one client shared by {view.concurrency}",
        "per-worker": "one client per worker",
        "per-request": "a new client for every request",
    }
    return words.get(view.reuse) or f"a new client every {view.reuse.removeprefix('every-')} requests"
