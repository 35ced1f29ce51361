"""One contender's figure at each level of two sweeps, and over all levels, with the changes' intervals."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from textual.events import Click

from httptui.compare.comparison import Change, ContenderChange, ContenderClaim, Ratio, SweepComparison
from httptui.compare.sweeps import THROUGHPUT
from httptui.compare.words import (
    ALL,
    UNCHANGED,
    change_cells,
    format_change,
    has_control,
    held_against,
    level_words,
)
from httptui.figures import SWEPT, arranged
from httptui.sweeps.charts import axis_name as long_axis_name
from httptui.sweeps.points import Axis, SweepPoint
from httptui.tui.panels.changes import ChangePointed, Told, change_row, heading_row, key_of, widths_of
from httptui.tui.panels.panel import PanelOf, reveal_rows
from httptui.tui.panels.sweep_view import Figure, axis_name, drawn, long_name
from httptui.tui.plots.axes import level_axis
from httptui.tui.plots.cells import Cells, Row, fit, hint
from httptui.tui.plots.curves import Curve, CurvePoint, plot_curves
from httptui.tui.plots.grid import Look, Tile, plot_grid
from httptui.tui.shown_reports import ComparedSweeps

COMPARED_FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        figure.name: drawn(figure)
        for figure in arranged(SWEPT.values(), (THROUGHPUT, "cpu"))
        if figure.compared
    }
)
"""What sweeps are compared by, in the order in which one looks at it."""


@dataclass(frozen=True, slots=True)
class SweepsView:
    """One frame: `chosen` is a letter of the later sweep, `quantity` one of those that are compared."""

    shown: ComparedSweeps
    chosen: str | None = None
    quantity: str = THROUGHPUT
    log: bool = False
    blocks: bool = False

    @property
    def figure(self) -> Figure:
        """How the quantity is read off a point and drawn."""
        return COMPARED_FIGURES[self.quantity]

    @property
    def contender(self) -> ContenderChange | None:
        """Whose change is looked at, over all levels."""
        return next((one for one in self.shown.comparison.contenders if one.after_id == self.chosen), None)

    @property
    def whose(self) -> str:
        """Whose change is looked at, after a title; nothing where there is nobody."""
        return "" if self.contender is None else f" · {self.contender.after_id} {self.contender.label}"

    def changes(self, letter: str | None) -> list[tuple[tuple[float, ...], Change]]:
        """A contender's at each level, by its letter in the later sweep."""
        return [
            (level.levels, one.figures.get(self.quantity, UNCHANGED))
            for level in self.shown.comparison.levels
            for one in level.contenders
            if one.after_id == letter
        ]


def draw_sweep_changes(view: SweepsView, width: int) -> Cells:
    """A heading, a row for each level, and one over all of them, each of exactly `width` cells."""
    comparison, whole = view.shown.comparison, view.contender
    if whole is None:
        return (fit(((" no contender is in both sweeps", "dim"),), width),)
    rows = [
        (_told(level_words(levels), view, change), change) for levels, change in view.changes(view.chosen)
    ]
    over = whole.figures.get(view.quantity, UNCHANGED)
    _, _, _, *changes = _told(ALL, view, over)
    told: Told = (ALL, "", "", changes[0], changes[1])
    name, against = _heading(view), held_against(comparison)
    widths = widths_of(
        [*(cells for cells, _ in rows), told], name, against if has_control(comparison) else None, width
    )
    drawn = [heading_row(widths, name, against)]
    drawn += [
        change_row(cells, widths, key_of(view.quantity, change, widths), to_right=True)
        for cells, change in (*rows, (told, over))
    ]
    return tuple(fit(row, width) for row in drawn)


def _told(name: str, view: SweepsView, change: Change) -> Told:
    before, after, plain, against = change_cells(view.quantity, change)
    return name, before, after, plain, against


def _heading(view: SweepsView) -> str:
    return " · ".join(axis_name(Axis(path, ())) for path in view.shown.comparison.axes)


class SweepsChanges(PanelOf[SweepsView]):
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1

    def title(self, view: SweepsView) -> str:
        """Which figure of whom."""
        return f"{view.figure.name} at each level{view.whose}"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        return draw_sweep_changes(view, width)


INDENT = 4


def draw_claims(comparison: SweepComparison, chosen: str | None, width: int) -> Cells:
    """The letter and the sentence of every contender that both sweeps have, on as many rows as it takes."""
    if not comparison.claims:
        return (fit(((" no contender is in both sweeps", "dim"),), width),)
    rows = [
        row for claim in comparison.claims for row in _rows(claim, width, is_chosen=claim.after_id == chosen)
    ]
    return tuple(fit(row, width) for row in rows)


def letters_by_row(comparison: SweepComparison, width: int) -> list[str]:
    """The letter of the contender to whom each row belongs."""
    return [claim.after_id for claim in comparison.claims for _ in _lines(claim, width)]


def _lines(claim: ContenderClaim, width: int) -> list[str]:
    return textwrap.wrap(claim.sentence, max(width - INDENT - 1, 8)) or [""]


def _rows(claim: ContenderClaim, width: int, *, is_chosen: bool) -> list[Row]:
    letter = claim.after_id
    first, *rest = _lines(claim, width)
    start: Row = (
        (("▸", "strong"), (f"{letter} ", f"{letter} badge"), (" ", ""), (first, "strong"))
        if is_chosen
        else ((f" {letter:<3}", f"{letter} bold"), (first, ""))
    )
    return [start, *(((" " * INDENT, ""), (line, "strong" if is_chosen else "")) for line in rest)]


class SweepsClaims(PanelOf[SweepsView]):
    """The sentences; a click on one chooses its contender."""

    def title(self, view: SweepsView) -> str:
        return "What the later sweep shows"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        return draw_claims(view.shown.comparison, view.chosen, width)

    def on_click(self, event: Click) -> None:
        """Tell whose row it was."""
        super().on_click(event)
        at = event.get_content_offset(self)
        if at is None or self._view is None:
            return
        row, letters = at.y + round(self.scroll_offset.y), self._letters(self._view)
        if row < len(letters):
            self.post_message(ChangePointed(letters[row]))

    def reveal(self, letter: str) -> None:
        """Scroll a contender's sentence into view."""
        letters = [] if self._view is None else self._letters(self._view)
        if letter in letters:
            first = letters.index(letter)
            reveal_rows(self, first, first + letters.count(letter) - 1)

    def _letters(self, view: SweepsView) -> list[str]:
        return letters_by_row(view.shown.comparison, self.scrollable_content_region.width)


BEFORE, AFTER = "○", "●"
LINE = "mark"
NOTHING = "no figure of it in both sweeps"


def draw_overlay(view: SweepsView, width: int, height: int, *, dense: bool = False) -> Cells:
    """Curves, exactly `height` rows of them, or tiles, as many rows as they take; `dense` is without colours."""
    if is_grid(view):
        return _grid(view, width, height, dense=dense)
    if not any(change.ratio for _, change in view.changes(view.chosen)):
        return hint(NOTHING, width, height)
    before, after = (_points(view, points) for points in view.shown.points(view.chosen))
    curves = [
        Curve(view.chosen or "", after, sign=AFTER),
        Curve(LINE, before, sign=BEFORE, name=""),
    ]
    axis = level_axis([point.level for point in (*before, *after)])
    return plot_curves(
        curves, axis, width, height, measure=view.figure.measure, log=view.log, blocks=view.blocks
    )


def _points(view: SweepsView, points: Sequence[SweepPoint]) -> list[CurvePoint]:
    return [
        CurvePoint(point.levels[0], found.value, found.low, found.high)
        for point in sorted(points, key=lambda point: point.levels)
        if (found := view.figure.of(point)) is not None
    ]


def is_grid(view: SweepsView) -> bool:
    """Whether there are two axes."""
    return len(view.shown.comparison.axes) == 2


def _grid(view: SweepsView, width: int, height: int, *, dense: bool) -> Cells:
    """Every contender's change at each pair of levels, after over before, all on one scale."""
    comparison = view.shown.comparison
    tiles = [
        Tile(
            one.after_id,
            one.label,
            {
                (levels[0], levels[1]): change.ratio.point
                for levels, change in view.changes(one.after_id)
                if change.ratio is not None
            },
        )
        for one in comparison.contenders
    ]
    rows, columns = (sorted({level.levels[at] for level in comparison.levels}) for at in (0, 1))
    corner = axis_name(Axis(comparison.axes[0], ()))
    look = Look(text=_percent, corner=corner, best=lambda _values: math.nan, dense=dense)
    return plot_grid(tiles, rows, columns, width, height, look)


def _percent(ratio: float) -> str:
    return format_change(Ratio(point=ratio))


class SweepsOverlay(PanelOf[SweepsView]):
    """The picture."""

    def title(self, view: SweepsView) -> str:
        """What is drawn, and whose it is."""
        log = " · log scale" if view.log else ""
        axes = [Axis(path, ()) for path in view.shown.comparison.axes]
        if is_grid(view):
            return f"Change of {view.figure.name}, by {axis_name(axes[0])} ↓ and {axis_name(axes[1])} →"
        return f"{long_name(view.figure)}{view.whose}, by {long_axis_name(axes[0])}{log}"

    def note(self, view: SweepsView) -> str:
        """What is which."""
        return "after against before" if is_grid(view) else f"{BEFORE} before  {AFTER} after"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        dense = self.app.no_color or self.colors[2].ansi is not None
        return draw_overlay(view, width, height, dense=dense)
