"""What is known of one contender, from which its limiter is told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from httptui.engines.buckets import bounds_of
from httptui.results.histogram import percentile_ns
from httptui.results.snapshot import ContenderView, Latency
from httptui.units import format_count, format_percent

MACHINE_FULL = 0.95
TARGET_FULL = 0.90


class MachineLoad(Struct, frozen=True, kw_only=True):
    """How busy things were while a contender was under load; None where it is not known.

    `cpu_busy`: of all `cores`, 0 … 1.  `target_busy`: of the one core that the embedded target's worker can use.
    `foreign`: what programs that are not part of the run used, of all cores.
    """

    cpu_busy: float | None = None
    target_busy: float | None = None
    foreign: float | None = None
    cores: int = 1

    @property
    def full(self) -> bool:
        """Whether the machine has no CPU time left."""
        return self.cpu_busy is not None and self.cpu_busy >= MACHINE_FULL

    @property
    def target_full(self) -> bool:
        """Whether the target can hardly serve more."""
        return self.target_busy is not None and self.target_busy >= TARGET_FULL


CLIENT_IDLE = 0.70
MANY_CONNECTIONS = 0.1
BASELINE, BLOCKING, THREADED = "fastapi-ping", "fastapi-async-blocking", "fastapi-sync"
"""Ways to be inside an app."""
NEARLY = 0.02
"""Part by which the means of a load that was changed on the way may differ from one contender to another."""
FULL_OF_REQUESTS = (0.9, 1.02)
MOST_FAILURES = 0.05
NEAR_FLOOR = 1.25
FAR_MS = 20.0


@dataclass(frozen=True, slots=True)
class Facts:
    """One contender under load: `share` is its CPU in cores for each of its processes, `others` are the run's other
    contenders.
    """

    view: ContenderView
    others: Sequence[ContenderView]
    machine: MachineLoad
    share: float
    latency: Latency

    @property
    def idle(self) -> bool:
        """Whether client and machine have CPU time left."""
        return self.share < CLIENT_IDLE and not self.machine.full

    @property
    def core(self) -> str:
        """Its CPU in words: "47 % of a core", "95 % of 4 cores"."""
        processes = self.view.processes
        return f"{format_percent(self.share)} of {'a core' if processes == 1 else f'{processes} cores'}"

    @property
    def client(self) -> str:
        """The process whose CPU is meant, in a word."""
        return "app" if self.view.inside else "client"

    @property
    def threads(self) -> bool:
        """Whether threads do the work."""
        return self.view.inside == THREADED or self.view.loop_lag_ms is None

    @property
    def under_way(self) -> float:
        """Little's law: how many requests were under way at a time, which an open load or a pause keeps few."""
        return self.view.req_per_s * self.latency.mean / 1000

    @property
    def in_requests(self) -> float:
        """The share of their time that those in flight spent inside a request."""
        return self.under_way / self.view.concurrency

    @property
    def floor_ms(self) -> float:
        """The fastest hundredth of answers that any contender got, but for an app that calls nobody."""
        alike = [other for other in self.others if other.inside != BASELINE]
        floor = math.inf
        # By their lowest bucket first: most need no percentile, since their very fastest answer came later.
        for counts in sorted(view.histogram for view in (self.view, *alike) if view.histogram):
            if bounds_of(counts[0][0])[0] > floor:
                break
            floor = min(floor, percentile_ns(counts, 1.0))
        return floor / 1e6 if floor < math.inf else 0.0

    @property
    def fastest_ms(self) -> float:
        """Its fastest answer: as a rule one of the first, before any request had to wait for others."""
        counts = self.view.histogram
        return percentile_ns(counts, 0.0) / 1e6 if counts else 0.0

    @property
    def steady_ms(self) -> float:
        """What nearly every answer took at least."""
        counts = self.view.histogram
        return percentile_ns(counts, 1.0) / 1e6 if counts else 0.0

    @property
    def waits_only(self) -> bool:
        """Whether client and machine have CPU time left and all in flight do nothing but wait for good answers."""
        return self.idle and self._all_wait

    @property
    def waits_far(self) -> bool:
        """Whether all in flight wait, as long as for the very fastest answer, and longer than a busy machine makes a
        process wait for its turn: whatever fills the machine, it is not what this client waits for.
        """
        steady = self.fastest_ms >= FAR_MS and self.latency.p50 <= NEAR_FLOOR * self.fastest_ms
        return steady and self.share < CLIENT_IDLE and self._all_wait

    @property
    def _all_wait(self) -> bool:
        low, high = FULL_OF_REQUESTS
        known = self.machine.cpu_busy is not None
        return known and failed_share(self.view) <= MOST_FAILURES and low <= self.in_requests <= high


def twins_of(view: ContenderView, others: Sequence[ContenderView]) -> list[ContenderView]:
    """Others with the same engine, HTTP version, number in flight and processes: what they cost can be compared."""
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
    """Requests that came to an end, warm-up included."""
    requests = view.requests
    return requests.ok + requests.error + requests.timeout + view.warmup_requests


def failed_share(view: ContenderView) -> float:
    """The share of requests that ended in an error or a timeout."""
    requests = view.requests
    failed = requests.error + requests.timeout
    return failed / (requests.ok + failed)


def opens_many_connections(view: ContenderView) -> bool:
    """Whether it opens connections again and again, beyond the one for each in flight."""
    beyond = (view.connections_opened or 0) - view.concurrency
    return beyond > 0 and beyond > MANY_CONNECTIONS * sent(view)


def opened(view: ContenderView) -> str:
    """Its connections in words: "opened 12 800 connections for 12 800 requests"."""
    connections, requests = format_count(view.connections_opened), format_count(sent(view))
    return f"opened {connections} connections for {requests} requests"
