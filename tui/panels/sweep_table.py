"""The sweep as a table: a row for each level, a column for each contender, with intervals where there is room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from httptui.sweeps.points import Axis, Measured, SweepPoint
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import (
    Figure,
    Levels,
    SweepView,
    all_levels,
    axis_level,
    axis_name,
    short_names,
)
from httptui.tui.plots.cells import Cells, Row, Segment, clip, fit, right
from httptui.tui.plots.curves import marker_of
from httptui.units import UNKNOWN, format_percent

GAP = 2
SMALLEST_COLUMN = 8
MOST_SPARE = 8
SIGNS = 4
"""Cells of a marker, a letter and a blank after each."""
FAILED, KNEE = "✗", "◂"
Words = Callable[[Figure, Measured], str]


class Layout(NamedTuple):
    """How it is drawn at a width: cells for the levels, for each contender, how many of those, and the words."""

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
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1

    def title(self, view: SweepView) -> str:
        name = view.snapshot.title
        return f"{view.figure.name} at each level{f' · {name}' if name else ''}"

    def note(self, view: SweepView) -> str:
        """What the signs mean, where there are any."""
        signs = []
        highest = max(view.snapshot.axes[0].levels)
        if any(one.knee_below(highest) is not None for one in view.snapshot.analysis.scaling):
            signs.append(f"{KNEE} knee")
        if any(point.failed for point in view.snapshot.points):
            signs.append(f"{FAILED} failures")
        return " · ".join(signs)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_sweep_table(view, width)
