"""One contender's successful requests per second over time, on a scale of its own."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from httptui.tui.panels.panel import Panel
from httptui.tui.panels.throughput import draw_throughput
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.traces import Traces


def draw_own_throughput(view: View, width: int, height: int, traces: Traces | None = None) -> Cells:
    """The line of the chosen contender; `traces` are those of the picture before."""
    chosen = view.contender(view.chosen)
    if chosen is None or not chosen.series:
        return hint("its req/s over time", width, height)
    contenders = structs.replace(view.snapshot, contenders=(chosen,))
    return draw_throughput(replace(view, snapshot=contenders), width, height, traces)


class OwnThroughputPanel(Panel):
    """The line."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._traces = Traces()

    def title(self, view: View) -> str:
        return f"Throughput · req/s{' · log scale' if view.log else ''}"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_own_throughput(view, width, height, self._traces)
