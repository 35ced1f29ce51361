"""The board of a sweep: it draws the newest snapshot, at most a few times a second, and changes nothing of the sweep.

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

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any, ClassVar

from msgspec import structs
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from httptui.results.snapshot import Event
from httptui.sweeps.report import SweepSnapshot
from httptui.tui.actions import key_names
from httptui.tui.panels.keys import Key, KeysLine
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_analysis import SweepAnalysisPanel
from httptui.tui.panels.sweep_chart import SweepChart
from httptui.tui.panels.sweep_table import SweepTable
from httptui.tui.panels.sweep_view import SweepEvents, SweepHeader, SweepNotice, SweepView
from httptui.tui.screens.session_screen import SessionScreen
from httptui.tui.screens.sweep_keys import SWEEP_BINDINGS, SWEEP_KEYS
from httptui.tui.settings import USUAL, Settings
from httptui.tui.sweep_session import SweepTaken
from httptui.tui.toolkit.first_size import from_sizes


class SweepBoard(SessionScreen):
    """The panels, what they show, and the actions that change nothing but the view; `clock` gives seconds."""

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    VERTICAL_BREAKPOINTS = from_sizes(tiny=0, short=22, tall=26)
    ALLOW_IN_MAXIMIZED_VIEW = "#top, KeysLine"
    AUTO_FOCUS = ""

    LINE_KEYS: ClassVar[tuple[Key, ...]] = SWEEP_KEYS

    def __init__(
        self, first: SweepSnapshot, *, settings: Settings = USUAL, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__()
        self._frame_seconds = 1 / settings.frames_per_second
        self._clock = clock
        self._newest = first
        keys = key_names(SWEEP_BINDINGS, settings.keymap)
        self._view = SweepView(self._newest, blocks=settings.blocks, keys=keys)
        self._notes: tuple[Event, ...] = ()
        self._frame: Timer | None = None
        self._drawn_at = -self._frame_seconds
        self._verdict: str | None = None

    @property
    def view(self) -> SweepView:
        """The frame that is shown."""
        return self._view

    def compose(self) -> ComposeResult:
        """The panels, from the top."""
        with Vertical(id="top"):
            yield SweepHeader(id="sweep-header")
        yield SweepNotice(id="sweep-notice")
        yield SweepChart(id="sweep-chart")
        with Horizontal(id="sweep-below"):
            yield SweepTable(id="sweep-table")
            with Vertical(id="sweep-told"):
                yield SweepAnalysisPanel(id="sweep-analysis")
                yield SweepEvents(id="sweep-events")
        yield KeysLine(self.LINE_KEYS, id="keys")

    def on_resize(self) -> None:
        """Let what is as high as its text find its height again."""
        self.query_one(SweepNotice).show(self._view)

    # Frames: the newest snapshot wins, at most so many a second as the settings say.

    @on(SweepTaken)
    def _take(self, message: SweepTaken) -> None:
        self._newest = message.snapshot
        if self._frame is None:
            wait = max(self._drawn_at + self._frame_seconds - self._clock(), 0.001)
            self._frame = self.set_timer(wait, self._draw_newest)

    def _draw_newest(self) -> None:
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        if self._view.frozen:
            behind = max(self._newest.elapsed - self._view.snapshot.elapsed, 0.0)
            self._view = replace(self._view, behind=behind)
            self.query_one(SweepHeader).show(self._view)
        else:
            self._show()

    def _show(self) -> None:
        """Take the newest snapshot, frozen or not, and draw it."""
        self._look(
            snapshot=self._newest, status=self._status, frozen=False, behind=0.0, verdict=self._verdict
        )

    def _look(self, **changes: Any) -> None:
        """Change how it is looked at, and draw."""
        self._view = replace(self._view, **changes)
        self._drawn_at = self._clock()
        snapshot = self._view.snapshot
        merged = sorted((*snapshot.events, *self._notes), key=lambda event: event.seconds)
        view = replace(self._view, snapshot=structs.replace(snapshot, events=tuple(merged)))
        self.set_class(view.is_grid, "-grid")
        with self.app.batch_update():
            for panel in self.query(PanelOf):
                panel.show(view)

    def _note(self, *lines: str, error: bool = False) -> None:
        """Put lines among the events, and draw."""
        at = max([self._newest.elapsed, *(event.seconds for event in self._newest.events)])
        self._notes += tuple(Event(at, line, "error" if error else "info") for line in lines)
        self._look()

    # Looking.

    def action_freeze(self) -> None:
        """Hold the picture, or let it go."""
        if self._view.frozen:
            self._show()
        else:
            self._look(frozen=True)

    def action_figure(self) -> None:
        """Draw the next figure."""
        figures = self._view.figures()
        at = figures.index(self._view.figure) if self._view.figure in figures else -1
        self._look(figure=figures[(at + 1) % len(figures)])

    def action_log(self) -> None:
        """Switch the figures' scale."""
        self._look(log=not self._view.log)

    def action_axis(self) -> None:
        """Switch the levels' axis."""
        self._look(linear=not self._view.linear)

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self._look(blocks=not self._view.blocks)

    def action_point(self, step: int) -> None:
        """Choose the next contender or the one before; beyond the ends, none."""
        letters = [None, *(one.id for one in self._view.snapshot.contenders)]
        self._look(chosen=letters[(letters.index(self._view.chosen) + step) % len(letters)])

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(SweepChart))

    def action_panel(self, name: str) -> None:
        """Give one panel the whole screen, or give it back."""
        alone = self.maximized is not None and self.maximized.id == name
        self.minimize()
        if not alone:
            panel = self.query_one(f"#{name}")
            self.maximize(panel)
            panel.focus()
