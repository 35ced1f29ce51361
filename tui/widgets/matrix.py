"""The matrix one ticks contenders in: engines down, reuse × HTTP version × loop across."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from httptui.tui.forms.combinations import COLUMNS, Column, ticked, why_not
from httptui.tui.theme import style_source
from httptui.tui.widgets.matrix_cells import HEADER_ROWS, WAYS, Matrix, draw_matrix, grid_for, words_of_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from httptui.engines.registry import EngineInfo
    from httptui.tui.forms.state import FormState
    from httptui.tui.plots.cells import Cells


class ContenderMatrix(Widget, can_focus=True):
    """Arrow keys move, space or enter or a click ticks; the screen owns the state and hears of each tick."""

    BINDING_GROUP_TITLE = "Matrix of contenders"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "tick", id="matrix.tick"),
        Binding("d", "duplicate", "duplicate", id="matrix.duplicate"),
        Binding("f7", "open('read')", "more", tooltip="Show all it may have of its own", id="matrix.more"),
        Binding("o", "open('pool')", "own pool", show=False, tooltip="Go to its own pool", id="matrix.own"),
        Binding("up,k", "move(-1, 0)", "engine above", show=False, id="matrix.up"),
        Binding("down,j", "move(1, 0)", "engine below", show=False, id="matrix.down"),
        Binding("left,h", "move(0, -1)", "way to the left", show=False, id="matrix.left"),
        Binding("right,l", "move(0, 1)", "way to the right", show=False, id="matrix.right"),
        Binding("ctrl+left", f"move(0, -{WAYS})", "previous reuse", show=False, id="matrix.previous-reuse"),
        Binding("ctrl+right", f"move(0, {WAYS})", "next reuse", show=False, id="matrix.next-reuse"),
    ]
    DEFAULT_CSS = "ContenderMatrix { height: auto; width: 1fr; }"

    @dataclass
    class Ticked(Message):
        """A cell that can be ticked was ticked or unticked."""

        engine: str
        column: Column

    @dataclass
    class Refused(Message):
        """A cell cannot be ticked, and why."""

        reason: str

    @dataclass
    class Opened(Message):
        """One of the values that the contender in a cell has of its own is wanted."""

        engine: str
        column: Column
        attribute: str

    @dataclass
    class Duplicated(Message):
        """The contender in a cell is wanted once more."""

        engine: str
        column: Column

    @dataclass
    class Pointed(Message):
        """The cell under the cursor in words, or the empty text without the focus."""

        words: str

    def __init__(self, engines: tuple[EngineInfo, ...], state: FormState, *, every: str, id: str) -> None:
        super().__init__(id=id)
        self._matrix = Matrix(engines, state, (0, 0), focused=False, every=every)
        self._cells: Cells = ()
        self._drawn_for: tuple[Matrix, int] | None = None
        self._said = ""

    def show(self, engines: tuple[EngineInfo, ...], state: FormState, every: str) -> None:
        """Show another state; the cursor stays where it is."""
        resized = len(engines) != len(self._matrix.engines)
        row = min(self._matrix.cursor[0], max(len(engines) - 1, 0))
        cursor = (row, self._matrix.cursor[1])
        self._matrix = replace(self._matrix, engines=engines, state=state, every=every, cursor=cursor)
        self.refresh(layout=resized)
        self._say()

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cell that a key would tick."""
        return self._matrix.cursor

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Headings, and one row an engine."""
        return HEADER_ROWS + len(self._matrix.engines)

    def render_line(self, y: int) -> Strip:
        """One row of the matrix as the terminal gets it."""
        width = self.size.width
        if self._drawn_for != (self._matrix, width):
            self._cells = draw_matrix(self._matrix, width)
            self._drawn_for = (self._matrix, width)
        _, _, background, foreground = self.colors
        style_of = style_source(background, foreground)
        row = self._cells[y] if y < len(self._cells) else ()
        return Strip([Segment(text, style_of(key)) for text, key in row]).adjust_cell_length(
            width, style_of("")
        )

    def on_focus(self) -> None:
        """Show the cursor."""
        self._point(self._matrix.cursor, focused=True)

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._point(self._matrix.cursor, focused=False)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell which cell is under the mouse, or why it cannot be ticked."""
        place = self._place_of(event)
        self.tooltip = None if place is None else Text(words_of_cell(self._matrix, place))

    def on_click(self, event: events.Click) -> None:
        """Tick what was clicked."""
        place = self._place_of(event)
        if place is not None:
            self._point(place, focused=True)
            self.action_tick()

    def _place_of(self, event: events.MouseEvent) -> tuple[int, int] | None:
        """Row and column of the cell under the mouse."""
        offset = event.get_content_offset(self)
        if offset is None or not HEADER_ROWS <= offset.y < HEADER_ROWS + len(self._matrix.engines):
            return None
        column = grid_for(self._matrix.engines, self.size.width).column_at(offset.x)
        return None if column is None else (offset.y - HEADER_ROWS, column)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor, up to the edges."""
        row, column = self._matrix.cursor
        row = min(max(row + rows, 0), max(len(self._matrix.engines) - 1, 0))
        column = min(max(column + columns, 0), len(COLUMNS) - 1)
        self._point((row, column), focused=True)

    def action_tick(self) -> None:
        """Tick or untick the cell under the cursor."""
        self._tell(self.Ticked)

    def action_duplicate(self) -> None:
        """Add a contender of the cell's kind: a second one where it is ticked."""
        self._tell(self.Duplicated)

    def action_open(self, attribute: str) -> None:
        """Go to what the contender under the cursor has of its own, ticking it where need be."""
        self._tell(partial(self.Opened, attribute=attribute))

    def _tell(self, message: Callable[[str, Column], Message]) -> None:
        """Post a message of the cell under the cursor, or why it cannot be ticked."""
        if not self._matrix.engines:
            return
        engine, column = self._pointed()
        reason = why_not(engine, column)
        if reason and not ticked(self._matrix.state, engine.name, column):
            self.post_message(self.Refused(reason))
        else:
            self.post_message(message(engine.name, column))

    def _pointed(self) -> tuple[EngineInfo, Column]:
        row, column = self._matrix.cursor
        return self._matrix.engines[row], COLUMNS[column]

    def _point(self, cursor: tuple[int, int], *, focused: bool) -> None:
        self._matrix = replace(self._matrix, cursor=cursor, focused=focused)
        self.refresh()
        self._say()
        if focused:
            self.follow()

    def _say(self) -> None:
        """Tell in words which cell a key would tick, where that is another than before."""
        matrix = self._matrix
        words = words_of_cell(matrix, matrix.cursor) if matrix.focused and matrix.engines else ""
        if words != self._said:
            self._said = words
            self.post_message(self.Pointed(words))

    def follow(self) -> None:
        """Scroll the first scrolling ancestor so that the cursor's row can be seen, and a row below it."""
        row = self._matrix.cursor[0]
        for ancestor in self.ancestors:
            if isinstance(ancestor, ScrollableContainer):
                shift = ancestor.scroll_offset.y - ancestor.scrollable_content_region.y
                spot = Region(0, self.content_region.y + shift + HEADER_ROWS + row, 1, 2)
                ancestor.scroll_to_region(spot, animate=False, x_axis=False)
                return
