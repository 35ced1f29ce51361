"""The drawing of a load below its values, which follows each key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from httptui.tui.forms.shape import HEIGHT, Shape, draw_shape
from httptui.tui.theme import style_source

if TYPE_CHECKING:
    from httptui.tui.plots.cells import Cells


class LoadShape(Widget):
    """A few rows, drawn anew when the shape or the width changes."""

    DEFAULT_CSS = f"LoadShape {{ height: {HEIGHT}; width: 1fr; }}"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shape: Shape | None = None
        self._cells: Cells = ()
        self._drawn_for: tuple[Shape | None, int] | None = None

    def show(self, shape: Shape | None) -> None:
        """Show a shape, or that there is none."""
        if shape != self._shape:
            self._shape = shape
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row as the terminal gets it."""
        width = self.size.width
        if self._drawn_for != (self._shape, width):
            self._drawn_for = (self._shape, width)
            self._cells = draw_shape(self._shape, width)
        _, _, background, foreground = self.colors
        style_of = style_source(background, foreground)
        row = self._cells[y] if y < len(self._cells) else ()
        return Strip([Segment(text, style_of(key)) for text, key in row]).adjust_cell_length(
            width, style_of("")
        )
