"""What the clients of a plan may do, in words."""

from __future__ import annotations

from httptui.plans.plan import Plan, Policy
from httptui.units import plural


def describe_policy(plan: Plan) -> str:
    """What any client of the plan may do, the time-out first: "timeout 30 s · 2 redirects"."""
    policy = plan.policy
    told = [f"timeout {policy.timeout:g} s"]
    told += [plural(policy.redirects, "redirect")] if policy.redirects else []
    told += [_retries(policy)] if policy.retries else []
    told += [f"{policy.per_host_rate:g} req/s for each host"] if policy.per_host_rate else []
    told += ["cookies"] if policy.cookies else []
    told += ["proxies of the environment"] if policy.trust_env else []
    return " · ".join(told if plan.target.verify else [*told, "TLS not verified"])


def _retries(policy: Policy) -> str:
    for_what = f" for {', '.join(policy.retry_on)}" if policy.retry_on else ""
    return f"{policy.retries} {'retry' if policy.retries == 1 else 'retries'} after {policy.retry_wait:g} s{for_what}"
