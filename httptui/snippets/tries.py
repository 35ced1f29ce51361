"""How often, when and for what a script sends a request again."""

from __future__ import annotations

from dataclasses import dataclass

from httptui.plans.plan import Plan
from httptui.plans.retries import retry_causes


@dataclass(frozen=True, slots=True)
class Tries:
    """At most `most` tries of a request, `wait` seconds after the first and twice as long after each further one, for
    kinds of error and statuses; both empty where there is only one.
    """

    most: int
    wait: float
    kinds: tuple[str, ...]
    statuses: tuple[int, ...]


def tries_of(plan: Plan) -> Tries:
    """The plan's."""
    policy = plan.policy
    causes = retry_causes(policy, plan.target.method) if policy.retries else ()
    return Tries(
        most=policy.retries + 1,
        wait=policy.retry_wait,
        kinds=tuple(cause for cause in causes if not cause.isdigit()),
        statuses=tuple(int(cause) for cause in causes if cause.isdigit()),
    )
