"""Limits that the plan itself sets: its pace for each host, an open load's rate, and the time workers think."""

from __future__ import annotations

from collections import Counter

from httptui.plans.plan import Plan
from httptui.plans.urls import split_target
from httptui.snapshot import ContenderView, Limiter
from httptui.units import format_count, format_ms, format_percent, plural
from httptui.verdicts.limiter_facts import (
    CLIENT_IDLE,
    FULL_OF_REQUESTS,
    MOST_FAILURES,
    Facts,
    failed_share,
)
from httptui.verdicts.machine_load import MachineLoad
from httptui.verdicts.protocol_flags import is_generator_bound

AT_THE_PACE = 0.8
"""Of the pace, since the last answers of a turn add to its time."""
KEPT = 0.8
"""Of what was due, since some are always on their way, and the last answers of a turn add to its time."""
MOSTLY_THINKING = 0.5
"""Share of a worker's time; with less, faster answers would gain more than shorter pauses."""


def plan_limit(plan: Plan, view: ContenderView, machine: MachineLoad, *, changed: bool) -> Limiter | None:
    """The plan's own limit that a contender has reached, or None; `changed` is whether a user changed the load or the
    target while the run was on.
    """
    return (
        politeness_limit(plan, view)
        or rate_limit(plan, view, machine, changed=changed)
        or think_time(plan, view, changed=changed)
    )


def politeness_limit(plan: Plan, view: ContenderView) -> Limiter | None:
    """The limiter of a contender that sends about as often as it may; None where it is slower, or may always."""
    rate = plan.policy.per_host_rate
    if rate is None or not view.seconds:
        return None
    hosts = Counter((url.host, url.port) for url in map(split_target, plan.target.all_urls))
    # Requests go out in turn, so that the host with most of the URLs sets the pace of all.
    most = rate * hosts.total() / max(hosts.values())
    requests = view.requests
    sent = (requests.ok + requests.error + requests.timeout) / view.seconds
    if sent < AT_THE_PACE * most:
        return None
    told = f"to each of {plural(len(hosts), 'host')}, {most:.3g} in all" if len(hosts) > 1 else "to its host"
    return Limiter("politeness", f"politeness: the plan allows {rate:g} requests a second {told}")


def rate_limit(plan: Plan, view: ContenderView, machine: MachineLoad, *, changed: bool) -> Limiter | None:
    """The limiter of a contender whose requests are all sent when they are due, and answered as fast; None where it
    has not the CPU time, the target or the successes for more.  A machine that others fill keeps it from nothing that
    was asked for.  `changed` is whether a user changed the load or the target, so that the plan's rate is not the
    run's.
    """
    requests = view.requests
    if plan.load.kind != "open" or not requests.ok or requests.dropped:
        return None
    answered = view.answered_ms or view.latency_ms
    if view.cpu_share is None or answered is None:
        return None
    rate = None if plan.load.stages or changed else plan.load.rate
    due = max(requests.planned, 0 if rate is None else rate * view.seconds)
    if requests.ok + requests.error + requests.timeout < KEPT * due or is_generator_bound(view):
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
    return Limiter("rate", f"rate: {asked} were sent on time, with the {facts.client} at {facts.core}")


def think_time(plan: Plan, view: ContenderView, *, changed: bool) -> Limiter | None:
    """The limiter of a closed load whose workers spend most of their time in the plan's pauses; None where they wait
    for answers for longer, or where pauses and answers together do not account for their time.
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
    return Limiter(
        "think time",
        f"think time: each of {view.concurrency} workers pauses {format_ms(think_ms)} between an answer, which takes "
        f"{format_ms(answered.mean)}, and its next request, so {format_percent(think_ms / cycle_ms)} of its "
        "time is the plan's pause",
    )
