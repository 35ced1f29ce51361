"""Latency histograms one above the other on one logarithmic axis, each with its p50 and p99 marked."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from httptui.engines.buckets import HIGHEST_NS, bounds_of, bucket_of
from httptui.scale import Scale, log_scale, milliseconds
from httptui.tui.plots.bars import columns
from httptui.tui.plots.cells import Cells, Row, fit_all

NS_PER_MS = 1e6
MARGIN = 3
MOST_ROWS = 8
P50, P99, TICK = "┃", "╎", "╵"


@dataclass(frozen=True, slots=True)
class Distribution:
    """One contender's latencies: its letter, (bucket index, count) by rising index, and two percentiles in ms."""

    key: str
    counts: Sequence[tuple[int, int]]
    p50: float | None = None
    p99: float | None = None
    p50_text: str = ""
    p99_text: str = ""


def plot_histograms(distributions: Sequence[Distribution], width: int, height: int) -> Cells:
    """Draw them on one axis, each to its own peak; with two rows or more each, the marks stand below the bars.
    Exactly `height` rows of `width` cells, whatever the data.
    """
    if not distributions or width < MARGIN + 4 or height < 2:
        return fit_all([], width, height)
    shown = distributions[: height - 1]
    each = rows_each(len(shown), height)
    room = width - MARGIN - 1
    scale = axis_scale(shown, max(room // 10, 2))
    edges = bucket_edges(scale, room)
    rows: list[Row] = []
    for item in shown:
        rows.extend(_draw(item, scale, edges, each))
    rows = [()] * (height - 1 - len(rows)) + rows
    rows.append((((" " * MARGIN), ""), *axis_row(scale, room)))
    return fit_all(rows, width, height)


def rows_each(count: int, height: int) -> int:
    """Rows for each of so many distributions in a plot of this height, the axis aside."""
    return max(min((height - 1) // max(count, 1), MOST_ROWS), 1)


def axis_scale(shown: Sequence[Distribution], parts: int) -> Scale:
    """An axis of milliseconds for all counts and marks, with about so many parts."""
    ends = [b / NS_PER_MS for d in shown if d.counts for b in (_low(d.counts[0][0]), _high(d.counts[-1][0]))]
    marks = [m for d in shown for m in (d.p50, d.p99) if m is not None]
    return log_scale([*ends, *marks] or [1.0, 1000.0], parts, 1e-3)


def _low(index: int) -> int:
    return bounds_of(max(index, 0))[0]


def _high(index: int) -> int:
    return min(bounds_of(max(index, 0))[1], HIGHEST_NS)


@lru_cache(maxsize=8)
def bucket_edges(scale: Scale, width: int) -> tuple[int, ...]:
    """The first bucket beyond each column: finding a count's column then needs no logarithm."""
    return tuple(bucket_of(int(scale.value((x + 1) / width) * NS_PER_MS)) for x in range(width))


def counts_by_column(counts: Sequence[tuple[int, int]], edges: Sequence[int]) -> list[int]:
    """How many fall into each column; what lies beyond the last one is counted there."""
    buckets, numbers = zip(*counts, strict=True) if counts else ((), ())
    below = [0, *accumulate(numbers)]
    ends = [below[bisect_left(buckets, edge)] for edge in edges[:-1]]
    return [end - start for start, end in pairwise([0, *ends, below[-1]])]


def column_of(scale: Scale, value: float | None, width: int) -> int | None:
    """The column in which a value is, or None where there is none that a logarithm can be taken of."""
    if value is None or not math.isfinite(value) or value <= 0:
        return None
    return min(int(scale.position(value) * width), width - 1)


def _draw(item: Distribution, scale: Scale, edges: Sequence[int], each: int) -> list[Row]:
    width = len(edges)
    totals = counts_by_column(item.counts, edges)
    peak = max(totals, default=0.0)
    parts = [max(total, 0.0) / peak for total in totals] if peak > 0 else [0.0] * width
    p50, p99 = column_of(scale, item.p50, width), column_of(scale, item.p99, width)
    name = (f" {item.key[:1]} ", f"{item.key} bold")
    if each == 1:
        return [(name, *_marked(columns(parts, 1)[0], item.key, p50, p99))]
    lines = columns(parts, each - 1)
    blank = (" " * MARGIN, "")
    drawn: list[Row] = [
        (name if row == len(lines) - 1 else blank, (text, item.key)) for row, text in enumerate(lines)
    ]
    return [*drawn, (blank, *_mark_row(item, p50, p99, width))]


def _marked(text: str, key: str, p50: int | None, p99: int | None) -> Row:
    """Bars with the marks drawn over them."""
    marks = {at: glyph for at, glyph in ((p99, P99), (p50, P50)) if at is not None}
    segments: list[tuple[str, str]] = []
    start = 0
    for at in sorted(marks):
        segments += [(text[start:at], key), (marks[at], "mark")]
        start = at + 1
    return tuple(part for part in (*segments, (text[start:], key)) if part[0])


def _mark_row(item: Distribution, p50: int | None, p99: int | None, width: int) -> Row:
    """The line below the bars: p50 written up to its tick, p99 from its tick on, in fewer words where cramped."""
    text = [" "] * width
    end = 0
    if p50 is not None:
        for label in (f"p50 {item.p50_text}{TICK}", f"{item.p50_text}{TICK}", TICK):
            if (start := p50 + 1 - len(label)) >= 0:
                text[start : p50 + 1] = label
                break
        end = p50 + 1
    if p99 is not None and p99 >= end:
        for label in (f"{TICK}p99 {item.p99_text}", f"{TICK}{item.p99_text}", TICK):
            if p99 + len(label) <= width:
                text[p99 : p99 + len(label)] = label
                break
    return (("".join(text), "dim"),)


@lru_cache(maxsize=8)
def axis_row(scale: Scale, width: int) -> Row:
    """The ticks in words, as many as there is room for."""
    text = " " * width
    for tick in scale.ticks:
        label = milliseconds(tick)
        at = min(round(scale.position(tick) * width), width - len(label))
        if at >= 0 and not text[max(at - 1, 0) : at + len(label) + 1].strip():
            text = text[:at] + label + text[at + len(label) :]
    return ((text, "axis"),)
