"""Two saved runs against each other.

┌ compare ─────────────────────────────── the earlier run → the later run ┐
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
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from httptui.reports.comparisons.comparison import Side
from httptui.reports.saved import moment_of
from tui.compared import Compared
from tui.forms.preset_text import when_text
from tui.panels.both_latencies import BothLatenciesPanel
from tui.panels.changed import ChangedPanel
from tui.panels.differences import ChangePointed, DifferencesPanel
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.screens.help import HelpScreen
from tui.widgets.bound_keys import BoundKeys

if TYPE_CHECKING:
    from textual.app import ComposeResult


class CompareScreen(Screen[None]):
    """A comparison, which begins with the first contender; `now` is when it is looked at."""

    CSS_PATH = ["panels.tcss", "compare.tcss"]  # noqa: RUF012
    BINDING_GROUP_TITLE = "Compare"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    ALLOW_IN_MAXIMIZED_VIEW = "#compare-title, BoundKeys"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j", "point(1)", "next", key_display="↓", tooltip="The next contender", id="compare.next"
        ),
        Binding(
            "up,k",
            "point(-1)",
            "previous",
            key_display="↑",
            tooltip="The contender before",
            id="compare.previous",
        ),
        Binding(
            "m",
            "maximise",
            "maximise",
            tooltip="Give the focused panel the whole screen, or give it back",
            id="compare.maximise",
        ),
        Binding("escape,q", "back", "back", key_display="esc", id="compare.back"),
        Binding("f1,question_mark", "help", "help", key_display="?", id="compare.help"),
    ]

    def __init__(self, shown: Compared, now: datetime | None = None) -> None:
        super().__init__()
        self._shown, self._now = shown, now or datetime.now().astimezone()
        self._letters = [one.after_id for one in shown.comparison.contenders]
        self._view = View(shown.after, status="done", chosen=self._letters[0] if self._letters else None)

    def compose(self) -> ComposeResult:
        """A line, the panels, the keys."""
        yield Static(self._title(), id="compare-title", markup=False)
        yield DifferencesPanel(self._shown, id="differences")
        with Horizontal(id="around"):
            yield BothLatenciesPanel(self._shown, id="both-latencies")
            yield ChangedPanel(self._shown, id="changed")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Draw."""
        self._draw()

    def action_point(self, step: int) -> None:
        """Choose a neighbour, not beyond the ends."""
        if self._letters:
            at = self._letters.index(self._view.chosen or self._letters[0]) + step
            self._choose(self._letters[min(max(at, 0), len(self._letters) - 1)])

    @on(ChangePointed)
    def _pointed(self, message: ChangePointed) -> None:
        self._choose(message.letter)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(BothLatenciesPanel))

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the screen below."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())

    def _choose(self, letter: str) -> None:
        self._view = replace(self._view, chosen=letter)
        self._draw()
        self.query_one(DifferencesPanel).reveal(letter)

    def _draw(self) -> None:
        with self.app.batch_update():
            for panel in self.query(Panel):
                panel.show(self._view)

    def _title(self) -> str:
        before, after = self._shown.comparison.before, self._shown.comparison.after
        name = f"{before.name} → " if before.name != after.name else ""
        return f"httptui  compare · {name}{after.name} · {self._when(before)} → {self._when(after)}"

    def _when(self, side: Side) -> str:
        moment = moment_of(side.started)
        when = side.started if moment is None else when_text(moment.astimezone(self._now.tzinfo), self._now)
        return when if side.complete else f"{when} (not complete)"
