"""Successful requests per second over time: a level for each slice, every contender on one scale from zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from httptui.reports.exports.html.frame import Frame
from httptui.reports.exports.html.marks import colour_class
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.report import ReportContender
from httptui.scale import Scale, linear_scale, nice_step
from httptui.snapshot import Mark

WIDTH, HEIGHT = 1000, 300
FRAME = Frame(left=52, right=966, top=14, bottom=270)
LETTERS = 974
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
    heads = [(_y(scale, levels[-1].rate), contender) for contender, levels in drawn]
    return tag(
        "svg",
        *FRAME.value_axis(scale),
        *_time_axis(span),
        *(_change(mark, span) for mark in changes if 0 <= mark.seconds <= span),
        *(_line(contender, levels, scale, span) for contender, levels in reversed(drawn)),
        *FRAME.letters(heads, LETTERS),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="chart",
        role="img",
        aria_label="Successful requests per second over time, one line for each contender",
    )


def _levels(contender: ReportContender) -> list[Level]:
    levels = [
        Level(max(piece.start, 0.0), max(piece.start, 0.0) + piece.seconds, rate)
        for piece in contender.slices
        if (rate := piece.req_per_s) is not None
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


def _time_axis(span: float) -> list[Html]:
    step = nice_step(span, MOST_TICKS)
    return [
        tag("text", f"{step * at:.4g} s", x=_x(span, step * at), y=HEIGHT - 8, class_="tick middle")
        for at in range(math.floor(span / step + 1e-9) + 1)
    ]


def _change(mark: Mark, span: float) -> Html:
    """A line where a user changed the run, told what was changed by the pointer resting on it."""
    x = _x(span, mark.seconds)
    return tag("line", tag("title", mark.text), x1=x, x2=x, y1=FRAME.top, y2=FRAME.bottom, class_="change")


def _x(span: float, seconds: float) -> float:
    return FRAME.x(seconds / span)


def _y(scale: Scale, rate: float) -> float:
    return FRAME.y(scale.position(rate))
