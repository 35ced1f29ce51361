"""Percentiles over time: p50, p90 and p99 of the chosen contender, or of the only one; else the p99 of them all."""

from __future__ import annotations

from operator import attrgetter

from httptui.snapshot import ContenderView
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any, up_and_down
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.lines import LATENCIES, Line, plot_lines
from httptui.tui.plots.traces import Traces

P50, P90, P99 = (attrgetter("seconds", name) for name in ("p50", "p90", "p99"))


def told_alone(view: View) -> ContenderView | None:
    """The contender of which all percentiles are shown, or None where one is shown of all contenders."""
    contenders = view.snapshot.contenders
    return contenders[0] if len(contenders) == 1 else view.contender(view.chosen)


def draw_percentiles(view: View, width: int, height: int, traces: Traces | None = None) -> Cells:
    """The lines, on one logarithmic axis; `traces` are those of the picture before."""
    alone = told_alone(view)
    lines = _all_of(alone) if alone else [_p99_of(contender) for contender in view.snapshot.contenders]
    if not any(line.points for line in lines):
        text = f"{alone.id} has no answers yet" if alone and alone.state != "ready" else "p99 over time"
        of = [alone] if alone else view.snapshot.contenders
        return hint(until_any(of, text, over=view.over), width, height)
    return plot_lines(
        lines,
        width,
        height,
        measure=LATENCIES,
        seconds=view.snapshot.total,
        marks=[mark.seconds for mark in view.snapshot.marks],
        log=True,
        blocks=view.blocks,
        traces=traces,
    )


def _p99_of(contender: ContenderView) -> Line:
    return Line(contender.id, contender.percentiles, place_of=P99)


def _all_of(contender: ContenderView) -> list[Line]:
    points = contender.percentiles
    return [
        Line("strong", points, "p99", P99),
        Line("dim", points, "p90", P90),
        Line(contender.id, points, "p50", P50),
    ]


class PercentilesPanel(Panel):
    """The lines."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._traces = Traces()

    def title(self, view: View) -> str:
        name = "Response time" if view.is_open else "Latency"
        if (alone := told_alone(view)) is not None:
            return f"{name} percentiles · {alone.id} {alone.label}"
        return f"p99 {name.lower()} over time · log scale"

    def note(self, view: View) -> str:
        """How to see more, or the way back."""
        if view.status == "idle" or len(view.snapshot.contenders) == 1:
            return ""
        if view.chosen:
            return f"{view.keys['back']}: p99 of all"
        return f"{up_and_down(view.keys)} p50, p90, p99 of one"

    def parts(self, view: View) -> object:
        """The percentiles, which a run tells anew less often than the rest."""
        snapshot = view.snapshot
        lines = [
            (one.id, one.label, one.state, one.percentiles, has_failed(one)) for one in snapshot.contenders
        ]
        return self.look(view), snapshot.total, snapshot.marks, lines

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_percentiles(view, width, height, self._traces)
