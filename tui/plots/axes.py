"""Axes of plots: values at the left; seconds, or a sweep's levels, below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from httptui.scale import LevelAxis, Scale, level_axis, nice_step, short
from httptui.tui.plots.cells import Row, labelled, left, right

SHORTEST, LONGEST = 1e-3, 1e9
FEWEST_COLUMNS = 6


def span_of(longest: float, seconds: float | None) -> float:
    """Seconds the time axis covers: the run's length where known, else a round time beyond the last point."""
    if seconds is not None and SHORTEST <= seconds <= LONGEST:
        return max(seconds, longest)
    return nice_step(max(longest, 1.0), 1)


def tick_rows(scale: Scale, rows: int, text: Callable[[float], str] = short) -> dict[int, str]:
    """Tick labels by their rows; the first to claim a row keeps it."""
    labels: dict[int, str] = {}
    for tick in scale.ticks:
        labels.setdefault(round((1 - scale.position(tick)) * max(rows - 1, 0)), text(tick))
    return labels


def margin_of(labels: dict[int, str], width: int) -> int:
    """Cells that the labels and their line take, or 0 where the plot would have too few left."""
    margin = max((len(text) for text in labels.values()), default=0) + 2
    return 0 if width < margin + FEWEST_COLUMNS else margin


def value_axis(labels: dict[int, str], row: int, margin: int) -> Row:
    """The part of a row that stands left of the plot."""
    if margin < 2:
        return ()
    if row in labels:
        return ((right(labels[row], margin - 2), "axis"), (" ┤", "rule"))
    return ((" " * (margin - 2), ""), (" │", "rule"))


def time_axis(span: float, margin: int, width: int, drawn: float) -> Row:
    """Seconds below the plot, as many round ones as there is room for; the span takes `drawn` columns."""
    room = max(width - margin, 0)
    step = nice_step(span * 0.96, max(min(room // 9, 5), 1))
    text = " " * room
    for index in range(int(span / step + 1e-9) + 1):
        seconds = index * step
        label = f"{seconds:g} s" if index else "0"
        at = round(seconds / span * max(drawn - 1, 0))
        text = labelled(text, label, min(max(at - (len(label) // 2 if index else 0), 0), room - len(label)))
    return ((" " * margin, ""), (left(text, room), "axis"))


def mark_columns(marks: Sequence[float], span: float, columns: int) -> set[int]:
    """The columns in which moments of the run lie; those outside of it are left out."""
    return {min(int(at / span * columns), columns - 1) for at in marks if 0 <= at <= span and columns > 0}


__all__ = ["LevelAxis", "level_axis", "level_row"]


def level_row(axis: LevelAxis, margin: int, width: int, columns: int, before: int = 0) -> Row:
    """The levels in words below the plot, the lowest and the highest before all others, as many as have room; the
    axis begins `before` cells right of the margin and takes `columns`.
    """
    room = max(width - margin, 0)
    text = " " * room
    for level in dict.fromkeys((axis.levels[0], axis.levels[-1], *axis.levels)):
        label = short(level)
        at = before + axis.column(level, columns) - (len(label) - 1) // 2
        text = labelled(text, label, min(max(at, 0), room - len(label)))
    return ((" " * margin, ""), (left(text, room), "axis"))
