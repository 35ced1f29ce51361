"""The sweep as a picture: a curve for each contender over the levels of one axis, or a tile for each over two."""

from __future__ import annotations

from collections.abc import Iterable

from httptui.sweeps.charts import axis_name as long_axis_name
from httptui.sweeps.points import SweepPoint
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import SweepView, axis_name, brief_ms, long_name
from httptui.tui.plots.axes import LevelAxis, level_axis
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.curves import Curve, CurvePoint, LevelMark, plot_curves
from httptui.tui.plots.grid import BEST, Look, Tile, plot_grid
from httptui.units import format_ms

LAW_POINTS = 64


def draw_sweep_chart(view: SweepView, width: int, height: int, *, dense: bool = False) -> Cells:
    """Curves, exactly `height` rows of them, or tiles, as many rows as they take; `dense` is without colours."""
    if not any(view.figure.of(point) for point in view.snapshot.points):
        words = "a tile for each contender, on one scale" if view.is_grid else "a curve for each contender"
        return hint(f"{words}, as soon as a level is measured", width, height)
    return _grid(view, width, height, dense=dense) if view.is_grid else _curves(view, width, height)


def _curves(view: SweepView, width: int, height: int) -> Cells:
    axis = level_axis(view.snapshot.axes[0].levels, linear=view.linear)
    curves = [
        Curve(one.id, _points(view, one.id), _law(view, one.id, axis)) for one in view.snapshot.contenders
    ]
    return plot_curves(
        curves,
        axis,
        width,
        height,
        measure=view.figure.measure,
        marks=_marks(view, axis),
        log=view.log,
        blocks=view.blocks,
    )


def _points(view: SweepView, letter: str) -> list[CurvePoint]:
    return [
        CurvePoint(point.levels[0], found.value, found.low, found.high)
        for point in sorted(view.points(letter).values(), key=lambda point: point.levels)
        if (found := view.figure.of(point)) is not None
    ]


def _is_explained(view: SweepView, letter: str) -> bool:
    """Whether a contender's law and marks are drawn: those of the chosen one, or of one that is alone."""
    return letter == view.chosen or len(view.snapshot.contenders) == 1


def _law(view: SweepView, letter: str, axis: LevelAxis) -> list[tuple[float, float]]:
    """The scalability law between the lowest and the highest level, where throughput is drawn."""
    fits = {one.contender: one.fit for one in view.snapshot.analysis.scaling}
    fit = fits.get(letter)
    if fit is None or view.figure.name != "req/s" or not _is_explained(view, letter):
        return []
    low, high = max(axis.levels[0], 1.0), axis.levels[-1]
    levels = [low * (high / low) ** (step / LAW_POINTS) for step in range(LAW_POINTS + 1)]
    return [(level, fit.rate(level)) for level in levels]


def _marks(view: SweepView, axis: LevelAxis) -> list[LevelMark]:
    """The chosen contender's knee and top, or where latency drowns the difference of its pair, or of the first."""
    analysis = view.snapshot.analysis
    marks = []
    for one in analysis.scaling:
        if _is_explained(view, one.contender):
            knee, top = one.knee_below(axis.levels[-1]), one.top_below(axis.levels[-1])
            marks += [LevelMark(knee, "knee")] if knee is not None else []
            marks += [LevelMark(top, f"N* {top:.0f}")] if top is not None else []
    pairs = [pair for pair in analysis.crossovers if view.chosen in (None, pair.faster, pair.slower)]
    for pair in pairs[:1]:
        at = pair.found.measured_ms
        marks += [LevelMark(at, f"L* {format_ms(at)}")] if at is not None else []
        predicted = pair.found.predicted_ms
        marks += [LevelMark(predicted, "predicted")] if axis.levels[0] <= predicted <= axis.levels[-1] else []
    return marks


def _grid(view: SweepView, width: int, height: int, *, dense: bool) -> Cells:
    rows, columns = view.snapshot.axes
    figure = view.figure
    tiles = []
    for one in view.snapshot.contenders:
        points = view.points(one.id).values()
        values = {_pair(point): found.value for point in points if (found := figure.of(point)) is not None}
        tiles.append(Tile(one.id, one.label, values, _waits(view, points)))
    look = Look(text=figure.brief, corner=axis_name(rows), best=figure.best, dense=dense)
    return plot_grid(tiles, rows.levels, columns.levels, width, height, look)


def _waits(view: SweepView, points: Iterable[SweepPoint]) -> dict[tuple[float, float], str]:
    """Beside throughput, how long requests wait for the pool, where they do."""
    if view.figure.name != "req/s":
        return {}
    waits = ((point, point.pool_wait_ms) for point in points)
    return {
        _pair(point): f"wait {brief_ms(wait.value)}"
        for point, wait in waits
        if wait is not None and wait.value > 0
    }


def _pair(point: SweepPoint) -> tuple[float, float]:
    return point.levels[0], point.levels[1]


class SweepChart(PanelOf[SweepView]):
    """The picture; of characters where the terminal has no colours to mix."""

    def title(self, view: SweepView) -> str:
        axes, name = view.snapshot.axes, long_name(view.figure)
        if view.is_grid:
            return f"{name}, by {long_axis_name(axes[0])} ↓ and {long_axis_name(axes[1])} →"
        return f"{name}, by {long_axis_name(axes[0])}{' · log scale' if view.log else ''}"

    def note(self, view: SweepView) -> str:
        """What is seen, and how to see more."""
        figure = f"{view.keys['figure']}: next figure"
        if view.is_grid:
            return f"{BEST} best · {figure}"
        if view.snapshot.analysis.scaling and view.chosen is None and len(view.snapshot.contenders) > 1:
            return f"↑ ↓ a contender's law and knee · {figure}"
        return figure

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        dense = self.app.no_color or self.colors[2].ansi is not None
        return draw_sweep_chart(view, width, height, dense=dense)
