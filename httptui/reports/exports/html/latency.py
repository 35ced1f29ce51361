"""Latency histograms one above the other on one logarithmic axis, each with its p50 and p99 marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from httptui.engines.buckets import bounds_of, bucket_of
from httptui.histogram import NS_PER_MS
from httptui.reports.exports.html.marks import colour_class
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.results import id_of, label_of
from httptui.reports.report import HistogramData, ReportContender
from httptui.safe_text import safe_text
from httptui.scale import Scale, log_scale, milliseconds
from httptui.snapshot import Latency
from httptui.snapshot import format_latency

WIDTH, TOP, BOTTOM = 1000, 6, 30
LEFT, RIGHT = 240, 70
ROW, LOW_ROW, FEW = 54, 34, 4
"""A row's height for a few contenders, and for more than those few."""
MARKS, BETWEEN, NAME_LENGTH = 14, 6, 27
"""The room in a row for its marks above the bars, and between it and the next."""
COLUMNS = 240
MOST_TICKS = 9
SMALLEST_MS = 1e-3

Buckets = list[tuple[float, float, int]]


class Measured(NamedTuple):
    """A contender with latencies of one kind: all of them, and their percentiles."""

    contender: ReportContender
    histogram: HistogramData
    latency: Latency | None


def latency_chart(contenders: Sequence[Measured]) -> Html | None:
    """The chart, or None where nothing was counted."""
    drawn = [(measured, buckets) for measured in contenders if (buckets := _buckets(measured.histogram))]
    if not drawn:
        return None
    ends = [end for _, buckets in drawn for low, high, _ in (buckets[0], buckets[-1]) for end in (low, high)]
    scale = log_scale(ends, MOST_TICKS, SMALLEST_MS)
    row = ROW if len(drawn) <= FEW else LOW_ROW
    height = TOP + row * len(drawn) + BOTTOM
    rows = [
        _row(measured, buckets, scale, TOP + row * (at + 1) - 4, row - MARKS - BETWEEN)
        for at, (measured, buckets) in enumerate(drawn)
    ]
    return tag(
        "svg",
        *_axis(scale, height - BOTTOM),
        *(part for row in rows for part in row),
        viewBox=f"0 0 {WIDTH} {height}",
        class_="chart latencies",
        role="img",
        aria_label="Histograms of latency on one logarithmic axis, one for each contender",
    )


def _buckets(histogram: HistogramData) -> Buckets:
    """Each bucket's lowest value and that of the next one, in milliseconds, and its count, by rising value."""
    found = []
    for value, count in sorted(histogram.counts):
        low, high = bounds_of(bucket_of(value))
        if count > 0:
            found.append((low / NS_PER_MS, high / NS_PER_MS, count))
    return found


def _row(measured: Measured, buckets: Buckets, scale: Scale, base: float, tallest: float) -> list[Html]:
    """The letter with the label's beginning, the bars to their own peak, and the two marks."""
    contender, latency = measured.contender, measured.latency
    ink = colour_class(contender)
    name = safe_text(label_of(contender), NAME_LENGTH)
    parts = [
        tag("text", id_of(contender), x=0, y=base - 8, class_=f"letter {ink}"),
        tag("text", name, x=22, y=base - 8, class_="name"),
        tag("path", d=_bars(buckets, scale, base, tallest), class_=f"bars {ink}"),
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=base, y2=base, class_="axis"),
    ]
    if latency is None:
        return parts
    for word, anchor, aside in (("p50", "end", -5), ("p99", "start", 5)):
        x, top = _x(scale, latency.figure(word)), base - tallest - MARKS
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=base, class_=word))
        told = f"{word} {format_latency(latency, word)}"
        parts.append(tag("text", told, x=x + aside, y=top + 9, class_=f"mark {anchor}"))
    return parts


def _bars(buckets: Buckets, scale: Scale, base: float, tallest: float) -> str:
    """The outline of the counts in columns; a bucket's count is spread evenly over the columns it reaches into."""
    columns = [0.0] * COLUMNS
    for low, high, count in buckets:
        start, end = scale.position(low) * COLUMNS, scale.position(high) * COLUMNS
        first, last = min(int(start), COLUMNS - 1), min(int(end), COLUMNS - 1)
        for column in range(first, last + 1):
            reach = min(end, column + 1.0) - max(start, float(column))
            columns[column] += count * (reach / (end - start) if last > first else 1)
    peak = max(columns)
    each = (WIDTH - LEFT - RIGHT) / COLUMNS
    path = [f"M{LEFT} {base:.1f}"]
    for column, height in enumerate(columns):
        y = base - tallest * height / peak
        path.append(f"V{y:.1f}H{LEFT + each * (column + 1):.1f}")
    return "".join([*path, f"V{base:.1f}Z"])


def _axis(scale: Scale, bottom: float) -> list[Html]:
    parts = []
    for tick in scale.ticks:
        x = _x(scale, tick)
        parts.append(tag("line", x1=x, x2=x, y1=TOP, y2=bottom, class_="grid"))
        parts.append(tag("text", milliseconds(tick), x=x, y=bottom + 18, class_="tick middle"))
    return parts


def _x(scale: Scale, value: float) -> float:
    return LEFT + scale.position(value) * (WIDTH - LEFT - RIGHT)
