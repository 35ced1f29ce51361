"""What a plan may do, but whoever reads its result should know."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.engines.registry import BUILT_IN, engine_info
from httptui.plans.plan import Contender, Plan, concurrency_of, label_of
from httptui.plans.urls import split_target


def cautions(plan: Plan) -> tuple[str, ...]:
    """One sentence each, those of the target first; nothing is told of an engine that cannot be read."""
    return (
        *_of_target(plan),
        *(text for contender in plan.contender for text in _of_sharing(plan, contender)),
        *(text for contender in plan.contender for text in _of_following(plan, contender)),
    )


def _of_target(plan: Plan) -> Iterator[str]:
    if not plan.target.verify:
        yield "TLS certificates are not verified"
    if plan.policy.redirects and not split_target(plan.target.all_urls[0]).embedded:
        yield "redirects are followed to the plan's hosts, this machine and hosts granted with --i-own, no further"
    if plan.policy.trust_env:
        yield "load goes through the environment's proxies, where it names any: they look the target up themselves"


def _of_sharing(plan: Plan, contender: Contender) -> Iterator[str]:
    if contender.reuse != "shared" or concurrency_of(plan, contender) <= contender.processes:
        return
    try:
        info = engine_info(contender.engine)
    except LookupError:
        return
    if info.mode == "sync" and contender.http in info.unsafe_shared:
        yield (
            f"{label_of(contender)}: {info.package or info.name} does not guard its HTTP/{contender.http} connection "
            'against threads that share it, so requests may fail; reuse = "per-worker" is safe'
        )


def _of_following(plan: Plan, contender: Contender) -> Iterator[str]:
    """Of an engine of somebody's own: where its connections go is held in its lane, what it sends there is not."""
    try:
        info = engine_info(contender.engine)
    except LookupError:
        return
    if plan.policy.redirects and "redirects" in info.abilities and not info.reference.startswith(BUILT_IN):
        yield f"{label_of(contender)}: takes headers with secrets along a redirect unless the engine keeps them back"
