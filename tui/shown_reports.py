"""Saved reports as screens show them: one as its last snapshot, with every text safe to show, or two side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from httptui.compare.compare import compare
from httptui.compare.comparison import Comparison, SweepComparison
from httptui.compare.sweeps import compare_sweeps
from httptui.engines.buckets import bucket_of
from httptui.errors import HttptuiError, PlanError
from httptui.plan.io import decode_plan
from httptui.plan.model import Plan, letter_of
from httptui.plan.sweep import describe_grid
from httptui.plan.titles import original_name
from httptui.report.cells import load_of, name_of, request_of
from httptui.report.saved import (
    SavedReport,
    SavedSweep,
    decoded,
    moment_of,
    read_bytes,
    read_report,
    saved_reports,
)
from httptui.results.report import HistogramData, Recorded, Report, ReportContender, Slice
from httptui.results.snapshot import ContenderView, CpuRank, Point, Rank, Snapshot, as_kind
from httptui.safe_text import safe_text
from httptui.sweeps.report import SweepPoint, SweepReport, SweepSnapshot
from httptui.tui.control.snapshots import with_last_word

Placed = TypeVar("Placed", Rank, CpuRank)
Told = TypeVar("Told", bound=Recorded)
LONGEST = 2_000
MOST_AXES = 2
NO_CONTENDER = "this report has no contender, so that there is nothing to show"
CANNOT_BE_SHOWN = (HttptuiError, OSError, ValueError, ArithmeticError)
"""Errors of showing a file, which may hold any figures."""


def shown_report(report: Report) -> Report:
    """The report with every text safe to show, whoever wrote it, its contenders by their letters, and of their
    histograms only those that are drawn.  PlanError where it has no contender.
    """
    if not report.contenders:
        raise PlanError(NO_CONTENDER)
    letters = {contender.id: letter_of(index) for index, contender in enumerate(report.contenders)}
    kept = [contender.histogram for contender in report.contenders]
    empty = replace(kept[0], counts=())
    light = replace(
        report,
        contenders=tuple(
            replace(one, id=letters[one.id], histogram=empty, response_histogram=None)
            for one in report.contenders
        ),
        ranking=_lettered(report.ranking, letters),
        cpu_ranking=_lettered(report.cpu_ranking, letters),
    )
    safe = msgspec.convert(all_safe(msgspec.to_builtins(light)), Report)
    whole = zip(safe.contenders, kept, strict=True)
    return replace(safe, contenders=tuple(replace(one, histogram=counts) for one, counts in whole))


def _lettered(places: tuple[Placed, ...], letters: Mapping[str, str]) -> tuple[Placed, ...]:
    return tuple(replace(place, id=letters[place.id]) for place in places if place.id in letters)


def plan_of(report: Report) -> Plan | None:
    """The plan of a report, a mask for each of its secrets, or None where it is not one of ours."""
    try:
        return decode_plan(report.plan)
    except PlanError:
        return None


def snapshot_of_report(report: Report) -> Snapshot:
    """The run at its end, with a point of the throughput for each slice; latencies over time no report keeps.

    The report's texts are shown as they are; see `shown_report`.
    """
    load, _, schedule = load_of(report).rpartition(" · ")
    views = tuple(map(_view, report.contenders))
    blocks = len({piece.block for contender in report.contenders for piece in contender.slices})
    ends = [point.seconds for view in views for point in view.series]
    last = Snapshot(
        sequence=1,
        title=str(report.plan.get("name") or ""),
        target=request_of(report),
        load=load,
        schedule=schedule,
        phase="done",
        elapsed=max(ends, default=report.seconds),
        total=None,
        progress=1.0,
        block=blocks,
        blocks=blocks,
        contenders=views,
        marks=report.changes,
    )
    return with_last_word(last, report)


def _view(contender: ReportContender) -> ContenderView:
    cpu_us = sum(piece.cpu_us for piece in contender.slices)
    spent = sum(piece.seconds for piece in contender.slices)
    return as_kind(
        ContenderView,
        contender,
        live_req_per_s=contender.req_per_s,
        cpu_share=cpu_us / 1e6 / spent if spent > 0 else None,
        histogram=histogram_of_report(contender.histogram),
        lower_bounds=histogram_of_report(contender.lower_bounds),
        series=_line(contender.slices),
    )


def histogram_of_report(data: HistogramData | None) -> tuple[tuple[int, int], ...]:
    """A report's histogram as (bucket index, count) by rising index."""
    counts: dict[int, int] = {}
    for value, count in () if data is None else data.counts:
        if count > 0:
            counts[bucket_of(value)] = counts.get(bucket_of(value), 0) + count
    return tuple(sorted(counts.items()))


def _line(slices: tuple[Slice, ...]) -> tuple[Point, ...]:
    """A point at the end of each slice, and one where the first began."""
    points: list[Point] = []
    for piece in sorted(slices, key=lambda one: one.start):
        start = max(piece.start, 0.0)
        if (rate := piece.req_per_s) is None or not math.isfinite(start + piece.seconds):
            continue
        points += [] if points else [Point(start, rate)]
        points.append(Point(start + piece.seconds, rate))
    return tuple(points)


def shown_sweep(report: SweepReport) -> SweepReport:
    """The report with every text safe to show and its contenders by their letters, whoever wrote it.

    PlanError where it has no contender, or its points do not lie on its axes.
    """
    if not report.contenders:
        raise PlanError(NO_CONTENDER)
    safe = msgspec.convert(all_safe(msgspec.to_builtins(report)), SweepReport)
    letters = {one.id: letter_of(index) for index, one in enumerate(safe.contenders)}
    axes, analysis = safe.axes, safe.analysis
    if not 1 <= len(axes) <= MOST_AXES or any(not _are_levels(axis.levels) for axis in axes):
        raise PlanError(
            "a sweep over one or two axes of finite levels, rising, can be shown; this one has others"
        )
    points = [point for point in safe.points if point.contender in letters]
    if any(not _lies_on(point, tuple(axis.levels for axis in axes)) for point in points):
        raise PlanError("a point of this sweep lies on none of its levels")
    return replace(
        safe,
        contenders=tuple(replace(one, id=letters[one.id]) for one in safe.contenders),
        points=tuple(replace(point, contender=letters[point.contender]) for point in points),
        analysis=replace(
            analysis,
            scaling=tuple(
                replace(one, contender=letters[one.contender])
                for one in analysis.scaling
                if one.contender in letters
            ),
            crossovers=tuple(
                replace(pair, faster=letters[pair.faster], slower=letters[pair.slower])
                for pair in analysis.crossovers
                if pair.faster in letters and pair.slower in letters
            ),
        ),
    )


def snapshot_of_sweep(report: SweepReport) -> SweepSnapshot:
    """The sweep at its end.  The report's texts are shown as they are; see `shown_sweep`."""
    return as_kind(
        SweepSnapshot,
        report,
        sequence=1,
        title=str(report.plan.get("name") or ""),
        target=request_of(report),
        load=describe_grid({axis.path: axis.levels for axis in report.axes}, report.blocks),
        phase="done",
        block=report.blocks,
        elapsed=report.seconds,
        total=report.seconds,
        progress=1.0,
    )


def _are_levels(levels: tuple[float, ...]) -> bool:
    rising = all(one < other for one, other in pairwise(levels))
    return bool(levels) and rising and all(map(math.isfinite, levels))


def _lies_on(point: SweepPoint, axes: tuple[tuple[float, ...], ...]) -> bool:
    return len(point.levels) == len(axes) and all(
        level in levels for level, levels in zip(point.levels, axes, strict=True)
    )


def all_safe(value: Any) -> Any:
    """Plain data with every text in it safe to show, keys included."""
    if isinstance(value, str):
        return safe_text(value, LONGEST)
    if isinstance(value, dict):
        return {all_safe(key): all_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [all_safe(item) for item in value]
    return value


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
    """Return the path of the last report of a kind that began before this one, of the same plan by name and target,
    or else of the plan before it was edited; None where there is none.  OSError where the folder cannot be read.
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
