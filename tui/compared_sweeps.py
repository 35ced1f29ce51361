"""Two sweeps side by side: what is to be shown of them, made once, away from the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from httptui.compare.comparison import SweepComparison
from httptui.compare.sweeps import compare_sweeps
from httptui.errors import PlanError
from httptui.report.saved import SavedSweep, decoded, read_bytes
from httptui.sweeps.points import SweepPoint
from httptui.sweeps.report import SweepReport
from httptui.tui.compared import in_order_of_time, last_of_plan
from httptui.tui.report_snapshot import shown_sweep


@dataclass(frozen=True, slots=True)
class ComparedSweeps:
    """A comparison and all points of both; their letters are its `before_id` and `after_id`."""

    comparison: SweepComparison
    before: tuple[SweepPoint, ...]
    after: tuple[SweepPoint, ...]

    def points(self, letter: str | None) -> tuple[list[SweepPoint], list[SweepPoint]]:
        """A contender's points before and after, by its letter in the later sweep."""
        found = next((one for one in self.comparison.contenders if one.after_id == letter), None)
        if found is None:
            return [], []
        earlier = [point for point in self.before if point.contender == found.before_id]
        return earlier, [point for point in self.after if point.contender == found.after_id]


def compared_sweeps(one: SweepReport, other: SweepReport) -> ComparedSweeps:
    """Two reports of any order; the one that started later is the later one.  PlanError where they share no level."""
    earlier, later = in_order_of_time(shown_sweep(one), shown_sweep(other))
    try:
        comparison = compare_sweeps(earlier, later)
    except ValueError as problem:
        raise PlanError(f"These two cannot be compared: {problem}") from None
    return ComparedSweeps(comparison, earlier.points, later.points)


def compared_with_last_sweep(report: SweepReport, folder: Path) -> ComparedSweeps | None:
    """A report with the last one that a folder has of an earlier sweep of the same plan; None where there is none.
    PlanError and OSError where it cannot be read, or they share no level.
    """
    last = last_of_plan(SavedSweep, report, folder)
    return None if last is None else compared_sweeps(_read(last), report)


def compared_sweep_files(one: Path, other: Path) -> ComparedSweeps:
    """Two reports in files, as above; PlanError where one is no report of a sweep."""
    return compared_sweeps(_read(one), _read(other))


def _read(path: Path) -> SweepReport:
    return decoded(read_bytes(path), SweepReport, path)
