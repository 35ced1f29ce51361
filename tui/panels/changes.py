"""What changed from one run to another: figures of each contender with their intervals, histograms, plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.events import Click
from textual.message import Message

from httptui.compare.comparison import Change, Comparison, ContenderChange, TwoSides
from httptui.compare.words import (
    HIGHER_IS_BETTER,
    TOLD,
    difference_cells,
    has_control,
    held_against,
    told_figures,
)
from httptui.tui.panels.latency import distribution_of
from httptui.tui.panels.panel import Panel, PanelOf, reveal_rows, wrapped
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, Segment, fit, hint, left, right
from httptui.tui.plots.histograms import Distribution, plot_overlaid
from httptui.tui.shown_reports import Compared
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
    """Those with which all rows fit; `name` and `against` stand above, the latter None where there are no others."""
    names = max((len(row[0]) for row in rows), default=0)
    names, own = max(names, len(name)), max([len(HEADINGS[-1]), *(len(row[3]) for row in rows)])
    taken = INDENT + names + 2 * (GAP + FIGURE_WIDTH) + 2 * GAP + own
    others = max((len(row[4]) for row in rows), default=0)
    others = max(others, min(len(against or ""), WIDEST_AGAINST))
    return Widths(names, own, others if against is not None and taken + others <= width else 0)


def heading_row(widths: Widths, name: str, against: str) -> Row:
    """What stands above the columns."""
    before, after, change = HEADINGS
    gap = " " * GAP
    text = " " * INDENT + right(name, widths.name) + gap
    text += right(before, FIGURE_WIDTH) + gap + right(after, FIGURE_WIDTH) + gap + left(change, widths.change)
    if widths.against:
        text += gap + left(against, widths.against)
    return ((text, "dim"),)


def change_row(told: Told, widths: Widths, key: str, *, to_right: bool = False) -> Row:
    """One row; the change that tells most has the style `key`, and its name is at the right with `to_right`."""
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
    """Good or bad where the change against the others is beyond what two reports of the same differ by; where that
    has no room, only if the change itself goes the same way.
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
    against = held_against(comparison)
    widths = widths_of(told, "", against if has_control(comparison) else None, width)
    rows = [heading_row(widths, "", against)]
    for contender in comparison.contenders:
        rows.append(_name(contender, chosen=contender.after_id == chosen))
        rows += _figures(contender, widths)
    return tuple(fit(row, width) for row in rows)


def row_of(comparison: Comparison, letter: str | None) -> int:
    """The row in which a contender begins, the heading being row 0."""
    at = 1
    for contender in comparison.contenders:
        if contender.after_id == letter:
            return at
        at += 1 + len(told_figures(contender))
    return 1


def contender_at(comparison: Comparison, row: int) -> str | None:
    """The letter of the contender to whom a row belongs."""
    starts = {row_of(comparison, one.after_id): one.after_id for one in comparison.contenders}
    return next((starts[at] for at in sorted(starts, reverse=True) if at <= row), None)


def _name(contender: ContenderChange, *, chosen: bool) -> Row:
    letter = contender.after_id
    if chosen:
        return (("▸", "strong"), (f"{letter} ", f"{letter} badge"), (" ", ""), (contender.label, "strong"))
    return ((f" {letter:<3}", f"{letter} bold"), (contender.label, ""))


def _figures(contender: ContenderChange, widths: Widths) -> list[Row]:
    told = [quantity for quantity in TOLD if quantity in contender.figures]
    return [
        change_row(cells, widths, key_of(quantity, contender.figures[quantity], widths))
        for quantity, cells in zip(told, told_figures(contender), strict=True)
    ]


class ChangePointed(Message):
    """The row of a contender was clicked."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.letter = letter


class DifferencesPanel(Panel):
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1

    def __init__(self, shown: Compared, *, id: str) -> None:
        super().__init__(id=id)
        self._shown = shown

    def title(self, view: View) -> str:
        return "Differences"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_differences(self._shown.comparison, view.chosen, width)

    def on_click(self, event: Click) -> None:
        """Tell whose row it was."""
        super().on_click(event)
        at = event.get_content_offset(self)
        if at is None or at.y < self.fixed_rows:
            return
        letter = contender_at(self._shown.comparison, at.y + round(self.scroll_offset.y))
        if letter is not None:
            self.post_message(ChangePointed(letter))

    def reveal(self, letter: str) -> None:
        """Scroll a contender's rows into view, below the heading."""
        first = row_of(self._shown.comparison, letter) - self.fixed_rows
        figures = next(one for one in self._shown.comparison.contenders if one.after_id == letter)
        reveal_rows(self, first, first + len(told_figures(figures)))


CHANGED_INDENT = "   "


def draw_changed(comparison: TwoSides, missing: Sequence[str], method: Sequence[str], width: int) -> Cells:
    """What is `missing` in one report, notes, every value that differs, both verdicts, and how changes were found."""
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
    first, *rest = wrapped(text, width - len(CHANGED_INDENT) - 1) or [""]
    start: Row = ((f" {mark} ", mark_key), (first, key))
    return [start, *(((CHANGED_INDENT, ""), (line, key)) for line in rest)]


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
        return f"What else changed · {plural(count, 'value')}" if count else "What else changed"

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
        """Whose they are."""
        _, after = self._shown.pair(view.chosen)
        return "Latency · log scale" if after is None else f"Latency · {after.id} {after.label}"

    def note(self, view: View) -> str:
        """What is which."""
        return "─ before  █ after"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_both_latencies(self._shown, view.chosen, width, height)
