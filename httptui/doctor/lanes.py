"""Checks of the engine in real runs, as a contender."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from httptui.doctor.findings import Finding, LaneSeen
from httptui.doctor.judges import EXPECTED, REQUESTS, judge_cancelled, judge_lanes
from httptui.errors import HttptuiError
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Target
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Snapshot
from httptui.runs.conductor import run
from httptui.safe_text import safe_text

DELAY_MS = 20
RUN_SECONDS = 90.0
IN_FLIGHT = 3
LANE_TIMEOUT = 10.0
HANG_SECONDS = 120


def connections_plan(engine: str) -> Plan:
    """Build a plan with one contender for each check of EXPECTED, in that order."""
    ways = {
        "keep-alive": Contender(engine=engine, concurrency=1),
        "shared": Contender(engine=engine, concurrency=4),
        "per-worker": Contender(engine=engine, reuse="per-worker", concurrency=4),
        "per-request": Contender(engine=engine, reuse="per-request", concurrency=1),
        "every-5": Contender(engine=engine, reuse="every-5", concurrency=1),
        "pool size": Contender(engine=engine, concurrency=6, pool=2),
    }
    return Plan(
        target=Target(url=f"embedded/delay/{DELAY_MS}"),
        policy=Policy(timeout=LANE_TIMEOUT),
        load=Load(requests=REQUESTS),
        schedule=Schedule(kind="concurrent", warmup=0),
        contender=tuple(ways[check] for check in EXPECTED),
    )


def cancel_plan(engine: str, url: str) -> Plan:
    """Build a plan of IN_FLIGHT requests to a URL that does not answer during the run."""
    return Plan(
        target=Target(url=url),
        policy=Policy(timeout=HANG_SECONDS),
        load=Load(requests=IN_FLIGHT, concurrency=IN_FLIGHT),
        schedule=Schedule(kind="concurrent", warmup=0),
        contender=(Contender(engine=engine),),
    )


async def connections(engine: str) -> tuple[Finding, ...]:
    """Check how many connections each way of using the client opens."""
    report, failure = await _conduct(connections_plan(engine))
    seen = {} if report is None else dict(zip(EXPECTED, map(lane_seen, report.contenders), strict=True))
    return judge_lanes(seen, failure)


async def cancelling(engine: str, url: str) -> tuple[Finding, ...]:
    """Check the counts of a run that is stopped with requests in flight."""
    report, failure = await _conduct(cancel_plan(engine, url), stop_at=IN_FLIGHT)
    return (judge_cancelled(None if report is None else lane_seen(report.contenders[0]), IN_FLIGHT, failure),)


def lane_seen(contender: ReportContender) -> LaneSeen:
    """Return the counts of a contender that are judged."""
    requests = contender.requests
    return LaneSeen(
        planned=requests.planned,
        ok=requests.ok,
        cancelled=requests.cancelled,
        errors=contender.errors,
        connections=contender.connections_opened,
        cause=contender.cause,
    )


async def _conduct(plan: Plan, stop_at: int | None = None) -> tuple[Report | None, str]:
    """Run a plan, and stop it once so many requests are in flight; return the report, or None and the reason."""
    try:
        async with asyncio.timeout(RUN_SECONDS), aclosing(run(plan)) as running:
            async for item in running:
                if isinstance(item, Report):
                    return item, ""
                if _in_flight(item) == stop_at:
                    running.stop()
    except TimeoutError:
        return None, f"the run did not end within {RUN_SECONDS:g} s"
    except HttptuiError as error:
        return None, safe_text(str(error))
    return None, "the run ended without a report"


def _in_flight(snapshot: Snapshot) -> int:
    return sum(view.in_flight for view in snapshot.contenders)
