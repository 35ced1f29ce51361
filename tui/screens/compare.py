"""Two saved reports against each other: two runs, or two sweeps.

┌ compare ─────────────────────────────── the earlier run → the later run ┐
│ what is shown, in a sentence                                            │
├ differences ────────────────────────────────────────────────────────────┤
│ figures of each contender before and after, with intervals              │
├ latency ───────────────────────────┬ other changes ─────────────────────┤
│ both histograms of the chosen one  │ (below 100 columns: one above the  │
│                                    │ other)                             │
└ keys ───────────────────────────────────────────────────────────────────┘

┌ compare ─────────────────────────── the earlier sweep → the later sweep ┐
├ claims ─────────────────────────────────────────────────────────────────┤
│ a sentence for each contender                                           │
├ overlay ───────────────────────────┬ other changes ─────────────────────┤
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
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

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
    DifferencesPanel,
    SweepsChanges,
    SweepsClaims,
    SweepsOverlay,
    SweepsView,
)
from httptui.tui.panels.contenders import Pointed
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import PanelScreen
from httptui.tui.settings import USUAL, Settings
from httptui.tui.shown_reports import Compared, ComparedSweeps
from httptui.tui.toolkit.drawing import from_sizes
from httptui.tui.widgets.key_lines import BoundKeys

if TYPE_CHECKING:
    from textual.app import ComposeResult

Seen = TypeVar("Seen", View, SweepsView)
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


class ComparisonScreen(PanelScreen, Generic[Seen]):
    """A comparison, both reports in its first line; `view` is shown first, and `now` is when it is shown."""

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    VERTICAL_BREAKPOINTS = from_sizes(short=0, tall=30)
    ALLOW_IN_MAXIMIZED_VIEW = "#compare-title, BoundKeys"
    AUTO_FOCUS = ""
    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "compare.tcss"]
    POINTED: ClassVar[type[DifferencesPanel] | type[SweepsClaims]]
    """The panel that has rows of each contender."""

    def __init__(self, comparison: TwoSides, view: Seen, now: datetime | None) -> None:
        super().__init__()
        self._comparison, self._now = comparison, now or datetime.now().astimezone()
        self._letters = [one.after_id for one in comparison.contenders]
        self.view: Seen = replace(view, chosen=self._letters[0]) if self._letters else view

    def on_mount(self) -> None:
        """Draw."""
        self.look()

    def look(self, **changes: Any) -> None:
        """Change how it is looked at, and let every panel draw."""
        self.view = replace(self.view, **changes)
        with self.app.batch_update():
            for panel in self.query(PanelOf):
                panel.show(self.view)

    def action_point(self, step: int) -> None:
        """Choose a neighbour, not beyond the ends."""
        if self._letters:
            at = self._letters.index(self.view.chosen or self._letters[0]) + step
            self._choose(self._letters[min(max(at, 0), len(self._letters) - 1)])

    @on(Pointed)
    def _pointed(self, message: Pointed) -> None:
        self._choose(message.letter)

    def _choose(self, letter: str) -> None:
        self.look(chosen=letter)
        self.query_one(self.POINTED).reveal(letter)

    def title_line(self) -> str:
        """Both reports by name and moment."""
        before, after = self._comparison.before, self._comparison.after
        name = f"{before.name} → " if before.name != after.name else ""
        whens = [self._when(side) for side in (before, after)]
        if whens[0] == whens[1]:
            whens = [self._when(side, seconds=True) for side in (before, after)]
        return f"httptui  compare · {name}{after.name} · {' → '.join(whens)}"

    def _when(self, side: Side, *, seconds: bool = False) -> str:
        """Return the moment at which one began, with `seconds` where the other began in the same minute."""
        moment = moment_of(side.started)
        if moment is None:
            when = side.started
        else:
            when = when_text(moment.astimezone(self._now.tzinfo), self._now)
            when += moment.strftime(":%S") if seconds else ""
        return when if side.complete else f"{when} (not complete)"


class CompareScreen(ComparisonScreen[View]):
    """The comparison of two runs."""

    BINDING_GROUP_TITLE = "Compare"
    BINDINGS: ClassVar[list[BindingType]] = [*POINTING, *LEAVING]
    LARGEST = "#both-latencies"
    POINTED = DifferencesPanel

    def __init__(self, shown: Compared, now: datetime | None = None) -> None:
        super().__init__(shown.comparison, View(shown.after, status="done"), now)
        self._shown = shown

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


class CompareSweepsScreen(ComparisonScreen[SweepsView]):
    """The comparison of two sweeps."""

    BINDING_GROUP_TITLE = "Compare sweeps"
    LARGEST = "#sweeps-overlay"
    POINTED = SweepsClaims
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
        super().__init__(shown.comparison, SweepsView(shown, blocks=settings.blocks), now)

    def compose(self) -> ComposeResult:
        """A line, the panels, the keys."""
        comparison = self.view.shown.comparison
        yield Static(self.title_line(), id="compare-title", markup=False)
        yield SweepsClaims(id="sweeps-claims")
        with Horizontal(id="around"):
            yield SweepsOverlay(id="sweeps-overlay")
            yield ChangedPanel(comparison, missing_of(comparison), method_of(comparison), id="changed")
        yield SweepsChanges(id="sweeps-changes")
        yield BoundKeys()

    def action_figure(self) -> None:
        """Look at the next figure."""
        names = list(COMPARED_FIGURES)
        self.look(quantity=names[(names.index(self.view.quantity) + 1) % len(names)])

    def action_log(self) -> None:
        """Switch the figures' scale."""
        self.look(log=not self.view.log)
