"""Successful requests per second over time: a level for each slice, every contender on one scale from zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from httptui.reports.exports.html.marks import colour_class
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.results import id_of
from httptui.reports.report import ReportContender
from httptui.scale import Scale, linear_scale, nice_step, short
from httptui.snapshot import Mark

WIDTH, HEIGHT = 1000, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 34, 14, 30
LETTER_HEIGHT = 13
SMALLEST_GAP = 0.25
MOST_TICKS = 10


class Level(NamedTuple):
    """A stretch of time, in seconds, and the rate in it."""

    start: float
    end: float
    rate: float


def throughput_chart(contenders: Sequence[ReportContender], changes: Sequence[Mark] = ()) -> Html | None:
    """The chart with a line where something was changed by hand, or None where no slice lasted."""
    drawn = [(contender, levels) for contender in contenders if (levels := _levels(contender))]
    if not drawn:
        return None
    scale = linear_scale([level.rate for _, levels in drawn for level in levels], 5)
    span = max(level.end for _, levels in drawn for level in levels)
    heads = _apart([(_y(scale, levels[-1].rate), contender) for contender, levels in drawn])
    return tag(
        "svg",
        *_rate_axis(scale),
        *_time_axis(span),
        *(_change(mark, span) for mark in changes if 0 <= mark.seconds <= span),
        *(_line(contender, levels, scale, span) for contender, levels in reversed(drawn)),
        *(
            tag("text", id_of(who), x=WIDTH - RIGHT + 8, y=y + 4, class_=f"letter {colour_class(who)}")
            for y, who in heads
        ),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="chart",
        role="img",
        aria_label="Successful requests per second over time, one line for each contender",
    )


def _levels(contender: ReportContender) -> list[Level]:
    levels = [
        Level(max(piece.start, 0.0), max(piece.start, 0.0) + piece.seconds, piece.ok / piece.seconds)
        for piece in contender.slices
        if piece.seconds > 0
    ]
    return sorted(level for level in levels if all(map(math.isfinite, level)))


def _line(contender: ReportContender, levels: Sequence[Level], scale: Scale, span: float) -> Html:
    """The levels as one line, and a faint one over the pauses between them."""

    def point(seconds: float, rate: float) -> str:
        return f"{_x(span, seconds):.1f} {_y(scale, rate):.1f}"

    level = [f"M{point(levels[0].start, levels[0].rate)}L{point(levels[0].end, levels[0].rate)}"]
    pauses = []
    for before, after in pairwise(levels):
        start = point(after.start, after.rate)
        if after.start - before.end <= SMALLEST_GAP * (after.end - after.start):
            level.append(f"L{start}L{point(after.end, after.rate)}")
        else:
            pauses.append(f"M{point(before.end, before.rate)}L{start}")
            level.append(f"M{start}L{point(after.end, after.rate)}")
    faint = tag("path", d="".join(pauses), class_="pause") if pauses else None
    return tag("g", faint, tag("path", d="".join(level), class_="line"), class_=colour_class(contender))


def _rate_axis(scale: Scale) -> list[Html]:
    parts = []
    for tick in scale.ticks:
        y = _y(scale, tick)
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid" if tick else "axis"))
        parts.append(tag("text", short(tick), x=LEFT - 8, y=y + 4, class_="tick end"))
    return parts


def _time_axis(span: float) -> list[Html]:
    step = nice_step(span, MOST_TICKS)
    return [
        tag("text", f"{step * at:.4g} s", x=_x(span, step * at), y=HEIGHT - 8, class_="tick middle")
        for at in range(math.floor(span / step + 1e-9) + 1)
    ]


def _change(mark: Mark, span: float) -> Html:
    """A line where a user changed the run, told what was changed by the pointer resting on it."""
    x = _x(span, mark.seconds)
    return tag("line", tag("title", mark.text), x1=x, x2=x, y1=TOP, y2=HEIGHT - BOTTOM, class_="change")


def _apart(heads: Sequence[tuple[float, ReportContender]]) -> list[tuple[float, ReportContender]]:
    """Letters at the ends of their lines, moved so that none stands on another; those at the bottom move up."""
    placed: list[tuple[float, ReportContender]] = []
    apart = min(LETTER_HEIGHT, (HEIGHT - TOP - BOTTOM) / max(len(heads), 1))
    lowest = HEIGHT - BOTTOM + 2.0
    for y, contender in sorted(heads, key=lambda head: -head[0]):
        y = min(y, lowest)
        placed.append((y, contender))
        lowest = y - apart
    return placed


def _x(span: float, seconds: float) -> float:
    return LEFT + seconds / span * (WIDTH - LEFT - RIGHT)


def _y(scale: Scale, rate: float) -> float:
    return TOP + (1 - scale.position(rate)) * (HEIGHT - TOP - BOTTOM)
