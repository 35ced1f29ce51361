"""Which levels two sweeps have in common, whatever the order of their axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from httptui.plans.sweep import CONCURRENCY, describe_axes
from httptui.safe_text import safe_text
from httptui.sweeps.comparisons.comparison import Levels
from httptui.sweeps.points import SweepPoint
from httptui.sweeps.report import SweepReport

_SAME = {"load.concurrency": CONCURRENCY}
Points = Mapping[tuple[Levels, str], SweepPoint]
"""A sweep's points by their levels, in the order of the later sweep's axes, and their contender's letter."""


class PairedLevels(NamedTuple):
    """The levels of both sweeps and those of only one, in the later one's order, and the points of each."""

    common: tuple[Levels, ...]
    only_before: tuple[Levels, ...]
    only_after: tuple[Levels, ...]
    before: Points
    after: Points


def paired_levels(before: SweepReport, after: SweepReport) -> PairedLevels:
    """Pair them by equal levels of the same axes.  ValueError where the axes are others or no level is the same."""
    names, others = ([_SAME.get(axis.path, axis.path) for axis in report.axes] for report in (after, before))
    if sorted(names) != sorted(others):
        raise ValueError(f"they are over other axes: {_axes(before)}, then {_axes(after)}")
    order = [others.index(name) for name in names]
    earlier, later = _points(before, order), _points(after, range(len(order)))
    had, has = (dict.fromkeys(levels for levels, _ in points) for points in (earlier, later))
    common = tuple(levels for levels in has if levels in had)
    if not common:
        raise ValueError(f"they have no level in common: {_axes(before)}, then {_axes(after)}")
    return PairedLevels(
        common,
        tuple(levels for levels in had if levels not in has),
        tuple(levels for levels in has if levels not in had),
        earlier,
        later,
    )


def _points(report: SweepReport, order: list[int] | range) -> Points:
    """Its points, their levels in that order; a point that has not a level for each axis is none."""
    return {
        (tuple(point.levels[at] for at in order), point.contender): point
        for point in report.points
        if len(point.levels) == len(report.axes)
    }


def _axes(report: SweepReport) -> str:
    axes = {axis.path: axis.levels for axis in report.axes if axis.levels}
    return safe_text(describe_axes(axes), 200) if axes else "none"
