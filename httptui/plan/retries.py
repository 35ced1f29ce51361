"""Retry rules of a plan: the causes that are retried, and the time that a request may take with all tries."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from httptui.plan.environment import environment_of
from httptui.plan.model import Plan, Policy
from httptui.plan.requests import shown

KINDS = (
    *("refused", "dns", "tls", "connect_timeout", "read_timeout", "pool_timeout", "protocol", "disconnected"),
    *("truncated", "too_large", "redirects", "local", "other"),
)
"""The kinds of `httptui.engines.errors`, except "timeout", which names a family here."""
FAMILIES = {
    "connect": ("refused", "dns", "connect_timeout"),
    "timeout": ("connect_timeout", "read_timeout", "pool_timeout", "timeout"),
}
PASSING_STATUSES = ("502", "503", "504")
LONGEST_WAIT = 60.0
"""Seconds that a wait is limited to."""
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""RFC 9110, section 9.2.2."""


def retry_causes(policy: Policy, method: str) -> tuple[str, ...]:
    """Return the error kinds and status codes that are retried, with families expanded.

    By default these are the kinds of connecting, before which nothing was sent, and, for idempotent methods, 502, 503
    and 504.
    """
    usual = ("connect", *(PASSING_STATUSES if method.upper() in IDEMPOTENT else ()))
    named = policy.retry_on or usual
    return tuple(dict.fromkeys(kind for name in named for kind in FAMILIES.get(name, (name,))))


def longest_request(policy: Policy) -> float:
    """Return the most seconds that a request may take with all its tries, waits counted at their mean length."""
    waits = sum(min(policy.retry_wait * 2.0**tries, LONGEST_WAIT) for tries in range(policy.retries))
    return policy.timeout * (1 + policy.retries) + waits


def retry_problems(plan: Plan) -> Iterator[str]:
    """Yield the problems of a plan's retry rules."""
    policy = plan.policy
    for index, name in enumerate(policy.retry_on):
        if name not in FAMILIES and name not in KINDS and not _is_failure(name):
            allowed = ", ".join((*FAMILIES, *KINDS))
            yield f"policy.retry_on[{index}]: {shown(name)} is not allowed; {allowed}, or a status from 400 to 599"
    if (
        policy.retries
        and not _tenacity_installed()
        and not all(environment_of(one).is_own for one in plan.contender)
    ):
        yield (
            f"policy.retries: {policy.retries} needs tenacity, which is not installed; "
            "pip install 'httptui[retries]', or 0"
        )


def _is_failure(name: str) -> bool:
    return len(name) == 3 and name.isascii() and name.isdigit() and "400" <= name <= "599"


def _tenacity_installed() -> bool:
    return find_spec("tenacity") is not None
