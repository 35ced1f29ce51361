"""How long requests took: a histogram a contender on one logarithmic axis."""

from __future__ import annotations

from httptui.snapshot import ContenderView
from httptui.units import format_ms
from tui.panels.panel import Panel
from tui.panels.view import View
from tui.plots.cells import Cells
from tui.plots.histograms import P50, P99, Distribution, plot_histograms


def distribution_of(contender: ContenderView) -> Distribution:
    """What the plot needs of one contender."""
    latency = contender.latency_ms
    return Distribution(
        key=contender.id,
        counts=contender.histogram,
        p50=latency.p50 if latency else None,
        p99=latency.p99 if latency else None,
        p50_text=format_ms(latency.p50) if latency else "",
        p99_text=format_ms(latency.p99) if latency else "",
    )


def draw_latency(view: View, width: int, height: int) -> Cells:
    """A histogram for every contender."""
    return plot_histograms([distribution_of(c) for c in view.snapshot.contenders], width, height)


class LatencyPanel(Panel):
    """The histograms."""

    def title(self, view: View) -> str:  # noqa: ARG002
        return "Latency · log scale"

    def note(self, view: View) -> str:  # noqa: ARG002
        return f"{P50} p50  {P99} p99"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_latency(view, width, height)
