"""Whose page it is: letter, label and place, and in a sentence what keeps it from going faster."""

from __future__ import annotations

from httptui.verdicts.ranking import rank_text
from httptui.tui.panels.notices import Notice
from httptui.tui.panels.reason import reason_of
from httptui.tui.panels.view import View
from httptui.tui.panels.wrapping import wrapped
from httptui.tui.plots.cells import Cells, Row, between, fit, row_width

INDENT = 4
MOST_ROWS = 3


def draw_own_title(view: View, width: int) -> Cells:
    """The name with its place in the rankings, then the sentence, wrapped."""
    contender = view.contender(view.chosen)
    if contender is None:
        return ()
    name: Row = ((f" {contender.id} ", f"{contender.id} badge"), (f" {contender.label}", "strong"))
    lines = wrapped(reason_of(contender), width - INDENT - 1, MOST_ROWS)
    key = "bad" if contender.state == "dnf" else ""
    row = f"{[row.id for row in view.rows].index(contender.id) + 1} of {len(view.rows)} "
    places = _places(view)
    if row_width(name) + len(places) + len(row) < width:
        row = places + row
    return (
        between(name, ((row, "dim"),), width),
        *(fit(((" " * INDENT, ""), (line, key)), width) for line in lines),
    )


def _places(view: View) -> str:
    """Its places in the rankings, in words."""
    snapshot = view.snapshot
    by_rate = [f"{rank_text(rank)} by req/s" for rank in snapshot.ranking if rank.id == view.chosen]
    by_cost = [f"{rank_text(rank)} by CPU" for rank in snapshot.cpu_ranking if rank.id == view.chosen]
    places = ", ".join([*by_rate, *by_cost])
    return f"place {places} · " if places else ""


class OwnTitle(Notice):
    """The lines, at the top of the page."""

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_own_title(view, width)
