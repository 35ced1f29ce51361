"""A grid of dots inside terminal cells: braille (2 × 4 dots a cell), or quadrant blocks (2 × 2) where a font
has no braille.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.plots.cells import Row

BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"


class Canvas:
    """Dots set by many owners; a cell takes the style of who touched it last."""

    def __init__(self, width: int, height: int, *, blocks: bool = False) -> None:
        self.width, self.height, self.blocks = max(width, 0), max(height, 0), blocks
        self.rows_per_cell = 2 if blocks else 4
        self.dot_width, self.dot_height = self.width * 2, self.height * self.rows_per_cell
        self._bits = [[0] * self.width for _ in range(self.height)]
        self._keys = [[""] * self.width for _ in range(self.height)]

    def column(self, x: int, top: int, bottom: int, key: str) -> None:
        """Set the dots of one dot column from `top` to `bottom`, both included and clamped."""
        if not 0 <= x < self.dot_width or not self.height:
            return
        per, cell, side = self.rows_per_cell, x // 2, x % 2
        for y in range(max(top, 0), min(bottom, self.dot_height - 1) + 1):
            row, inner = divmod(y, per)
            self._bits[row][cell] |= (1 << (inner * 2 + side)) if self.blocks else BRAILLE_BITS[inner][side]
            self._keys[row][cell] = key

    def line(self, ys: Sequence[int | None], key: str) -> None:
        """Draw one connected line with a dot row for every dot column; None before and after it."""
        before: int | None = None
        for x, y in enumerate(ys):
            if y is not None:
                top, bottom = (y, y) if before is None else _span(before, y)
                self.column(x, top, bottom, key)
            before = y

    def glyph(self, row: int, cell: int) -> str:
        """The character of one cell."""
        bits = self._bits[row][cell]
        if self.blocks:
            return QUADRANTS[bits]
        return chr(0x2800 + bits) if bits else " "

    def row(self, index: int, over: dict[int, tuple[str, str]]) -> Row:
        """One row of cells as segments; `over` puts one character and style over some of its columns."""
        segments: list[tuple[str, str]] = []
        text, key = "", ""
        for cell in range(self.width):
            glyph, new = over.get(cell) or (self.glyph(index, cell), self._keys[index][cell])
            if new != key and text:
                segments.append((text, key))
                text = ""
            text, key = text + glyph, new
        if text:
            segments.append((text, key))
        return tuple(segments)


def _span(before: int, now: int) -> tuple[int, int]:
    """The dots that join a column to the one before it without a gap or a double."""
    if now > before:
        return before + 1, now
    return (now, before - 1) if now < before else (now, now)
