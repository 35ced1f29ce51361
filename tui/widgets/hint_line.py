"""The first keys, told once in a line above the last one; gone at the first key that is pressed."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from httptui.tui.plots.cells import Row, fit
from httptui.tui.theme import style_source


class HintLine(Widget):
    """`keys` are pairs of a key and what it does."""

    DEFAULT_CSS = "HintLine { height: 1; width: 1fr; background: $surface; }"

    def __init__(self, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._keys = keys

    def render_line(self, y: int) -> Strip:
        """The line as the terminal gets it."""
        _, _, background, foreground = self.colors
        source = style_source(background, foreground)
        row: Row = ((" New here?  ", "strong"),)
        for number, (key, words) in enumerate(self._keys):
            row = (*row, ("  ·  " if number else "", "axis"), (key, "accent bold"), (f" {words}", ""))
        shown = fit(row if y == 0 else (), self.size.width)
        return Strip([Segment(text, source(key)) for text, key in shown])
