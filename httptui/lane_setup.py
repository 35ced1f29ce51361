"""The first message to a lane: a contender of a checked plan, and the request it sends."""

from __future__ import annotations

from msgspec import UNSET

from engines.registry import engine_info
from httptui.frames import Setup
from httptui.plan import Contender, Plan, concurrency_of
from httptui.request_parts import RequestParts

FRAME_SECONDS = 0.25


def pool_of(plan: Plan, contender: Contender) -> int | None:
    """Connections each client object may keep: its own number, or one for each worker that shares it, or None for
    the library's defaults.
    """
    match contender.pool:
        case int(size):
            return size
        case "library-defaults":
            return None
    return concurrency_of(plan, contender) if contender.reuse == "shared" else 1


def setup_of(
    plan: Plan, contender: Contender, parts: RequestParts, *, url: str, ca_file: str | None
) -> Setup:
    """The message; `url` and `ca_file` are those of the target as it was found."""
    return Setup(
        engine=engine_info(contender.engine).reference,
        reuse=contender.reuse,
        loop="asyncio" if contender.loop is UNSET else contender.loop,
        http=contender.http,
        pool=pool_of(plan, contender),
        concurrency=concurrency_of(plan, contender),
        timeout=plan.policy.timeout,
        verify=plan.target.verify,
        ca_file=ca_file,
        redirects=plan.policy.redirects,
        retries=plan.policy.retries,
        cookies=plan.policy.cookies,
        trust_env=plan.policy.trust_env,
        method=parts.method,
        url=url,
        headers=list(parts.headers),
        body=parts.body,
        frame_seconds=FRAME_SECONDS,
    )
