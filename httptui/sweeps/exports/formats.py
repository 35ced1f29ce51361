"""Every form in which a sweep's report is one file, by the name of its flag, and those that are saved together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from httptui.reports.exports.formats import indented
from httptui.sweeps.exports.bmf import to_bmf
from httptui.sweeps.exports.csv import to_csv
from httptui.sweeps.exports.html.page import to_html
from httptui.sweeps.exports.markdown import to_markdown
from httptui.sweeps.report import SweepReport

SWEEP_FORMATS: Final[Mapping[str, Callable[[SweepReport], bytes]]] = {
    "json": indented,
    "html": lambda report: to_html(report).encode(),
    "markdown": lambda report: to_markdown(report).encode(),
    "csv": lambda report: to_csv(report).encode(),
    "bmf": to_bmf,
}
SWEEP_SAVED: Final = {".json": "json", ".md": "markdown", ".html": "html"}


def saved_sweep_forms(report: SweepReport) -> dict[str, Callable[[], bytes]]:
    """What the reports folder gets of a sweep: the ending of each file, and what makes its content."""
    return {ending: partial(SWEEP_FORMATS[name], report) for ending, name in SWEEP_SAVED.items()}
