"""How long requests took: a histogram a contender on one logarithmic axis."""

from __future__ import annotations

from httptui.snapshot import ContenderView
from httptui.snapshot import format_latency
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.histograms import P50, P99, Distribution, plot_histograms, rows_each

WHOLE = "panel('latency')"
"""The action that gives it the whole screen."""


def distribution_of(contender: ContenderView) -> Distribution:
    """What the plot needs of one contender."""
    latency = contender.latency_ms
    return Distribution(
        key=contender.id,
        counts=contender.histogram,
        p50=latency.p50 if latency else None,
        p99=latency.p99 if latency else None,
        p50_text=format_latency(latency, "p50") if latency else "",
        p99_text=format_latency(latency, "p99") if latency else "",
    )


def draw_latency(view: View, width: int, height: int) -> Cells:
    """A histogram for every contender that there is room for."""
    drawn = [distribution_of(contender) for contender in those_with_room(view, height)]
    if not drawn:
        usual = "one histogram for each contender, on one axis"
        return hint(until_any(view.snapshot.contenders, usual, over=view.over), width, height)
    return plot_histograms(drawn, width, height)


def those_with_room(view: View, height: int) -> list[ContenderView]:
    """The contenders that have a row in so many, the axis aside, the chosen one among them."""
    answered = [contender for contender in view.snapshot.contenders if contender.histogram]
    room = max(height - 1, 1)
    chosen = [one for one in answered[room:] if one.id == view.chosen]
    return [*answered[: room - len(chosen)], *chosen]


class LatencyPanel(Panel):
    """The histograms."""

    def title(self, view: View) -> str:
        return f"{'Service time' if view.is_open else 'Latency'} · log scale"

    def note(self, view: View) -> str:
        """What the marks mean, where they stand in the bars and not below them, and how many are left out."""
        height = self.scrollable_content_region.height
        answered = sum(bool(contender.histogram) for contender in view.snapshot.contenders)
        shown = len(those_with_room(view, height))
        marks = f"{P50} p50  {P99} p99" if answered and rows_each(answered, height) == 1 else ""
        some = f"{shown} of {answered}, {view.keys[WHOLE]}: all" if shown < answered else ""
        return "  ".join(part for part in (marks, some) if part)

    def parts(self, view: View) -> object:
        """The latencies, which a run tells anew less often than the rest."""
        contenders = view.snapshot.contenders
        told = [(one.id, one.histogram, one.latency_ms, has_failed(one)) for one in contenders]
        return self.look(view), told

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_latency(view, width, height)
