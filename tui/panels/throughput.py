"""Successful requests per second over time, every contender on one scale."""

from __future__ import annotations

from operator import attrgetter

from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.lines import Line, plot_lines
from httptui.tui.plots.traces import Traces

PLACE = attrgetter("seconds", "req_per_s")


def draw_throughput(view: View, width: int, height: int, traces: Traces | None = None) -> Cells:
    """One line a contender over the whole run; `traces` are those of the picture before."""
    snapshot = view.snapshot
    lines = [Line(contender.id, contender.series, place_of=PLACE) for contender in snapshot.contenders]
    if not any(line.points for line in lines):
        return hint("one line for each contender, on one scale", width, height)
    return plot_lines(
        lines,
        width,
        height,
        seconds=snapshot.total,
        marks=[mark.seconds for mark in snapshot.marks],
        log=view.log,
        blocks=view.blocks,
        traces=traces,
    )


class ThroughputPanel(Panel):
    """The lines; `l` on the screen switches their scale."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._traces = Traces()

    def title(self, view: View) -> str:
        return f"Throughput · req/s{' · log scale' if view.log else ''}"

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_throughput(view, width, height, self._traces)
