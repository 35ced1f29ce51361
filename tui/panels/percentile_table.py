"""One contender's percentiles in figures, and how many requests each of them rests on."""

from __future__ import annotations

from typing import NamedTuple

from httptui.histogram import FEWEST_BEYOND, Unanswered, count_of, spans_ns
from httptui.snapshot import ContenderView
from httptui.snapshot import format_latency
from httptui.units import UNKNOWN, format_count, format_ms, format_span
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.panels.words import has_failed, until_any
from httptui.tui.plots.cells import Cells, Row, Segment, fit, hint, left, right

NS_PER_MS = 1e6
NAME_WIDTH, TIME_WIDTH, RATIO_WIDTH, COUNT_WIDTH = 9, 10, 10, 12


class Line(NamedTuple):
    """A name, the service time in milliseconds, service and response time in words, and how many requests were
    slower, where known.
    """

    name: str
    service: float
    times: tuple[str, str]
    slower: int | None


def percentile_lines(view: ContenderView) -> tuple[Line, ...]:
    """From the fastest to the slowest, and the mean; none where nothing was answered."""
    if view.latency_ms is None or not view.histogram:
        return ()
    known = view.latency_ms
    unanswered = Unanswered(dict(view.lower_bounds), 0, 0, view.requests.dropped)
    total = count_of(view.histogram) + unanswered.total
    spans = spans_ns(view.histogram, unanswered, (25, 75, 95))
    p25, p75, p95 = ((least / NS_PER_MS, most / NS_PER_MS) for least, most in spans)

    def line(name: str, percent: float | None = None) -> Line:
        times = format_latency(known, name), format_latency(view.response_ms, name)
        return Line(name, known.figure(name), times, _slower(total, percent))

    def between(name: str, percent: float, span: tuple[float, float], low: float, high: float) -> Line:
        # Buckets are coarse while the run is on, the known percentiles are not.
        least = min(max(span[0], low), high)
        told = format_ms(least) if span[0] == span[1] else format_span(*span)
        return Line(name, least, (told, UNKNOWN), _slower(total, percent))

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


def _row(line: Line, median: float, *, is_open: bool, has_ratio: bool) -> Row:
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
