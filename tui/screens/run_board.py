"""The board: it draws the newest snapshot, at most four times a second, and knows nothing of where it comes from.

┌ header ─────────────────────────── what is requested · how far the run is ┐
│ warnings, standing                                                         │
│ verdict, once the run is over                                              │
├ contenders ────────────────────────────────────────────────────────────────┤
│ a row each                                                                 │
│ why the chosen one, or the slowest, is no faster                           │
├ throughput ────────────────────────┬ latency ──────────────────────────────┤
│ (folded below 100 × 30)            │                                       │
├ ranking ───────────────────────────┼ events, or the chosen contender ──────┤
│ (below 100 columns: one above the other)                                   │
└ keys ──────────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from msgspec import structs
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer

from httptui.plans.plan import Plan
from httptui.snapshot import Event
from tui.panels.contenders import ContendersPanel, Pointed
from tui.panels.events import EventsPanel
from tui.panels.header import HeaderLine
from tui.panels.keys import KeysLine
from tui.panels.latency import LatencyPanel
from tui.panels.notices import Notice, VerdictNotice, WarningsNotice
from tui.panels.panel import Panel
from tui.panels.ranking import RankingPanel
from tui.panels.reason import ReasonNotice
from tui.panels.throughput import ThroughputPanel
from tui.panels.view import Status, View, snapshot_of_plan
from tui.screens.run_keys import RUN_KEYS
from tui.session import Taken

FRAME_SECONDS = 0.25


class RunBoard(Screen[None]):
    """The panels and what they show.  `blocks` spares braille characters; `clock` gives seconds."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (22, "-short"), (30, "-tall")]  # noqa: RUF012
    ALLOW_IN_MAXIMIZED_VIEW = "#top, KeysLine"
    AUTO_FOCUS = ""

    def __init__(self, plan: Plan, *, blocks: bool = False, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._newest = snapshot_of_plan(plan)
        self._status: Status = "idle"
        self._view = View(self._newest, plan=plan, blocks=blocks)
        self._notes: tuple[Event, ...] = ()
        self._frame: Timer | None = None
        self._drawn_at = -FRAME_SECONDS

    @property
    def view(self) -> View:
        """The frame that is shown."""
        return self._view

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
        with Horizontal(id="outcome"):
            yield RankingPanel(id="ranking")
            yield EventsPanel(id="events")
        yield KeysLine(RUN_KEYS, id="keys")

    def on_mount(self) -> None:
        """Show the plan."""
        self._draw()

    def on_resize(self) -> None:
        """Let what is as high as its text find its height again."""
        for notice in self.query(Notice):
            notice.show(self._view)

    # Frames: the newest snapshot wins, at most one is drawn every FRAME_SECONDS.

    @on(Taken)
    def _take(self, message: Taken) -> None:
        self._newest = message.snapshot
        if self._frame is None:
            wait = max(self._drawn_at + FRAME_SECONDS - self._clock(), 0.001)
            self._frame = self.set_timer(wait, self._draw_newest)

    def _draw_newest(self) -> None:
        if self._frame is not None:
            self._frame.stop()
            self._frame = None
        if not self._view.frozen:
            self._show()

    def _show(self, **changes: Any) -> None:
        """Take the newest snapshot, frozen or not, and draw it."""
        self._look(snapshot=self._newest, status=self._status, frozen=False, **changes)

    def _look(self, **changes: Any) -> None:
        """Change how it is looked at, and draw."""
        self._view = replace(self._view, **changes)
        self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._clock()
        snapshot = self._view.snapshot
        merged = sorted((*snapshot.events, *self._notes), key=lambda event: event.seconds)
        view = replace(self._view, snapshot=structs.replace(snapshot, events=tuple(merged)))
        self.set_class(view.status == "idle", "-idle")
        with self.app.batch_update():
            for panel in self.query(Panel):
                panel.show(view)

    def _note(self, *lines: str, error: bool = False) -> None:
        """Put lines among the events, and draw."""
        at = max([self._newest.elapsed, *(event.seconds for event in self._newest.events)])
        self._notes += tuple(Event(at, line, "error" if error else "info") for line in lines)
        self._draw()

    # How it is looked at.

    def action_freeze(self) -> None:
        """Hold the picture, or let it go."""
        if self._view.frozen:
            self._show()
        else:
            self._look(frozen=True)

    def action_log(self) -> None:
        """Switch the throughput's scale."""
        self._look(log=not self._view.log)

    def action_blocks(self) -> None:
        """Switch the lines between braille and block characters."""
        self._look(blocks=not self._view.blocks)

    def action_swap(self) -> None:
        """Put the other ranking first."""
        self._look(swapped=not self._view.swapped)

    def action_point(self, step: int) -> None:
        """Choose the contender so many rows below the chosen one, or the first or last where none is."""
        letters = [contender.id for contender in self._view.snapshot.contenders]
        chosen = self._view.chosen
        if chosen in letters:
            row = min(max(letters.index(chosen) + step, 0), len(letters) - 1)
        else:
            row = 0 if step > 0 else len(letters) - 1
        self._choose(letters[row])

    @on(Pointed)
    def _pointed(self, message: Pointed) -> None:
        """A click chooses, and on the chosen row gives back."""
        self._choose(None if message.letter == self._view.chosen else message.letter)

    def _choose(self, letter: str | None) -> None:
        if self._view.status == "idle":
            return
        self._look(chosen=letter)
        if letter is not None:
            letters = [contender.id for contender in self._view.snapshot.contenders]
            self.query_one(ContendersPanel).reveal(letters.index(letter))

    def action_back(self) -> None:
        """Give the screen back to all panels, or else the events their place."""
        if self.maximized is not None:
            self.minimize()
        else:
            self._look(chosen=None)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(ThroughputPanel))

    def action_panel(self, name: str) -> None:
        """Give one panel the whole screen, or give it back."""
        panel = self.query_one(f"#{name}", Panel)
        again = self.maximized is panel
        self.minimize()
        if not again:
            self.maximize(panel)
            panel.focus()
