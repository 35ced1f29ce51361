"""Panels of a sweep: its table, its chart or grid, and the analysis of its curves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from httptui.sweeps.charts import axis_name as long_axis_name
from httptui.sweeps.report import Axis, Crossover, Measured, Scaling, SweepPoint
from httptui.sweeps.tables import CROSSOVER_HEADINGS, SCALING_HEADINGS, crossover_cells, scaling_cells
from httptui.tui.panels.panel import PanelOf, hanging, wrapped
from httptui.tui.panels.sweep_view import (
    Figure,
    Levels,
    SweepView,
    all_levels,
    axis_level,
    axis_name,
    brief_ms,
    curve_points,
    level_words,
    long_name,
    short_names,
)
from httptui.tui.plots.axes import LevelAxis, level_axis
from httptui.tui.plots.cells import Cells, Row, Segment, clip, fit, hint, right
from httptui.tui.plots.heatmaps import BEST, Look, Tile, plot_grid
from httptui.tui.plots.lines import Curve, LevelMark, marker_of, plot_curves
from httptui.units import UNKNOWN, format_ms, format_percent

GAP = 2
SMALLEST_COLUMN = 8
MOST_SPARE = 8
SIGNS = 4
"""Cells of a marker, a letter and a blank after each."""
FAILED, KNEE = "✗", "◂"
Words = Callable[[Figure, Measured], str]


class Layout(NamedTuple):
    """The table at one width: cells of the levels and of each contender, the number of those, and the words."""

    levels: int
    each: int
    shown: int
    words: Words


def _with_ends(figure: Figure, found: Measured) -> str:
    """The value between the ends of its interval: "15 511 [15 102–15 913]"."""
    value = figure.words(found.value)
    if found.low is None or found.high is None:
        return value
    return f"{value} [{figure.words(found.low)}–{figure.words(found.high)}]"


def _with_width(figure: Figure, found: Measured) -> str:
    """The value and how far its interval goes to the farther side: "15 511 ±2.3 %"."""
    value = figure.words(found.value)
    if found.low is None or found.high is None or found.value <= 0:
        return value
    farther = max(found.high - found.value, found.value - found.low)
    return f"{value} ±{format_percent(farther / found.value)}"


def _alone(figure: Figure, found: Measured) -> str:
    return figure.words(found.value)


def layout_of(view: SweepView, width: int) -> Layout:
    """The most telling words with which every contender has a column, or else as many as there is room for."""
    axes, count = view.snapshot.axes, len(view.snapshot.contenders)
    levels = 2 + sum(_level_width(axis) + GAP for axis in axes)
    known = [found for point in view.snapshot.points if (found := view.figure.of(point)) is not None]
    ways: tuple[Words, ...] = (_with_ends, _with_width, _alone)
    ways = ways if view.figure.name == "req/s" else ways[1:]
    for words in ways:
        each = max([SMALLEST_COLUMN, *(len(words(view.figure, found)) + 1 for found in known)]) + GAP
        if levels + each * count <= width:
            names = max(map(len, short_names(view).values()), default=0) + SIGNS + GAP + 1
            spare = min((width - levels - each * count) // count, max(MOST_SPARE, names - each))
            return Layout(levels, each + spare, count, words)
    return Layout(levels, each, max(min((width - levels) // each, count), 1), _alone)


def draw_sweep_table(view: SweepView, width: int) -> Cells:
    """A heading and a row for each level, each of exactly `width` cells."""
    to = layout_of(view, width)
    shown = view.snapshot.contenders[: to.shown]
    points = {one.id: view.points(one.id) for one in shown}
    highest = max(view.snapshot.axes[0].levels)
    knees = {one.contender: one.knee_below(highest) for one in view.snapshot.analysis.scaling}
    rows = [_heading(view, to)]
    for levels in all_levels(view.snapshot.axes):
        under_load = view.status == "running" and levels == view.snapshot.levels
        start: Segment = ("▸ " if under_load else "  ", "good bold")
        cells = _cells(
            view, to, levels, {one: own[levels] for one, own in points.items() if levels in own}, knees
        )
        rows.append((start, (_levels(view, levels), "strong" if under_load else ""), *cells))
    return tuple(fit(row, width) for row in rows)


def _heading(view: SweepView, to: Layout) -> Row:
    levels = "".join(right(axis_name(axis), _level_width(axis)) + " " * GAP for axis in view.snapshot.axes)
    heading: list[Segment] = [("  " + levels, "dim")]
    names = short_names(view)
    for one in view.snapshot.contenders[: to.shown]:
        chosen = one.id == view.chosen
        room = to.each - GAP - 1
        name = clip(names[one.id], max(room - SIGNS, 0))
        blank = " " * (to.each - 1 - len(name) - SIGNS)
        heading += [
            (blank, ""),
            (f"{marker_of(one.id)} ", one.id),
            (one.id, f"{one.id} {'badge' if chosen else 'bold'}"),
            (f" {name} ", "strong" if chosen else ""),
        ]
    hidden = len(view.snapshot.contenders) - to.shown
    return (*heading, (f"+{hidden}", "dim")) if hidden else tuple(heading)


def _level_width(axis: Axis) -> int:
    return max(len(axis_name(axis)), *(len(axis_level(axis, level)) for level in axis.levels))


def _levels(view: SweepView, levels: Levels) -> str:
    told = zip(view.snapshot.axes, levels, strict=True)
    return "".join(right(axis_level(axis, level), _level_width(axis)) + " " * GAP for axis, level in told)


def _cells(
    view: SweepView,
    to: Layout,
    levels: Levels,
    points: Mapping[str, SweepPoint],
    knees: Mapping[str, float | None],
) -> list[Segment]:
    found = {letter: view.figure.of(point) for letter, point in points.items()}
    values = [one.value for one in found.values() if one is not None]
    best = view.figure.best(values) if len(values) > 1 else None
    cells: list[Segment] = []
    for letter, point in points.items():
        measured = found[letter]
        text = UNKNOWN if measured is None else to.words(view.figure, measured)
        key = "dim" if measured is None else "strong" if measured.value == best else ""
        cells.append((right(text, to.each - 1), key))
        if point.failed:
            cells.append((FAILED, "bad bold"))
        else:
            cells.append((KNEE, letter) if levels == (knees.get(letter),) else (" ", ""))
    return cells


class SweepTable(PanelOf[SweepView]):
    """The table, with a heading that does not scroll."""

    fixed_rows = 1

    def title(self, view: SweepView) -> str:
        name = view.snapshot.title
        return f"{view.figure.name} at each level{f' · {name}' if name else ''}"

    def note(self, view: SweepView) -> str:
        """The meaning of the signs in the table."""
        signs = []
        highest = max(view.snapshot.axes[0].levels)
        if any(one.knee_below(highest) is not None for one in view.snapshot.analysis.scaling):
            signs.append(f"{KNEE} knee")
        if any(point.failed for point in view.snapshot.points):
            signs.append(f"{FAILED} failures")
        return " · ".join(signs)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_sweep_table(view, width)


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
        Curve(one.id, curve_points(view.figure, view.points(one.id).values()), _law(view, one.id, axis))
        for one in view.snapshot.contenders
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


def _is_explained(view: SweepView, letter: str) -> bool:
    """True if a contender's law and marks are drawn: it is chosen, or the only one."""
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
    """The chosen contender's knee and top, or the latency that hides the difference of its pair, or of the first."""
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
        figure = f"{view.keys['figure']}: next figure"
        if view.is_grid:
            return f"{BEST} best · {figure}"
        if view.snapshot.analysis.scaling and view.chosen is None and len(view.snapshot.contenders) > 1:
            return f"↑ ↓ a contender's law and knee · {figure}"
        return figure

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_sweep_chart(view, width, height, dense=self.colourless)


Table = Sequence[tuple[str, Sequence[str]]]
SMALLEST = 6


def draw_sweep_analysis(view: SweepView, width: int) -> Cells:
    """A row for each contender or pair, and the columns' meaning; of a grid, the levels where each is best."""
    analysis = view.snapshot.analysis
    if analysis.scaling:
        rows = _scaling_rows(view, analysis.scaling, width)
    elif analysis.crossovers:
        rows = _crossover_rows(view, analysis.crossovers, width)
    else:
        rows = _best_rows(view, width)
    return tuple(fit(row, width) for row in rows or [((" nothing to show yet", "dim"),)])


def _scaling_rows(view: SweepView, scaling: Sequence[Scaling], width: int) -> list[Row]:
    highest = max(view.snapshot.axes[0].levels)
    table = [(one.contender, scaling_cells(one, highest)) for one in scaling]
    rows = _table(SCALING_HEADINGS, table, view, width)
    return rows + _explained(
        width,
        "95 % at: the fewest in flight for 95 % of the most req/s",
        "knee: those with a p99 of at most twice the lowest level's",
        "N*: where the scalability law, with waiting α and keeping in step β, is highest",
    )


def _crossover_rows(view: SweepView, pairs: Sequence[Crossover], width: int) -> list[Row]:
    shown = [pair for pair in pairs if view.chosen in (None, pair.faster, pair.slower)] or list(pairs)
    table = [(f"{pair.faster} {pair.slower}", crossover_cells(pair)) for pair in shown]
    rows = _table(CROSSOVER_HEADINGS, table, view, width)
    if view.verdict is None or view.chosen is not None:
        rows += [(), *hanging(((" ▌ ", "accent"),), wrapped(shown[0].sentence, width - 3), "strong")]
    within = f"{shown[0].found.delta * 100:g} %"
    return rows + _explained(
        width,
        f"L*: the latency above which throughput is the same to within {within}",
        "predicted: by a queue of all in flight before each client, from its CPU per request",
    )


def _best_rows(view: SweepView, width: int) -> list[Row]:
    """The levels of each contender's best value, and its limiter there."""
    rows: list[Row] = []
    for one in view.snapshot.contenders:
        known = [
            (found.value, point)
            for point in view.points(one.id).values()
            if (found := view.figure.of(point)) is not None
        ]
        if one.cause is not None:
            rows.append((_letter(one.id, view), (f" {one.cause}", "bad")))
        elif known:
            best = view.figure.best([value for value, _ in known])
            point = next(point for value, point in known if value == best)
            where = level_words(view.snapshot.axes, point.levels)
            limit = f" · {point.limiter.kind}" if point.limiter and point.limiter.kind != "unknown" else ""
            value = (f" {view.figure.words(best)}", "strong")
            rows.append((_letter(one.id, view), value, (f" at {where}", ""), (limit, "dim")))
    if rows:
        rows += _explained(width, f"the best {view.figure.name} of each, and what limits it there")
    return rows


def _table(titles: Sequence[str], table: Table, view: SweepView, width: int) -> list[Row]:
    """Letters at the left, as many columns as fit."""
    start = 1 + max(len(letters) for letters, _ in table)
    widths = [
        max(SMALLEST, len(title), *(len(cells[at]) for _, cells in table)) + 2
        for at, title in enumerate(titles)
    ]
    while widths and start + sum(widths) > width:
        widths.pop()
    rows: list[Row] = [
        (
            (" " * start, ""),
            *((right(title, room), "dim") for title, room in zip(titles, widths, strict=False)),
        )
    ]
    for letters, cells in table:
        names: list[Segment] = [(" ", "")]
        for at, letter in enumerate(letters.split()):
            names += [(" ", "")] if at else []
            names.append(_letter(letter, view))
        shown = [right(text, room) for text, room in zip(cells, widths, strict=False)]
        rows.append((*names, *((text, "" if at else "strong") for at, text in enumerate(shown))))
    return rows


def _letter(letter: str, view: SweepView) -> Segment:
    return (letter, f"{letter} {'badge' if letter == view.chosen else 'bold'}")


def _explained(width: int, *texts: str) -> list[Row]:
    return [(), *(((f" {line}", "dim"),) for text in texts for line in wrapped(text, width - 2))]


class SweepAnalysisPanel(PanelOf[SweepView]):
    """The analysis so far."""

    def title(self, view: SweepView) -> str:
        return "Analysis" if view.status in ("done", "stopped", "invalid") else "Analysis · so far"

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_sweep_analysis(view, width)
