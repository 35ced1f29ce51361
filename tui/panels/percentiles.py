"""Percentiles over time: p50, p90 and p99 of the chosen contender, or of the only one; else the p99 of them all."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from httptui.results.histogram import Unanswered, count_of, spans_ns
from httptui.results.snapshot import ContenderView, format_latency
from httptui.statistics import FEWEST_BEYOND
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any, up_and_down
from httptui.tui.plots.cells import Cells, Row, Segment, fit, hint, left, right
from httptui.tui.plots.lines import LATENCIES, Line, plot_lines
from httptui.tui.plots.traces import Traces
from httptui.units import UNKNOWN, format_count, format_ms, format_span

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
    """How many of so many requests are slower than a percentile."""
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
        """What few slower requests mean."""
        contender = view.contender(view.chosen)
        lines = () if contender is None else percentile_lines(contender)
        few = any((line.slower or FEWEST_BEYOND) < FEWEST_BEYOND for line in lines)
        return f"▲ fewer than {FEWEST_BEYOND} were slower: rough" if few else ""

    def parts(self, view: View) -> object:
        """The latencies, which a run tells anew less often than the rest."""
        one = view.contender(view.chosen)
        return self.look(view), one and (one.histogram, one.latency_ms, one.response_ms, has_failed(one))

    def draw(self, view: View, width: int, height: int) -> Cells:
        return draw_percentile_table(view, width, height)
