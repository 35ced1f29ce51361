"""A sweep's report in the Bencher Metric Format: a benchmark for each contender at each level."""

from __future__ import annotations

from httptui.reports.exports.bmf import COST, P50, P99, THROUGHPUT, Measures, Metric, names_of, written
from httptui.sweeps.exports.tables import level_text, path_of
from httptui.sweeps.points import Measured, SweepPoint
from httptui.sweeps.report import SweepReport


def to_bmf(report: SweepReport) -> bytes:
    """Indented JSON.  Points without a turn are left out, and so are figures that are not known.

    A report that was edited may hold points of no contender or of other axes, which are left out, too.
    """
    names = names_of(report.contenders)
    return written(
        {
            f"{names[point.contender]} · {_place(report, point)}": _measures(point)
            for point in report.points
            if point.slices and point.contender in names and len(point.levels) == len(report.axes)
        }
    )


def _place(report: SweepReport, point: SweepPoint) -> str:
    """Every axis with the level: "pool 4 · concurrency 16"."""
    levels = zip(report.axes, point.levels, strict=True)
    return " · ".join(f"{path_of(axis)} {level_text(level)}" for axis, level in levels)


def _measures(point: SweepPoint) -> Measures:
    figures = {
        THROUGHPUT: point.req_per_s,
        P50: point.p50_ms,
        P99: point.p99_ms,
        COST: point.cpu_us_per_request,
    }
    return {name: _metric(figure) for name, figure in figures.items() if figure is not None}


def _metric(figure: Measured) -> Metric:
    if figure.low is None or figure.high is None:
        return {"value": figure.value}
    return {"value": figure.value, "lower_value": figure.low, "upper_value": figure.high}
