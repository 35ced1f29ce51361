"""Two saved reports against each other: two runs, or two sweeps.

┌ compare ─────────────────────────────── the earlier run → the later run ┐
│ what is shown, in a sentence                                            │
├ differences ────────────────────────────────────────────────────────────┤
│ figures of each contender before and after, with intervals              │
├ latency ───────────────────────────┬ what else changed ─────────────────┤
│ both histograms of the chosen one  │ (below 100 columns: one above the  │
│                                    │ other)                             │
└ keys ───────────────────────────────────────────────────────────────────┘

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

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from httptui.compare.comparison import Side, TwoSides
from httptui.compare.words import method_of, missing_of, verdict_of
from httptui.report.saved import moment_of
from httptui.tui.forms.preset_text import when_text
from httptui.tui.panels.changes import (
    COMPARED_FIGURES,
    BothLatenciesPanel,
    ChangedPanel,
    ChangePointed,
    DifferencesPanel,
    SweepsChanges,
    SweepsClaims,
    SweepsOverlay,
    SweepsView,
)
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import PanelScreen
from httptui.tui.settings import USUAL, Settings
from httptui.tui.shown_reports import Compared, ComparedSweeps
from httptui.tui.toolkit.drawing import from_sizes
from httptui.tui.widgets.key_lines import BoundKeys

if TYPE_CHECKING:
    from textual.app import ComposeResult

POINTING: list[BindingType] = [
    Binding("down,j", "point(1)", "next", key_display="↓", tooltip="The next contender", id="compare.next"),
    Binding(
        "up,k",
        "point(-1)",
        "previous",
        key_display="↑",
        tooltip="The contender before",
        id="compare.previous",
    ),
]
LEAVING: list[BindingType] = [
    Binding(
        "m",
        "maximise",
        "maximise",
        tooltip="Show the focused panel on the whole screen, or all panels",
        id="compare.maximise",
    ),
    Binding("escape,q", "back", "back", key_display="esc", id="compare.back"),
    Binding("f1,question_mark", "help", "help", key_display="?", id="compare.help"),
]
"""The keys of every comparison, before and after those that are its own."""


class ComparisonScreen(PanelScreen):
    """A comparison, both reports in its first line; it begins with the first contender, `now` is when it is shown."""

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    VERTICAL_BREAKPOINTS = from_sizes(short=0, tall=30)
    ALLOW_IN_MAXIMIZED_VIEW = "#compare-title, BoundKeys"
    AUTO_FOCUS = ""

    def __init__(self, comparison: TwoSides, now: datetime | None = None) -> None:
        super().__init__()
        self._comparison, self._now = comparison, now or datetime.now().astimezone()
        self._letters = [one.after_id for one in comparison.contenders]

    @property
    def chosen(self) -> str | None:
        """The letter of the contender that is looked at."""
        raise NotImplementedError

    def look_at(self, letter: str) -> None:
        """Choose a contender and draw."""
        raise NotImplementedError

    def action_point(self, step: int) -> None:
        """Choose a neighbour, not beyond the ends."""
        if self._letters:
            at = self._letters.index(self.chosen or self._letters[0]) + step
            self.look_at(self._letters[min(max(at, 0), len(self._letters) - 1)])

    @on(ChangePointed)
    def _pointed(self, message: ChangePointed) -> None:
        self.look_at(message.letter)

    def draw_panels(self, view: Any) -> None:
        """Let every panel draw a view."""
        with self.app.batch_update():
            for panel in self.query(PanelOf):
                panel.show(view)

    def title_line(self) -> str:
        """Both reports by name and moment."""
        before, after = self._comparison.before, self._comparison.after
        name = f"{before.name} → " if before.name != after.name else ""
        whens = [self._when(side) for side in (before, after)]
        if whens[0] == whens[1]:
            whens = [self._when(side, seconds=True) for side in (before, after)]
        return f"httptui  compare · {name}{after.name} · {' → '.join(whens)}"

    def _when(self, side: Side, *, seconds: bool = False) -> str:
        """When one began, with its second where the other began in the same minute."""
        moment = moment_of(side.started)
        if moment is None:
            when = side.started
        else:
            when = when_text(moment.astimezone(self._now.tzinfo), self._now)
            when += moment.strftime(":%S") if seconds else ""
        return when if side.complete else f"{when} (not complete)"


class CompareScreen(ComparisonScreen):
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
            yield ChangedPanel(comparison, missing_of(comparison), method_of(comparison), id="changed")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Draw."""
        self.draw_panels(self._view)

    def look_at(self, letter: str) -> None:
        """Choose a contender and draw."""
        self._view = replace(self._view, chosen=letter)
        self.draw_panels(self._view)
        self.query_one(DifferencesPanel).reveal(letter)


class CompareSweepsScreen(ComparisonScreen):
    """The comparison of two sweeps."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "compare.tcss"]
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
