"""The list in which one ticks the table's columns."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from httptui.tui.keys import keys_of
from httptui.tui.panels.columns import COLUMNS
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, between, left

NAME_WIDTH = 12
NO_ROOM = " no room"


def draw_column_list(view: View, shown: Collection[str], cursor: int, width: int) -> Cells:
    """A row for every column there is: ticked or not, its meaning, and whether the table has no room for it."""
    rows = range(len(COLUMNS))
    return tuple(_row(view, row, shown, width, at_cursor=row == cursor) for row in rows)


def _row(view: View, index: int, shown: Collection[str], width: int, *, at_cursor: bool) -> Row:
    column = COLUMNS[index]
    ticked = column.name in view.columns
    name = left(column.title(is_open=view.is_open), NAME_WIDTH)
    start: Row = (
        ("▸ " if at_cursor else "  ", "strong"),
        ("[x] " if ticked else "[ ] ", "accent bold" if ticked else "dim"),
        (name, "strong" if at_cursor else ""),
        (column.help, "" if at_cursor else "dim"),
    )
    no_room: Row = ((NO_ROOM, "warn"),) if ticked and column.name not in shown else ()
    return between(start, no_room, width)


class Ticked(Message):
    """The column of a name was ticked or cleared."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class ColumnList(Panel):
    """The list; space, enter or a click ticks and clears."""

    ALLOW_MAXIMIZE = False
    BINDING_GROUP_TITLE = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "next", show=False, id="columns.next"),
        Binding("up,k", "move(-1)", "previous", show=False, id="columns.previous"),
        Binding("home", f"move(-{len(COLUMNS)})", "first", show=False, id="columns.first"),
        Binding("end", f"move({len(COLUMNS)})", "last", show=False, id="columns.last"),
        Binding("space,enter", "tick", "tick or clear", show=False, id="columns.tick"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.shown: Collection[str] = ()
        self._cursor = 0

    def title(self, view: View) -> str:
        return "Columns"

    def note(self, view: View) -> str:
        """The keys."""
        keys = keys_of(self.app, ColumnList, type(self.screen))
        return f"{keys['tick']}: tick or clear · {keys['usual']}: the usual ones · {keys['close']}: back"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_column_list(view, self.shown, self._cursor, width)

    def action_move(self, step: int) -> None:
        """Go up or down, not beyond the ends."""
        self._cursor = min(max(self._cursor + step, 0), len(COLUMNS) - 1)
        self._redraw()
        room, at = self.scrollable_content_region.height, round(self.scroll_offset.y)
        self.scroll_to(y=min(max(at, self._cursor - room + 1), self._cursor), animate=False)

    def action_tick(self) -> None:
        """Tick or clear the column at the cursor."""
        self.post_message(Ticked(COLUMNS[self._cursor].name))

    def on_click(self, event: Click) -> None:
        """Tick or clear the column that was clicked."""
        at = event.get_content_offset(self)
        if at is not None and 0 <= at.y + round(self.scroll_offset.y) < len(COLUMNS):
            self._cursor = at.y + round(self.scroll_offset.y)
            self.action_tick()
