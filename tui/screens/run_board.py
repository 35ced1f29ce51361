"""The board: it draws the newest snapshot, at most a few times a second, and knows nothing of where it comes from.

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

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any, ClassVar

from msgspec import structs
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer

from httptui.plan.model import Plan
from httptui.results.snapshot import Event, Snapshot, without_past
from httptui.tui.actions import key_names
from httptui.tui.panels.columns import Picked
from httptui.tui.panels.contenders import ContendersPanel
from httptui.tui.panels.errors import ErrorsPanel
from httptui.tui.panels.events import EventsPanel
from httptui.tui.panels.header import HeaderLine
from httptui.tui.panels.keys import Key, KeysLine
from httptui.tui.panels.latency import HeatmapPanel, LatencyPanel, ThroughputPanel
from httptui.tui.panels.notices import Notice, VerdictNotice, WarningsNotice
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.percentiles import PercentilesPanel
from httptui.tui.panels.ranking import RankingPanel
from httptui.tui.panels.reason import ReasonNotice
from httptui.tui.panels.run_keys import RUN_BINDINGS, RUN_KEYS
from httptui.tui.panels.view import Status, View, snapshot_of_plan
from httptui.tui.session import Taken
from httptui.tui.settings import USUAL, Settings
from httptui.tui.snapshot_history import SnapshotHistory
from httptui.tui.toolkit.first_size import from_sizes


class RunBoard(Screen[None]):
    """The panels and what they show, as the settings have it; `clock` gives seconds."""

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    VERTICAL_BREAKPOINTS = from_sizes(tiny=0, short=22, tall=30)
    ALLOW_IN_MAXIMIZED_VIEW = "#top, KeysLine"
    AUTO_FOCUS = ""
    LINE_KEYS: ClassVar[tuple[Key, ...]] = RUN_KEYS

    def __init__(
        self, plan: Plan, *, settings: Settings = USUAL, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__()
        self._settings = settings
        self._frame_seconds = 1 / settings.frames_per_second
        self._clock = clock
        self._newest = snapshot_of_plan(plan)
        self._history = SnapshotHistory()
        self._status: Status = "idle"
        self._keys = key_names(RUN_BINDINGS, settings.keymap)
        self._view = View(
            self._newest,
            plan=plan,
            blocks=settings.blocks,
            picked=Picked.exactly(settings.columns),
            keys=self._keys,
        )
        self._surface: Screen[None] = self
        self._panels: tuple[Panel, ...] = ()
        self._notes: tuple[Event, ...] = ()
        self._frame: Timer | None = None
        self._drawn_at = -self._frame_seconds
        self._drawn = 0

    @property
    def view(self) -> View:
        """The frame that is shown."""
        return self._view

    @property
    def is_current(self) -> bool:
        """Whether it is to be seen: not where an opaque screen lies over it, all of which it would paint anew."""
        top = self.app.screen
        return super().is_current and (top is self or top.styles.background.a < 1)

    def compose(self) -> ComposeResult:
        """The panels, from the top."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield WarningsNotice(id="warnings")
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
        yield KeysLine(self.LINE_KEYS, id="keys")

    def on_mount(self) -> None:
        """Show the plan."""
        self.draw_on(self)

    def on_resize(self) -> None:
        """Let what is as high as its text find its height again."""
        for notice in self.query(Notice):
            notice.show_anew(self._view)

    # Frames: the newest snapshot wins, at most so many a second as the settings say.

    @on(Taken)
    def _take(self, message: Taken) -> None:
        self._newest = message.snapshot
        self._history.add(without_past(message.snapshot))
        if self._frame is None:
            wait = max(self._drawn_at + self._frame_seconds - self._clock(), 0.001)
            self._frame = self.set_timer(wait, self._draw_newest)

    def _draw_newest(self) -> None:
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        if self._view.frozen:
            self._view = replace(self._view, behind=self._behind(self._view.snapshot))
            self._surface.query_one(HeaderLine).show(self._view)
        else:
            self._show()

    def _show(self, **changes: Any) -> None:
        """Take the newest snapshot, frozen or not, and draw it."""
        self._look(snapshot=self._newest, status=self._status, frozen=False, behind=0.0, **changes)

    def _behind(self, snapshot: Snapshot) -> float:
        """How many seconds of the run lie after a snapshot."""
        return max(self._newest.elapsed - snapshot.elapsed, 0.0)

    def _look(self, **changes: Any) -> None:
        """Change how it is looked at, and draw."""
        self._view = replace(self._view, **changes)
        self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._clock()
        self._drawn += 1
        snapshot = self._view.snapshot
        merged = sorted((*snapshot.events, *self._notes), key=lambda event: event.seconds)
        view = replace(self._view, snapshot=structs.replace(snapshot, events=tuple(merged)))
        self.set_class(view.status == "idle", "-idle")
        with self.app.batch_update():
            for panel in self._panels:
                panel.show(view)

    def draw_on(self, surface: Screen[None]) -> None:
        """Draw on a page's panels from now on, or on those of the board again."""
        self._surface, self._panels = surface, tuple(surface.query(Panel))
        self._draw()

    def _note(self, *lines: str, error: bool = False) -> None:
        """Put lines among the events, and draw."""
        at = max([self._newest.elapsed, *(event.seconds for event in self._newest.events)])
        self._notes += tuple(Event(at, line, "error" if error else "info") for line in lines)
        self._draw()
