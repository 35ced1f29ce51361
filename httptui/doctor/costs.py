"""Cost of a request per engine, measured in one short run with randomised turns, relative to the simplest engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from importlib import resources

from msgspec import Struct, structs

from httptui.plan.model import Contender, Load, Plan, Schedule
from httptui.results.judge.blocks import log_ratios
from httptui.results.report import Report, ReportContender
from httptui.runs.conductor import run
from httptui.statistics import FEWEST_FOR_95, Estimate, estimate, ratio_of

BESIDE = "raw"
NOTHING = {"callbacks": "Called", "tasks": "Awaited", "threads": "Waited"}
"""Way in which a lane drives clients → client in `httptui.engines.clients.nothing` that does nothing."""
IN_FLIGHT = 16
BLOCKS = 12
TURN_SECONDS = 0.35
MOST_AT_ONCE = 25


class Cost(Struct, frozen=True, kw_only=True):
    """Figures of one engine.

    `rate_ratio` and `cpu_ratio` are relative to BESIDE, with 95 % intervals; None with too few blocks.
    """

    workers: str
    req_per_s: float
    cpu_us_per_request: float | None
    p50_ms: float | None
    rate_ratio: Estimate | None
    cpu_ratio: Estimate | None
    limiter: str


def cost_plan(engines: Sequence[str], turn_seconds: float = TURN_SECONDS) -> Plan:
    """Build the plan of BESIDE and the engines, each with one client object for all requests in flight."""
    names = [BESIDE, *(name for name in engines if name != BESIDE)]
    return Plan(
        load=Load(concurrency=IN_FLIGHT, seconds=BLOCKS * turn_seconds),
        schedule=Schedule(kind="interleaved", blocks=BLOCKS),
        contender=tuple(Contender(engine=name) for name in names),
    )


async def costs_of_lanes(turn_seconds: float = TURN_SECONDS) -> dict[str, float]:
    """Return the lane's own CPU microseconds per request, by the way it drives the client."""
    file = resources.files("httptui.engines").joinpath("clients", "nothing.py")
    doing_nothing = tuple(Contender(engine=f"{file}:{name}") for name in NOTHING.values())
    plan = structs.replace(cost_plan([], turn_seconds), contender=doing_nothing)
    measured = zip(NOTHING, (await _report_of(plan)).contenders, strict=True)
    return {way: one.cpu_us_per_request for way, one in measured if one.cpu_us_per_request is not None}


async def costs(engines: Sequence[str], turn_seconds: float = TURN_SECONDS) -> dict[str, Cost]:
    """Return the figures by engine, including BESIDE."""
    found: dict[str, Cost] = {}
    for first in range(0, len(engines), MOST_AT_ONCE):
        plan = cost_plan(engines[first : first + MOST_AT_ONCE], turn_seconds)
        found |= costs_of(await _report_of(plan))
    return found


async def _report_of(plan: Plan) -> Report:
    async with aclosing(run(plan)) as running:
        return [item async for item in running if isinstance(item, Report)][-1]


def costs_of(report: Report) -> dict[str, Cost]:
    """Return the figures of a run of `cost_plan`."""
    beside = report.contenders[0]
    return {one.engine: _cost(one, beside) for one in report.contenders}


def _cost(one: ReportContender, beside: ReportContender) -> Cost:
    return Cost(
        workers="threads" if one.loop is None else "tasks",
        req_per_s=one.req_per_s,
        cpu_us_per_request=one.cpu_us_per_request,
        p50_ms=None if one.latency_ms is None else one.latency_ms.p50,
        rate_ratio=_ratio(_rates(one), _rates(beside)),
        cpu_ratio=_ratio(_costs(one), _costs(beside)),
        limiter=one.limiter.sentence,
    )


def _rates(one: ReportContender) -> dict[int, float]:
    return {piece.block: rate for piece in one.slices if (rate := piece.req_per_s)}


def _costs(one: ReportContender) -> dict[int, float]:
    return {piece.block: cost for piece in one.slices if (cost := piece.cpu_us_per_request) is not None}


def _ratio(one: Mapping[int, float], beside: Mapping[int, float]) -> Estimate | None:
    """Return the ratio of the first to the second, compared inside their shared blocks."""
    differences = log_ratios(one, beside)
    if len(differences) < FEWEST_FOR_95:
        return None
    point, low, high = map(ratio_of, estimate(differences))
    return None if point is None else Estimate(point, low, high)
