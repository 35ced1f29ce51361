"""Sweeps by known curves: plans, points and reports, without any load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.plan.secrets import redacted_plan
from httptui.plan.sweep import grid_of
from httptui.results.report import HistogramData, Report, ReportContender, Slice
from httptui.results.snapshot import Latency, Limiter, Requests, Verdict
from httptui.sweeps.judging import analysed, point_of, verdict_of
from httptui.sweeps.report import Axis, SweepContender, SweepPoint, SweepReport, SweepSlice, SweepVerdict

CPU = Limiter("client CPU", "client CPU: it fills a core")
WOBBLE = (1.0, 1.001, 0.999, 1.002, 0.998, 1.0)
"""What one block is faster than another, for all alike."""


def plan_of(sweep: dict[str, tuple[float, ...]], *engines: str, **changes: Any) -> Plan:
    """A plan that can be swept; by default of aiohttp and httpx, 16 in flight."""
    fields: dict[str, Any] = {
        "load": Load(concurrency=16),
        "schedule": Schedule(kind="interleaved"),
        "contender": tuple(Contender(engine=engine) for engine in engines or ("aiohttp", "httpx")),
    }
    return Plan(sweep=sweep, **(fields | changes))


def turn(block: int, req_per_s: float, **changes: Any) -> SweepSlice:
    """One turn of half a second."""
    fields: dict[str, Any] = {
        "block": block,
        "turn": 0,
        "position": 0,
        "start": 3.0 * block,
        "seconds": 0.5,
        "ok": round(req_per_s / 2),
        "failed": 0,
        "warmup_requests": 4,
        "req_per_s": req_per_s,
        "cpu_us_per_request": 100.0,
        "p50_ms": 1.0,
        "p99_ms": 2.0,
        "connections": 16,
        "pool_wait_ms": 0.0,
    }
    return SweepSlice(**(fields | changes))


def points_by(
    plan: Plan,
    rate: Callable[[tuple[float, ...], str], float],
    **figures: Callable[[tuple[float, ...], str], Any],
) -> tuple[SweepPoint, ...]:
    """Points with rates and other figures by functions of levels and engine, in six blocks that differ a little."""
    letters = [chr(ord("A") + index) for index in range(len(plan.contender))]
    return tuple(
        point_of(
            levels,
            letter,
            [
                turn(
                    block,
                    rate(levels, contender.engine) * wobble,
                    **{name: figure(levels, contender.engine) for name, figure in figures.items()},
                )
                for block, wobble in enumerate(WOBBLE)
            ],
            [CPU],
        )
        for levels in grid_of(plan)
        for letter, contender in zip(letters, plan.contender, strict=True)
    )


def report_of(plan: Plan, points: tuple[SweepPoint, ...], **changes: Any) -> SweepReport:
    """The report that such points make."""
    analysis = analysed(plan, points)
    fields: dict[str, Any] = {
        "complete": True,
        "started": "2026-01-02T03:04:05+00:00",
        "seconds": 12.0,
        "plan": redacted_plan(plan),
        "environment": {"python": "3.11"},
        "axes": tuple(Axis(path, levels) for path, levels in plan.sweep.items()),
        "contenders": tuple(
            SweepContender(
                id=chr(ord("A") + index),
                label=f"{one.engine} · {one.reuse}",
                engine=one.engine,
                reuse=one.reuse,
            )
            for index, one in enumerate(plan.contender)
        ),
        "blocks": 6,
        "points": points,
        "analysis": analysis,
        "verdict": SweepVerdict(verdict_of(plan, points, analysis)),
    }
    return SweepReport(**(fields | changes))


def visited(identity: str, ok: int = 100, **changes: Any) -> ReportContender:
    """A contender's results of one visit: `ok` requests in half a second."""
    latency = {"p50": 3.0, "p90": 4.0, "p99": 5.0, "p99_9": 5.0, "max": 5.0, "mean": 3.0}
    fields: dict[str, Any] = {
        "id": identity,
        "label": "aiohttp · shared",
        "engine": "aiohttp",
        "reuse": "shared",
        "loop": "asyncio",
        "http_version": "1.1",
        "http_requested": "1.1",
        "pool": 16,
        "concurrency": 16,
        "requests": Requests(planned=ok, ok=ok),
        "warmup_requests": 7,
        "seconds": 0.5,
        "req_per_s": ok * 2.0,
        "latency_ms": Latency(**latency),
        "cpu_us_per_request": 50.0,
        "connections_opened": 16,
        "bytes": 0,
        "status": {"200": ok},
        "errors": {},
        "first_messages": {},
        "limiter": CPU,
        "state": "finished",
        "cause": None,
        "versions": {"aiohttp": "3.14"},
        "slices": (
            Slice(block=0, start=0.0, seconds=0.5, ok=ok, error=0, timeout=0, cpu_us=ok * 50.0, position=1),
        ),
        "histogram": HistogramData(counts=()),
    }
    return ReportContender(**(fields | changes))


def visit_report(*contenders: ReportContender, complete: bool = True, **environment: Any) -> Report:
    """The report of one visit."""
    return Report(
        complete=complete,
        started="2026-01-02T03:04:05+00:00",
        seconds=2.0,
        plan={},
        environment=environment,
        contenders=contenders,
        ranking=(),
        verdict=Verdict("undecided", ""),
    )


FOREIGN = Target(url="http://127.0.0.1:9/")
