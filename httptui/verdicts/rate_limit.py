"""Whether an open load keeps its rate with room left, so that nothing but the plan bounds a contender."""

from __future__ import annotations

from httptui.plans.plan import Plan
from httptui.snapshot import ContenderView, Limiter
from httptui.units import format_count
from httptui.verdicts.limiter_facts import CLIENT_IDLE, MOST_FAILURES, Facts, failed_share
from httptui.verdicts.machine_load import MachineLoad
from httptui.verdicts.protocol_flags import is_generator_bound

KEPT = 0.8
"""Of what was due, since some are always on their way, and the last answers of a turn add to its time."""


def rate_limit(plan: Plan, view: ContenderView, machine: MachineLoad, *, changed: bool) -> Limiter | None:
    """The limiter of a contender whose requests are all sent when they are due, and answered as fast; None where it
    has not the CPU time, the target or the successes for more.  A machine that others fill keeps it from nothing that
    was asked for.  `changed` is whether a user changed the load or the target, so that the plan's rate is not the
    run's.
    """
    requests = view.requests
    if plan.load.kind != "open" or not requests.ok or requests.dropped:
        return None
    if view.cpu_share is None or view.latency_ms is None:
        return None
    rate = None if plan.load.stages or changed else plan.load.rate
    due = max(requests.planned, 0 if rate is None else rate * view.seconds)
    if requests.ok + requests.error + requests.timeout < KEPT * due or is_generator_bound(view):
        return None
    facts = Facts(view, (), machine, view.cpu_share / view.processes, view.latency_ms)
    if facts.share >= CLIENT_IDLE or machine.target_full or failed_share(view) > MOST_FAILURES:
        return None
    sent = format_count(requests.planned)
    asked = (
        f"all {sent} requests"
        if rate is None
        else f"the plan asks for {rate:g} requests a second, and all {sent}"
    )
    return Limiter("rate", f"rate: {asked} were sent on time, with the {facts.client} at {facts.core}")
