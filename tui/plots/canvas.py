"""Dots inside terminal cells, and lines of dots that grow from picture to picture.

A cell is braille (2 × 4 dots), or a quadrant block (2 × 2) where a font has no braille.  Of a line that grows, only
new points are worked out, and only columns that differ from the last picture are drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from math import isfinite
from operator import ne
from typing import Any

from httptui.scale import Scale
from httptui.tui.plots.axes import LONGEST
from httptui.tui.plots.cells import Row, Segment

Bits = tuple[tuple[int, int], ...]
"""For each dot of a cell from the top: the bit of the left one and of the right one."""

BRAILLE_BITS: Bits = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BRAILLE = " " + "".join(chr(0x2800 + bits) for bits in range(1, 256))
QUADRANT_BITS: Bits = ((1, 2), (4, 8))
QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"


def bits_of_dots(*, blocks: bool) -> Bits:
    """The bits of a cell; as many pairs as it has dots one above the other."""
    return QUADRANT_BITS if blocks else BRAILLE_BITS


class Canvas:
    """Dots set by many owners; a cell takes the style of who touched it last."""

    def __init__(self, width: int, height: int, *, blocks: bool = False) -> None:
        self.width, self.height, self.blocks = max(width, 0), max(height, 0), blocks
        self._glyphs = QUADRANTS if blocks else BRAILLE
        self._dots = bits_of_dots(blocks=blocks)
        self.rows_per_cell = len(self._dots)
        self.dot_width, self.dot_height = self.width * 2, self.height * self.rows_per_cell
        self._bits = [[0] * self.width for _ in range(self.height)]
        self._keys = [[""] * self.width for _ in range(self.height)]

    def column(self, x: int, top: int, bottom: int, key: str) -> None:
        """Set the dots of one dot column from `top` to `bottom`, both included and clamped."""
        if not 0 <= x < self.dot_width or not self.height:
            return
        cell, side = divmod(x, 2)
        for y in range(max(top, 0), min(bottom, self.dot_height - 1) + 1):
            row, inner = divmod(y, self.rows_per_cell)
            self._bits[row][cell] |= self._dots[inner][side]
            self._keys[row][cell] = key

    def line(self, ys: Sequence[int | None], key: str, start: int = 0) -> None:
        """Draw one connected line with a dot row for every dot column, from column `start` on; None before and after
        it.
        """
        before = ys[start - 1] if 0 < start <= len(ys) else None
        for x, y in enumerate(ys[start:], start):
            if y is not None:
                top, bottom = (y, y) if before is None else _span(before, y)
                self.column(x, top, bottom, key)
            before = y

    def clear_from(self, cell: int) -> None:
        """Take away all that was drawn in a column of cells and right of it."""
        for bits, keys in zip(self._bits, self._keys, strict=True):
            bits[cell:] = [0] * (self.width - cell)
            keys[cell:] = [""] * (self.width - cell)

    def glyph(self, row: int, cell: int) -> str:
        """The character of one cell."""
        return self._glyphs[self._bits[row][cell]]

    def row(self, index: int, over: dict[int, tuple[str, str]]) -> Row:
        """One row of cells as segments; `over` puts one character and style over some of its columns."""
        glyphs, keys = [self._glyphs[bits] for bits in self._bits[index]], self._keys[index]
        if over:
            keys = keys.copy()
            for cell in over.keys() & set(range(self.width)):
                glyphs[cell], keys[cell] = over[cell]
        segments: list[Segment] = []
        end = 0
        for key, run in groupby(keys):
            start, end = end, end + len(list(run))
            segments.append(("".join(glyphs[start:end]), key))
        return tuple(segments)


def _span(before: int, now: int) -> tuple[int, int]:
    """The dots that join a column to the one before it without a gap or a double."""
    if now > before:
        return before + 1, now
    return (now, before - 1) if now < before else (now, now)


Place = tuple[float, float]
"""Seconds and value."""
DotRows = list[int | None]


class Trace:
    """One line.  All but its newest point are known to stay, as long as the first and the last of them are the same
    objects as before.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._first: Any = None
        self._last: Any = None
        self._settled: list[Place] = []
        self._count = 0
        self._newest: list[Place] = []
        self._values: tuple[float, float] | None = None
        self._grid: tuple[float, int, bool] | None = None

    def follow(self, points: Sequence[Any], place_of: Callable[[Any], Place]) -> None:
        """Take the points of the line, in the order of time; those that no plot can show are left out."""
        known = self._count
        if not 0 < known < len(points) or points[0] is not self._first or points[known - 1] is not self._last:
            self._forget()
            known = 0
        fresh = _usable(map(place_of, points[known:-1]))
        self._settled += fresh
        self._values = _with(self._values, fresh)
        self._newest = _usable(map(place_of, points[-1:]))
        if len(points) > 1:
            self._count, self._first, self._last = len(points) - 1, points[0], points[-2]

    @property
    def ends(self) -> tuple[float, ...]:
        """The least and the largest value above zero, which decide a scale."""
        return _with(self._values, self._newest) or ()

    @property
    def seconds(self) -> float:
        """The end of the line."""
        return max((place[0] for place in (*self._settled[-1:], *self._newest)), default=0.0)

    def dot_rows(self, span: float, width: int, scale: Scale, height: int, *, worst: bool) -> DotRows:
        """The dot row of every dot column of so many: the mean, or the worst, of what falls into it, straight lines
        where nothing does; None before and after it.
        """
        if self._grid != (span, width, worst):
            self._grid = (span, width, worst)
            self._columns: list[tuple[int, float]] = []
            self._open: tuple[int, list[float]] | None = None
            self._sorted = 0
            self._rows: DotRows = []
            self._drawn, self._scale = 0, (scale, height)
        for place in self._settled[self._sorted :]:
            self._put(place)
        self._sorted = len(self._settled)
        if self._scale != (scale, height):
            self._rows, self._drawn, self._scale = [], 0, (scale, height)
        before = self._columns[self._drawn - 1] if self._drawn else None
        for column in self._columns[self._drawn :]:
            _reach(self._rows, before, column, scale, height)
            before = column
        self._drawn = len(self._columns)
        rows = self._rows.copy()
        for column in self._unfinished():
            _reach(rows, before, column, scale, height)
            before = column
        return rows + [None] * (width - len(rows))

    def _put(self, place: Place) -> None:
        """Put a settled point into its column; the column before it is finished."""
        column = self._column_of(place)
        if self._open is not None and column <= self._open[0]:
            self._open[1].append(place[1])
            return
        if self._open is not None:
            self._columns.append(self._merged(*self._open))
        self._open = (column, [place[1]])

    def _unfinished(self) -> list[tuple[int, float]]:
        """The columns that may still change: the one of the last settled points, and the newest one's."""
        found = [] if self._open is None else [(self._open[0], self._open[1].copy())]
        for place in self._newest:
            column = self._column_of(place)
            if found and column <= found[-1][0]:
                found[-1][1].append(place[1])
            else:
                found.append((column, [place[1]]))
        return [self._merged(*one) for one in found]

    def _column_of(self, place: Place) -> int:
        assert self._grid is not None
        span, width, _ = self._grid
        return int(place[0] / span * (width - 1) + 0.5)

    def _merged(self, column: int, values: list[float]) -> tuple[int, float]:
        assert self._grid is not None
        return (column, max(values) if self._grid[2] else sum(values) / len(values))


class Traces:
    """The lines of one plot, and its canvas as it was drawn last."""

    def __init__(self) -> None:
        self._traces: list[Trace] = []
        self._canvas: Canvas | None = None
        self._lines: list[tuple[str, DotRows]] = []

    def follow(self, lines: Sequence[tuple[Sequence[Any], Callable[[Any], Place]]]) -> list[Trace]:
        """The traces of lines, each of which is given by its points and what makes a place of one."""
        self._traces = [*self._traces[: len(lines)], *(Trace() for _ in lines[len(self._traces) :])]
        for trace, (points, place_of) in zip(self._traces, lines, strict=True):
            trace.follow(points, place_of)
        return self._traces

    def canvas(self, width: int, height: int, lines: list[tuple[str, DotRows]], *, blocks: bool) -> Canvas:
        """The lines, the first on top; each is a style and its dot rows, all as many."""
        size = (max(width, 0), max(height, 0), blocks)
        canvas, before = self._canvas, self._lines
        alike = [(key, len(rows)) for key, rows in lines] == [(key, len(rows)) for key, rows in before]
        if canvas is None or not alike or (canvas.width, canvas.height, canvas.blocks) != size:
            self._canvas = canvas = Canvas(width, height, blocks=blocks)
            start = 0
        else:
            changes = zip(before, lines, strict=True)
            start = min((_first_change(old, new) for (_, old), (_, new) in changes), default=0) // 2
            canvas.clear_from(start)
        for key, rows in reversed(lines):
            canvas.line(rows, key, 2 * start)
        self._lines = lines
        return canvas


def dot_row(scale: Scale, value: float, height: int) -> int:
    """The dot row of a value, of so many, counted from the top."""
    return round((1 - scale.position(value)) * max(height - 1, 0))


def _reach(
    rows: DotRows, before: tuple[int, float] | None, column: tuple[int, float], scale: Scale, height: int
) -> None:
    """Draw the line on to a column, straight from the one before it."""
    x, value = column
    if before is None:
        rows += [None] * (x - len(rows))
    start, from_value = before or (x - 1, value)
    for step in range(start + 1, x + 1):
        at = from_value + (value - from_value) * (step - start) / (x - start)
        rows.append(dot_row(scale, at, height))


def _usable(places: Sequence[Place] | map[Place]) -> list[Place]:
    return [(x, y if y > 0.0 else 0.0) for x, y in places if 0 <= x <= LONGEST and isfinite(y)]


def _with(ends: tuple[float, float] | None, places: Sequence[Place]) -> tuple[float, float] | None:
    """The ends widened to the values of places that are above zero."""
    values = [*(ends or ()), *(y for _, y in places if y > 0.0)]
    return (min(values), max(values)) if values else None


def _first_change(old: DotRows, new: DotRows) -> int:
    return [*map(ne, old, new), True].index(True)
