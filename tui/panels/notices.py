"""What must not be overlooked: standing warnings, and the verdict when the run is over."""

from __future__ import annotations

import textwrap

from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells, Row, fit

MOST_LINES = 3


def draw_warnings(view: View, width: int) -> Cells:
    """A row for every warning, the last one telling how many more there are."""
    warnings = view.snapshot.warnings
    shown = warnings if len(warnings) <= MOST_LINES else warnings[: MOST_LINES - 1]
    rows: list[Row] = [((" ▲ ", "warn bold"), (text, "warn")) for text in shown]
    if len(shown) < len(warnings):
        rows.append((("   ", ""), (f"and {len(warnings) - len(shown)} more warnings", "warn")))
    return tuple(fit(row, width) for row in rows)


def draw_verdict(view: View, width: int) -> Cells:
    """The verdict's sentence, wrapped, when the run is done; nothing before."""
    verdict = view.snapshot.verdict
    if view.status != "done" or verdict is None:
        return ()
    key = "good" if verdict.kind == "winner" else "warn"
    lines = textwrap.wrap(verdict.sentence, max(width - 5, 8), break_on_hyphens=False)[:MOST_LINES]
    return tuple(fit(((" ▌ ", key), (line, "strong")), width) for line in lines)


class Notice(Panel, can_focus=False):
    """A panel as high as what it has to say, and gone when that is nothing."""

    ALLOW_MAXIMIZE = False

    def title(self, view: View) -> str:  # noqa: ARG002
        return ""

    def show(self, view: View) -> None:
        """Take a frame; appear, grow or go."""
        self._view = view
        lines = len(self.draw(view, self.app.size.width, MOST_LINES))
        self.display = lines > 0
        if lines:
            self.styles.height = lines
        super().show(view)


class WarningsNotice(Notice):
    """The standing warnings."""

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_warnings(view, width)


class VerdictNotice(Notice):
    """The last word."""

    def draw(self, view: View, width: int, height: int) -> Cells:  # noqa: ARG002
        return draw_verdict(view, width)
