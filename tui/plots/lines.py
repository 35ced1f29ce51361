"""Lines over time on one shared scale, so that one line can be read against another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from httptui.scale import Scale, linear_scale, log_scale, milliseconds, short
from httptui.tui.plots.axes import margin_of, mark_columns, span_of, tick_rows, time_axis, value_axis
from httptui.tui.plots.canvas import Canvas, bits_of_dots
from httptui.tui.plots.cells import Cells, Row, columns, fit_all
from httptui.tui.plots.traces import Place, Traces

ROOM_BEFORE_NAME = 2
MARK = "│"


def as_it_is(point: Any) -> Place:
    """A point that is (seconds, value) already."""
    place: Place = point
    return place


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its style, its points in order of time, its name, the letter of its style if not given, and what
    makes (seconds, value) of a point.
    """

    key: str
    points: Sequence[Any]
    name: str = ""
    place_of: Callable[[Any], Place] = as_it_is

    @property
    def head(self) -> str:
        """What is written at its head."""
        return self.name or self.key[:1]


@dataclass(frozen=True, slots=True)
class Measure:
    """What lines tell: how their ticks are written, and the least value of a logarithmic axis.  `worst`: of values
    that share a dot column the largest is drawn and not the mean, for percentiles are never averaged.
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
    over = place_names(heads, canvas.width, rows)
    for column in mark_columns(marks, span, drawn // 2):
        _put_mark(canvas, over, column)
    plotted: list[Row] = [
        (*value_axis(labels, index, margin), *canvas.row(index, over.get(index, {}))) for index in range(rows)
    ]
    if has_time_axis:
        plotted.append(time_axis(span, margin, width, drawn / 2))
    return fit_all(plotted, width, height)


def place_names(
    heads: Sequence[tuple[int, int, Line]], width: int, rows: int
) -> dict[int, dict[int, tuple[str, str]]]:
    """Put each name beside its line's head, one further right or a row off where one stands already."""
    placed: dict[int, dict[int, tuple[str, str]]] = {}
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


def _put_mark(canvas: Canvas, over: dict[int, dict[int, tuple[str, str]]], column: int) -> None:
    """An upright behind all that is drawn."""
    for row in range(canvas.height):
        if canvas.glyph(row, column) == " ":
            over.setdefault(row, {}).setdefault(column, (MARK, "axis"))


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
    return [_value_at(points, times, (column + 0.5) / count * times[-1]) for column in range(count)]


def _value_at(points: Sequence[tuple[float, float]], times: list[float], time: float) -> float:
    after = bisect_right(times, time)
    if after == 0 or after == len(points):
        return points[min(after, len(points) - 1)][1]
    (start, low), (end, high) = points[after - 1], points[after]
    return low + (high - low) * (time - start) / (end - start)


def _edged(bars: list[str], row: int, key: str) -> Row:
    """One row of the bars, in the edge's style where nothing stands above."""
    above = bars[row - 1] if row else " " * len(bars[row])
    segments: list[tuple[str, str]] = []
    for bar, upper in zip(bars[row], above, strict=True):
        style = "" if bar == " " else key if upper == " " else FILL
        if segments and segments[-1][1] == style:
            segments[-1] = (segments[-1][0] + bar, style)
        else:
            segments.append((bar, style))
    return tuple(segments)


def _moments(times: Sequence[float], width: int) -> str:
    """Seconds below the columns where they fall, the first and the last before all others."""
    text = " " * width
    for time in (times[0], times[-1], *times[1:-1]):
        label = f"{time:.4g} s" if time else "0"
        share = time / times[-1] if times[-1] else 0.0
        at = min(max(round(share * width) - len(label) // 2, 0), width - len(label))
        if at >= 0 and not text[max(at - 1, 0) : at + len(label) + 1].strip():
            text = text[:at] + label + text[at + len(label) :]
    return text
