"""Limiter: the cause that keeps a contender from going faster, found by rules in a fixed order, with its numbers.

The order is: a target that refuses (429, 503), the plan's own limits, costly connection set-up, client CPU, a blocked
event loop, a full thread pool, the machine, the pool, connection set-up, the target, latency. Set-up comes before the
CPU it uses if the same client shows its cost without set-up. A contender whose own process fills a core is limited by
that, however busy the machine is. If the signals leave it open, a probe decides; if nothing applies, the answer is
"unknown", with the known facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from httptui.plan.model import Plan
from httptui.plan.urls import split_target
from httptui.results.judge.flags import is_generator_bound
from httptui.results.judge.limiter_facts import (
    BLOCKING,
    CLIENT_IDLE,
    FULL_OF_REQUESTS,
    MOST_FAILURES,
    NEAR_FLOOR,
    THREADED,
    Facts,
    MachineLoad,
    failed_share,
    named_limiter,
    opened,
    opens_many_connections,
    reuse_cost_of,
    sent,
    twins_of,
)
from httptui.results.judge.probed import CORE_WAIT, OPEN_KINDS, Probe, probed_limit
from httptui.results.snapshot import ContenderView, Limiter, LimiterKind
from httptui.units import format_count, format_ms, format_percent, format_rate, format_us, listed, plural

THREADS = 40
"""FastAPI's default number of threads for `def` routes."""
LOOP_HELD = 0.5
POOL_FULL = 0.9


def most_calls(view: ContenderView) -> int:
    """Return the most calls of a contender's client that can be in progress at once."""
    bounds = {BLOCKING: 1, THREADED: THREADS}
    return min(view.concurrency, bounds.get(view.inside or "", view.concurrency))


def blocked_loop(facts: Facts) -> str | None:
    """Detect an `async def` route whose calls block the event loop."""
    view, calls = facts.view, _calls_under_way(facts.view)
    if view.inside != BLOCKING or view.upstream is None or calls < LOOP_HELD:
        return None
    others = view.concurrency - 1
    waiting = f", while {others} of {view.concurrency} in flight wait" if others else ""
    return (
        "an `async def` route that calls a blocking client serves one request at a time; the event loop stands still "
        f"in calls of {format_ms(view.upstream.mean_ms)} for {format_percent(min(calls, 1.0))} of the time{waiting}"
    )


def full_thread_pool(facts: Facts) -> str | None:
    """Detect a `def` route whose calls occupy every thread of the app's pool."""
    view, calls = facts.view, _calls_under_way(facts.view)
    if view.inside != THREADED or view.upstream is None or not (facts.idle or _calls_are_short(facts)):
        return None
    if view.concurrency <= THREADS or calls < POOL_FULL * THREADS:
        return None
    return (
        f"a `def` route runs in one of {THREADS} threads, and all are busy with calls of "
        f"{format_ms(view.upstream.mean_ms)}, so {view.concurrency - THREADS} of {view.concurrency} in flight wait, "
        f"with the app at {facts.core}"
    )


def _calls_are_short(facts: Facts) -> bool:
    """Return whether calls take no longer than the fastest request, so that a busy machine does not stretch them."""
    mean = None if facts.view.upstream is None else facts.view.upstream.mean_ms
    return mean is not None and mean <= NEAR_FLOOR * facts.fastest_ms


def _calls_under_way(view: ContenderView) -> float:
    """Return the mean number of concurrent calls, by Little's law."""
    mean = None if view.upstream is None else view.upstream.mean_ms
    return 0.0 if mean is None else view.req_per_s * mean / 1000


CORE_FULL = 0.90
SET_UP_SHARE = 0.2
HARDLY_QUEUED, QUEUED = 1.5, 2.0
LONG_LAG_MS = 50.0
SHORTEST_SECONDS = 0.5
WAITING = ("pool", "target", "latency", "machine")
"""Limiters that requests in flight wait for; after a probe they are named only if the probe shows them."""
UNAVAILABLE = 0.5
"""Share of 503 answers from which they mean overload rather than occasional failures."""


def limit_of(
    view: ContenderView, others: Sequence[ContenderView], machine: MachineLoad, probe: Probe | None = None
) -> Limiter:
    """Return the limiter of one contender; `others` are the run's contenders, with or without this one.

    If signals alone leave it open, a `probe` decides.
    """
    if view.requests.ok == 0:
        return named_limiter("unknown", "it has no successful request")
    answered = view.answered_ms or view.latency_ms
    if view.cpu_share is None or answered is None:
        return named_limiter("unknown", "its CPU time is not known")
    if view.seconds < SHORTEST_SECONDS:
        # The system counts CPU time in ticks of about 10 ms, too coarse for such a short time.
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
    return shown or (limit if limit.kind not in WAITING else named_limiter("unknown", _what_is_known(facts)))


def leaves_open(limit: Limiter, view: ContenderView, machine: MachineLoad) -> bool:
    """Return whether a limiter found by signals alone is uncertain, so that a probe could show another."""
    if view.inside or (limit.kind == "target" and machine.target_full):
        return False
    return limit.kind in OPEN_KINDS or (opens_many_connections(view) and limit.kind == "client CPU")


def _by_signals(facts: Facts) -> Limiter:
    for kind, rule in _RULES:
        if sentence := rule(facts):
            return named_limiter(kind, sentence)
    return named_limiter("unknown", _what_is_known(facts))


def refusal_of(view: ContenderView) -> Limiter | None:
    """Return the limiter of a contender whose requests the target refuses as too many, or None.

    It holds however busy the machine is. A few 503 answers may be failures of another kind.
    """
    requests = view.requests
    answered = requests.done
    too_many, unavailable = (view.status.get(code, 0) for code in ("429", "503"))
    if not answered or (too_many < MOST_FAILURES * answered and unavailable < UNAVAILABLE * answered):
        return None
    codes = listed([code for code in ("429", "503") if view.status.get(code)])
    share = format_percent((too_many + unavailable) / answered)
    served = f"and answered {format_rate(view.req_per_s)} req/s" if requests.ok else "and answered none"
    return named_limiter(
        "rate limit", f"the target refused {share} of the requests (status {codes}), {served}"
    )


def _costly_set_up(facts: Facts) -> str | None:
    if facts.share < CORE_FULL and not facts.machine.full:
        return None
    cost = reuse_cost_of(facts.view, facts.others)
    if cost is None or not opens_many_connections(facts.view) or opens_many_connections(cost.twin):
        return None
    return f"{opened(facts.view)}; {_cost(facts)}{facts.core}; {cost.clause()}"


def _client_cpu(facts: Facts) -> str | None:
    # Failing fast and retrying fills a core too, but more CPU time would only bring more failures.
    if facts.share < CORE_FULL or failed_share(facts.view) > MOST_FAILURES:
        return None
    threads = facts.threads and facts.view.concurrency > 1 and facts.share < 1.1
    gil = ", GIL-bound (one core)" if threads else ""
    return f"{_cost(facts)}{facts.core}{gil}{_reasons(facts)}"


def _machine(facts: Facts) -> str | None:
    if not facts.machine.full:
        return None
    cores = facts.machine.cores
    whose = {1: "the only CPU core is", 2: "both CPU cores are"}.get(cores, f"all {cores} CPU cores are")
    if reasons := _reasons(facts):
        return f"{whose} busy{reasons}"
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
        f"{twin.id} {twin.label}, which keeps its connections, has {format_ms(twin.latency_ms.p50)}"
    )


def _target(facts: Facts) -> str | None:
    if facts.machine.target_busy is None:
        return _queue(facts)
    if facts.share >= CLIENT_IDLE or not facts.machine.target_full:
        return None
    busy = format_percent(facts.machine.target_busy)
    return f"its one worker is {busy} busy, and the {facts.client} used {facts.core}"


def _queue(facts: Facts) -> str | None:
    """Detect a queue at a target with unknown CPU use: some answers came much faster than nearly all others."""
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
    """Return the known reasons for the CPU cost of a request, each as "; a clause"."""
    reasons = ""
    if cost := reuse_cost_of(facts.view, facts.others):
        reasons += f"; {cost.clause()}"
    if opens_many_connections(facts.view):
        reasons += f"; it {opened(facts.view)}"
    return reasons


def _reusing_twin(facts: Facts) -> ContenderView | None:
    twins = twins_of(facts.view, facts.others)
    return next((twin for twin in twins if not opens_many_connections(twin)), None)


AT_THE_PACE = 0.8
"""Tolerance, because the last answers of a turn add to its time."""
KEPT = 0.8
"""Tolerance, because some requests are always in flight, and the last answers of a turn add to its time."""
MOSTLY_THINKING = 0.5
"""Share of a worker's time from which shorter pauses would gain more than faster answers."""


def plan_limit(plan: Plan, view: ContenderView, machine: MachineLoad, *, changed: bool) -> Limiter | None:
    """Return the plan's own limit that a contender has reached, or None.

    `changed` means that a user changed the load or the target during the run.
    """
    return (
        politeness_limit(plan, view)
        or rate_limit(plan, view, machine, changed=changed)
        or think_time(plan, view, changed=changed)
    )


def politeness_limit(plan: Plan, view: ContenderView) -> Limiter | None:
    """Return the limiter of a contender that sends about as often as the pace per host allows, or None."""
    rate = plan.policy.per_host_rate
    if rate is None or not view.seconds:
        return None
    hosts = Counter((url.host, url.port) for url in map(split_target, plan.target.all_urls))
    # Requests go out in turn, so the host with the most URLs sets the pace for all.
    most = rate * hosts.total() / max(hosts.values())
    if view.requests.done / view.seconds < AT_THE_PACE * most:
        return None
    told = f"to each of {plural(len(hosts), 'host')}, {most:.3g} in all" if len(hosts) > 1 else "to its host"
    return named_limiter("politeness", f"the plan allows {rate:g} requests a second {told}")


def rate_limit(plan: Plan, view: ContenderView, machine: MachineLoad, *, changed: bool) -> Limiter | None:
    """Return the limiter of a contender that keeps up with an open load: every request is sent on time and answered.

    None if it lacks CPU time, target capacity or successes for more. A machine filled by others is no obstacle here.
    `changed` means that a user changed the load or the target, so that the plan's rate is not the run's.
    """
    requests = view.requests
    if plan.load.kind != "open" or not requests.ok or requests.dropped:
        return None
    answered = view.answered_ms or view.latency_ms
    if view.cpu_share is None or answered is None:
        return None
    rate = None if plan.load.stages or changed else plan.load.rate
    due = max(requests.planned, 0 if rate is None else rate * view.seconds)
    if requests.done < KEPT * due or is_generator_bound(view):
        return None
    facts = Facts(view, (), machine, view.cpu_share / view.processes, answered)
    if facts.share >= CLIENT_IDLE or machine.target_full or failed_share(view) > MOST_FAILURES:
        return None
    sent = format_count(requests.planned)
    asked = (
        f"all {sent} requests"
        if rate is None
        else f"the plan asks for {rate:g} requests a second, and all {sent}"
    )
    return named_limiter("rate", f"{asked} were sent on time, with the {facts.client} at {facts.core}")


def think_time(plan: Plan, view: ContenderView, *, changed: bool) -> Limiter | None:
    """Return the limiter of a closed load whose workers spend most of their time in the plan's pauses.

    None if they wait longer for answers, or if pauses and answers do not account for their time.
    """
    think_ms = plan.load.think * 1000
    answered = view.answered_ms or view.latency_ms
    if plan.load.kind != "closed" or not think_ms or answered is None or changed or plan.load.stages:
        return None
    if failed_share(view) > MOST_FAILURES:
        return None
    cycle_ms = think_ms + answered.mean
    accounted = view.req_per_s * cycle_ms / 1000 / view.concurrency
    if think_ms < MOSTLY_THINKING * cycle_ms or accounted < FULL_OF_REQUESTS[0]:
        return None
    return named_limiter(
        "think time",
        f"each of {view.concurrency} workers pauses {format_ms(think_ms)} between an answer, which takes "
        f"{format_ms(answered.mean)}, and its next request, so {format_percent(think_ms / cycle_ms)} of its "
        "time is the plan's pause",
    )
