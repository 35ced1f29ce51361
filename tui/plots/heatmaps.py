"""Heat maps: latencies over time, and a sweep's two axes.

Where there are colours, the more a cell holds the more it stands out from the ground; where there are none, a
character grows denser.  Over time, columns are moments and rows latencies on a logarithmic axis, two to a cell;
levels are logarithmic, so that the few slow requests are seen beside the many.  Over two axes, each contender's tile
has a cell for each pair of levels, all on one scale, with the value where it fits.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from httptui.colours import LEVELS, shades
from httptui.engines.buckets import HIGHEST_NS, bounds_of, bucket_of
from httptui.results.histogram import COARSE
from httptui.scale import LARGEST, Scale, log_scale, milliseconds, short
from httptui.tui.plots.axes import LONGEST, margin_of, mark_columns, span_of, tick_rows, time_axis, value_axis
from httptui.tui.plots.cells import Cells, Row, Segment, fit, fit_all, joined, left, right
from httptui.units import format_percent

NS_PER_MS = 1e6
DENSITIES = "·░▒▓█"
MARK = "│"
RANGE = 100
"""The fullest place has so many times the share of the faintest level."""
SMALLEST_WITH_LEGEND = 8
WIDEST_NAME = 13


@dataclass(frozen=True, slots=True)
class Moment:
    """Counts from `start` to `end` seconds: index, count, index, count … by rising bucket index."""

    start: float
    end: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A latency in milliseconds that is named at the right of the picture."""

    name: str
    value: float


def plot_heatmap(
    moments: Sequence[Moment],
    width: int,
    height: int,
    *,
    seconds: float | None = None,
    names: Sequence[Named] = (),
    marks: Sequence[float] = (),
    dense: bool = False,
) -> Cells:
    """Draw the moments, in order of time, over 0 … `seconds` (or as long as they are), with ticks left and below, a
    legend above where there is room, named latencies at the right and a thin upright at every one of the `marks`.
    `dense` is without colours.  Exactly `height` rows of `width` cells, whatever the data.
    """
    names = [named for named in names if math.isfinite(named.value)]
    known = [
        moment for moment in moments if 0 <= moment.start < moment.end <= LONGEST and any(moment.counts[1::2])
    ]
    has_legend, has_time_axis = height >= SMALLEST_WITH_LEGEND, height >= 5
    rows = height - has_legend - has_time_axis
    if not known or rows < 1 or width < 1:
        return fit_all([], width, height)
    scale = _scale_of(known, max(min(rows // 2, 8), 1))
    labels = tick_rows(scale, rows, milliseconds)
    margin = margin_of(labels, width)
    right = _room_for(names, width - margin)
    columns = width - margin - right
    span = span_of(known[-1].end, seconds)
    pixel_rows = rows if dense else 2 * rows
    shares = [_shares(part, scale, pixel_rows) for part in _by_column(known, span, columns)]
    peak = _peak(shares)
    steps = _steps(peak)
    pixels = [_levels(column, steps) for column in shares]
    uprights = mark_columns(marks, span, columns)
    beside = _beside(names, scale, rows) if right else {}
    drawn: list[Row] = []
    if has_legend:
        drawn.append(_legend(peak, width - right, dense=dense))
    for row in range(rows):
        cells = [_dense(column, row) if dense else _coloured(column, row) for column in pixels]
        drawn.append(
            (*value_axis(labels, row, margin), *joined(_marked(cells, uprights)), *beside.get(row, ()))
        )
    if has_time_axis:
        drawn.append(time_axis(span, margin, width, columns))
    return fit_all(drawn, width, height)


def _scale_of(moments: Sequence[Moment], parts: int) -> Scale:
    indexes = {index for moment in moments for index in (moment.counts[0], moment.counts[-2])}
    low, high = bounds_of(max(min(indexes), 1))[0], min(bounds_of(max(indexes))[1], HIGHEST_NS)
    return log_scale([low / NS_PER_MS, high / NS_PER_MS], parts, 1e-3)


def _by_column(moments: Sequence[Moment], span: float, columns: int) -> list[list[Moment]]:
    """The moments that each column shows: those whose middle lies in it, or else the one that is on at its middle."""
    found: list[list[Moment]] = [[] for _ in range(columns)]
    for moment in moments:
        found[_column(moment.start / 2 + moment.end / 2, span, columns)].append(moment)
    for moment in moments:
        for column in range(_column(moment.start, span, columns), _column(moment.end, span, columns) + 1):
            if not found[column] and moment.start <= (column + 0.5) / columns * span < moment.end:
                found[column] = [moment]
    return found


def _column(seconds: float, span: float, columns: int) -> int:
    return min(int(seconds / span * columns), columns - 1)


class _Rows:
    """The rows, counted from the top, into which a bucket falls, with its share in each."""

    def __init__(self, scale: Scale, rows: int) -> None:
        self.count = rows
        inner = (bucket_of(int(scale.value(row / rows) * NS_PER_MS)) for row in range(1, rows))
        self._edges = [0, *inner, bucket_of(HIGHEST_NS) + COARSE]
        self._known: dict[int, list[tuple[int, float]]] = {}

    def of(self, index: int) -> list[tuple[int, float]]:
        """The rows of a coarse bucket, told by its middle, each with a share."""
        if index not in self._known:
            low = max(index - COARSE // 2, 0)
            high = low + COARSE
            first, after = bisect_right(self._edges, low) - 1, bisect_left(self._edges, high)
            parts = (
                (row, min(high, self._edges[row + 1]) - max(low, self._edges[row]))
                for row in range(first, min(after, self.count))
            )
            self._known[index] = [(self.count - 1 - row, part / COARSE) for row, part in parts if part > 0]
        return self._known[index]


def _shares(moments: Sequence[Moment], scale: Scale, rows: int) -> list[float]:
    """The share of a column's requests in each of its rows, from the top."""
    each = [_counted(moment.counts, scale, rows) for moment in moments]
    counted = [sum(parts) for parts in zip(*each, strict=True)]
    total = sum(counted)
    return [count / total for count in counted] if total else [0.0] * rows


@lru_cache(maxsize=512)
def _counted(counts: tuple[int, ...], scale: Scale, rows: int) -> tuple[float, ...]:
    """The count in each row, from the top; cached, for most of a picture is the same in the next one."""
    counted = [0.0] * rows
    row_of = _rows_of(scale, rows)
    for index, count in zip(counts[::2], counts[1::2], strict=True):
        for row, part in row_of.of(index):
            counted[row] += part * count
    return tuple(counted)


@lru_cache(maxsize=8)
def _rows_of(scale: Scale, rows: int) -> _Rows:
    return _Rows(scale, rows)


def _peak(shares: Sequence[Sequence[float]]) -> float:
    """The share that a column's fullest place has in the mean."""
    fullest = [max(column) for column in shares if any(column)]
    return sum(fullest) / len(fullest)


def _levels(shares: Sequence[float], steps: Sequence[float]) -> list[int]:
    """0 where there is nothing, 1 for the faintest share, `LEVELS` about the peak and beyond."""
    return [1 + bisect_right(steps, share) if share else 0 for share in shares]


def _steps(peak: float) -> list[float]:
    """The shares from which on the second, third … level is shown: equal factors apart."""
    return [peak * RANGE ** ((level - 0.5) / (LEVELS - 1) - 1) for level in range(1, LEVELS)]


def _coloured(column: Sequence[int], row: int) -> Segment:
    upper, lower = column[2 * row], column[2 * row + 1]
    if upper == lower:
        return (" ", f"heat {upper} {upper}" if upper else "")
    return ("▀", f"heat {upper} {lower}")


def _dense(column: Sequence[int], row: int) -> Segment:
    return (_density(column[row]) if column[row] else " ", "")


def _density(level: int) -> str:
    """The character of a level where there are no colours."""
    return DENSITIES[(level - 1) * len(DENSITIES) // LEVELS]


def _marked(cells: list[Segment], uprights: set[int]) -> list[Segment]:
    """The cells with uprights where nothing is to be seen, so that they hide nothing."""
    return [(MARK, "axis") if at in uprights and cell == (" ", "") else cell for at, cell in enumerate(cells)]


def _legend(peak: float, width: int, *, dense: bool) -> Row:
    """The meaning of the levels, at the right of the first row."""
    ramp: Row = ((DENSITIES, ""),) if dense else tuple((" ", f"heat {n} {n}") for n in range(1, LEVELS + 1))
    words = ("share of requests  ", f"{format_percent(peak / RANGE)} ", f" {format_percent(peak)}")
    taken = sum(map(len, words)) + sum(len(text) for text, _ in ramp)
    if taken > width:
        return ()
    blank = (" " * (width - taken), "")
    return (blank, (words[0], "dim"), (words[1], "axis"), *ramp, (words[2], "axis"))


def _room_for(names: Sequence[Named], width: int) -> int:
    """Cells at the right for the names, or none where the picture would have too few left."""
    longest = max((len(named.name) + 2 for named in names), default=0)
    return longest if longest <= WIDEST_NAME and longest * 3 <= width else 0


def _beside(names: Sequence[Named], scale: Scale, rows: int) -> dict[int, Row]:
    """The names at their rows; of two at one row the later one goes up, and is left out where that is not free."""
    placed: dict[int, Row] = {}
    above = rows
    for named in sorted(names, key=lambda named: named.value):
        row = min(round((1 - scale.position(named.value)) * (rows - 1)), above - 1)
        if row < 0:
            break
        placed[row] = (("╶ ", "rule"), (named.name, "dim"))
        above = row
    return placed


BEST = "◂"
GAP = 3
WIDEST_CELL = 14
WAYS = ((3, True), (2, True), (3, False), (2, False), (1, False))
"""Lines of a cell and whether it has its note, the best first; the first with room is used."""
LIGHT_FROM = 7
"""From this level on, a value is written in the ground's colour and not in the ramp's last."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One contender: its letter, its name, and its values by (row level, column level); a missing one is unknown.
    `notes` stand below values where there is room.
    """

    key: str
    name: str
    values: Mapping[tuple[float, float], float]
    notes: Mapping[tuple[float, float], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """A value in words, the text where rows and columns meet, the best of a tile's values, which is marked, and
    `dense`, without colours.
    """

    text: Callable[[float], str] = short
    corner: str = ""
    best: Callable[[Sequence[float]], float] = max
    dense: bool = False


def plot_grid(
    tiles: Sequence[Tile],
    rows: Sequence[float],
    columns: Sequence[float],
    width: int,
    height: int,
    look: Look,
) -> Cells:
    """Draw the tiles side by side, as many as fit, and the others below; levels stand left and above.  Rows of
    exactly `width` cells, as many as it takes; the cells grow as long as that is within `height`.
    """
    if not rows or not columns or width < 1:
        return ()
    clean = [Tile(tile.key, tile.name, _known(tile.values), tile.notes) for tile in tiles]
    for lines, noted in WAYS:
        shown_tiles = clean if noted else [replace(tile, notes={}) for tile in clean]
        sheet = _Sheet(shown_tiles, rows, columns, width, lines, look)
        if math.ceil(len(clean) / sheet.beside) * (sheet.height + 1) - 1 <= height:
            break
    drawn: list[Row] = []
    for start in range(0, len(clean), sheet.beside):
        shown = [sheet.draw(tile) for tile in shown_tiles[start : start + sheet.beside]]
        drawn += [()] if drawn else []
        drawn += [
            tuple(segment for part in parts for segment in (*fit(part, sheet.width), (" " * GAP, "")))
            for parts in zip(*shown, strict=True)
        ]
    return tuple(fit(row, width) for row in drawn)


def _known(values: Mapping[tuple[float, float], float]) -> dict[tuple[float, float], float]:
    """The finite values, none below zero, held below what can be named."""
    return {at: min(max(value, 0.0), LARGEST) for at, value in values.items() if math.isfinite(value)}


class _Sheet:
    """The levels, sizes and shades that all tiles share."""

    def __init__(
        self,
        tiles: Sequence[Tile],
        rows: Sequence[float],
        columns: Sequence[float],
        width: int,
        lines: int,
        look: Look,
    ) -> None:
        self._rows, self._columns, self._lines, self._look = rows, columns, lines, look
        values = [value for tile in tiles for value in tile.values.values()]
        self._level_of = shades(values)
        self._margin = max(len(look.corner), *(len(short(level)) for level in rows)) + 1
        texts = [look.text(value) for value in values]
        if lines > 1:
            texts += [note for tile in tiles for note in tile.notes.values()]
        needed = [3, *(len(text) + 2 for text in texts), *(len(short(c)) + 1 for c in columns)]
        wished = min(max(needed) + (2 if look.dense else lines), WIDEST_CELL)
        self._each = max(min(wished, (width - self._margin) // len(columns)), 1)
        self.width = self._margin + self._each * len(columns)
        self.beside = max((width + GAP) // (self.width + GAP), 1)
        self.height = 2 + lines * len(rows)

    def draw(self, tile: Tile) -> list[Row]:
        """One tile: its name, the column levels, and a row of cells for each row level."""
        best = self._look.best(list(tile.values.values())) if tile.values else None
        heading = [(right(short(column), self._each - 1) + " ", "axis") for column in self._columns]
        drawn: list[Row] = [
            ((tile.key, f"{tile.key} bold"), (f" {tile.name}", "strong")),
            ((left(self._look.corner, self._margin), "axis"), *heading),
        ]
        for row in self._rows:
            named = (self._lines - 1) // 2
            for line in range(self._lines):
                level = right(short(row) if line == named else "", self._margin - 1) + " "
                cells = [self._cell(tile, (row, column), line - named, best) for column in self._columns]
                drawn.append(((level, "axis"), *cells))
        return drawn

    def _cell(self, tile: Tile, at: tuple[float, float], line: int, best: float | None) -> Segment:
        """A line of a cell: the value where `line` is 0, below it the note, else the shade alone."""
        value = tile.values.get(at)
        if value is None:
            return (left(right("–" if line == 0 else "", self._each - 1), self._each), "axis")
        text = self._look.text(value) if line == 0 else tile.notes.get(at, "") if line == 1 else ""
        level, mark = self._level_of(value), BEST if line == 0 and value == best else " "
        shown = right(text, self._each - 1) + mark if self._each > len(text) else " " * self._each
        if not self._look.dense:
            return (shown, f"heat {0 if level >= LIGHT_FROM else LEVELS} {level}")
        sign = _density(level)
        if self._each <= len(text):
            shown = sign * (self._each - 1) + " "
        elif self._each > len(text) + 2:
            shown = f"{sign}{shown[1:]}"
        return (shown, "strong" if value == best else "")
