"""Panels that compare two runs, or two sweeps level by level."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from textual.events import Click

from httptui.compare.comparison import (
    Change,
    Comparison,
    ContenderChange,
    Ratio,
    SweepComparison,
    TwoSides,
)
from httptui.compare.sweeps import THROUGHPUT
from httptui.compare.words import (
    ALL,
    HIGHER_IS_BETTER,
    TOLD,
    UNCHANGED,
    against_heading,
    change_cells,
    difference_cells,
    format_change,
    has_control,
    level_words,
    told_figures,
)
from httptui.figures import SWEPT, arranged
from httptui.sweeps.charts import axis_name as long_axis_name
from httptui.sweeps.report import Axis
from httptui.tui.panels.contenders import Pointed
from httptui.tui.panels.latency import distribution_of
from httptui.tui.panels.panel import Panel, PanelOf, hanging, letter_cells, reveal_rows, wrapped
from httptui.tui.panels.sweep_view import Figure, axis_name, curve_points, drawn, long_name
from httptui.tui.panels.view import View
from httptui.tui.plots.axes import level_axis
from httptui.tui.plots.cells import Cells, Row, Segment, fit, hint, left, right, row_width
from httptui.tui.plots.heatmaps import Look, Tile, plot_grid
from httptui.tui.plots.histograms import Distribution, plot_overlaid
from httptui.tui.plots.lines import Curve, plot_curves
from httptui.tui.shown_reports import Compared, ComparedSweeps
from httptui.units import plural

FIGURE_WIDTH, GAP = 9, 2
INDENT = 4
HEADINGS = ("before", "after", "change")
WIDEST_AGAINST = 24
Told = tuple[str, str, str, str, str]
"""Name, before, after, the change, and that against the others."""


class Widths(NamedTuple):
    """Cells of a row's name, its change, and that against others, 0 where it has no room or there is none."""

    name: int
    change: int
    against: int


def widths_of(rows: Sequence[Told], name: str, against: str | None, width: int) -> Widths:
    """The widths that hold all rows; `name` and `against` are headings, the latter None where there are no others."""
    names = max((len(row[0]) for row in rows), default=0)
    names, own = max(names, len(name)), max([len(HEADINGS[-1]), *(len(row[3]) for row in rows)])
    taken = INDENT + names + 2 * (GAP + FIGURE_WIDTH) + 2 * GAP + own
    others = max((len(row[4]) for row in rows), default=0)
    others = max(others, min(len(against or ""), WIDEST_AGAINST))
    return Widths(names, own, others if against is not None and taken + others <= width else 0)


def heading_row(widths: Widths, name: str, against: str) -> Row:
    """The headings of the columns."""
    before, after, change = HEADINGS
    gap = " " * GAP
    text = " " * INDENT + right(name, widths.name) + gap
    text += right(before, FIGURE_WIDTH) + gap + right(after, FIGURE_WIDTH) + gap + left(change, widths.change)
    if widths.against:
        text += gap + left(against, widths.against)
    return ((text, "dim"),)


def change_row(told: Told, widths: Widths, key: str, *, to_right: bool = False) -> Row:
    """One row; the most telling change has the style `key`, and `to_right` aligns its name to the right."""
    name, before, after, change, against = told
    gap = (" " * GAP, "")
    cells: list[Segment] = [
        (" " * INDENT + (right if to_right else left)(name, widths.name), "axis"),
        gap,
        (right(before, FIGURE_WIDTH), ""),
        gap,
        (right(after, FIGURE_WIDTH), "strong"),
        gap,
        (left(change, widths.change), "" if widths.against else key),
    ]
    if widths.against:
        cells += [gap, (left(against, widths.against), key)]
    return tuple(cells)


def key_of(quantity: str, change: Change, widths: Widths) -> str:
    """The style "good" or "bad" of a change against the others beyond what two equal runs differ by; where that has
    no room, only if the change itself has the same direction.
    """
    told, own = change.against, change.ratio
    if told is None or not told.shown:
        return ""
    agrees = own is not None and own.is_beyond(0.0) and (own.point > 1) == (told.point > 1)
    if not widths.against and not agrees:
        return ""
    return "good" if (told.point > 1) == (quantity in HIGHER_IS_BETTER) else "bad"


def draw_differences(comparison: Comparison, chosen: str | None, width: int) -> Cells:
    """A heading, and for every contender that both runs have its name and a row for each figure."""
    if not comparison.contenders:
        return (fit(((" no contender is in both runs", "dim"),), width),)
    told = [row for contender in comparison.contenders for row in told_figures(contender)]
    against = against_heading(comparison.control)
    widths = widths_of(told, "", against if has_control(comparison) else None, width)
    rows = [heading_row(widths, "", against)]
    for contender in comparison.contenders:
        is_chosen = contender.after_id == chosen
        label = (contender.label, "strong" if is_chosen else "")
        rows.append((*letter_cells(contender.after_id, chosen=is_chosen), label))
        rows += _figures(contender, widths)
    return tuple(fit(row, width) for row in rows)


def _figures(contender: ContenderChange, widths: Widths) -> list[Row]:
    told = [quantity for quantity in TOLD if quantity in contender.figures]
    return [
        change_row(cells, widths, key_of(quantity, contender.figures[quantity], widths))
        for quantity, cells in zip(told, told_figures(contender), strict=True)
    ]


def letter_clicked(panel: PanelOf[Any], event: Click, letters: Sequence[str]) -> None:
    """Report the contender whose row, below the fixed ones, was clicked, by the letters of all rows."""
    at = event.get_content_offset(panel)
    if at is None or at.y < panel.fixed_rows:
        return
    row = at.y - panel.fixed_rows + round(panel.scroll_offset.y)
    if row < len(letters):
        panel.post_message(Pointed(letters[row]))


def reveal_letter(panel: PanelOf[Any], letter: str, letters: Sequence[str]) -> None:
    """Scroll a contender's rows into view, by the letters of all rows below the fixed ones."""
    if letter in letters:
        first = letters.index(letter)
        reveal_rows(panel, first, first + letters.count(letter) - 1)


class DifferencesPanel(Panel):
    """The table, with a heading that does not scroll."""

    fixed_rows = 1

    def __init__(self, shown: Compared, *, id: str) -> None:
        super().__init__(id=id)
        self._shown = shown

    def title(self, view: View) -> str:
        return "Differences"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_differences(self._shown.comparison, view.chosen, width)

    def on_click(self, event: Click) -> None:
        """Report the contender that was clicked."""
        letter_clicked(self, event, self._letters())

    def reveal(self, letter: str) -> None:
        """Scroll a contender's rows into view."""
        reveal_letter(self, letter, self._letters())

    def _letters(self) -> list[str]:
        """The letter of each row: a contender's name, and its figures."""
        contenders = self._shown.comparison.contenders
        return [one.after_id for one in contenders for _ in ("", *told_figures(one))]


def draw_changed(comparison: TwoSides, missing: Sequence[str], method: Sequence[str], width: int) -> Cells:
    """Parts `missing` in one report, notes, every value that differs, both verdicts, and the method."""
    rows = [row for note in (*missing, *comparison.notes) for row in _marked("▲", "warn", note, width)]
    for difference in comparison.changed:
        path, before, after = difference_cells(difference)
        rows += _marked("·", "dim", f"{path}: {before} → {after}", width)
    if not comparison.changed:
        rows += _marked("·", "dim", "plan and environment are the same", width)
    for name, side in (("before", comparison.before), ("after", comparison.after)):
        rows += [(), *_marked("▌", "accent", f"{name}: {side.verdict}", width)]
    for sentence in method:
        rows += [(), *_marked(" ", "dim", sentence, width, "dim")]
    return tuple(fit(row, width) for row in rows)


def _marked(mark: str, mark_key: str, text: str, width: int, key: str = "") -> list[Row]:
    start: Row = ((f" {mark} ", mark_key),)
    return hanging(start, wrapped(text, width - row_width(start) - 1), key)


class ChangedPanel(PanelOf[object]):
    """The list, which scrolls and is the same however one looks at the reports."""

    def __init__(
        self,
        comparison: TwoSides,
        missing: Sequence[str],
        method: Sequence[str],
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._comparison, self._missing, self._method = comparison, missing, method

    def parts(self, view: object) -> object:
        return self._comparison

    def title(self, view: object) -> str:
        count = len(self._comparison.changed)
        return f"Other changes · {plural(count, 'value')}" if count else "Other changes"

    def draw(self, view: object, width: int, height: int) -> Cells:
        return draw_changed(self._comparison, self._missing, self._method, width)


def draw_both_latencies(shown: Compared, letter: str | None, width: int, height: int) -> Cells:
    """The histograms of the contender of a letter in the later run."""
    before, after = (
        Distribution(letter or "", ()) if view is None else distribution_of(view)
        for view in shown.pair(letter)
    )
    if not before.counts and not after.counts:
        return hint("no latencies of it in either run", width, height)
    return plot_overlaid(before, after, width, height)


class BothLatenciesPanel(Panel):
    """The histograms."""

    def __init__(self, shown: Compared, *, id: str) -> None:
        super().__init__(id=id)
        self._shown = shown

    def title(self, view: View) -> str:
        _, after = self._shown.pair(view.chosen)
        return "Latency · log scale" if after is None else f"Latency · {after.id} {after.label}"

    def note(self, view: View) -> str:
        return "─ before  █ after"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_both_latencies(self._shown, view.chosen, width, height)


COMPARED_FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        figure.name: drawn(figure)
        for figure in arranged(SWEPT.values(), (THROUGHPUT, "cpu"))
        if figure.compared
    }
)
"""The figures that sweeps are compared by, in their order on the screen."""


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
        """The figure that is shown, as it is read off a point and drawn."""
        return COMPARED_FIGURES[self.quantity]

    @property
    def contender(self) -> ContenderChange | None:
        """The chosen contender's changes over all levels."""
        return next((one for one in self.shown.comparison.contenders if one.after_id == self.chosen), None)

    @property
    def whose(self) -> str:
        """The chosen contender as the end of a title."""
        return "" if self.contender is None else f" · {self.contender.after_id} {self.contender.label}"

    @property
    def is_grid(self) -> bool:
        """True if there are two axes."""
        return len(self.shown.comparison.axes) == 2

    def changes(self, letter: str | None) -> list[tuple[tuple[float, ...], Change]]:
        """A contender's change at each level, by its letter in the later sweep."""
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
    over = whole.figures.get(view.quantity, UNCHANGED)
    rows: list[tuple[Told, Change]] = [
        ((level_words(levels), *change_cells(view.quantity, change)), change)
        for levels, change in view.changes(view.chosen)
    ]
    rows.append(((ALL, "", "", *change_cells(view.quantity, over)[2:]), over))
    name = " · ".join(axis_name(Axis(path, ())) for path in comparison.axes)
    against = against_heading(comparison.control)
    widths = widths_of(
        [cells for cells, _ in rows], name, against if has_control(comparison) else None, width
    )
    drawn = [heading_row(widths, name, against)]
    drawn += [
        change_row(cells, widths, key_of(view.quantity, change, widths), to_right=True)
        for cells, change in rows
    ]
    return tuple(fit(row, width) for row in drawn)


class SweepsChanges(PanelOf[SweepsView]):
    """The table, with a heading that does not scroll."""

    fixed_rows = 1

    def title(self, view: SweepsView) -> str:
        return f"{view.figure.name} at each level{view.whose}"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        return draw_sweep_changes(view, width)


CLAIMS_INDENT = 4


def draw_claims(comparison: SweepComparison, chosen: str | None, width: int) -> Cells:
    """The letter and the sentence of every contender that both sweeps have, on as many rows as it takes."""
    if not comparison.claims:
        return (fit(((" no contender is in both sweeps", "dim"),), width),)
    rows: list[Row] = []
    for claim in comparison.claims:
        is_chosen = claim.after_id == chosen
        start = letter_cells(claim.after_id, chosen=is_chosen)
        rows += hanging(start, _lines(claim.sentence, width), "strong" if is_chosen else "")
    return tuple(fit(row, width) for row in rows)


def letters_by_row(comparison: SweepComparison, width: int) -> list[str]:
    """The letter of the contender of each row."""
    return [claim.after_id for claim in comparison.claims for _ in _lines(claim.sentence, width)]


def _lines(sentence: str, width: int) -> list[str]:
    return textwrap.wrap(sentence, max(width - CLAIMS_INDENT - 1, 8)) or [""]


class SweepsClaims(PanelOf[SweepsView]):
    """The sentences; a click on one chooses its contender."""

    def title(self, view: SweepsView) -> str:
        return "What the later sweep shows"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        return draw_claims(view.shown.comparison, view.chosen, width)

    def on_click(self, event: Click) -> None:
        """Report the contender that was clicked."""
        letter_clicked(self, event, self._letters())

    def reveal(self, letter: str) -> None:
        """Scroll a contender's sentence into view."""
        reveal_letter(self, letter, self._letters())

    def _letters(self) -> list[str]:
        if self._view is None:
            return []
        return letters_by_row(self._view.shown.comparison, self.scrollable_content_region.width)


BEFORE, AFTER = "○", "●"
LINE = "mark"
NOTHING = "no figure of it in both sweeps"


def draw_overlay(view: SweepsView, width: int, height: int, *, dense: bool = False) -> Cells:
    """Curves, exactly `height` rows of them, or tiles, as many rows as they take; `dense` is without colours."""
    if view.is_grid:
        return _grid(view, width, height, dense=dense)
    if not any(change.ratio for _, change in view.changes(view.chosen)):
        return hint(NOTHING, width, height)
    before, after = (curve_points(view.figure, points) for points in view.shown.points(view.chosen))
    curves = [
        Curve(view.chosen or "", after, sign=AFTER),
        Curve(LINE, before, sign=BEFORE, name=""),
    ]
    axis = level_axis([point.level for point in (*before, *after)])
    return plot_curves(
        curves, axis, width, height, measure=view.figure.measure, log=view.log, blocks=view.blocks
    )


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
    look = Look(
        text=lambda ratio: format_change(Ratio(point=ratio)),
        corner=corner,
        best=lambda _values: math.nan,
        dense=dense,
    )
    return plot_grid(tiles, rows, columns, width, height, look)


class SweepsOverlay(PanelOf[SweepsView]):
    """The picture."""

    def title(self, view: SweepsView) -> str:
        log = " · log scale" if view.log else ""
        axes = [Axis(path, ()) for path in view.shown.comparison.axes]
        if view.is_grid:
            return f"Change of {view.figure.name}, by {axis_name(axes[0])} ↓ and {axis_name(axes[1])} →"
        return f"{long_name(view.figure)}{view.whose}, by {long_axis_name(axes[0])}{log}"

    def note(self, view: SweepsView) -> str:
        return "after against before" if view.is_grid else f"{BEFORE} before  {AFTER} after"

    def draw(self, view: SweepsView, width: int, height: int) -> Cells:
        return draw_overlay(view, width, height, dense=self.colourless)
