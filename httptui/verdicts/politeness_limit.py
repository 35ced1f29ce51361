"""Whether a contender is as fast as the plan's pace for each host lets it be."""

from __future__ import annotations

from collections import Counter

from httptui.plans.plan import Plan
from httptui.plans.urls import split_target
from httptui.snapshot import ContenderView, Limiter
from httptui.units import plural

AT_THE_PACE = 0.8
"""Of the pace, since the last answers of a turn add to its time."""


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
