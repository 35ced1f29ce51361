"""Two saved reports of one kind, and all that is done with such a pair: of runs or of sweeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from httptui.errors import PlanError
from httptui.plans.clauses import Clause
from httptui.reports.comparisons.compare import compare
from httptui.reports.comparisons.html import to_html
from httptui.reports.comparisons.markdown import to_markdown
from httptui.reports.comparisons.text import to_text
from httptui.reports.comparisons.thresholds import judged, parse_threshold
from httptui.reports.reading import STDIN
from httptui.reports.report import Report
from httptui.safe_text import safe_text
from httptui.sweeps.comparisons.compare import compare_sweeps
from httptui.sweeps.comparisons.html import to_html as sweeps_to_html
from httptui.sweeps.comparisons.levels import paired_levels
from httptui.sweeps.comparisons.markdown import to_markdown as sweeps_to_markdown
from httptui.sweeps.comparisons.text import to_text as sweeps_to_text
from httptui.sweeps.comparisons.thresholds import judged_sweep, parse_sweep_threshold
from httptui.sweeps.reading import read_either
from httptui.sweeps.report import SweepReport


class Paired(NamedTuple):
    """What is done with a pair: compared against a control, held to thresholds, and written."""

    compare: Callable[[str | None], Any]
    parse: Callable[..., Clause]
    judge: Callable[..., Any]
    to_text: Callable[[Any, int], str]
    to_markdown: Callable[[Any], str]
    to_html: Callable[[Any], str]


def paired_reports(before: Path, after: Path) -> Paired:
    """Both files' reports; PlanError where one holds none, or they cannot be compared with each other."""
    if before == after == STDIN:
        raise PlanError("BEFORE and AFTER: only one of them can be -, which is standard input")
    earlier, later = read_either(before), read_either(after)
    if isinstance(earlier, Report) and isinstance(later, Report):
        runs = earlier, later
        return Paired(
            lambda control: compare(*runs, control), parse_threshold, judged, to_text, to_markdown, to_html
        )
    if isinstance(earlier, SweepReport) and isinstance(later, SweepReport):
        sweeps = earlier, later
        try:
            paired_levels(*sweeps)
        except ValueError as problem:
            raise PlanError(f"{_name(before)} and {_name(after)}: {problem}") from None
        return Paired(
            lambda control: compare_sweeps(*sweeps, control),
            parse_sweep_threshold,
            judged_sweep,
            sweeps_to_text,
            sweeps_to_markdown,
            sweeps_to_html,
        )
    kinds = {Report: "a run", SweepReport: "a sweep"}
    raise PlanError(
        f"{_name(after)}: the report of {kinds[type(later)]}, and {_name(before)} that of {kinds[type(earlier)]}; "
        "two reports of one kind can be compared"
    )


def _name(path: Path) -> str:
    return safe_text(str(path))
