"""One course of values over time, filled from zero up, in eighths of a cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from httptui.scale import Scale, short
from httptui.tui.plots.axes import margin_of, tick_rows, value_axis
from httptui.tui.plots.bars import columns
from httptui.tui.plots.cells import Cells, Row, fit_all

FILL = "rule"
UPPER_ROOM = 0.5
"""Rows that stay free above the largest value, so that its edge is no whole row."""


def plot_area(
    points: Sequence[tuple[float, float]], width: int, height: int, *, key: str, time: bool = True
) -> Cells:
    """Fill the area below straight lines between (seconds, value), by rising time from 0 on, up to the largest value;
    the upper edge has the style `key`.  With `time` the last row names the moments of the points, the ends first.
    Exactly `height` rows of `width` cells; values are finite and not negative.
    """
    rows = height - time
    if not points or width < 1 or rows < 1:
        return fit_all([], width, height)
    top = max(value for _, value in points) or 1.0
    labels = tick_rows(Scale(0.0, top, (top, 0.0)), rows, short)
    margin = margin_of(labels, width)
    room = width - margin
    parts = [value / top * (1 - UPPER_ROOM / rows) for value in _sampled(points, room)]
    drawn: list[Row] = [
        (*value_axis(labels, index, margin), *_edged(columns(parts, rows), index, key))
        for index in range(rows)
    ]
    if time:
        drawn.append(((" " * margin, ""), (_moments([at for at, _ in points], room), "axis")))
    return fit_all(drawn, width, height)


def _sampled(points: Sequence[tuple[float, float]], count: int) -> list[float]:
    """The value in the middle of each of so many columns."""
    times = [at for at, _ in points]
    return [_value_at(points, times, (column + 0.5) / count * times[-1]) for column in range(count)]


def _value_at(points: Sequence[tuple[float, float]], times: list[float], time: float) -> float:
    after = bisect_right(times, time)
    if after == 0 or after == len(points):
        return points[min(after, len(points) - 1)][1]
    (start, low), (end, high) = points[after - 1], points[after]
    return low + (high - low) * (time - start) / (end - start)


def _edged(bars: list[str], row: int, key: str) -> Row:
    """One row of the bars, in the edge's style where nothing stands above."""
    above = bars[row - 1] if row else " " * len(bars[row])
    segments: list[tuple[str, str]] = []
    for bar, upper in zip(bars[row], above, strict=True):
        style = "" if bar == " " else key if upper == " " else FILL
        if segments and segments[-1][1] == style:
            segments[-1] = (segments[-1][0] + bar, style)
        else:
            segments.append((bar, style))
    return tuple(segments)


def _moments(times: Sequence[float], width: int) -> str:
    """Seconds below the columns where they fall, the first and the last before all others."""
    text = " " * width
    for time in (times[0], times[-1], *times[1:-1]):
        label = f"{time:.4g} s" if time else "0"
        share = time / times[-1] if times[-1] else 0.0
        at = min(max(round(share * width) - len(label) // 2, 0), width - len(label))
        if at >= 0 and not text[max(at - 1, 0) : at + len(label) + 1].strip():
            text = text[:at] + label + text[at + len(label) :]
    return text
