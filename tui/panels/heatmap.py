"""How long requests took over time, as a heat map of one contender: the chosen one, or else the leader."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.snapshot import ContenderView, Latency, Stretch
from httptui.units import format_ms
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any, up_and_down
from httptui.tui.plots.cells import Cells, hint
from httptui.tui.plots.heatmap import Moment, Named, plot_heatmap


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
