"""What a plan may do, but whoever reads its result should know."""

from __future__ import annotations

from collections.abc import Iterator

from engines.registry import engine_info
from httptui.plans.plan import Contender, Plan, concurrency_of, label_of


def cautions(plan: Plan) -> tuple[str, ...]:
    """One sentence each, those of the target first; nothing is told of an engine that cannot be read."""
    unverified = [] if plan.target.verify else ["TLS certificates are not verified"]
    return (*unverified, *(text for contender in plan.contender for text in _of_sharing(plan, contender)))


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
