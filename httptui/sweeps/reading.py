"""A saved sweep, read back from its file and checked."""

from __future__ import annotations

from pathlib import Path

from httptui.reports.reading import SWEEP_SCHEMA, decoded, read_bytes, schema_of
from httptui.reports.report import Report
from httptui.sweeps.report import SweepReport


def read_either(path: Path) -> Report | SweepReport:
    """The report of a run or of a sweep in a JSON file; PlanError names a file that holds neither."""
    data = read_bytes(path)
    if schema_of(data) == SWEEP_SCHEMA:
        return decoded(data, SweepReport, path)
    return decoded(data, Report, path)
