"""Two saved sweeps against each other.

┌ compare ─────────────────────────── the earlier sweep → the later sweep ┐
├ claims ─────────────────────────────────────────────────────────────────┤
│ a sentence for each contender                                           │
├ overlay ───────────────────────────┬ what else changed ─────────────────┤
│ both curves of the chosen one      │ (below 100 columns and 30 rows     │
│                                    │ without the overlay)               │
├ changes ───────────────────────────┴────────────────────────────────────┤
│ a row for each level, before and after, with intervals                  │
└ keys ───────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from httptui.compare.sweep_words import method_of, missing_of
from httptui.tui.comparisons import ComparedSweeps
from httptui.tui.panels.changes import ChangedPanel
from httptui.tui.panels.sweeps_changes import (
    COMPARED_FIGURES,
    SweepsChanges,
    SweepsClaims,
    SweepsOverlay,
    SweepsView,
)
from httptui.tui.screens.comparison_board import LEAVING, POINTING, ComparisonBoard
from httptui.tui.settings import USUAL, Settings
from httptui.tui.widgets.lines import BoundKeys

if TYPE_CHECKING:
    from textual.app import ComposeResult


class CompareSweepsScreen(ComparisonBoard):
    """The comparison of two sweeps."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "compare.tcss", "compare_sweeps.tcss"]
    BINDING_GROUP_TITLE = "Compare sweeps"
    LARGEST = "#sweeps-overlay"
    BINDINGS: ClassVar[list[BindingType]] = [
        *POINTING,
        Binding(
            "u",
            "figure",
            "next figure",
            tooltip="Look at req/s, CPU per request, p50 or p99",
            id="compare-sweeps.figure",
        ),
        Binding(
            "l",
            "log",
            "log scale",
            tooltip="Switch the figures between a linear and a logarithmic scale",
            id="compare-sweeps.log",
        ),
        *LEAVING,
    ]

    def __init__(
        self, shown: ComparedSweeps, now: datetime | None = None, *, settings: Settings = USUAL
    ) -> None:
        super().__init__(shown.comparison, now)
        self._shown = shown
        first = self._letters[0] if self._letters else None
        self._view = SweepsView(shown, first, blocks=settings.blocks)

    @property
    def chosen(self) -> str | None:
        """The letter of the contender that is looked at."""
        return self._view.chosen

    @property
    def view(self) -> SweepsView:
        """The frame that is shown."""
        return self._view

    def compose(self) -> ComposeResult:
        """A line, the panels, the keys."""
        comparison = self._shown.comparison
        yield Static(self.title_line(), id="compare-title", markup=False)
        yield SweepsClaims(id="sweeps-claims")
        with Horizontal(id="around"):
            yield SweepsOverlay(id="sweeps-overlay")
            yield ChangedPanel(comparison, missing_of(comparison), method_of(comparison), id="changed")
        yield SweepsChanges(id="sweeps-changes")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Draw."""
        self._look()

    def look_at(self, letter: str) -> None:
        """Choose a contender and draw."""
        self._look(chosen=letter)
        self.query_one(SweepsClaims).reveal(letter)

    def action_figure(self) -> None:
        """Look at the next figure."""
        names = list(COMPARED_FIGURES)
        self._look(quantity=names[(names.index(self._view.quantity) + 1) % len(names)])

    def action_log(self) -> None:
        """Switch the figures' scale."""
        self._look(log=not self._view.log)

    def _look(self, **changes: Any) -> None:
        self._view = replace(self._view, **changes)
        self.draw_panels(self._view)
