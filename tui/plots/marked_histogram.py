"""One latency histogram on a logarithmic axis, with named uprights at some of its percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from httptui.tui.plots.bars import columns
from httptui.tui.plots.cells import Cells, Row, fit_all
from httptui.tui.plots.histograms import (
    Distribution,
    axis_row,
    axis_scale,
    bucket_edges,
    column_of,
    counts_by_column,
)

UPRIGHT = "╎"
MOST_NAME_ROWS = 4
SMALLEST_HEIGHT = 3


class Mark(NamedTuple):
    """An upright: where, in milliseconds, its name, and what it says where there is room."""

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
    uprights = {place for place, _ in places}
    peak = max(totals, default=0)
    bars = columns([total / peak if peak else 0.0 for total in totals], height - 1 - len(names))
    rows: list[Row] = [((" ", ""), (text, "dim")) for text in names]
    rows += [((" ", ""), *_with_uprights(text, uprights, item.key)) for text in bars]
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
    """Where a name may begin, and how it is written there, the best first."""
    texts = (f"{mark.name} {mark.text}", mark.name)
    return [way for text in texts for way in ((place, UPRIGHT + text), (place - len(text), text + UPRIGHT))]


def _free_row(rows: Sequence[dict[int, str]], cells: range) -> int | None:
    """The lowest row in which, and in all rows above it, nothing stands at the cells."""
    row = len(rows)
    while row and not rows[row - 1].keys() & {*cells}:
        row -= 1
    return row if row < len(rows) else None


def _with_uprights(text: str, uprights: set[int], key: str) -> Row:
    segments: list[tuple[str, str]] = []
    start = 0
    for place in sorted(uprights):
        segments += [(text[start:place], key), (UPRIGHT, "mark")]
        start = place + 1
    return tuple(part for part in (*segments, (text[start:], key)) if part[0])
