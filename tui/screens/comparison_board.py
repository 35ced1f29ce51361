"""What the screens of all comparisons have in common: both reports in a line, a chosen contender, the keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from httptui.compare.comparison import Side, TwoSides
from httptui.report.saved import moment_of
from httptui.tui.forms.preset_text import when_text
from httptui.tui.panels.changes import ChangePointed
from httptui.tui.panels.panel import PanelOf
from httptui.tui.screens.only_shown import OnlyShown
from httptui.tui.toolkit.first_size import from_sizes

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
        tooltip="Give the focused panel the whole screen, or give it back",
        id="compare.maximise",
    ),
    Binding("escape,q", "back", "back", key_display="esc", id="compare.back"),
    Binding("f1,question_mark", "help", "help", key_display="?", id="compare.help"),
]
"""The keys of every comparison, before and after those that are its own."""


class ComparisonBoard(OnlyShown):
    """Panels around a comparison, which begins with the first contender; `now` is when it is looked at."""

    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    VERTICAL_BREAKPOINTS = from_sizes(short=0, tall=30)
    ALLOW_IN_MAXIMIZED_VIEW = "#compare-title, BoundKeys"
    AUTO_FOCUS = ""
    LARGEST: ClassVar[str]
    """The panel that has the whole screen where none is focused."""

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

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(self.LARGEST))

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
