"""Two saved runs against each other.

┌ compare ─────────────────────────────── the earlier run → the later run ┐
│ what is shown, in a sentence                                            │
├ differences ────────────────────────────────────────────────────────────┤
│ figures of each contender before and after, with intervals              │
├ latency ───────────────────────────┬ what else changed ─────────────────┤
│ both histograms of the chosen one  │ (below 100 columns: one above the  │
│                                    │ other)                             │
└ keys ───────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from httptui.compare.words import method_of, missing_lines, verdict_of
from httptui.tui.comparisons import Compared
from httptui.tui.panels.changes import BothLatenciesPanel, ChangedPanel, DifferencesPanel
from httptui.tui.panels.view import View
from httptui.tui.screens.comparison_board import LEAVING, POINTING, ComparisonBoard
from httptui.tui.widgets.lines import BoundKeys

if TYPE_CHECKING:
    from textual.app import ComposeResult


class CompareScreen(ComparisonBoard):
    """The comparison of two runs."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "compare.tcss"]
    BINDING_GROUP_TITLE = "Compare"
    BINDINGS: ClassVar[list[BindingType]] = [*POINTING, *LEAVING]
    LARGEST = "#both-latencies"

    def __init__(self, shown: Compared, now: datetime | None = None) -> None:
        super().__init__(shown.comparison, now)
        self._shown = shown
        self._view = View(shown.after, status="done", chosen=self._letters[0] if self._letters else None)

    @property
    def chosen(self) -> str | None:
        """The letter of the contender that is looked at."""
        return self._view.chosen

    def compose(self) -> ComposeResult:
        """A line, the panels, the keys."""
        comparison = self._shown.comparison
        yield Static(self.title_line(), id="compare-title", markup=False)
        yield Static("\n".join(verdict_of(comparison)), id="compare-verdict", markup=False)
        yield DifferencesPanel(self._shown, id="differences")
        with Horizontal(id="around"):
            yield BothLatenciesPanel(self._shown, id="both-latencies")
            yield ChangedPanel(comparison, missing_lines(comparison), method_of(comparison), id="changed")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Draw."""
        self.draw_panels(self._view)

    def look_at(self, letter: str) -> None:
        """Choose a contender and draw."""
        self._view = replace(self._view, chosen=letter)
        self.draw_panels(self._view)
        self.query_one(DifferencesPanel).reveal(letter)
