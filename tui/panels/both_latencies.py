"""How long one contender's requests took in two runs, one histogram over the other."""

from __future__ import annotations

from httptui.tui.compared import Compared
from httptui.tui.panels.latency import distribution_of
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.histograms import Distribution
from httptui.tui.plots.overlaid import plot_overlaid


def draw_both_latencies(shown: Compared, letter: str | None, width: int, height: int) -> Cells:
    """The histograms of the contender of a letter in the later run."""
    before, after = (
        Distribution(letter or "", ()) if view is None else distribution_of(view)
        for view in shown.pair(letter)
    )
    if not before.counts and not after.counts:
        return hint("no latencies of it in either run", width, height)
    return plot_overlaid(before, after, width, height)


class BothLatenciesPanel(Panel):
    """The histograms."""

    def __init__(self, shown: Compared, *, id: str) -> None:
        super().__init__(id=id)
        self._shown = shown

    def title(self, view: View) -> str:
        """Whose they are."""
        _, after = self._shown.pair(view.chosen)
        return "Latency · log scale" if after is None else f"Latency · {after.id} {after.label}"

    def note(self, view: View) -> str:
        """What is which."""
        return "─ before  █ after"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_both_latencies(self._shown, view.chosen, width, height)
