"""What must not be overlooked in a sweep: standing warnings, and the last word; and what has happened so far."""

from __future__ import annotations

from httptui.tui.panels.events import draw_events
from httptui.tui.panels.notices import BAR, MOST_LINES
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import SweepView
from httptui.tui.panels.wrapping import wrapped
from httptui.tui.plots.cells import Cells, Row, fit

MOST_VERDICT_LINES = ((30, 6), (22, 4), (0, 3))
"""Rows that the verdict may take of a screen of at least so many."""


def draw_sweep_notices(view: SweepView, width: int, most: int = MOST_VERDICT_LINES[0][1]) -> Cells:
    """A row for every warning, and the verdict in at most so many rows, each clause begun anew if there is room."""
    rows: list[Row] = [((" ▲ ", "warn bold"), (text, "warn")) for text in view.snapshot.warnings[:MOST_LINES]]
    if view.verdict is not None:
        room = max(width - len(BAR) - 2, 8)
        lines = [line for clause in view.verdict.split("; ") for line in wrapped(clause, room)]
        if len(lines) > most:
            lines = wrapped(view.verdict, room, most)
        bar, ink = ("bad", "bad bold") if view.status == "invalid" else ("good", "strong")
        rows += [((BAR, bar), (line, ink)) for line in lines]
    return tuple(fit(row, width) for row in rows)


class SweepNotice(PanelOf[SweepView], can_focus=False):
    """As high as what there is to say, and gone when that is nothing."""

    ALLOW_MAXIMIZE = False

    def title(self, view: SweepView) -> str:
        return ""

    def show(self, view: SweepView) -> None:
        """Take a frame; appear, grow or go."""
        lines = len(self.draw(view, self.app.size.width, 1))
        self.display = lines > 0
        if lines:
            self.styles.height = lines
        super().show(view)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        most = next(rows for least, rows in MOST_VERDICT_LINES if self.app.size.height >= least)
        return draw_sweep_notices(view, width, most)


class SweepEvents(PanelOf[SweepView]):
    """The events; it stays at the newest one unless scrolled up."""

    def title(self, view: SweepView) -> str:
        return "Events"

    def show(self, view: SweepView) -> None:
        """Take a frame, and keep to the newest event if it was there."""
        at_end = round(self.scroll_offset.y) >= self.max_scroll_y
        super().show(view)
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:
        return draw_events(view.snapshot.events, width)
