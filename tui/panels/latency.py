"""Latency as a histogram, over time, and as percentiles; and throughput over time."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from httptui.results.histogram import Unanswered, count_of, spans_ns
from httptui.results.snapshot import ContenderView, Latency, Stretch, format_latency
from httptui.statistics import FEWEST_BEYOND
from httptui.tui.panels.panel import Panel, has_failed, until_any, up_and_down
from httptui.tui.panels.view import View
from httptui.tui.plots.canvas import Traces
from httptui.tui.plots.cells import Cells, Row, Segment, fit, hint, left, right
from httptui.tui.plots.heatmaps import Moment, Named, plot_heatmap
from httptui.tui.plots.histograms import P50, P99, Distribution, plot_histograms, rows_each
from httptui.tui.plots.lines import LATENCIES, Line, plot_lines
from httptui.units import UNKNOWN, format_count, format_ms, format_span

WHOLE = "panel('latency')"
"""The action that gives it the whole screen."""


def distribution_of(contender: ContenderView) -> Distribution:
    """A contender's latencies as a plot takes them."""
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
    drawn = [distribution_of(contender) for contender in fitting_contenders(view, height)]
    if not drawn:
        usual = "one histogram for each contender, on one axis"
        return hint(until_any(view.snapshot.contenders, usual, over=view.over), width, height)
    return plot_histograms(drawn, width, height)


def fitting_contenders(view: View, height: int) -> list[ContenderView]:
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
        """The meaning of marks that stand in the bars, and the number of contenders that are shown."""
        height = self.scrollable_content_region.height
        answered = sum(bool(contender.histogram) for contender in view.snapshot.contenders)
        shown = len(fitting_contenders(view, height))
        marks = f"{P50} p50  {P99} p99" if answered and rows_each(answered, height) == 1 else ""
        some = f"{shown} of {answered}, {view.keys[WHOLE]}: all" if shown < answered else ""
        return "  ".join(part for part in (marks, some) if part)

    def parts(self, view: View) -> object:
        """The latencies, which a run updates less often than the rest."""
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
    """True if contenders have their load in short turns, one after the other."""
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
        if view.status == "idle" or len(view.snapshot.contenders) == 1:
            return ""
        turns = " · each turn lasts until its next" if in_turns(view) else ""
        return f"{up_and_down(view.keys)} another contender{turns}"

    def parts(self, view: View) -> object:
        """The latencies of one contender, which a run updates less often than the rest."""
        snapshot, one = view.snapshot, looked_at(view)
        told = one and (one.id, one.label, one.timeline, one.latency_ms, one.response_ms, has_failed(one))
        return self.look(view), snapshot.total, snapshot.marks, in_turns(view), len(snapshot.contenders), told

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_heatmap(view, width, height, dense=self.colourless)


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


P50_PLACE, P90_PLACE, P99_PLACE = (attrgetter("seconds", name) for name in ("p50", "p90", "p99"))


def single_contender(view: View) -> ContenderView | None:
    """The contender of which all percentiles are shown, or None where one is shown of all contenders."""
    contenders = view.snapshot.contenders
    return contenders[0] if len(contenders) == 1 else view.contender(view.chosen)


def draw_percentiles(view: View, width: int, height: int, traces: Traces | None = None) -> Cells:
    """The lines, on one logarithmic axis; `traces` are those of the picture before."""
    alone = single_contender(view)
    if alone:
        points = alone.percentiles
        lines = [
            Line("strong", points, "p99", P99_PLACE),
            Line("dim", points, "p90", P90_PLACE),
            Line(alone.id, points, "p50", P50_PLACE),
        ]
    else:
        lines = [Line(one.id, one.percentiles, place_of=P99_PLACE) for one in view.snapshot.contenders]
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


class PercentilesPanel(Panel):
    """The lines."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._traces = Traces()

    def title(self, view: View) -> str:
        name = "Response time" if view.is_open else "Latency"
        if (alone := single_contender(view)) is not None:
            return f"{name} percentiles · {alone.id} {alone.label}"
        return f"p99 {name.lower()} over time · log scale"

    def note(self, view: View) -> str:
        if view.status == "idle" or len(view.snapshot.contenders) == 1:
            return ""
        if view.chosen:
            return f"{view.keys['back']}: p99 of all"
        return f"{up_and_down(view.keys)} p50, p90, p99 of one"

    def parts(self, view: View) -> object:
        """The percentiles, which a run updates less often than the rest."""
        snapshot = view.snapshot
        lines = [
            (one.id, one.label, one.state, one.percentiles, has_failed(one)) for one in snapshot.contenders
        ]
        return self.look(view), snapshot.total, snapshot.marks, lines

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_percentiles(view, width, height, self._traces)


NS_PER_MS = 1e6
NAME_WIDTH, TIME_WIDTH, RATIO_WIDTH, COUNT_WIDTH = 9, 10, 10, 12


class TableLine(NamedTuple):
    """A name, the service time in milliseconds, service and response time in words, and how many requests were
    slower, where known.
    """

    name: str
    service: float
    times: tuple[str, str]
    slower: int | None


def percentile_lines(view: ContenderView) -> tuple[TableLine, ...]:
    """From the fastest to the slowest, and the mean; none where nothing was answered."""
    if view.latency_ms is None or not view.histogram:
        return ()
    known = view.latency_ms
    unanswered = Unanswered(dict(view.lower_bounds), 0, 0, view.requests.dropped)
    total = count_of(view.histogram) + unanswered.total
    spans = spans_ns(view.histogram, unanswered, (25, 75, 95))
    p25, p75, p95 = ((least / NS_PER_MS, most / NS_PER_MS) for least, most in spans)

    def line(name: str, percent: float | None = None) -> TableLine:
        times = format_latency(known, name), format_latency(view.response_ms, name)
        return TableLine(name, known.figure(name), times, _slower(total, percent))

    def between(name: str, percent: float, span: tuple[float, float], low: float, high: float) -> TableLine:
        # Buckets are coarse while the run is on, the known percentiles are not.
        least = min(max(span[0], low), high)
        told = format_ms(least) if span[0] == span[1] else format_span(*span)
        return TableLine(name, least, (told, UNKNOWN), _slower(total, percent))

    return (
        between("p25", 25, p25, 0.0, known.p50),
        line("p50", 50),
        between("p75", 75, p75, known.p50, known.p90),
        line("p90", 90),
        between("p95", 95, p95, known.p90, known.p99),
        line("p99", 99),
        line("p99.9", 99.9),
        line("max"),
        line("mean"),
    )


def _slower(total: int, percent: float | None) -> int | None:
    """The number of requests that are slower than a percentile."""
    return None if percent is None else round(total * (100 - percent) / 100)


def draw_percentile_table(view: View, width: int, height: int = 1) -> Cells:
    """A heading and a row for each, of the chosen contender."""
    contender = view.contender(view.chosen)
    lines = () if contender is None else percentile_lines(contender)
    if not lines:
        of = [] if contender is None else [contender]
        return hint(until_any(of, "its percentiles in figures", over=view.over), width, height)
    times = ("service", "response") if view.is_open else ("time",)
    has_ratio = width > NAME_WIDTH + len(times) * TIME_WIDTH + RATIO_WIDTH + COUNT_WIDTH
    heading = " " * NAME_WIDTH + "".join(right(title, TIME_WIDTH) for title in times)
    heading += (right("× p50", RATIO_WIDTH) if has_ratio else "") + right("slower", COUNT_WIDTH)
    median = next(line.service for line in lines if line.name == "p50") or 0.0
    rows = [
        ((f" {heading}", "dim"),),
        *(_row(line, median, is_open=view.is_open, has_ratio=has_ratio) for line in lines),
    ]
    return tuple(fit(row, width) for row in rows)


def _row(line: TableLine, median: float, *, is_open: bool, has_ratio: bool) -> Row:
    few = line.slower is not None and line.slower < FEWEST_BEYOND
    ratio = f"{line.service / median:.2f}" if median else UNKNOWN
    times = line.times if is_open else line.times[:1]
    figures: list[Segment] = [(right(time, TIME_WIDTH), "strong") for time in times]
    slower = "" if line.slower is None else format_count(line.slower)
    return (
        (f" {left(line.name, NAME_WIDTH)}", "axis"),
        *figures,
        *([(right(ratio, RATIO_WIDTH), "dim")] if has_ratio else []),
        (right(slower, COUNT_WIDTH), "warn" if few else "dim"),
    )


class PercentileTable(Panel):
    """The table."""

    def title(self, view: View) -> str:
        return "Percentiles"

    def note(self, view: View) -> str:
        contender = view.contender(view.chosen)
        lines = () if contender is None else percentile_lines(contender)
        few = any((line.slower or FEWEST_BEYOND) < FEWEST_BEYOND for line in lines)
        return f"▲ fewer than {FEWEST_BEYOND} were slower: rough" if few else ""

    def parts(self, view: View) -> object:
        """The latencies, which a run updates less often than the rest."""
        one = view.contender(view.chosen)
        return self.look(view), one and (one.histogram, one.latency_ms, one.response_ms, has_failed(one))

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_percentile_table(view, width, height)
