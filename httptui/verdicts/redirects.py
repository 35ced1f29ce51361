"""The warning that a run measured redirects instead of what they lead to."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.plans.plan import Plan
from httptui.snapshot import ContenderView
from httptui.units import listed

REDIRECTS = frozenset(("301", "302", "303", "307", "308"))


def redirect_warning(plan: Plan, views: Sequence[ContenderView]) -> tuple[str, ...]:
    """One sentence where every answer to some contender was a redirect: which, where to, and what to do."""
    answered = [view for view in views if view.status]
    redirected = [view for view in answered if REDIRECTS.issuperset(view.status)]
    if not redirected:
        return ()
    who = "" if len(redirected) == len(answered) else f" to {listed([view.id for view in redirected])}"
    statuses = sorted({status for view in redirected for status in view.status})
    kept = [answer for view in redirected for answer in view.first_answers.values() if answer.location]
    told = kept[0].told.partition(": ")[0] if kept else listed(statuses)
    change = (
        "change the URL" if plan.policy.redirects else "follow it (policy.redirects = 5) or change the URL"
    )
    return (f"every answer{who} was a redirect ({told}): {change}",)
