"""Two saved reports of one kind, and all that is done with such a pair: of runs or of sweeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from httptui.compare.compare import compare
from httptui.compare.document import comparison_document, sweep_comparison_document
from httptui.compare.sweeps import compare_sweeps, paired_levels
from httptui.compare.thresholds import judged, parse_sweep_threshold, parse_threshold
from httptui.errors import PlanError
from httptui.plan.expectations import Clause
from httptui.report.document import Document
from httptui.report.saved import STDIN
from httptui.results.report import Report
from httptui.safe_text import safe_text
from httptui.sweeps.report import SweepReport, read_either


class Paired(NamedTuple):
    """What is done with a pair: compared against a control, held to thresholds, and made a document."""

    compare: Callable[[str | None], Any]
    parse: Callable[..., Clause]
    judge: Callable[..., Any]
    document: Callable[[Any], Document]


def paired_reports(before: Path, after: Path) -> Paired:
    """Both files' reports; PlanError where one holds none, or they cannot be compared with each other."""
    if before == after == STDIN:
        raise PlanError("BEFORE and AFTER: only one of them can be -, which is standard input")
    earlier, later = read_either(before), read_either(after)
    if isinstance(earlier, Report) and isinstance(later, Report):
        runs = earlier, later
        return Paired(lambda control: compare(*runs, control), parse_threshold, judged, comparison_document)
    if isinstance(earlier, SweepReport) and isinstance(later, SweepReport):
        sweeps = earlier, later
        try:
            paired_levels(*sweeps)
        except ValueError as problem:
            raise PlanError(f"{_name(before)} and {_name(after)}: {problem}") from None
        return Paired(
            lambda control: compare_sweeps(*sweeps, control),
            parse_sweep_threshold,
            judged,
            sweep_comparison_document,
        )
    kinds = {Report: "a run", SweepReport: "a sweep"}
    raise PlanError(
        f"{_name(after)}: the report of {kinds[type(later)]}, and {_name(before)} that of {kinds[type(earlier)]}; "
        "two reports of one kind can be compared"
    )


def _name(path: Path) -> str:
    return safe_text(str(path))
