"""Boards: the panels of one screen, which all draw one view, at most so many times a second; those of a run show all
its contenders, or one on a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, ItemGrid
from textual.layout import Layout
from textual.timer import Timer

from httptui.tui.control.session import Frames
from httptui.tui.panels.contender_page import (
    MeasuredPanel,
    OwnHeatmapPanel,
    OwnLatencyPanel,
    OwnThroughputPanel,
    SettingsPanel,
)
from httptui.tui.panels.contenders import ContendersPanel
from httptui.tui.panels.errors import ErrorsPanel
from httptui.tui.panels.events import EventsPanel
from httptui.tui.panels.latency import (
    HeatmapPanel,
    LatencyPanel,
    PercentilesPanel,
    PercentileTable,
    ThroughputPanel,
)
from httptui.tui.panels.notices import ReasonNotice, VerdictNotice
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.ranking import RankingPanel
from httptui.tui.panels.view import View
from httptui.tui.toolkit.drawing import ShrinkingLayout

Shown = TypeVar("Shown")


class Board(Container, Generic[Shown]):
    """The panels of a screen.

    Those of its first and last line are the screen's own children, because only these stay beside a panel that has
    the whole screen; the board draws them with its own.
    """

    MARKS: ClassVar[Mapping[str, Callable[[Any], bool]]] = {}
    """Classes by which the style sheet tells views apart, and which views have them."""

    def __init__(self, view: Shown, frames: Frames, *, id: str = "board") -> None:
        super().__init__(id=id, classes=" ".join(name for name, holds in self.MARKS.items() if holds(view)))
        self._view, self._frames = view, frames
        self._newer: Callable[[], Shown] | None = None
        self._due: Timer | None = None

    @property
    def view(self) -> Shown:
        """The view that is shown."""
        return self._view

    def show(self, view: Shown) -> None:
        """Draw a view; before the board is on a screen, it is what will be drawn first."""
        self._view = view
        if not self.is_attached:
            return
        self._frames.drawn()
        with self.app.batch_update():
            for name, holds in self.MARKS.items():
                self.set_class(holds(view), name)
            for panel in self.screen.query(PanelOf):
                panel.show(view)

    def soon(self, newer: Callable[[], Shown]) -> None:
        """Draw what `newer` gives once the next picture is due; of several, only the last is asked."""
        self._newer = newer
        if self._due is None:
            self._due = self.set_timer(self._frames.wait, self._draw_newer)

    def now(self, newer: Callable[[], Shown]) -> None:
        """Draw what `newer` gives, in the place of what is due."""
        self._newer = newer
        self._draw_newer()

    def _draw_newer(self) -> None:
        if self._due is not None:
            self._due.stop()
            self._due = None
        if self._newer is not None:
            self.show(self._newer())

    def fit_texts(self) -> None:
        """Let what is as high as its text find its height again, for another size of the terminal."""
        for panel in self.screen.query(PanelOf):
            if panel.as_high_as_text:
                panel.show_anew(self._view)


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
"""Panels that shrink in turn, and down to how many rows, where there are too few rows for all."""
BOARD_LAYOUT = ShrinkingLayout(GIVE_WAY)


class RunBoard(Board[View]):
    """All contenders of a run.

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
    """

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
    """The chosen contender of a run.

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
