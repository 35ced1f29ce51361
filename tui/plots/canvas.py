"""A grid of dots inside terminal cells: braille (2 × 4 dots a cell), or quadrant blocks (2 × 2) where a font
has no braille.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

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
