"""The flag of requests that came from elsewhere: to the port of a contender at our own target, or to its app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from httptui.plans.plan import Plan
from httptui.snapshot import ContenderView, Flag
from httptui.units import listed, plural
from httptui.verdicts.work import Work, most_arrivals


def foreign_traffic_flag(
    plan: Plan, views: Sequence[ContenderView], work: Mapping[str, Work]
) -> tuple[Flag, ...]:
    """The flag, where more arrived than was sent, or an app refused whom it does not know."""
    told = [text for view in views if view.id in work for text in _of(plan, view, work[view.id])]
    if not told:
        return ()
    return (
        Flag("foreign traffic", f"foreign traffic: {listed(told)}; the figures are not of this load alone"),
    )


def _of(plan: Plan, view: ContenderView, work: Work) -> Iterator[str]:
    if work.foreign:
        yield f"the app of {view.id} refused {plural(work.foreign, 'request')} of others"
    most = most_arrivals(view, work)
    # A redirect is one more request, and how many there were is the client's to know.
    if most is not None and work.requests_at_target is not None and not plan.policy.redirects:
        excess = work.requests_at_target - most
        if excess > 0:
            yield (
                f"at least {plural(excess, 'request')} came to the target on the port of {view.id} that {view.id} is "
                "not known to have sent, from another program or by the client itself"
            )
