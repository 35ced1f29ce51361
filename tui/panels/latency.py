"""How long requests took: a histogram a contender on one logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from httptui.results.snapshot import ContenderView, Latency, Stretch, format_latency
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any, up_and_down
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.heatmap import Moment, Named, plot_heatmap
from httptui.tui.plots.histograms import P50, P99, Distribution, plot_histograms, rows_each
from httptui.tui.plots.lines import Line, plot_lines
from httptui.tui.plots.traces import Traces
from httptui.units import format_ms

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


def looked_at(view: View) -> ContenderView | None:
    """The chosen contender, or the leader of the ranking, or, before there is one, the first that was answered."""
    if view.chosen is not None:
        return view.contender(view.chosen)
    if view.snapshot.ranking:
        return view.contender(view.snapshot.ranking[0].id)
    return next((contender for contender in view.snapshot.contenders if contender.timeline), None)


def draw_heatmap(view: View, width: int, height: int, *, dense: bool = False) -> Cells:
    """The picture, with the percentiles of the whole run named at its right; `dense` is without colours."""
    contender = looked_at(view)
    if contender is None:
        return hint("latencies over time: the brighter, the more requests", width, height)
    if not contender.timeline:
        usual = f"{contender.id} has no answers yet"
        return hint(until_any([contender], usual, over=view.over), width, height)
    latency = contender.response_ms or contender.latency_ms
    return plot_heatmap(
        moments_of(contender.timeline, in_turns=in_turns(view)),
        width,
        height,
        seconds=view.snapshot.total,
        names=_names(latency) if latency else (),
        marks=[mark.seconds for mark in view.snapshot.marks],
        dense=dense,
    )


def in_turns(view: View) -> bool:
    """Whether a contender has its load in short turns, with those of the others between them."""
    return view.snapshot.schedule == "interleaved" and len(view.snapshot.contenders) > 1


def moments_of(timeline: Sequence[Stretch], *, in_turns: bool) -> list[Moment]:
    """The stretches as they are drawn; one of a turn stands for its block, and so lasts until the next one begins."""
    ends = [stretch.end for stretch in timeline]
    if in_turns:
        ends[:-1] = [stretch.start for stretch in timeline[1:]]
    return [Moment(stretch.start, end, stretch.counts) for stretch, end in zip(timeline, ends, strict=True)]


def _names(latency: Latency) -> tuple[Named, ...]:
    return (
        Named(f"p50 {format_ms(latency.p50)}", latency.p50),
        Named(f"p99 {format_ms(latency.p99)}", latency.p99),
    )


class HeatmapPanel(Panel):
    """The picture; of characters where the terminal has no colours to mix."""

    def title(self, view: View) -> str:
        contender = looked_at(view)
        told = f" · {contender.id} {contender.label}" if contender else ""
        return f"{'Response time' if view.is_open else 'Latency'} over time{told}"

    def note(self, view: View) -> str:
        """How to look at another one, and what is not as it was."""
        if view.status == "idle" or len(view.snapshot.contenders) == 1:
            return ""
        turns = " · each turn lasts until its next" if in_turns(view) else ""
        return f"{up_and_down(view.keys)} another contender{turns}"

    def parts(self, view: View) -> object:
        """The latencies of one contender, which a run tells anew less often than the rest."""
        snapshot, one = view.snapshot, looked_at(view)
        told = one and (one.id, one.label, one.timeline, one.latency_ms, one.response_ms, has_failed(one))
        return self.look(view), snapshot.total, snapshot.marks, in_turns(view), len(snapshot.contenders), told

    def draw(self, view: View, width: int, height: int) -> Cells:
        dense = self.app.no_color or self.colors[2].ansi is not None
        return draw_heatmap(view, width, height, dense=dense)


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
