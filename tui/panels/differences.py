"""What changed from one run to another: the figures of each contender, with their intervals."""

from __future__ import annotations

from textual.events import Click
from textual.message import Message

from httptui.reports.comparisons.comparison import Comparison, ContenderChange
from httptui.reports.comparisons.words import TOLD, has_control, held_against, told_figures
from httptui.tui.compared import Compared
from httptui.tui.panels.change_rows import Widths, change_row, heading_row, key_of, widths_of
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.revealing import reveal_rows
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, Row, fit


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
