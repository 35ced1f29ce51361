"""Two sweeps by known curves, of which the later one changed in known ways, to be compared."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from swept_plans import plan_of, points_by, report_of

from httptui.sweeps.judging import point_of
from httptui.sweeps.report import SweepPoint, SweepReport

Levels = tuple[float, ...]
Factor = Callable[[Levels, str], float]

CURVE = plan_of({"concurrency": (1.0, 2.0, 4.0, 8.0)}, name="knees")
GRID = plan_of({"pool": (4.0, 16.0), "concurrency": (8.0, 32.0)}, name="grid")
EARLIER, LATER = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"


def same(_levels: Levels, _engine: str) -> float:
    """Nothing changed."""
    return 1.0


def at_most_half(levels: Levels, engine: str) -> float:
    """Httpx has lost a fifth above two in flight."""
    return 0.8 if engine == "httpx" and levels[-1] > 2 else 1.0


def swept(factor: Factor = same, *, plan: Any = CURVE, **changes: Any) -> SweepReport:
    """A sweep in which each point was so many times as fast, and its CPU and p99 so many times less."""
    points = points_by(
        plan,
        lambda levels, engine: 1000 * levels[-1] ** 0.5 * factor(levels, engine),
        p99_ms=lambda levels, engine: 8.0 / factor(levels, engine),
        cpu_us_per_request=lambda levels, engine: 100.0 / factor(levels, engine),
    )
    return replace(report_of(plan, points, started=EARLIER), **changes)


def noisy(source: random.Random, of: SweepReport, sigma: float) -> SweepReport:
    """The same with independent noise on every turn, and another one on every block, for all contenders alike."""
    weather = {turn.block: source.gauss(0, sigma) for point in of.points for turn in point.slices}

    def moved(point: SweepPoint) -> SweepPoint:
        turns = [
            replace(
                turn,
                req_per_s=turn.req_per_s * math.exp(weather[turn.block] + source.gauss(0, sigma)),
            )
            for turn in point.slices
        ]
        return point_of(point.levels, point.contender, turns, [])

    return replace(of, points=tuple(map(moved, of.points)))
