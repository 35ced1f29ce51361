"""Lines over time on one shared, zero-based scale, so that one line can be read against another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from httptui.scale import Scale, linear_scale, log_scale, nice_step, short
from tui.plots.canvas import Canvas
from tui.plots.cells import Cells, Row, fit_all, left, right

HEAD_ROOM = 3
SHORTEST, LONGEST = 1e-3, 1e9


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its contender's letter, and (seconds, value) in order of time."""

    key: str
    points: Sequence[tuple[float, float]]


def plot_lines(
    lines: Sequence[Line],
    width: int,
    height: int,
    *,
    seconds: float | None = None,
    log: bool = False,
    blocks: bool = False,
) -> Cells:
    """Draw the lines over 0 … `seconds` (or as long as they are), with ticks left and below and each line's
    letter at its head.  Exactly `height` rows of `width` cells, whatever the data.
    """
    clean = [Line(line.key, _finite(line.points)) for line in lines]
    has_time_axis = height >= 5
    rows = height - has_time_axis
    values = [value for line in clean for _, value in line.points]
    parts = max(min(rows // 2, 5), 1)
    scale = log_scale(values, parts, 1.0) if log else linear_scale(values, parts, rows)
    labels = _tick_rows(scale, rows)
    margin = max((len(text) for text in labels.values()), default=0) + 2
    if width < margin + 6:
        labels, margin = {}, 0
    span = _span_of(clean, seconds)
    canvas = Canvas(width - margin, rows, blocks=blocks)
    drawn = max(canvas.dot_width - 2 * HEAD_ROOM, 1)
    heads: list[tuple[int, int, str]] = []
    for line in reversed(clean):
        ys = _dot_rows(line, span, drawn, scale, canvas.dot_height)
        canvas.line(ys, line.key)
        last = max((x for x, y in enumerate(ys) if y is not None), default=None)
        if last is not None and (y := ys[last]) is not None:
            heads.append((y // canvas.rows_per_cell, last // 2 + 2, line.key))
    over = _place_letters(heads[::-1], canvas.width, rows)
    plotted: list[Row] = [
        (*_axis(labels, index, margin), *canvas.row(index, over.get(index, {}))) for index in range(rows)
    ]
    if has_time_axis:
        plotted.append(_time_axis(span, margin, width, drawn / 2))
    return fit_all(plotted, width, height)


def _finite(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, max(y, 0.0)) for x, y in points if 0 <= x <= LONGEST and math.isfinite(y)]


def _span_of(lines: Sequence[Line], seconds: float | None) -> float:
    """Seconds the time axis covers: the run's length where known, else a round time beyond the last point."""
    longest = max((x for line in lines for x, _ in line.points), default=0.0)
    if seconds is not None and SHORTEST <= seconds <= LONGEST:
        return max(seconds, longest)
    return nice_step(max(longest, 1.0), 1)


def _dot_rows(line: Line, span: float, width: int, scale: Scale, height: int) -> list[int | None]:
    """The dot row of every dot column: means of what falls into it, straight lines where nothing does."""
    sums, counts = [0.0] * width, [0] * width
    for seconds, value in line.points:
        x = min(int(seconds / span * (width - 1) + 0.5), width - 1)
        sums[x] += value
        counts[x] += 1
    rows: list[int | None] = [None] * width
    before: tuple[int, float] | None = None
    for x in range(width):
        if not counts[x]:
            continue
        value = sums[x] / counts[x]
        start, from_value = before or (x, value)
        for step in range(start, x + 1):
            part = (step - start) / (x - start) if x > start else 1.0
            rows[step] = _dot_row(scale, from_value + (value - from_value) * part, height)
        before = (x, value)
    return rows


def _dot_row(scale: Scale, value: float, height: int) -> int:
    return round((1 - scale.position(value)) * max(height - 1, 0))


def _place_letters(
    heads: Sequence[tuple[int, int, str]], width: int, rows: int
) -> dict[int, dict[int, tuple[str, str]]]:
    """Put each letter beside its line's head, one further right or a row off where one stands already."""
    placed: dict[int, dict[int, tuple[str, str]]] = {}
    for row, column, key in heads:
        for near in sorted(range(rows), key=lambda r, row=row: (abs(r - row), r)):  # type: ignore[misc]
            free = [c for c in range(column, min(column + 2, width)) if c not in placed.get(near, {})]
            if free:
                placed.setdefault(near, {})[free[0]] = (key[:1], f"{key} bold")
                break
    return placed


def _tick_rows(scale: Scale, rows: int) -> dict[int, str]:
    """Which row carries which tick label; the first to claim a row keeps it."""
    labels: dict[int, str] = {}
    for tick in scale.ticks:
        labels.setdefault(round((1 - scale.position(tick)) * max(rows - 1, 0)), short(tick))
    return labels


def _axis(labels: dict[int, str], row: int, margin: int) -> Row:
    if margin < 2:
        return ()
    if row in labels:
        return ((right(labels[row], margin - 2), "axis"), (" ┤", "rule"))
    return ((" " * (margin - 2), ""), (" │", "rule"))


def _time_axis(span: float, margin: int, width: int, drawn: float) -> Row:
    """Seconds below the plot, as many round ones as there is room for."""
    room = max(width - margin, 0)
    step = nice_step(span * 0.96, max(min(room // 9, 5), 1))
    text = " " * room
    for index in range(int(span / step + 1e-9) + 1):
        seconds = index * step
        label = f"{seconds:g} s" if index else "0"
        at = round(seconds / span * max(drawn - 1, 0))
        at = max(at - (len(label) // 2 if index else 0), 0)
        if at + len(label) <= room and not text[max(at - 1, 0) : at + len(label)].strip():
            text = text[:at] + label + text[at + len(label) :]
    return ((" " * margin, ""), (left(text, room), "axis"))
