"""Every form in which a sweep's report is one file, by the name of its flag, and those that are saved together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from httptui.reports.exports.formats import indented
from httptui.sweeps.exports.csv import to_csv
from httptui.sweeps.exports.markdown import to_markdown
from httptui.sweeps.report import SweepReport

SWEEP_FORMATS: Final[Mapping[str, Callable[[SweepReport], bytes]]] = {
    "json": indented,
    "markdown": lambda report: to_markdown(report).encode(),
    "csv": lambda report: to_csv(report).encode(),
}
SWEEP_SAVED: Final = {".json": "json", ".md": "markdown"}
