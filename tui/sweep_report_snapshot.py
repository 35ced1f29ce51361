"""A saved sweep as its last snapshot, so that a screen can draw it; pure."""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from httptui.errors import PlanError
from httptui.plan.model import letter_of
from httptui.plan.sweep import describe_grid
from httptui.plan.urls import describe_recorded
from httptui.sweeps.points import SweepPoint
from httptui.sweeps.report import SweepReport, SweepSnapshot
from httptui.tui.report_snapshot import NO_CONTENDER, all_safe

MOST_AXES = 2


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
    target = report.plan.get("target")
    return SweepSnapshot(
        sequence=1,
        title=str(report.plan.get("name") or ""),
        target=describe_recorded(target if isinstance(target, dict) else {}),
        load=describe_grid({axis.path: axis.levels for axis in report.axes}, report.blocks),
        phase="done",
        axes=report.axes,
        contenders=report.contenders,
        points=report.points,
        block=report.blocks,
        blocks=report.blocks,
        elapsed=report.seconds,
        total=report.seconds,
        progress=1.0,
        analysis=report.analysis,
        events=report.events,
        warnings=report.warnings,
    )


def _are_levels(levels: tuple[float, ...]) -> bool:
    rising = all(one < other for one, other in pairwise(levels))
    return bool(levels) and rising and all(map(math.isfinite, levels))


def _lies_on(point: SweepPoint, axes: tuple[tuple[float, ...], ...]) -> bool:
    return len(point.levels) == len(axes) and all(
        level in levels for level, levels in zip(point.levels, axes, strict=True)
    )
