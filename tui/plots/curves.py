"""Curves over levels: what each contender reaches at each level, with its interval, on one shared scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from httptui.scale import Scale, linear_scale, log_scale
from httptui.tui.plots.axes import LevelAxis, level_row, margin_of, tick_rows, value_axis
from httptui.tui.plots.canvas import Canvas
from httptui.tui.plots.cells import Cells, Row, fit_all
from httptui.tui.plots.lines import RATES, Line, Measure, place_names
from httptui.tui.plots.traces import dot_row

MARKERS = "●■▲◆▼○□△◇▽"
UPRIGHT = "╎"
BEFORE = 1
"""Cells free at the left, for the marker of the lowest level."""
AFTER = 3
"""Cells at the right for the letters."""
DOTS_APART = 4
SMALLEST_WITH_LEVELS, SMALLEST_WITH_NAMES = 5, 8
Over = dict[int, dict[int, tuple[str, str]]]


class CurvePoint(NamedTuple):
    """What was reached at a level, and its interval where there is one."""

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
    """An upright at a level, and what is written at its top."""

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
        _put_upright(canvas, over, BEFORE + axis.column(mark.level, columns))
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
    return [_clean(point) for point in points if math.isfinite(point.value) and math.isfinite(point.level)]


def _clean(point: CurvePoint) -> CurvePoint:
    if (
        point.low is None
        or point.high is None
        or not (math.isfinite(point.low) and math.isfinite(point.high))
    ):
        return CurvePoint(point.level, max(point.value, 0.0))
    return CurvePoint(point.level, max(point.value, 0.0), max(point.low, 0.0), max(point.high, 0.0))


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
    for row, cells in place_names(heads, canvas.width, canvas.height).items():
        over.setdefault(row, {}).update(cells)


def _put_upright(canvas: Canvas, over: Over, column: int) -> None:
    """An upright behind all that is drawn."""
    for row in range(canvas.height):
        if column < canvas.width and canvas.glyph(row, column) == " ":
            over.setdefault(row, {}).setdefault(column, (UPRIGHT, "axis"))


def _names(marks: Sequence[LevelMark], axis: LevelAxis, columns: int, width: int) -> str:
    """The names above their uprights, beginning there or ending there; one that would cover another is left out."""
    text = " " * width
    for mark in marks:
        column = BEFORE + axis.column(mark.level, columns)
        for at, written in ((column, f"╷{mark.name}"), (column - len(mark.name), f"{mark.name}╷")):
            end = at + len(written)
            if at >= 0 and end <= width and not text[max(at - 1, 0) : end + 1].strip():
                text = text[:at] + written + text[end:]
                break
    return text
