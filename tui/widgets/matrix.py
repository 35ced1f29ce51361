"""The matrix one ticks contenders in: engines down, reuse × HTTP version × loop across."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from httptui.plan.model import letter_of
from httptui.tui.forms.combinations import (
    COLUMNS,
    HTTP_VERSIONS,
    LOOPS,
    REUSES,
    Column,
    describe,
    ticked,
    why_not,
)
from httptui.tui.plots.cells import Cells, Row, fit, left
from httptui.tui.theme import strip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from httptui.engines.registry import EngineInfo
    from httptui.tui.forms.state import FormState

HEADER_ROWS = 3
WAYS = len(HTTP_VERSIONS) * len(LOOPS)
LOOP_NAMES = {"asyncio": "aio", "uvloop": "uv"}
SHORT_REUSES = {"per-worker": "worker", "per-request": "request"}


@dataclass(frozen=True, slots=True)
class Grid:
    """Widths in terminal cells: the name's and version's columns, one slot, and the gap before each reuse."""

    name: int
    version: int
    slot: int
    gap: int

    def left_of(self, column: int) -> int:
        """The cell at which a column's slot begins."""
        reuse, way = divmod(column, WAYS)
        return self.name + self.version + reuse * (WAYS * self.slot + self.gap) + self.gap + way * self.slot

    def column_at(self, x: int) -> int | None:
        """The column at a place, or None between them."""
        for column in range(len(COLUMNS)):
            start = self.left_of(column)
            if start <= x < start + self.slot:
                return column
        return None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The state that the matrix shows; `cursor` is (row, column), and `every` the N of `every-N`."""

    engines: tuple[EngineInfo, ...]
    state: FormState
    cursor: tuple[int, int]
    focused: bool
    every: str


def grid_for(engines: tuple[EngineInfo, ...], width: int) -> Grid:
    """The widest grid that fits: versions are left out first, then slots get narrow."""
    longest = max((len(engine.name) for engine in engines if engine.installed), default=8)
    name = min(max(longest, 7), 20) + 1
    for version, slot, gap in ((9, 4, 3), (9, 4, 2), (9, 3, 2), (0, 3, 2), (0, 3, 1)):
        if name + version + len(REUSES) * (WAYS * slot + gap) <= width:
            return Grid(name, version, slot, gap)
    room = width - len(REUSES) * (WAYS * 2 + 1)
    return Grid(max(min(name, room), 4), 0, 2, 1)


def draw_matrix(matrix: Matrix, width: int) -> Cells:
    """Three rows of headings, and one row an engine."""
    grid = grid_for(matrix.engines, width)
    rows = [*_headings(grid, matrix.every)]
    rows += [_engine_row(grid, matrix, number, width) for number in range(len(matrix.engines))]
    return tuple(fit(row, width) for row in rows)


def _headings(grid: Grid, every: str) -> tuple[Row, Row, Row]:
    narrow = grid.slot * WAYS < 12
    first: list[tuple[str, str]] = [(left("reuse", grid.name + grid.version), "dim")]
    second: list[tuple[str, str]] = [(left("HTTP", grid.name + grid.version), "dim")]
    third: list[tuple[str, str]] = [(left("loop", grid.name + grid.version), "dim")]
    for reuse in REUSES:
        inset = " " * (grid.gap + (grid.slot > 3))
        room = WAYS * grid.slot - len(inset) + grid.gap
        name = SHORT_REUSES.get(reuse, reuse) if narrow else reuse
        if reuse == "every-N" and len(counted := f"every-{every.strip() or 'N'}") <= room:
            name = counted
        first += [(inset, ""), (left(name, room), "strong")]
        second.append((inset, "dim"))
        third.append((inset, ""))
        for http in HTTP_VERSIONS:
            second.append((left(http, len(LOOPS) * grid.slot), ""))
            third += [(left(LOOP_NAMES[loop][: grid.slot - 1], grid.slot), "dim") for loop in LOOPS]
        if grid.slot > 3:
            second[-1] = (second[-1][0][:-1], "")
            third[-1] = (third[-1][0][:-1], "dim")
    return tuple(first), tuple(second), tuple(third)


def _engine_row(grid: Grid, matrix: Matrix, number: int, width: int) -> Row:
    engine = matrix.engines[number]
    if not engine.installed and not _named(matrix, engine):
        head = left(engine.name, grid.name) if len(engine.name) < grid.name else f"{engine.name} "
        pointed = matrix.focused and matrix.cursor[0] == number
        hint = left(f"  not installed · {engine.install_hint}", max(width - len(head), 0))
        return ((head, "strong" if pointed else "axis"), (hint, "axis"))
    row: list[tuple[str, str]] = [(f"{left(engine.name, grid.name - 1)} ", "" if engine.installed else "bad")]
    if grid.version:
        row.append((left(engine.version or "", grid.version), "dim"))
    for index, column in enumerate(COLUMNS):
        if index % WAYS == 0:
            row.append((" " * grid.gap, ""))
        row += _cell(grid, matrix, engine, column, (number, index))
    return tuple(row)


def _cell(grid: Grid, matrix: Matrix, engine: EngineInfo, column: Column, place: tuple[int, int]) -> Row:
    """A badge with the letter, a dot that can be ticked, or nothing; the cursor shows by more than colour."""
    here = matrix.focused and matrix.cursor == place
    indexes = ticked(matrix.state, engine.name, column)
    letter = letter_of(indexes[0]) if indexes else ""
    mark = letter + ("+" if len(indexes) > 1 else "") if letter else " " if why_not(engine, column) else "·"
    style = f"{letter} badge" if letter else "axis"
    if here:
        text = f"[{mark}]" if grid.slot > len(mark) + 1 else f"›{mark}"
        return ((left(text, grid.slot), "accent badge"),)
    inset = 1 if grid.slot > 3 else 0
    return ((" " * inset, style), (left(mark, grid.slot - 1 - inset), style), (" ", ""))


def _named(matrix: Matrix, engine: EngineInfo) -> bool:
    return any(one["engine"] == engine.name for one in matrix.state.contenders)


def words_of_cell(matrix: Matrix, place: tuple[int, int]) -> str:
    """A cell in full words, with the letters of its contenders, or why it cannot be ticked."""
    engine, column = matrix.engines[place[0]], COLUMNS[place[1]]
    letters = ", ".join(letter_of(index) for index in ticked(matrix.state, engine.name, column))
    if not letters and (reason := why_not(engine, column)):
        return reason
    return f"{letters}  {describe(engine, column)}" if letters else describe(engine, column)


class ContenderMatrix(Widget, can_focus=True):
    """The matrix: arrow keys move, space, enter or a click ticks; the screen owns the state and gets each tick."""

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
        """The field of one of the cell's contender's own values is to be opened."""

        engine: str
        column: Column
        attribute: str

    @dataclass
    class Duplicated(Message):
        """The contender in a cell is to be duplicated."""

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
        return strip_of(self, self._cells[y] if y < len(self._cells) else ())

    def on_focus(self) -> None:
        """Show the cursor."""
        self._point(self._matrix.cursor, focused=True)

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._point(self._matrix.cursor, focused=False)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the cell under the mouse, or why it cannot be ticked."""
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
        """Go to a value of the contender under the cursor, ticking its cell if need be."""
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
        """Report in words the cell that a key would tick, if it is another than before."""
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
