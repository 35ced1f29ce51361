"""What keeps a contender from going faster: rules in a fixed order, each with the numbers it rests on.

Opening connections is named before the CPU that it takes, where the same client shows what it costs without.  A
contender whose own process fills a core is bounded by that, however busy the machine is besides.  Where no rule holds
the answer is "unknown", with what is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from httptui.snapshot import ContenderView, Limiter, LimiterKind
from httptui.units import format_count, format_ms, format_percent, format_rate, format_us, listed
from httptui.verdicts.inside_limits import blocked_loop, full_thread_pool, most_calls
from httptui.verdicts.limiter_facts import (
    CLIENT_IDLE,
    FULL_OF_REQUESTS,
    MOST_FAILURES,
    NEAR_FLOOR,
    Facts,
    failed_share,
    opened,
    opens_many_connections,
    sent,
    twins_of,
)
from httptui.verdicts.machine_load import MachineLoad
from httptui.verdicts.probed import CORE_WAIT, OPEN_KINDS, Probe, probed_limit
from httptui.verdicts.reuse_cost import reuse_cost_of

CORE_FULL = 0.90
SET_UP_SHARE = 0.2
HARDLY_QUEUED, QUEUED = 1.5, 2.0
LONG_LAG_MS = 50.0
SHORTEST_SECONDS = 0.5
WAITING = ("pool", "target", "latency", "machine")
"""What requests in flight wait for: named after a probe only if the probe shows it."""
UNAVAILABLE = 0.5
"""Share of answers of 503 that is overload rather than a failure now and then."""


def limit_of(
    view: ContenderView, others: Sequence[ContenderView], machine: MachineLoad, probe: Probe | None = None
) -> Limiter:
    """What bounds one contender; `others` are the run's contenders, with or without this one.

    Where signals alone leave it open, a `probe` has the word.
    """
    if view.requests.ok == 0:
        return _unknown("it has no successful request")
    answered = view.answered_ms or view.latency_ms
    if view.cpu_share is None or answered is None:
        return _unknown("its CPU time is not known")
    if view.seconds < SHORTEST_SECONDS:
        # The system counts CPU time in ticks of about 10 ms, too coarse for so short a time.
        machine = MachineLoad(cores=machine.cores)
    others = [other for other in others if other.id != view.id]
    facts = Facts(view, others, machine, view.cpu_share / view.processes, answered)
    limit = _by_signals(facts)
    if probe is None or not leaves_open(limit, view, machine):
        return limit
    shown = probed_limit(facts, probe)
    waited = probe.core_wait is None or probe.core_wait > CORE_WAIT
    if limit.kind == "machine" and waited and (shown is None or shown.kind == "unknown"):
        return limit
    return shown or (limit if limit.kind not in WAITING else _unknown(_what_is_known(facts)))


def leaves_open(limit: Limiter, view: ContenderView, machine: MachineLoad) -> bool:
    """Whether a limiter told by signals alone may be another, which a probe would show."""
    if view.inside or (limit.kind == "target" and machine.target_full):
        return False
    return limit.kind in OPEN_KINDS or (opens_many_connections(view) and limit.kind == "client CPU")


def _by_signals(facts: Facts) -> Limiter:
    for kind, rule in _RULES:
        if sentence := rule(facts):
            return Limiter(kind, f"{kind}: {sentence}")
    return _unknown(_what_is_known(facts))


def refusal_of(view: ContenderView) -> Limiter | None:
    """The limiter of a contender whose requests the target refuses because there are too many of them, however busy
    the machine is; None where it does not.  A few answers of 503 may be failures of another kind.
    """
    requests = view.requests
    answered = requests.ok + requests.error + requests.timeout
    too_many, unavailable = (view.status.get(code, 0) for code in ("429", "503"))
    if not answered or (too_many < MOST_FAILURES * answered and unavailable < UNAVAILABLE * answered):
        return None
    codes = listed([code for code in ("429", "503") if view.status.get(code)])
    share = format_percent((too_many + unavailable) / answered)
    served = f"and answered {format_rate(view.req_per_s)} req/s" if requests.ok else "and answered none"
    return Limiter(
        "rate limit", f"rate limit: the target refused {share} of the requests (status {codes}), {served}"
    )


def _costly_set_up(facts: Facts) -> str | None:
    if facts.share < CORE_FULL and not facts.machine.full:
        return None
    cost = reuse_cost_of(facts.view, facts.others)
    if cost is None or not opens_many_connections(facts.view) or opens_many_connections(cost.twin):
        return None
    return f"{opened(facts.view)}; {_cost(facts)}{facts.core}; {cost.clause()}"


def _client_cpu(facts: Facts) -> str | None:
    # Failing fast and trying again fills a core, too, but more CPU time would only bring more failures.
    if facts.share < CORE_FULL or failed_share(facts.view) > MOST_FAILURES:
        return None
    threads = facts.threads and facts.view.concurrency > 1 and facts.share < 1.1
    gil = ", all that the GIL leaves its threads" if threads else ""
    return f"{_cost(facts)}{facts.core}{gil}{_reasons(facts)}"


def _machine(facts: Facts) -> str | None:
    if not facts.machine.full:
        return None
    cores = facts.machine.cores
    whose = "its one core is" if cores == 1 else f"its {cores} cores are"
    if reasons := _reasons(facts):
        return f"{whose} full{reasons}"
    if facts.waits_far:
        return None
    return f"{whose} {format_percent(facts.machine.cpu_busy)} busy, and this {facts.client} got {facts.core}"


def _pool(facts: Facts) -> str | None:
    view = facts.view
    count = view.connections_opened
    if not facts.idle or facts.machine.target_full or not count or view.http_version == "2":
        return None
    if count >= min(most_calls(view), facts.under_way) or sent(view) < 2 * view.concurrency:
        return None
    connections = "connection was" if count == 1 else "connections were"
    return f"{format_count(count)} {connections} open for {view.concurrency} in flight, at {facts.core}"


def _connection_set_up(facts: Facts) -> str | None:
    twin = _reusing_twin(facts)
    if not opens_many_connections(facts.view) or twin is None or twin.latency_ms is None:
        return None
    if facts.latency.p50 * (1 - SET_UP_SHARE) <= twin.latency_ms.p50:
        return None
    return (
        f"{opened(facts.view)}, median {format_ms(facts.latency.p50)}; "
        f"{_named(twin)}, which keeps its connections, has {format_ms(twin.latency_ms.p50)}"
    )


def _target(facts: Facts) -> str | None:
    if facts.machine.target_busy is None:
        return _queue(facts)
    if facts.share >= CLIENT_IDLE or not facts.machine.target_full:
        return None
    busy = format_percent(facts.machine.target_busy)
    return f"its one worker is {busy} busy, and the {facts.client} used {facts.core}"


def _queue(facts: Facts) -> str | None:
    """A target whose CPU nobody tells: answers that have come sooner show that requests wait for one another."""
    if not facts.waits_only or not 0 < facts.fastest_ms * QUEUED < facts.steady_ms:
        return None
    soonest, usual = format_ms(facts.fastest_ms), format_ms(facts.steady_ms)
    return (
        f"requests queue there, or on the way: the fastest answer came after {soonest}, hardly any other of "
        f"{facts.view.concurrency} in flight before {usual}, with the {facts.client} at {facts.core}"
    )


def _latency(facts: Facts) -> str | None:
    if not (facts.waits_only or facts.waits_far) or facts.machine.target_full:
        return None
    if facts.latency.p50 > NEAR_FLOOR * facts.floor_ms:
        return None
    if facts.machine.target_busy is None and facts.steady_ms > HARDLY_QUEUED * facts.fastest_ms:
        return None
    whose = "" if facts.machine.target_busy is not None else " from network and target together"
    return (
        f"{facts.view.concurrency} in flight, each waiting {format_ms(facts.latency.mean)} for an answer"
        f"{whose}, with the {facts.client} at {facts.core}"
    )


_RULES: tuple[tuple[LimiterKind, Callable[[Facts], str | None]], ...] = (
    ("connection set-up", _costly_set_up),
    ("client CPU", _client_cpu),
    ("event loop", blocked_loop),
    ("thread pool", full_thread_pool),
    ("machine", _machine),
    ("pool", _pool),
    ("connection set-up", _connection_set_up),
    ("target", _target),
    ("latency", _latency),
)


def _unknown(known: str) -> Limiter:
    return Limiter("unknown", f"unknown: {known}")


def _what_is_known(facts: Facts) -> str:
    known = [f"the {facts.client} used {facts.core}"]
    if facts.view.seconds < SHORTEST_SECONDS:
        known.append(f"under load for {format_ms(facts.view.seconds * 1000)} only")
    if facts.machine.target_busy is not None:
        known.append(f"the target {format_percent(facts.machine.target_busy)} of its own")
    if failed_share(facts.view) > MOST_FAILURES:
        known.append(f"{format_percent(failed_share(facts.view))} of the requests failed")
    if facts.in_requests < FULL_OF_REQUESTS[0]:
        known.append(f"requests filled {format_percent(facts.in_requests)} of the time of those in flight")
    if opens_many_connections(facts.view):
        known.append(opened(facts.view))
    if facts.view.loop_lag_ms is not None and facts.view.loop_lag_ms >= LONG_LAG_MS:
        known.append(f"its event loop was late by up to {format_ms(facts.view.loop_lag_ms)}")
    return ", ".join(known)


def _cost(facts: Facts) -> str:
    cost = facts.view.cpu_us_per_request
    whose = "the app's CPU" if facts.view.inside else "CPU"
    return "" if cost is None else f"{format_us(cost)} of {whose} per request, "


def _reasons(facts: Facts) -> str:
    """What the data tell about why a request costs so much CPU, each as "; a clause"."""
    reasons = ""
    if cost := reuse_cost_of(facts.view, facts.others):
        reasons += f"; {cost.clause()}"
    if opens_many_connections(facts.view):
        reasons += f"; it {opened(facts.view)}"
    return reasons


def _reusing_twin(facts: Facts) -> ContenderView | None:
    twins = twins_of(facts.view, facts.others)
    return next((twin for twin in twins if not opens_many_connections(twin)), None)


def _named(view: ContenderView) -> str:
    return f"{view.id} {view.label}"
