"""Two latency histograms in one plot: the later one in bars, the earlier one as a line over them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from httptui.tui.plots.bars import columns
from httptui.tui.plots.cells import Cells, Row, fit_all
from httptui.tui.plots.histograms import Distribution, axis_row, axis_scale, bucket_edges, counts_by_column

MARGIN = 1
SMALLEST_HEIGHT = 3
LINE = "mark"


def plot_overlaid(before: Distribution, after: Distribution, width: int, height: int) -> Cells:
    """Both on one axis, as shares of all that each has counted, to the peak of both.

    Exactly `height` rows of `width` cells, whatever the data.
    """
    room = width - 2 * MARGIN
    known = [one for one in (before, after) if one.counts]
    if room < 4 or height < SMALLEST_HEIGHT or not known:
        return fit_all([], width, height)
    scale = axis_scale(known, max(room // 10, 2))
    edges = bucket_edges(scale, room)
    earlier, later = (_shares(counts_by_column(one.counts, edges)) for one in (before, after))
    peak = max(*earlier, *later)
    rows = height - 1
    bars = columns([share / peak for share in later], rows)
    line = _outline([share / peak for share in earlier], rows) if before.counts else {}
    drawn: list[Row] = [((" " * MARGIN, ""), *_row(text, y, line, after.key)) for y, text in enumerate(bars)]
    drawn.append(((" " * MARGIN, ""), *axis_row(scale, room)))
    return fit_all(drawn, width, height)


def _shares(totals: Sequence[int]) -> list[float]:
    whole = sum(totals)
    return [total / whole if whole > 0 else 0.0 for total in totals]


def _outline(parts: Sequence[float], rows: int) -> dict[tuple[int, int], str]:
    """A line through the heights of the columns, by column and row from the top; none where it is at the ground."""
    levels = [round(part * (rows - 1)) if part > 0 else -1 for part in parts]
    line: dict[tuple[int, int], str] = {}
    for x, (left, right) in enumerate(pairwise([-1, *levels])):
        high, low = max(left, right), min(left, right)
        if high < 0:
            continue
        if left == right:
            line[x, rows - 1 - left] = "─"
            continue
        line[x, rows - 1 - high] = "╭" if right > left else "╮"
        for level in range(low + 1, high):
            line[x, rows - 1 - level] = "│"
        if low >= 0:
            line[x, rows - 1 - low] = "╯" if right > left else "╰"
    return line


def _row(text: str, y: int, line: dict[tuple[int, int], str], key: str) -> list[tuple[str, str]]:
    """The bars of a row with the line over them."""
    segments: list[tuple[str, str]] = []
    start = 0
    for x in sorted(x for x, row in line if row == y):
        segments += [(text[start:x], key), (line[x, y], LINE)]
        start = x + 1
    return [part for part in (*segments, (text[start:], key)) if part[0]]
