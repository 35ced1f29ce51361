"""Line charts on one shared scale: values over time, and a sweep's values over its levels."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from httptui.scale import Scale, linear_scale, log_scale, milliseconds, short
from httptui.tui.plots.axes import (
    LevelAxis,
    level_row,
    margin_of,
    mark_columns,
    span_of,
    tick_rows,
    time_axis,
    value_axis,
)
from httptui.tui.plots.canvas import Canvas, Place, Traces, bits_of_dots, dot_row
from httptui.tui.plots.cells import Cells, Row, columns, fit_all, joined, labelled

ROOM_BEFORE_NAME = 2
MARK = "│"
Over = dict[int, dict[int, tuple[str, str]]]
"""Characters with their styles over a canvas, by row and column."""


def _unchanged(point: Any) -> Place:
    """A point that is (seconds, value) already."""
    place: Place = point
    return place


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its style, its points in order of time, its name (its style's letter if empty), and the function that
    makes (seconds, value) of a point.
    """

    key: str
    points: Sequence[Any]
    name: str = ""
    place_of: Callable[[Any], Place] = _unchanged

    @property
    def head(self) -> str:
        """The text at its end."""
        return self.name or self.key[:1]


@dataclass(frozen=True, slots=True)
class Measure:
    """The text of a tick, and the least value of a logarithmic axis.  `worst`: of values that share a dot column the
    largest is drawn and not the mean, for percentiles are never averaged.
    """

    text: Callable[[float], str]
    least: float
    worst: bool = False


RATES = Measure(short, 1.0)
LATENCIES = Measure(milliseconds, 1e-3, worst=True)


def plot_lines(
    lines: Sequence[Line],
    width: int,
    height: int,
    *,
    measure: Measure = RATES,
    seconds: float | None = None,
    marks: Sequence[float] = (),
    log: bool = False,
    blocks: bool = False,
    traces: Traces | None = None,
) -> Cells:
    """Draw the lines over 0 … `seconds` (or as long as they are), with ticks left and below, each line's name at its
    head and a thin upright at every one of the `marks`.  Exactly `height` rows of `width` cells, whatever the data.
    `traces` are those of the plot before, from which it is drawn sooner.
    """
    traces = traces or Traces()
    followed = traces.follow([(line.points, line.place_of) for line in lines])
    has_time_axis = height >= 5
    rows = height - has_time_axis
    values = [end for trace in followed for end in trace.ends]
    parts = max(min(rows // 2, 5), 1)
    scale = log_scale(values, parts, measure.least) if log else linear_scale(values, parts, rows)
    labels = tick_rows(scale, rows, measure.text)
    margin = margin_of(labels, width)
    span = span_of(max((trace.seconds for trace in followed), default=0.0), seconds)
    head_room = ROOM_BEFORE_NAME + max((len(line.head) for line in lines), default=1)
    room = max(width - margin, 0)
    drawn = max(2 * room - 2 * head_room, 1)
    dot_height = max(rows, 0) * len(bits_of_dots(blocks=blocks))
    dots = [
        (line.key, trace.dot_rows(span, drawn, scale, dot_height, worst=measure.worst))
        for line, trace in zip(lines, followed, strict=True)
    ]
    canvas = traces.canvas(room, rows, dots, blocks=blocks)
    columns = range(drawn - 1, -1, -1)
    heads: list[tuple[int, int, Line]] = []
    for line, (_, ys) in zip(lines, dots, strict=True):
        if head := next(((x, y) for x, y in zip(columns, reversed(ys), strict=True) if y is not None), None):
            heads.append((head[1] // canvas.rows_per_cell, head[0] // 2 + ROOM_BEFORE_NAME, line))
    over = _place_names(heads, canvas.width, rows)
    for column in mark_columns(marks, span, drawn // 2):
        _put_upright(canvas, over, column, MARK)
    plotted: list[Row] = [
        (*value_axis(labels, index, margin), *canvas.row(index, over.get(index, {}))) for index in range(rows)
    ]
    if has_time_axis:
        plotted.append(time_axis(span, margin, width, drawn / 2))
    return fit_all(plotted, width, height)


def _place_names(heads: Sequence[tuple[int, int, Line]], width: int, rows: int) -> Over:
    """Put each name beside its line's head, one further right or a row off where one stands already."""
    placed: Over = {}
    for row, column, line in heads:
        last = min(column + 1, width - len(line.head))
        for near in sorted(range(rows), key=lambda r, row=row: (abs(r - row), r)):  # type: ignore[misc]
            taken = placed.get(near, {})
            free = [
                at for at in range(column, last + 1) if not taken.keys() & set(range(at, at + len(line.head)))
            ]
            if free:
                cells = placed.setdefault(near, {})
                cells.update({at: (char, f"{line.key} bold") for at, char in enumerate(line.head, free[0])})
                break
    return placed


def _put_upright(canvas: Canvas, over: Over, column: int, sign: str) -> None:
    """Put an upright into a column, behind all that is drawn; none right of the canvas."""
    for row in range(canvas.height):
        if column < canvas.width and canvas.glyph(row, column) == " ":
            over.setdefault(row, {}).setdefault(column, (sign, "axis"))


FILL = "rule"
UPPER_ROOM = 0.5
"""Rows that stay free above the largest value, so that its edge is no whole row."""


def plot_area(
    points: Sequence[tuple[float, float]], width: int, height: int, *, key: str, time: bool = True
) -> Cells:
    """Fill the area below straight lines between (seconds, value), by rising time from 0 on, up to the largest value;
    the upper edge has the style `key`.  With `time` the last row names the moments of the points, the ends first.
    Exactly `height` rows of `width` cells; values are finite and not negative.
    """
    rows = height - time
    if not points or width < 1 or rows < 1:
        return fit_all([], width, height)
    top = max(value for _, value in points) or 1.0
    labels = tick_rows(Scale(0.0, top, (top, 0.0)), rows, short)
    margin = margin_of(labels, width)
    room = width - margin
    parts = [value / top * (1 - UPPER_ROOM / rows) for value in _sampled(points, room)]
    drawn: list[Row] = [
        (*value_axis(labels, index, margin), *_edged(columns(parts, rows), index, key))
        for index in range(rows)
    ]
    if time:
        drawn.append(((" " * margin, ""), (_moments([at for at, _ in points], room), "axis")))
    return fit_all(drawn, width, height)


def _sampled(points: Sequence[tuple[float, float]], count: int) -> list[float]:
    """The value in the middle of each of so many columns."""
    times = [at for at, _ in points]
    values: list[float] = []
    for column in range(count):
        time = (column + 0.5) / count * times[-1]
        after = bisect_right(times, time)
        (start, low), (end, high) = points[max(after - 1, 0)], points[min(after, len(points) - 1)]
        values.append(low + (high - low) * (time - start) / (end - start) if end > start else high)
    return values


def _edged(bars: list[str], row: int, key: str) -> Row:
    """One row of the bars, in the edge's style where nothing stands above."""
    above = bars[row - 1] if row else " " * len(bars[row])
    return joined(
        (bar, "" if bar == " " else key if upper == " " else FILL)
        for bar, upper in zip(bars[row], above, strict=True)
    )


def _moments(times: Sequence[float], width: int) -> str:
    """Seconds below the columns where they fall, the first and the last before all others."""
    text = " " * width
    for time in (times[0], times[-1], *times[1:-1]):
        label = f"{time:.4g} s" if time else "0"
        share = time / times[-1] if times[-1] else 0.0
        text = labelled(text, label, min(max(round(share * width) - len(label) // 2, 0), width - len(label)))
    return text


MARKERS = "●■▲◆▼○□△◇▽"
UPRIGHT = "╎"
BEFORE = 1
"""Cells free at the left, for the marker of the lowest level."""
AFTER = 3
"""Cells at the right for the letters."""
DOTS_APART = 4
SMALLEST_WITH_LEVELS, SMALLEST_WITH_NAMES = 5, 8


class CurvePoint(NamedTuple):
    """The value reached at a level, and its interval where there is one."""

    level: float
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """One contender's letter, its points by rising level, and points of a law that is dotted behind them; `sign` is
    that of its points and `name` what is written at its end, where these are not those of its letter.
    """

    key: str
    points: Sequence[CurvePoint]
    law: Sequence[tuple[float, float]] = ()
    sign: str | None = None
    name: str | None = None


class LevelMark(NamedTuple):
    """An upright at a level, and the name at its top."""

    level: float
    name: str


def marker_of(letter: str) -> str:
    """The sign of a contender's points."""
    return MARKERS[(ord(letter[:1] or "A") - ord("A")) % len(MARKERS)]


def plot_curves(
    curves: Sequence[Curve],
    axis: LevelAxis,
    width: int,
    height: int,
    *,
    measure: Measure = RATES,
    marks: Sequence[LevelMark] = (),
    log: bool = False,
    blocks: bool = False,
) -> Cells:
    """Draw the curves over the axis, with ticks left and the levels below, a sign at every point, its interval as an
    upright line, each curve's letter at its end, and the `marks` behind all of it.  With `blocks` the signs are the
    letters.  Exactly `height` rows of `width` cells, whatever the data.
    """
    clean = [replace(curve, points=_finite(curve.points), law=_on_axis(curve.law)) for curve in curves]
    named = [mark for mark in marks if math.isfinite(mark.level)] if height >= SMALLEST_WITH_NAMES else []
    rows = height - (height >= SMALLEST_WITH_LEVELS) - bool(named)
    values = [value for curve in clean for point in curve.points for value in point[1:] if value is not None]
    parts = max(min(rows // 2, 6), 1)
    scale = log_scale(values, parts, measure.least) if log else linear_scale(values, parts, rows)
    labels = tick_rows(scale, rows, measure.text)
    margin = margin_of(labels, width)
    canvas = Canvas(width - margin, rows, blocks=blocks)
    columns = max(canvas.width - BEFORE - AFTER, 1)
    over: Over = {}
    for curve in reversed(clean):
        _draw(canvas, over, curve, axis, columns, scale)
    _put_letters(over, clean, axis, columns, scale, canvas)
    for mark in named:
        _put_upright(canvas, over, BEFORE + axis.column(mark.level, columns), UPRIGHT)
    drawn: list[Row] = []
    if named:
        drawn.append(((" " * margin, ""), (_names(named, axis, columns, canvas.width), "mark")))
    drawn += [
        (*value_axis(labels, index, margin), *canvas.row(index, over.get(index, {}))) for index in range(rows)
    ]
    if height >= SMALLEST_WITH_LEVELS:
        drawn.append(level_row(axis, margin, width, columns, BEFORE))
    return fit_all(drawn, width, height)


def _finite(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """The points that can be drawn, with their intervals where these can be; no value is below zero."""
    found = []
    for level, value, *ends in points:
        if math.isfinite(value) and math.isfinite(level):
            known = [max(end, 0.0) for end in ends if end is not None and math.isfinite(end)]
            found.append(CurvePoint(level, max(value, 0.0), *(known if len(known) == 2 else ())))
    return found


def _on_axis(law: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(level, value) for level, value in law if math.isfinite(level) and math.isfinite(value)]


def _draw(canvas: Canvas, over: Over, curve: Curve, axis: LevelAxis, columns: int, scale: Scale) -> None:
    """Dots of the law, then the line, the intervals, and the signs over them."""
    for x, y in enumerate(_joined(curve.law, axis, canvas, columns, scale)):
        if y is not None and x % DOTS_APART == 0:
            canvas.column(x, y, y, "axis")
    values = [(point.level, point.value) for point in curve.points]
    canvas.line(_joined(values, axis, canvas, columns, scale), curve.key)
    for point in curve.points:
        cell = BEFORE + axis.column(point.level, columns)
        if point.low is not None and point.high is not None:
            top, bottom = (dot_row(scale, end, canvas.dot_height) for end in (point.high, point.low))
            canvas.column(2 * cell, top, bottom, curve.key)
        row = dot_row(scale, point.value, canvas.dot_height) // canvas.rows_per_cell
        sign = curve.sign or (curve.key[:1] if canvas.blocks else marker_of(curve.key))
        over.setdefault(row, {})[cell] = (sign, curve.key)


def _joined(
    points: Sequence[tuple[float, float]], axis: LevelAxis, canvas: Canvas, columns: int, scale: Scale
) -> list[int | None]:
    """The dot row of every dot column: straight lines from point to point."""
    rows: list[int | None] = [None] * canvas.dot_width
    before: tuple[int, int] | None = None
    for level, value in points:
        x = 2 * (BEFORE + axis.column(level, columns))
        y = dot_row(scale, value, canvas.dot_height)
        start, start_y = before or (x, y)
        for step in range(start, min(x, canvas.dot_width - 1) + 1):
            part = (step - start) / (x - start) if x > start else 1.0
            rows[step] = round(start_y + (y - start_y) * part)
        before = (x, y)
    return rows


def _put_letters(
    over: Over, curves: Sequence[Curve], axis: LevelAxis, columns: int, scale: Scale, canvas: Canvas
) -> None:
    """Each curve's letter beside its last point, or a row off where another one stands."""
    heads = []
    for curve in curves:
        if curve.points and curve.name != "":
            last = curve.points[-1]
            row = dot_row(scale, last.value, canvas.dot_height) // canvas.rows_per_cell
            heads.append(
                (row, BEFORE + axis.column(last.level, columns) + 2, Line(curve.key, (), curve.name or ""))
            )
    for row, cells in _place_names(heads, canvas.width, canvas.height).items():
        over.setdefault(row, {}).update(cells)


def _names(marks: Sequence[LevelMark], axis: LevelAxis, columns: int, width: int) -> str:
    """The names above their uprights, beginning there or ending there; one that would cover another is left out."""
    text = " " * width
    for mark in marks:
        column = BEFORE + axis.column(mark.level, columns)
        for at, written in ((column, f"╷{mark.name}"), (column - len(mark.name), f"{mark.name}╷")):
            if (named := labelled(text, written, at)) != text:
                text = named
                break
    return text
