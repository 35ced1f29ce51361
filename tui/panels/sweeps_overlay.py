"""Two sweeps as a picture: both curves of a contender over the levels of one axis, or tiles of changes over two."""

from __future__ import annotations

import math
from collections.abc import Sequence

from httptui.reports.comparisons.comparison import Ratio
from httptui.reports.comparisons.words import format_change
from httptui.sweeps.exports.html.figures import axis_name as long_axis_name
from httptui.sweeps.points import Axis, SweepPoint
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import axis_name
from httptui.tui.panels.sweeps_view import FIGURE_NAMES, SweepsView
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.curves import Curve, CurvePoint, plot_curves
from httptui.tui.plots.grid import Look, Tile, plot_grid
from httptui.tui.plots.level_axis import level_axis

BEFORE, AFTER = "○", "●"
LINE = "mark"
NOTHING = "no figure of it in both sweeps"


def draw_overlay(view: SweepsView, width: int, height: int, *, dense: bool = False) -> Cells:
    """Curves, exactly `height` rows of them, or tiles, as many rows as they take; `dense` is without colours."""
    if is_grid(view):
        return _grid(view, width, height, dense=dense)
    if not any(change.ratio for _, change in view.changes(view.chosen)):
        return hint(NOTHING, width, height)
    before, after = (_points(view, points) for points in view.shown.points(view.chosen))
    curves = [
        Curve(view.chosen or "", after, sign=AFTER),
        Curve(LINE, before, sign=BEFORE, name=""),
    ]
    axis = level_axis([point.level for point in (*before, *after)])
    return plot_curves(
        curves, axis, width, height, measure=view.figure.measure, log=view.log, blocks=view.blocks
    )


def _points(view: SweepsView, points: Sequence[SweepPoint]) -> list[CurvePoint]:
    return [
        CurvePoint(point.levels[0], found.value, found.low, found.high)
        for point in sorted(points, key=lambda point: point.levels)
        if (found := view.figure.of(point)) is not None
    ]


def is_grid(view: SweepsView) -> bool:
    """Whether there are two axes."""
    return len(view.shown.comparison.axes) == 2


def _grid(view: SweepsView, width: int, height: int, *, dense: bool) -> Cells:
    """Every contender's change at each pair of levels, after over before, all on one scale."""
    comparison = view.shown.comparison
    tiles = [
        Tile(
            one.after_id,
            one.label,
            {
                (levels[0], levels[1]): change.ratio.point
                for levels, change in view.changes(one.after_id)
                if change.ratio is not None
            },
        )
        for one in comparison.contenders
    ]
    rows, columns = (sorted({level.levels[at] for level in comparison.levels}) for at in (0, 1))
    corner = axis_name(Axis(comparison.axes[0], ()))
    look = Look(text=_percent, corner=corner, best=lambda _values: math.nan, dense=dense)
    return plot_grid(tiles, rows, columns, width, height, look)


def _percent(ratio: float) -> str:
    return format_change(Ratio(point=ratio))


class SweepsOverlay(PanelOf[SweepsView]):
    """The picture."""

    def title(self, view: SweepsView) -> str:
        """What is drawn, and whose it is."""
        log = " · log scale" if view.log else ""
        axes = [Axis(path, ()) for path in view.shown.comparison.axes]
        if is_grid(view):
            return f"Change of {view.figure.name}, by {axis_name(axes[0])} ↓ and {axis_name(axes[1])} →"
        return f"{FIGURE_NAMES[view.figure.name]}{view.whose}, by {long_axis_name(axes[0])}{log}"

    def note(self, view: SweepsView) -> str:
        """What is which."""
        return "after against before" if is_grid(view) else f"{BEFORE} before  {AFTER} after"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        dense = self.app.no_color or self.colors[2].ansi is not None
        return draw_overlay(view, width, height, dense=dense)
