"""The boards of a run: of all contenders, and of one on a page of its own.

┌ header ─────────────────────────── what is requested · how far the run is ┐
│ warnings, standing                                                         │
│ verdict, once the run is over                                              │
├ contenders ────────────────────────────────────────────────────────────────┤
│ a row each                                                                 │
│ why the chosen one, or the slowest, is no faster                           │
├ throughput ────────────────────────┬ latency, heat map or percentiles ─────┤
│ (folded below 100 × 30)            │                                       │
├ ranking ───────────────────────────┼ events, the chosen contender, errors ─┤
│ (below 100 columns: one above the other)                                   │
└ keys ──────────────────────────────────────────────────────────────────────┘

┌ header ─────────────────────────── what is requested · how far the run is ┐
│ letter and label ─────────────────────────────── its place · why no faster │
├ latency ─────────────────────────────────────────┬ percentiles ────────────┤
│ a histogram with percentiles marked              │                         │
├ throughput ────────────────────────┬ latency over time ────────────────────┤
│                                    │                                       │
├ measured ──────────────────────────┼ settings ─────────────────────────────┤
│ (below 100 columns: one above the other; what has no room is scrolled to)  │
└ keys ──────────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, ItemGrid
from textual.layout import Layout

from httptui.tui.boards.board import Board
from httptui.tui.panels.contenders import ContendersPanel
from httptui.tui.panels.errors import ErrorsPanel
from httptui.tui.panels.events import EventsPanel
from httptui.tui.panels.latency import HeatmapPanel, LatencyPanel, ThroughputPanel
from httptui.tui.panels.notices import VerdictNotice
from httptui.tui.panels.own import (
    MeasuredPanel,
    OwnHeatmapPanel,
    OwnLatencyPanel,
    OwnThroughputPanel,
    SettingsPanel,
)
from httptui.tui.panels.percentiles import PercentilesPanel, PercentileTable
from httptui.tui.panels.ranking import RankingPanel
from httptui.tui.panels.reason import ReasonNotice
from httptui.tui.panels.view import View
from httptui.tui.toolkit.giving_way import GivingWay

CHARTS = ("latency", "heatmap", "percentiles")
BELOW = ("events", "errors")
"""Panels that share a place: one of them is seen."""
GIVE_WAY = (
    ("charts", 6),
    ("contenders", 9),
    ("outcome", 9),
    ("charts", 0),
    ("contenders", 6),
    ("outcome", 5),
    ("reason", 1),
    ("verdict", 3),
    ("contenders", 4),
    ("outcome", 3),
    ("verdict", 1),
)
"""Where there are too few rows for all: who gives way in turn, and down to how many."""
BOARD_LAYOUT = GivingWay(GIVE_WAY)


class RunBoard(Board[View]):
    """All contenders of a run."""

    MARKS: ClassVar[Mapping[str, Callable[[View], bool]]] = {"-idle": lambda view: view.status == "idle"}

    @property
    def layout(self) -> Layout:
        """All within the screen."""
        return BOARD_LAYOUT

    def compose(self) -> ComposeResult:
        """Make the panels, from the top."""
        yield VerdictNotice(id="verdict")
        yield ContendersPanel(id="contenders")
        yield ReasonNotice(id="reason")
        with Horizontal(id="charts"):
            yield ThroughputPanel(id="throughput")
            yield LatencyPanel(id="latency")
            yield HeatmapPanel(id="heatmap")
            yield PercentilesPanel(id="percentiles")
        with Horizontal(id="outcome"):
            yield RankingPanel(id="ranking")
            yield EventsPanel(id="events")
            yield ErrorsPanel(id="errors")

    def shown_of(self, names: tuple[str, ...]) -> str:
        """Return which panel of a place is shown."""
        return next((name for name in names if self.has_class(f"-{name}")), names[0])

    def show_in_place(self, shown: str, names: tuple[str, ...]) -> None:
        """Show one panel of a place, and hide the others."""
        for name in names:
            self.set_class(name == shown, f"-{name}")

    @property
    def table(self) -> ContendersPanel:
        """The table of contenders."""
        return self.query_one(ContendersPanel)


class PageBoard(Board[View]):
    """The chosen contender of a run."""

    def compose(self) -> ComposeResult:
        """Make the panels, from the top."""
        with Horizontal(id="times"):
            yield OwnLatencyPanel(id="own-latency")
            yield PercentileTable(id="own-percentiles")
        with Horizontal(id="over-time"):
            yield OwnThroughputPanel(id="own-throughput")
            yield OwnHeatmapPanel(id="own-heatmap")
        with ItemGrid(id="facts"):
            yield MeasuredPanel(id="measured")
            yield SettingsPanel(id="settings")
