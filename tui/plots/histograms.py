"""Latency histograms on a logarithmic axis: one above the other, one with named marks, or one over another."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from httptui.engines.buckets import HIGHEST_NS, bounds_of, bucket_of
from httptui.scale import Scale, log_scale, milliseconds
from httptui.tui.plots.cells import Cells, Row, columns, fit_all, labelled, overlaid

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
    ends = [
        end / NS_PER_MS
        for counts in (one.counts for one in shown if one.counts)
        for end in (bounds_of(max(counts[0][0], 0))[0], min(bounds_of(max(counts[-1][0], 0))[1], HIGHEST_NS))
    ]
    marks = [m for d in shown for m in (d.p50, d.p99) if m is not None]
    return log_scale([*ends, *marks] or [1.0, 1000.0], parts, 1e-3)


@lru_cache(maxsize=8)
def bucket_edges(scale: Scale, width: int) -> tuple[int, ...]:
    """The first bucket beyond each column: finding a count's column then needs no logarithm."""
    return tuple(bucket_of(int(scale.value((x + 1) / width) * NS_PER_MS)) for x in range(width))


def counts_by_column(counts: Sequence[tuple[int, int]], edges: Sequence[int]) -> list[int]:
    """The count in each column; the last one includes everything beyond it."""
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
        marks = {at: glyph for at, glyph in ((p99, P99), (p50, P50)) if at is not None}
        return [(name, *overlaid(columns(parts, 1)[0], item.key, marks))]
    lines = columns(parts, each - 1)
    blank = (" " * MARGIN, "")
    drawn: list[Row] = [
        (name if row == len(lines) - 1 else blank, (text, item.key)) for row, text in enumerate(lines)
    ]
    return [*drawn, (blank, *_mark_row(item, p50, p99, width))]


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
        text = labelled(text, label, min(round(scale.position(tick) * width), width - len(label)))
    return ((text, "axis"),)


UPRIGHT = "╎"
MOST_NAME_ROWS = 4
SMALLEST_HEIGHT = 3


class Mark(NamedTuple):
    """An upright at a time in milliseconds, with its name, and a text that is shown where there is room."""

    at: float
    name: str
    text: str


def plot_marked_histogram(item: Distribution, marks: Sequence[Mark], width: int, height: int) -> Cells:
    """The bars to their peak, `marks` by rising value over them with their names above, and the axis below.  Exactly
    `height` rows of `width` cells, whatever the data.
    """
    room = width - 2
    if room < 2 or height < SMALLEST_HEIGHT:
        return fit_all([], width, height)
    ends = replace(item, p50=marks[0].at, p99=marks[-1].at) if marks else item
    scale = axis_scale([ends], max(room // 10, 2))
    totals = counts_by_column(item.counts, bucket_edges(scale, room))
    places = [(place, mark) for mark in marks if (place := column_of(scale, mark.at, room)) is not None]
    names = _name_rows(places, room, min(MOST_NAME_ROWS, (height - 1) // 3))
    uprights = dict.fromkeys((place for place, _ in places), UPRIGHT)
    peak = max(totals, default=0)
    bars = columns([total / peak if peak else 0.0 for total in totals], height - 1 - len(names))
    rows: list[Row] = [((" ", ""), (text, "dim")) for text in names]
    rows += [((" ", ""), *overlaid(text, item.key, uprights)) for text in bars]
    rows.append(((" ", ""), *axis_row(scale, room)))
    return fit_all(rows, width, height)


def _name_rows(places: Sequence[tuple[int, Mark]], width: int, most: int) -> list[str]:
    """The names beside the tops of their uprights, from the right and from below, so that none covers another or an
    upright; one that finds no place is left out.
    """
    rows: list[dict[int, str]] = [{} for _ in range(most)]
    for place, mark in reversed(places):
        others = {other for other, _ in places if other != place}
        for start, text in _written(mark, place):
            cells = range(start, start + len(text))
            is_left = start < place
            if start < 0 or cells.stop > width or (is_left and others & {*cells}):
                continue
            row = _free_row(rows, range(start - 1, cells.stop + 1))
            if row is not None:
                rows[row].update(zip(cells, text, strict=True))
                for below in rows[:row]:
                    below[place] = UPRIGHT
                break
    used = max((row + 1 for row, cells in enumerate(rows) if cells), default=0)
    return ["".join(cells.get(at, " ") for at in range(width)) for cells in reversed(rows[:used])]


def _written(mark: Mark, place: int) -> list[tuple[int, str]]:
    """The places at which a name may begin, with its text there, the best first."""
    texts = (f"{mark.name} {mark.text}", mark.name)
    return [way for text in texts for way in ((place, UPRIGHT + text), (place - len(text), text + UPRIGHT))]


def _free_row(rows: Sequence[dict[int, str]], cells: range) -> int | None:
    """The lowest row in which, and in all rows above it, nothing stands at the cells."""
    row = len(rows)
    while row and not rows[row - 1].keys() & {*cells}:
        row -= 1
    return row if row < len(rows) else None


OVERLAID_MARGIN = 1


def plot_overlaid(before: Distribution, after: Distribution, width: int, height: int) -> Cells:
    """Both on one axis, as shares of all that each has counted, to the peak of both.

    Exactly `height` rows of `width` cells, whatever the data.
    """
    room = width - 2 * OVERLAID_MARGIN
    known = [one for one in (before, after) if one.counts]
    if room < 4 or height < SMALLEST_HEIGHT or not known:
        return fit_all([], width, height)
    scale = axis_scale(known, max(room // 10, 2))
    edges = bucket_edges(scale, room)
    earlier, later = (_shares(counts_by_column(one.counts, edges)) for one in (before, after))
    peak = max(*earlier, *later)
    rows = height - 1
    bars = columns([share / peak for share in later], rows)
    line = _outline([share / peak for share in earlier], rows) if before.counts else [{}] * rows
    drawn: list[Row] = [
        ((" " * OVERLAID_MARGIN, ""), *overlaid(text, after.key, glyphs))
        for text, glyphs in zip(bars, line, strict=True)
    ]
    drawn.append(((" " * OVERLAID_MARGIN, ""), *axis_row(scale, room)))
    return fit_all(drawn, width, height)


def _shares(totals: Sequence[int]) -> list[float]:
    whole = sum(totals)
    return [total / whole if whole > 0 else 0.0 for total in totals]


def _outline(parts: Sequence[float], rows: int) -> list[dict[int, str]]:
    """A line through the heights of the columns, by row from the top and column; none where it is at the ground."""
    levels = [round(part * (rows - 1)) if part > 0 else -1 for part in parts]
    line: list[dict[int, str]] = [{} for _ in range(rows)]
    for x, (left, right) in enumerate(pairwise([-1, *levels])):
        high, low = max(left, right), min(left, right)
        if high < 0:
            continue
        if left == right:
            line[rows - 1 - left][x] = "─"
            continue
        line[rows - 1 - high][x] = "╭" if right > left else "╮"
        for level in range(low + 1, high):
            line[rows - 1 - level][x] = "│"
        if low >= 0:
            line[rows - 1 - low][x] = "╯" if right > left else "╰"
    return line
