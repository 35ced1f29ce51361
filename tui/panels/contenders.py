"""The table of contenders, and the list in which one ticks its columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click, MouseMove
from textual.message import Message

from httptui.figures import answered
from httptui.results.snapshot import ContenderView
from httptui.tui.keys import keys_of
from httptui.tui.panels.columns import BY_NAME, COLUMNS, WORDS, Column, fitting_columns, marker, ranked
from httptui.tui.panels.panel import Panel, letter_cells, reveal_rows, up_and_down
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, Segment, between, fit, left, right
from httptui.units import UNKNOWN

GAP, MOST_SPARE = 2, 3
LETTER_WIDTH = 4
SMALLEST_LABEL, LARGEST_LABEL = 16, 46
STATE_WIDTH = 9
STATES_SHOWN = ("starting", "ready", "warm-up", "waiting", "stopped")
LABEL_TITLE = "contender"


class Layout(NamedTuple):
    """The table at one width: cells of the label, the columns, and the gap before each of them."""

    label: int
    columns: tuple[Column, ...]
    gap: int

    def column_at(self, x: int) -> str | None:
        """The name of the column at a cell, or None where the labels are."""
        end = LETTER_WIDTH + self.label
        for column in self.columns:
            if end <= x < end + self.gap + column.width:
                return column.name
            end += self.gap + column.width
        return None


def layout_of(view: View, width: int) -> Layout:
    """The layout with as many of the picked columns as fit; spare room is spread before them."""
    longest = max((len(c.label) for c in view.snapshot.contenders), default=0)
    ranking = ranked(view.columns, view.sorting.name, is_open=view.is_open)
    room = width - LETTER_WIDTH - 1
    columns = fitting_columns(ranking, room - min(max(longest, SMALLEST_LABEL), LARGEST_LABEL), GAP)
    if not columns:
        columns = fitting_columns(ranking, room - SMALLEST_LABEL, GAP)
    taken = sum(c.width + GAP for c in columns)
    label = max(min(room - taken, max(longest, SMALLEST_LABEL)), 0)
    spare = max(room - label - taken, 0) // max(len(columns), 1)
    return Layout(label, columns, GAP + min(spare, MOST_SPARE))


def draw_contenders(view: View, width: int) -> Cells:
    """A heading and a row for every contender, each of exactly `width` cells."""
    to = layout_of(view, width)
    rows = [_heading(view, to), *(_row(c, to, chosen=c.id == view.chosen) for c in view.rows)]
    return tuple(fit(row, width) for row in rows)


def _heading(view: View, to: Layout) -> Row:
    start = f"{LABEL_TITLE} {marker(view.sorting, None)}".rstrip()
    titles: list[Segment] = [(" " * LETTER_WIDTH + left(start, to.label), "dim")]
    for column in to.columns:
        sign, title = marker(view.sorting, column.name), column.title(is_open=view.is_open)
        text = f"{title} {sign}" if column.name in WORDS and sign else f"{sign}{title}"
        width = column.width + (0 if column.name in WORDS else to.gap)
        gap = " " * (to.gap if column.name in WORDS else 0)
        titles.append((gap + _aligned(column, text, width), "strong" if sign else "dim"))
    return tuple(titles)


def _aligned(column: Column, text: str, width: int) -> str:
    return left(text, width) if column.name in WORDS else right(text, width)


def _row(view: ContenderView, to: Layout, *, chosen: bool) -> Row:
    name = (left(view.label, to.label), "strong" if chosen else "")
    start: Row = (*letter_cells(view.id, chosen=chosen), name)
    if view.state == "dnf":
        return (*start, (_first(to, "dnf"), "bad bold"), ("  " + (view.cause or ""), "bad"))
    if view.state in ("starting", "ready") and not answered(view):
        return (*start, (_first(to, view.state), "dim"))
    return (*start, *(_cell(view, column, to.gap) for column in to.columns))


def _first(to: Layout, word: str) -> str:
    """A word in the place of the first figure."""
    return " " * to.gap + right(word, max(to.columns[0].width, STATE_WIDTH)) if to.columns else f"  {word}"


def _cell(view: ContenderView, column: Column, gap: int) -> Segment:
    text = column.text(view)
    key = "dim" if text == UNKNOWN or column.name in WORDS else ""
    if column.name == "limited by" and text == UNKNOWN:
        text = view.state if view.state in STATES_SHOWN else ""
    if column.name == "req/s":
        key = "strong"
    if column.alarming:
        key = "dim" if text in ("0", UNKNOWN) else "bad bold"
    return (" " * gap + _aligned(column, text, column.width), key)


@dataclass
class Pointed(Message):
    """A row of the contender of a letter was clicked."""

    letter: str


@dataclass
class HeadingClicked(Message):
    """The heading of a column was clicked, or, with None, that of the labels."""

    name: str | None


class ContendersPanel(Panel):
    """The table, with a heading that does not scroll."""

    fixed_rows = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.point(-1)", show=False, id="run.previous-contender"),
        Binding("down", "screen.point(1)", show=False, id="run.next-contender"),
    ]

    def title(self, view: View) -> str:
        name = view.snapshot.title
        return f"Contenders · {name}" if name else "Contenders"

    def note(self, view: View) -> str:
        """The keys for more columns and for details."""
        if view.status == "idle":
            return f"{view.keys['columns']}: columns"
        more = f"{view.keys['sort']}: sort · {view.keys['columns']}: columns"
        choose = f"{view.keys['open']}: its page" if view.chosen else f"{up_and_down(view.keys)}: choose"
        return f"{choose} · {more}"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_contenders(view, width)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that there is room for, or of all while the table is not seen."""
        width = self.scrollable_content_region.width
        if self._view is None or not width:
            return () if self._view is None else self._view.columns
        return tuple(column.name for column in layout_of(self._view, width).columns)

    def on_click(self, event: Click) -> None:
        """Report the contender or the heading that was clicked."""
        at = event.get_content_offset(self)
        if self._view is None or at is None:
            return
        if at.y < self.fixed_rows:
            layout = layout_of(self._view, self.scrollable_content_region.width)
            self.post_message(HeadingClicked(layout.column_at(at.x)))
            return
        row = at.y - self.fixed_rows + round(self.scroll_offset.y)
        rows = self._view.rows
        if row < len(rows):
            self.post_message(Pointed(rows[row].id))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Explain the column whose heading is under the mouse."""
        at = event.get_content_offset(self)
        name = None
        if self._view is not None and at is not None and at.y < self.fixed_rows:
            name = layout_of(self._view, self.scrollable_content_region.width).column_at(at.x)
        self.tooltip = None if name is None else Text(f"{name}: {BY_NAME[name].help}")

    def reveal(self, row: int) -> None:
        """Scroll a contender's row into view, below the heading."""
        reveal_rows(self, row, row)


NAME_WIDTH = 12
NO_ROOM = " no room"


def draw_column_list(view: View, shown: Collection[str], cursor: int, width: int) -> Cells:
    """A row for every column: a tick box, its meaning, and a warning if the table has no room for it."""
    rows = range(len(COLUMNS))
    return tuple(_ticked_row(view, row, shown, width, at_cursor=row == cursor) for row in rows)


def _ticked_row(view: View, index: int, shown: Collection[str], width: int, *, at_cursor: bool) -> Row:
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


@dataclass
class Ticked(Message):
    """The column of a name was ticked or cleared."""

    name: str


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
