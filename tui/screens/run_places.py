"""Places on the board that several panels share: one of them is seen, and a key shows the next."""

from __future__ import annotations

from textual.layout import Layout

from httptui.tui.panels.panel import Panel
from httptui.tui.screens.run_board import RunBoard
from httptui.tui.toolkit.giving_way import GivingWay

CHARTS = ("latency", "heatmap", "percentiles")
BELOW = ("events", "errors")
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


class RunPlaces(RunBoard):
    """The board, and the actions that choose what is seen at its right."""

    @property
    def layout(self) -> Layout:
        """All within the screen."""
        return BOARD_LAYOUT

    def action_chart(self) -> None:
        """Show the next chart of latencies."""
        self._show_next(CHARTS)

    def action_below(self) -> None:
        """Show errors in the place of the events, or these again."""
        self._show_next(BELOW)

    def _show_next(self, names: tuple[str, ...]) -> None:
        """Show the next panel of a place; one that has the whole screen, or is folded, gives it to the next."""
        shown = next((name for name in names if self.has_class(f"-{name}")), names[0])
        alone = self.maximized is not None and self.maximized.id in names
        if alone and self.maximized is not None:
            shown = str(self.maximized.id)
        folded = not self.query_one(f"#{shown}", Panel).size.height
        coming = names[(names.index(shown) + 1) % len(names)]
        for name in names:
            self.set_class(name == coming, f"-{name}")
        if alone or folded:
            self._alone(coming)

    def action_panel(self, name: str) -> None:
        """Give one panel the whole screen, or give it back."""
        if self.maximized is not None and self.maximized.id == name:
            self.minimize()
        else:
            self._alone(name)

    def _alone(self, name: str) -> None:
        panel = self.query_one(f"#{name}", Panel)
        self.minimize()
        self.maximize(panel)
        panel.focus()
