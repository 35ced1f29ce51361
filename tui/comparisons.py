"""Two reports of runs or of sweeps side by side, with all that a screen draws of them: made once, away from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from httptui.compare.compare import compare
from httptui.compare.comparison import Comparison, SweepComparison
from httptui.compare.sweeps import compare_sweeps
from httptui.errors import PlanError
from httptui.plan.titles import original_name
from httptui.report.cells import name_of, request_of
from httptui.report.saved import (
    SavedReport,
    SavedSweep,
    decoded,
    moment_of,
    read_bytes,
    read_report,
    saved_reports,
)
from httptui.results.report import Recorded, Report
from httptui.results.snapshot import ContenderView, Snapshot
from httptui.sweeps.points import SweepPoint
from httptui.sweeps.report import SweepReport
from httptui.tui.report_snapshot import shown_report, shown_sweep, snapshot_of_report

Told = TypeVar("Told", bound=Recorded)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and both runs at their ends; the letters are those of its `before_id` and `after_id`."""

    comparison: Comparison
    before: Snapshot
    after: Snapshot

    def pair(self, letter: str | None) -> tuple[ContenderView | None, ContenderView | None]:
        """A contender, by its letter in the later run, before and after."""
        found = next((one for one in self.comparison.contenders if one.after_id == letter), None)
        if found is None:
            return None, None
        earlier = {view.id: view for view in self.before.contenders}
        later = {view.id: view for view in self.after.contenders}
        return earlier.get(found.before_id), later.get(found.after_id)


def compared(one: Report, other: Report) -> Compared:
    """Two reports of any order; the one that started later is the later one."""
    earlier, later = in_order_of_time(shown_report(one), shown_report(other))
    return Compared(compare(earlier, later), snapshot_of_report(earlier), snapshot_of_report(later))


def compared_files(one: Path, other: Path) -> Compared:
    """The same of two files; PlanError where one is no report."""
    return compared(read_report(one), read_report(other))


def compared_with_last(report: Report, folder: Path) -> Compared | None:
    """A report with the last one that a folder has of an earlier run of the same plan; None where there is none.
    PlanError and OSError where it cannot be read.
    """
    last = last_of_plan(SavedReport, report, folder)
    return None if last is None else compared(read_report(last), report)


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
    return None if last is None else compared_sweeps(_read_sweep(last), report)


def compared_sweep_files(one: Path, other: Path) -> ComparedSweeps:
    """Two reports in files, as above; PlanError where one is no report of a sweep."""
    return compared_sweeps(_read_sweep(one), _read_sweep(other))


def _read_sweep(path: Path) -> SweepReport:
    return decoded(read_bytes(path), SweepReport, path)


def in_order_of_time(one: Told, other: Told) -> tuple[Told, Told]:
    """Two reports, the one that started earlier first; as they are given where either does not say when."""
    moments = moment_of(one.started), moment_of(other.started)
    if moments[0] is not None and moments[1] is not None and moments[0] > moments[1]:
        return other, one
    return one, other


def last_of_plan(kind: type[SavedReport | SavedSweep], report: Recorded, folder: Path) -> Path | None:
    """Where the last report of a kind is that began before this one, of the same plan by name and target, or else of
    what it was before it was edited; None where there is none.  OSError where the folder cannot be read.
    """
    own, name, target = moment_of(report.started), name_of(report), request_of(report)
    earlier = [
        saved
        for saved in saved_reports(folder)
        if isinstance(saved, kind)
        and saved.name in (name, original_name(name))
        and saved.target == target
        and (own is None or saved.at < own)
    ]
    last = max(earlier, key=lambda saved: (saved.name == name, saved.at), default=None)
    return None if last is None else last.path
