"""The figures that are drawn, how their values are written, and what the axes are called."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from httptui.plans.sweep import CONCURRENCY, LATENCY, POOL
from httptui.safe_text import safe_text
from httptui.scale import milliseconds, short
from httptui.sweeps.points import Axis, Measured, SweepPoint
from httptui.sweeps.report import SweepReport
from httptui.units import format_ms, format_rate, format_us

AXES = {
    CONCURRENCY: "requests in flight",
    "load.concurrency": "requests in flight",
    LATENCY: "milliseconds of latency",
    POOL: "connections in the pool",
}


class Figure(NamedTuple):
    """A figure's title, a point's value of it, the value of a tick and of a tile in words, and which one is best."""

    title: str
    of: Callable[[SweepPoint], Measured | None]
    tick: Callable[[float], str]
    words: Callable[[float], str]
    best: Callable[[Sequence[float]], float]


def _ms(value: float) -> str:
    return milliseconds(value) if value else "0"


def _us(value: float) -> str:
    return _ms(value / 1000)


THROUGHPUT = Figure("Throughput", lambda point: point.req_per_s, short, format_rate, max)
WAIT = Figure(
    "Mean wait for a connection of the pool",
    lambda point: point.pool_wait_ms,
    _ms,
    lambda value: format_ms(value) if value else "0",
    min,
)
OTHERS = (
    Figure("CPU per request", lambda point: point.cpu_us_per_request, _us, format_us, min),
    Figure("Latency, p99", lambda point: point.p99_ms, _ms, format_ms, min),
    WAIT,
)


def known(figure: Figure, point: SweepPoint) -> Measured | None:
    """What is known of a figure: a finite value, and its interval only where that is finite, too."""
    found = figure.of(point)
    if found is None or not math.isfinite(found.value):
        return None
    ends = (found.low, found.high)
    return found if all(end is not None and math.isfinite(end) for end in ends) else Measured(found.value)


def measured_points(report: SweepReport) -> list[SweepPoint]:
    """The points of the report's contenders at levels of its axes that have been measured."""
    letters = {one.id for one in report.contenders}
    levels = set(product(*(axis.levels for axis in report.axes)))
    return [
        point
        for point in report.points
        if point.slices and point.contender in letters and point.levels in levels
    ]


def is_told(figure: Figure, report: SweepReport) -> bool:
    """Whether any point has the figure; a wait for the pool only where some did wait."""
    values = [found.value for point in measured_points(report) if (found := known(figure, point)) is not None]
    return any(values) if figure is WAIT else bool(values)


def drawable(axis: Axis) -> bool:
    """Whether there are levels, and all of them have a place on an axis."""
    return bool(axis.levels) and all(math.isfinite(level) and level >= 0 for level in axis.levels)


def axis_name(axis: Axis) -> str:
    """An axis with its unit: "requests in flight", "milliseconds of latency"; else its path, safe to show."""
    return AXES.get(axis.path, safe_text(axis.path, 60))
