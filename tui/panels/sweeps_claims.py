"""What two sweeps show of each contender, a sentence each, the chosen one marked."""

from __future__ import annotations

import textwrap

from textual.events import Click

from httptui.sweeps.comparisons.comparison import ContenderClaim, SweepComparison
from httptui.tui.panels.differences import ChangePointed
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.revealing import reveal_rows
from httptui.tui.panels.sweeps_view import SweepsView
from httptui.tui.plots.cells import Cells, Row, fit

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
