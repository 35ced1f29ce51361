"""Messages to a lane: its setup, with contender and requests, and the start of each turn; and the log of what each
lane was told and answered, without secrets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from httptui.engines.protocol import Frame, Go, Setup
from httptui.engines.registry import engine_info
from httptui.log import log_of
from httptui.plan.model import Contender, Plan, concurrency_of
from httptui.plan.requests import RequestParts, retry_causes
from httptui.plan.schedule import Step, share_of
from httptui.plan.secrets import MASK, Redactor, masked_header, masked_pairs, redacted_url
from httptui.plan.urls import in_order

if TYPE_CHECKING:
    from httptui.runs.target import TargetAccess

FRAME_SECONDS = 0.25


def pool_of(plan: Plan, contender: Contender, process: int = 0) -> int | None:
    """Return the connections that each client object of a process may keep.

    It is the contender's own number, or one for each worker that shares the object; None means the library's
    defaults.
    """
    match contender.pool:
        case int(size):
            return size
        case "library-defaults":
            return None
    if contender.reuse != "shared":
        return 1
    return share_of(concurrency_of(plan, contender), contender.processes, process)


def whole_pool_of(plan: Plan, contender: Contender) -> int | None:
    """Return the same for one client object in each of the contender's processes together."""
    pools = [pool_of(plan, contender, process) for process in range(contender.processes)]
    return None if None in pools else sum(pool or 0 for pool in pools)


def setup_of(
    plan: Plan,
    contender: Contender,
    parts: RequestParts,
    target: TargetAccess,
    index: int,
    process: int = 0,
) -> Setup:
    """Build the setup message for a process of a contender, whose URLs are those of the contender at an index."""
    urls, asked = target.urls(index), target.asked
    return Setup(
        engine=engine_info(contender.engine).reference,
        reuse=contender.reuse,
        loop="" if contender.loop is UNSET else contender.loop,
        http=contender.http,
        pool=pool_of(plan, contender, process),
        concurrency=share_of(concurrency_of(plan, contender), contender.processes, process),
        timeout=plan.policy.timeout,
        verify=plan.target.verify,
        ca_file=target.ca_file,
        redirects=plan.policy.redirects,
        retries=plan.policy.retries,
        retry_wait=plan.policy.retry_wait,
        retry_on=list(retry_causes(plan.policy, plan.target.method)),
        per_host_rate=plan.policy.per_host_rate,
        seed=plan.schedule.seed,
        cookies=plan.policy.cookies,
        trust_env=plan.policy.trust_env,
        max_body=plan.policy.max_body,
        method=parts.method,
        url=urls[0],
        urls=in_order(plan.target, urls, plan.schedule.seed) if len(urls) > 1 else [],
        headers=list(parts.headers),
        body=parts.body,
        body_base64=parts.body_base64,
        frame_seconds=FRAME_SECONDS,
        read=contender.read,
        dns_ttl=None if contender.dns_ttl is UNSET else contender.dns_ttl,
        dns_delay=None if plan.target.dns_ms is None else plan.target.dns_ms / 1000,
        pins={host: list(addresses) for host, addresses in asked.pins.items()},
        proxies=list(asked.proxies),
        secrets=list(parts.secrets),
        inside="" if contender.inside is UNSET else contender.inside,
    )


def go_of(
    plan: Plan,
    index: int,
    step: Step,
    *,
    turn: int,
    start_ns: int,
    scale: float,
    held_ns: int,
    typical_seconds: float | None,
    drain_seconds: float,
) -> Go:
    """Build the message that begins a lane's turn in a step; `start_ns` is on the system-wide monotonic clock.

    After its end the turn waits `drain_seconds` for its last answers. `scale` is the factor on the plan's load,
    `held_ns` the time on hold so far. Workers of a closed load start spread over the contender's `typical_seconds`,
    in time of no block, because workers that start together stay in step. Loads with think time or stages, bounded by
    requests, or open are not spread.
    """
    load = plan.load
    in_step = load.kind == "closed" and not (step.warmup or step.requests or load.think or load.stages)
    in_flight = concurrency_of(plan, plan.contender[index]) if not load.stages else load.concurrency
    return Go(
        turn=turn,
        block=step.block,
        warmup=step.warmup,
        start_ns=start_ns,
        seconds=step.seconds,
        requests=step.requests,
        burst=load.kind == "burst" and not step.warmup,
        rate=load.rate if load.kind == "open" and step.seconds is not None else None,
        poisson=load.arrivals == "poisson",
        seed=step.seed,
        stages=[] if step.warmup else [(stage.seconds, stage.to) for stage in load.stages],
        idle=step.idle,
        concurrency=0 if step.idle and load.kind != "open" else in_flight,
        think_seconds=load.think,
        cut_seconds=step.seconds / step.cuts if step.seconds and step.cuts > 1 else 0.0,
        trim_seconds=step.trim_seconds,
        tail_seconds=step.tail_seconds,
        spread_seconds=min(typical_seconds or 0.0, step.trim_seconds / 2) if in_step else 0.0,
        drain_seconds=drain_seconds,
        scale=scale * step.scale,
        held_ns=held_ns,
    )


LOG = log_of(__name__)
NS = 1e9
COUNTS = ("planned", "ok", "error", "timeout", "dropped", "cancelled", "retried", "in_flight", "connections")


class StepLog:
    """Log of a run's steps; where nobody asked for it, `words` are not even put together."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = redactor.redact

    def tell(self, words: Callable[[], str]) -> None:
        """Log an entry without secrets."""
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("%s", self._redact(masked_pairs(words())))

    def failed(self, what: str, error: Exception) -> None:
        """Log a failure that costs the run nothing, or ends it."""
        LOG.debug(self._redact(masked_pairs(what)), exc_info=error)


def shown_setup(setup: Setup) -> dict[str, Any]:
    """Return a setup message without secrets, which bodies and other URLs may contain too."""
    secret = {name.lower() for name in setup.secrets}
    headers = {
        name: MASK if name.lower() in secret else masked_header(name, value) for name, value in setup.headers
    }
    return asdict(setup) | {
        "url": redacted_url(setup.url),
        "urls": f"{len(setup.urls)} URLs",
        "headers": headers,
        "body": f"{len(setup.body)} characters",
        "body_base64": f"{len(setup.body_base64)} characters",
        "proxies": [redacted_url(url) for url in setup.proxies],
        "token": MASK if setup.token else "",
    }


def shown_frame(letter: str, frame: Frame) -> str:
    """Return the counts of a contender's frame in words."""
    counts = ", ".join(f"{name} {getattr(frame, name)}" for name in COUNTS)
    kind = "warm-up" if frame.warmup else f"block {frame.block}"
    seconds = (frame.end_ns - frame.start_ns) / NS
    return f"{letter}: turn {frame.turn}, {kind}, {seconds:.3f} s: {counts}, {frame.status}, {frame.errors}"
