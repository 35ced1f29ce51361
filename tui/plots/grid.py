"""A grid of two axes as a heat map: one tile a contender, a cell for each pair of levels, all tiles on one scale.

Where there are colours, the more a cell holds the more it stands out from the ground; where there are none, a sign
before the value grows denser.  The value stands in the cell wherever it fits, and the best cell of a tile is marked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from httptui.colours import LEVELS, shades
from httptui.scale import LARGEST, short
from httptui.tui.plots.cells import Cells, Row, Segment, fit, left, right

DENSITIES = "·░▒▓█"
BEST = "◂"
GAP = 3
WIDEST_CELL = 14
WAYS = ((3, True), (2, True), (3, False), (2, False), (1, False))
"""How many lines a cell takes and whether it has its note: the first way for which there is room."""
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
    """How the tiles are drawn: a value in words, what stands where rows and columns meet, which of a tile's values is
    the best and is marked, and whether there are no colours.
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
    """What all tiles share: levels, sizes and shades."""

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
        sign = DENSITIES[(level - 1) * len(DENSITIES) // LEVELS]
        if self._each <= len(text):
            shown = sign * (self._each - 1) + " "
        elif self._each > len(text) + 2:
            shown = f"{sign}{shown[1:]}"
        return (shown, "strong" if value == best else "")
