"""Lines over time on one shared scale, so that one line can be read against another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from httptui.scale import Scale, linear_scale, log_scale, milliseconds, short
from tui.plots.axes import LONGEST, margin_of, mark_columns, span_of, tick_rows, time_axis, value_axis
from tui.plots.canvas import Canvas
from tui.plots.cells import Cells, Row, fit_all

ROOM_BEFORE_NAME = 2
MARK = "│"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its style, (seconds, value) in order of time, and its name, the letter of its style if not given."""

    key: str
    points: Sequence[tuple[float, float]]
    name: str = ""

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
) -> Cells:
    """Draw the lines over 0 … `seconds` (or as long as they are), with ticks left and below, each line's name at its
    head and a thin upright at every one of the `marks`.  Exactly `height` rows of `width` cells, whatever the data.
    """
    clean = [Line(line.key, _finite(line.points), line.head) for line in lines]
    has_time_axis = height >= 5
    rows = height - has_time_axis
    values = [end for line in clean for end in _ends(line.points)]
    parts = max(min(rows // 2, 5), 1)
    scale = log_scale(values, parts, measure.least) if log else linear_scale(values, parts, rows)
    labels = tick_rows(scale, rows, measure.text)
    margin = margin_of(labels, width)
    span = span_of(max((x for line in clean for x, _ in line.points), default=0.0), seconds)
    canvas = Canvas(width - margin, rows, blocks=blocks)
    head_room = ROOM_BEFORE_NAME + max((len(line.head) for line in clean), default=1)
    drawn = max(canvas.dot_width - 2 * head_room, 1)
    columns = range(drawn - 1, -1, -1)
    heads: list[tuple[int, int, Line]] = []
    for line in reversed(clean):
        ys = _dot_rows(line, span, drawn, scale, canvas.dot_height, worst=measure.worst)
        canvas.line(ys, line.key)
        if head := next(((x, y) for x, y in zip(columns, reversed(ys), strict=True) if y is not None), None):
            heads.append((head[1] // canvas.rows_per_cell, head[0] // 2 + ROOM_BEFORE_NAME, line))
    over = place_names(heads[::-1], canvas.width, rows)
    for column in mark_columns(marks, span, drawn // 2):
        _put_mark(canvas, over, column)
    plotted: list[Row] = [
        (*value_axis(labels, index, margin), *canvas.row(index, over.get(index, {}))) for index in range(rows)
    ]
    if has_time_axis:
        plotted.append(time_axis(span, margin, width, drawn / 2))
    return fit_all(plotted, width, height)


def _finite(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y if y > 0.0 else 0.0) for x, y in points if 0 <= x <= LONGEST and isfinite(y)]


def _ends(points: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """The least and the largest value above zero, which decide a scale."""
    values = [y for _, y in points if y > 0.0]
    return (min(values), max(values)) if values else ()


def _dot_rows(
    line: Line, span: float, width: int, scale: Scale, height: int, *, worst: bool
) -> list[int | None]:
    """The dot row of every dot column: mean or worst of what falls into it, straight lines where nothing does."""
    last = width - 1
    found: dict[int, list[float]] = {}
    for seconds, value in line.points:
        x = int(seconds / span * last + 0.5)
        if x in found:
            found[x].append(value)
        else:
            found[x] = [value]
    rows: list[int | None] = [None] * width
    before: tuple[int, float] | None = None
    for x, values in sorted(found.items()):
        value = max(values) if worst else sum(values) / len(values)
        start, from_value = before or (x - 1, value)
        for step in range(start + 1, x + 1):
            rows[step] = dot_row(
                scale, from_value + (value - from_value) * (step - start) / (x - start), height
            )
        before = (x, value)
    return rows


def dot_row(scale: Scale, value: float, height: int) -> int:
    """The dot row of a value, of so many, counted from the top."""
    return round((1 - scale.position(value)) * max(height - 1, 0))


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
