"""The levels of a sweep in words below a plot."""

from __future__ import annotations

from httptui.level_axis import LevelAxis, level_axis
from httptui.scale import short
from httptui.tui.plots.cells import Row, left

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
        at = min(max(at, 0), room - len(label))
        if at >= 0 and not text[max(at - 1, 0) : at + len(label) + 1].strip():
            text = text[:at] + label + text[at + len(label) :]
    return ((" " * margin, ""), (left(text, room), "axis"))
