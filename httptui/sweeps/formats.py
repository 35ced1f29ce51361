"""The forms in which a sweep's report is one file, by the name of their flags."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Final

from httptui.report.exports import MEASURES, Measures, Metric, harmless, names_of, written
from httptui.report.formats import forms_of
from httptui.sweeps.document import sweep_document
from httptui.sweeps.points import Measured, SweepPoint, SweepSlice
from httptui.sweeps.report import SweepReport
from httptui.sweeps.tables import level_text, path_of


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
    return {
        name: _metric(found)
        for name, figure in MEASURES.items()
        if figure.swept and (found := getattr(point, figure.swept)) is not None
    }


def _metric(figure: Measured) -> Metric:
    if figure.low is None or figure.high is None:
        return {"value": figure.value}
    return {"value": figure.value, "lower_value": figure.low, "upper_value": figure.high}


TURN = SweepSlice.__struct_fields__


def to_csv(report: SweepReport) -> str:
    """The header, which has a column for each axis, and a row for each turn."""
    labels = {one.id: one.label for one in report.contenders}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(harmless(axis.path) for axis in report.axes), "id", "label", *TURN])
    for point in report.points:
        shared = [*point.levels, harmless(point.contender), harmless(labels.get(point.contender, ""))]
        for turn in point.slices:
            values = [getattr(turn, name) for name in TURN]
            writer.writerow([*shared, *("" if value is None else value for value in values)])
    return out.getvalue()


SWEEP_FORMATS: Final[Mapping[str, Callable[[SweepReport], bytes]]] = forms_of(
    sweep_document, {"csv": lambda report: to_csv(report).encode(), "bmf": to_bmf}
)
