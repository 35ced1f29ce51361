"""How long one contender's requests took: its histogram, with its percentiles marked."""

from __future__ import annotations

from httptui.units import format_ms
from httptui.tui.panels.latency import distribution_of
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.marked_histogram import Mark, plot_marked_histogram

MARKED = ("p50", "p90", "p99", "p99.9", "max")


def draw_own_latency(view: View, width: int, height: int) -> Cells:
    """The histogram of the chosen contender."""
    contender = view.contender(view.chosen)
    if contender is None or contender.latency_ms is None or not contender.histogram:
        usual, of = "its histogram, once requests are answered", [] if contender is None else [contender]
        return hint(until_any(of, usual, over=view.over), width, height)
    times = [(name, getattr(contender.latency_ms, name.replace(".", "_"))) for name in MARKED]
    marks = [Mark(time, name, format_ms(time)) for name, time in times]
    return plot_marked_histogram(distribution_of(contender), marks, width, height)


class OwnLatencyPanel(Panel):
    """The histogram."""

    def title(self, view: View) -> str:
        return f"{'Service time' if view.is_open else 'Latency'} · log scale"

    def parts(self, view: View) -> object:
        """The latencies, which a run tells anew less often than the rest."""
        one = view.contender(view.chosen)
        return self.look(view), one and (one.histogram, one.latency_ms, has_failed(one))

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_own_latency(view, width, height)
