"""What changed from one run to another: the figures of each contender, with their intervals."""

from __future__ import annotations

from typing import NamedTuple

from textual.events import Click
from textual.message import Message

from httptui.reports.comparisons.comparison import Change, Comparison, ContenderChange
from httptui.reports.comparisons.words import TOLD, format_change, has_control, held_against, told_figures
from tui.compared import Compared
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, Segment, fit, left, right

FIGURE_WIDTH, GAP = 9, 2
INDENT = 4
MORE_IS_BETTER = ("req_per_s",)
HEADINGS = ("before", "after", "change")


class _Widths(NamedTuple):
    """Cells of a figure's name, its change, and that against others, 0 where it has no room or there is none."""

    name: int
    change: int
    against: int


def draw_differences(comparison: Comparison, chosen: str | None, width: int) -> Cells:
    """A heading, and for every contender that both runs have its name and a row for each figure."""
    if not comparison.contenders:
        return (fit(((" no contender is in both runs", "dim"),), width),)
    widths = _widths(comparison, width)
    rows = [_heading(comparison, widths)]
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


def _widths(comparison: Comparison, width: int) -> _Widths:
    changes = [change for one in comparison.contenders for change in one.figures.values()]
    own = max((len(format_change(change.ratio)) for change in changes), default=0)
    own = max(own, len(HEADINGS[-1]))
    told = [told_figures(one) for one in comparison.contenders]
    name = max((len(row[0]) for rows in told for row in rows), default=0)
    taken = INDENT + name + 2 * (GAP + FIGURE_WIDTH) + 2 * GAP + own
    others = max((len(format_change(change.against)) for change in changes), default=0)
    others = max(others, min(len(held_against(comparison)), 24))
    return _Widths(name, own, others if has_control(comparison) and taken + others <= width else 0)


def _heading(comparison: Comparison, widths: _Widths) -> Row:
    before, after, change = HEADINGS
    gap = " " * GAP
    text = " " * (INDENT + widths.name) + gap + right(before, FIGURE_WIDTH) + gap + right(after, FIGURE_WIDTH)
    text += gap + left(change, widths.change)
    if widths.against:
        text += gap + left(held_against(comparison), widths.against)
    return ((text, "dim"),)


def _name(contender: ContenderChange, *, chosen: bool) -> Row:
    letter = contender.after_id
    if chosen:
        return (("▸", "strong"), (f"{letter} ", f"{letter} badge"), (" ", ""), (contender.label, "strong"))
    return ((f" {letter:<3}", f"{letter} bold"), (contender.label, ""))


def _figures(contender: ContenderChange, widths: _Widths) -> list[Row]:
    told = [quantity for quantity in TOLD if quantity in contender.figures]
    gap = (" " * GAP, "")
    rows: list[Row] = []
    for quantity, (name, before, after, change, against) in zip(told, told_figures(contender), strict=True):
        key = _key(quantity, contender.figures[quantity])
        cells: list[Segment] = [
            (" " * INDENT + left(name, widths.name), "axis"),
            gap,
            (right(before, FIGURE_WIDTH), ""),
            gap,
            (right(after, FIGURE_WIDTH), "strong"),
            gap,
            (left(change, widths.change), "" if widths.against else key),
        ]
        if widths.against:
            cells += [gap, (left(against, widths.against), key)]
        rows.append(tuple(cells))
    return rows


def _key(quantity: str, change: Change) -> str:
    """Good or bad where the change is beyond what two runs of the same differ by."""
    if change.against is None or not change.against.shown:
        return ""
    return "good" if (change.against.point > 1) == (quantity in MORE_IS_BETTER) else "bad"


class ChangePointed(Message):
    """The row of a contender was clicked."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.letter = letter


class DifferencesPanel(Panel):
    """The table; its heading stays when the rows scroll."""

    fixed_rows = 1

    def __init__(self, shown: Compared, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown = shown

    def title(self, view: View) -> str:  # noqa: ARG002
        return "Differences"

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
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
        last, room = (
            first + len(told_figures(figures)),
            self.scrollable_content_region.height - self.fixed_rows,
        )
        at = round(self.scroll_offset.y)
        if first < at or last - first >= room:
            self.scroll_to(y=first, animate=False)
        elif last >= at + room:
            self.scroll_to(y=last - room + 1, animate=False)
