"""A sweep's report as CSV (RFC 4180): one row for each contender's turn, units in the names of the columns."""

from __future__ import annotations

import csv
import io

from httptui.reports.exports.csv import harmless
from httptui.sweeps.points import SweepSlice
from httptui.sweeps.report import SweepReport

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
