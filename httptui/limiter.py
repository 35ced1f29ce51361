"""What keeps a contender from going faster: rules in a fixed order, each with the numbers it rests on.

A contender whose own process fills a core is bounded by that, however busy the machine is besides.  Where no
rule holds the answer is "unknown", with what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from httptui.histogram import percentile_ns
from httptui.snapshot import ContenderView, Latency, Limiter, LimiterKind
from httptui.units import format_count, format_ms, format_percent, format_us

MACHINE_FULL = 0.95
CORE_FULL = 0.90
TARGET_FULL = 0.90
CLIENT_IDLE = 0.70
COSTLY = 3.0
MANY_CONNECTIONS = 0.1
SET_UP_SHARE = 0.2
NEAR_FLOOR = 1.25
FULL_OF_REQUESTS = (0.9, 1.02)
MOST_FAILURES = 0.05
LONG_LAG_MS = 50.0
SHORTEST_SECONDS = 0.5


class MachineLoad(Struct, frozen=True, kw_only=True):
    """How busy things were while a contender was under load; None where it is not known.

    `cpu_busy`: of all `cores`, 0 … 1.  `target_cpu_share`: the embedded target's CPU in cores, of which its
    workers can use `target_workers`.
    """

    cpu_busy: float | None = None
    target_cpu_share: float | None = None
    target_workers: int = 1
    cores: int = 1

    @property
    def full(self) -> bool:
        """Whether the machine has no CPU time left."""
        return self.cpu_busy is not None and self.cpu_busy >= MACHINE_FULL

    @property
    def target_busy(self) -> float | None:
        """The share of its workers' CPU time that the target used, 0 … 1."""
        return None if self.target_cpu_share is None else self.target_cpu_share / self.target_workers

    @property
    def target_full(self) -> bool:
        """Whether the target can hardly serve more."""
        return self.target_busy is not None and self.target_busy >= TARGET_FULL


@dataclass(frozen=True, slots=True)
class _Facts:
    view: ContenderView
    others: Sequence[ContenderView]
    machine: MachineLoad
    share: float
    latency: Latency

    @property
    def idle(self) -> bool:
        return self.share < CLIENT_IDLE and not self.machine.full

    @property
    def core(self) -> str:
        return f"{format_percent(self.share)} of a core"


def limit_of(view: ContenderView, others: Sequence[ContenderView], machine: MachineLoad) -> Limiter:
    """What bounds one contender; `others` are the run's contenders, with or without this one."""
    if view.requests.ok == 0:
        return _unknown("it has no successful request")
    if view.cpu_share is None or view.latency_ms is None:
        return _unknown("its CPU time is not known")
    if view.seconds < SHORTEST_SECONDS:
        # The system counts CPU time in ticks of about 10 ms, too coarse for so short a time.
        machine = MachineLoad(cores=machine.cores)
    others = [other for other in others if other.id != view.id]
    facts = _Facts(view, others, machine, view.cpu_share, view.latency_ms)
    for kind, rule in _RULES:
        if sentence := rule(facts):
            return Limiter(kind, f"{kind}: {sentence}")
    return _unknown(_what_is_known(facts))


def connections_per_request(view: ContenderView) -> float | None:
    """Connections opened by each request, warm-up included; None where nothing can tell."""
    if view.connections_opened is None or not _sent(view):
        return None
    return view.connections_opened / _sent(view)


def _client_cpu(facts: _Facts) -> str | None:
    if facts.share < CORE_FULL:
        return None
    threads = facts.view.loop_lag_ms is None and facts.view.concurrency > 1 and facts.share < 1.1
    gil = ", all that the GIL leaves its threads" if threads else ""
    return f"{_cost(facts)}{facts.core}{gil}{_reasons(facts)}"


def _machine(facts: _Facts) -> str | None:
    if not facts.machine.full:
        return None
    cores = facts.machine.cores
    busy = format_percent(facts.machine.cpu_busy)
    whose = "its one core is" if cores == 1 else f"its {cores} cores are"
    return f"{whose} {busy} busy, and this client got {facts.core}{_reasons(facts)}"


def _pool(facts: _Facts) -> str | None:
    view = facts.view
    opened = view.connections_opened
    if not facts.idle or facts.machine.target_full or not opened or view.http_version == "2":
        return None
    if opened >= view.concurrency or _sent(view) < 2 * view.concurrency:
        return None
    connections = "connection was" if opened == 1 else "connections were"
    return f"{format_count(opened)} {connections} open for {view.concurrency} in flight, at {facts.core}"


def _connection_set_up(facts: _Facts) -> str | None:
    twin = _reusing_twin(facts)
    if not _many_connections(facts.view) or twin is None or twin.latency_ms is None:
        return None
    if facts.latency.p50 * (1 - SET_UP_SHARE) <= twin.latency_ms.p50:
        return None
    return (
        f"{_opened(facts.view)}, median {format_ms(facts.latency.p50)}; "
        f"{_named(twin)}, which keeps its connections, has {format_ms(twin.latency_ms.p50)}"
    )


def _target(facts: _Facts) -> str | None:
    if facts.share >= CLIENT_IDLE or not facts.machine.target_full:
        return None
    workers = facts.machine.target_workers
    whose = "its one worker is" if workers == 1 else f"its {workers} workers are"
    return f"{whose} {format_percent(facts.machine.target_busy)} busy, and the client used {facts.core}"


def _latency(facts: _Facts) -> str | None:
    low, high = FULL_OF_REQUESTS
    if not facts.idle or facts.machine.cpu_busy is None or facts.machine.target_full:
        return None
    if not low <= _in_requests(facts) <= high or _failed(facts.view) > MOST_FAILURES:
        return None
    if facts.latency.p50 > NEAR_FLOOR * _floor_ms(facts):
        return None
    whose = "" if facts.machine.target_busy is not None else " from network and target together"
    return (
        f"{facts.view.concurrency} in flight, each waiting {format_ms(facts.latency.mean)} for an answer"
        f"{whose}, with the client at {facts.core}"
    )


_RULES: tuple[tuple[LimiterKind, Callable[[_Facts], str | None]], ...] = (
    ("client CPU", _client_cpu),
    ("machine", _machine),
    ("pool", _pool),
    ("connection set-up", _connection_set_up),
    ("target", _target),
    ("latency", _latency),
)


def _unknown(known: str) -> Limiter:
    return Limiter("unknown", f"unknown: {known}")


def _what_is_known(facts: _Facts) -> str:
    known = [f"the client used {facts.core}"]
    if facts.view.seconds < SHORTEST_SECONDS:
        known.append(f"under load for {format_ms(facts.view.seconds * 1000)} only")
    if facts.machine.target_busy is not None:
        known.append(f"the target {format_percent(facts.machine.target_busy)} of its own")
    if _failed(facts.view) > MOST_FAILURES:
        known.append(f"{format_percent(_failed(facts.view))} of the requests failed")
    if _in_requests(facts) < FULL_OF_REQUESTS[0]:
        known.append(f"requests filled {format_percent(_in_requests(facts))} of the time of those in flight")
    if _many_connections(facts.view):
        known.append(_opened(facts.view))
    if facts.view.loop_lag_ms is not None and facts.view.loop_lag_ms >= LONG_LAG_MS:
        known.append(f"its event loop was late by up to {format_ms(facts.view.loop_lag_ms)}")
    return ", ".join(known)


def _cost(facts: _Facts) -> str:
    cost = facts.view.cpu_us_per_request
    return "" if cost is None else f"{format_us(cost)} of CPU per request, "


def _reasons(facts: _Facts) -> str:
    """What the data tell about why a request costs so much CPU, each as "; a clause"."""
    reasons = ""
    if cheaper := _cheaper_reuse(facts):
        reasons += f"; {cheaper}"
    if _many_connections(facts.view):
        reasons += f"; it {_opened(facts.view)}"
    return reasons


def _cheaper_reuse(facts: _Facts) -> str | None:
    """The same engine that costs far less CPU when its client object is made at other times."""
    view = facts.view
    twins = [
        (twin.cpu_us_per_request, twin)
        for twin in _twins(facts)
        if twin.cpu_us_per_request and twin.reuse != view.reuse
    ]
    if view.cpu_us_per_request is None or not twins:
        return None
    cost, twin = min(twins, key=lambda item: item[0])
    factor = view.cpu_us_per_request / cost
    if factor < COSTLY:
        return None
    subject, conclusion = "this client", ""
    if view.reuse == "shared" and view.concurrency > 1:
        subject = f"one client shared by {view.concurrency}"
        conclusion = ": its pool is the bottleneck"
    elif view.reuse == "per-request" or view.reuse.startswith("every-"):
        subject = f"a client made {_REUSE.get(view.reuse) or 'every ' + view.reuse[6:] + ' requests'}"
        conclusion = ": making it is the bottleneck"
    when = _REUSE.get(twin.reuse, "kept longer")
    return (
        f"{subject} costs {factor:.0f}× the CPU per request of the same client {when} ({twin.id}){conclusion}"
    )


_REUSE = {"shared": "shared", "per-worker": "one per worker", "per-request": "for every request"}


def _twins(facts: _Facts) -> list[ContenderView]:
    """Others with the same engine, HTTP version and number in flight: what they cost can be compared."""
    view = facts.view
    return [
        other
        for other in facts.others
        if (other.engine, other.http_version, other.concurrency)
        == (view.engine, view.http_version, view.concurrency)
        and other.requests.ok > 0
    ]


def _reusing_twin(facts: _Facts) -> ContenderView | None:
    return next((twin for twin in _twins(facts) if not _many_connections(twin)), None)


def _many_connections(view: ContenderView) -> bool:
    """Whether it opens connections again and again, beyond the one for each in flight."""
    per_request = connections_per_request(view)
    opened = view.connections_opened or 0
    return per_request is not None and per_request > MANY_CONNECTIONS and opened > view.concurrency


def _opened(view: ContenderView) -> str:
    opened, sent = format_count(view.connections_opened), format_count(_sent(view))
    return f"opened {opened} connections for {sent} requests"


def _sent(view: ContenderView) -> int:
    requests = view.requests
    return requests.ok + requests.error + requests.timeout + view.warmup_requests


def _failed(view: ContenderView) -> float:
    requests = view.requests
    failed = requests.error + requests.timeout
    return failed / (requests.ok + failed)


def _in_requests(facts: _Facts) -> float:
    """Little's law: the share of their time that those in flight spent inside a request."""
    return facts.view.req_per_s * facts.latency.mean / 1000 / facts.view.concurrency


def _floor_ms(facts: _Facts) -> float:
    """The fastest hundredth of answers that any contender got."""
    histograms = [view.histogram for view in (facts.view, *facts.others) if view.histogram]
    return min((percentile_ns(counts, 1.0) for counts in histograms), default=0.0) / 1e6


def _named(view: ContenderView) -> str:
    return f"{view.id} {view.label}"
