"""The board of a sweep.

┌ header ────────────────── what is requested, at which levels · how far it is ┐
│ warnings, standing; the last word, once the sweep is over                     │
├ chart ────────────────────────────────────────────────────────────────────────┤
│ a curve for each contender, or tiles of a grid   (folded below 100 × 26)      │
├ table ─────────────────────────────────────┬ analysis ────────────────────────┤
│ a row for each level                       │ knees, tops, where curves meet   │
│ (below 100 columns: one above the other)   ├ events ──────────────────────────┤
└ keys ──────────────────────────────────────┴──────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from httptui.tui.boards.board import Board
from httptui.tui.panels.sweep_panels import SweepAnalysisPanel, SweepChart, SweepTable
from httptui.tui.panels.sweep_view import SweepEvents, SweepNotice, SweepView


class SweepBoard(Board[SweepView]):
    """All levels of a sweep."""

    MARKS: ClassVar[Mapping[str, Callable[[SweepView], bool]]] = {"-grid": lambda view: view.is_grid}

    def compose(self) -> ComposeResult:
        """Make the panels, from the top."""
        yield SweepNotice(id="sweep-notice")
        yield SweepChart(id="sweep-chart")
        with Horizontal(id="sweep-below"):
            yield SweepTable(id="sweep-table")
            with Vertical(id="sweep-told"):
                yield SweepAnalysisPanel(id="sweep-analysis")
                yield SweepEvents(id="sweep-events")
