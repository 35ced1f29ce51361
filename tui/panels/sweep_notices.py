"""What must not be overlooked in a sweep: standing warnings, and the last word; and what has happened so far."""

from __future__ import annotations

import textwrap

from tui.panels.events import draw_events
from tui.panels.notices import BAR, MOST_LINES
from tui.panels.panel import PanelOf
from tui.panels.sweep_view import SweepView
from tui.plots.cells import Cells, Row, fit

MOST_VERDICT_LINES = 5


def draw_sweep_notices(view: SweepView, width: int) -> Cells:
    """A row for every warning, and the verdict, each clause begun anew where there is room."""
    rows: list[Row] = [((" ▲ ", "warn bold"), (text, "warn")) for text in view.snapshot.warnings[:MOST_LINES]]
    if view.verdict is not None:
        room = max(width - len(BAR) - 2, 8)
        clauses = view.verdict.split("; ")
        lines = [line for clause in clauses for line in textwrap.wrap(clause, room, break_on_hyphens=False)]
        if len(lines) > MOST_VERDICT_LINES:
            lines = textwrap.wrap(
                view.verdict, room, break_on_hyphens=False, max_lines=MOST_VERDICT_LINES, placeholder=" …"
            )
        rows += [((BAR, "good"), (line, "strong")) for line in lines]
    return tuple(fit(row, width) for row in rows)


class SweepNotice(PanelOf[SweepView], can_focus=False):
    """As high as what there is to say, and gone when that is nothing."""

    ALLOW_MAXIMIZE = False

    def title(self, view: SweepView) -> str:  # noqa: ARG002
        return ""

    def show(self, view: SweepView) -> None:
        """Take a frame; appear, grow or go."""
        lines = len(draw_sweep_notices(view, self.app.size.width))
        self.display = lines > 0
        if lines:
            self.styles.height = lines
        super().show(view)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_sweep_notices(view, width)


class SweepEvents(PanelOf[SweepView]):
    """The events; it stays at the newest one unless scrolled up."""

    def title(self, view: SweepView) -> str:  # noqa: ARG002
        return "Events"

    def show(self, view: SweepView) -> None:
        """Take a frame, and keep to the newest event if it was there."""
        at_end = round(self.scroll_offset.y) >= self.max_scroll_y
        super().show(view)
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def draw(self, view: SweepView, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_events(view.snapshot.events, width)
