"""The matrix of contenders as cells: which glyph stands where, and what stands under the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.plans.plan import letter_of
from httptui.tui.forms.combinations import COLUMNS, HTTP_VERSIONS, LOOPS, REUSES, Column, describe, ticked, why_not
from httptui.tui.plots.cells import Cells, Row, fit, left

if TYPE_CHECKING:
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
        """Where a column's slot begins."""
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
    """What the matrix shows; `cursor` is (row, column), and `every` the N of `every-N`."""

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
    return any(one.engine == engine.name for one in matrix.state.contenders)


def words_of_cell(matrix: Matrix, place: tuple[int, int]) -> str:
    """A cell in full words, with the letters of what is ticked there, or why it cannot be ticked."""
    engine, column = matrix.engines[place[0]], COLUMNS[place[1]]
    letters = ", ".join(letter_of(index) for index in ticked(matrix.state, engine.name, column))
    if not letters and (reason := why_not(engine, column)):
        return reason
    return f"{letters}  {describe(engine, column)}" if letters else describe(engine, column)
