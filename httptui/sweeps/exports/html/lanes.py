"""Below the curves a lane for each contender with its knee and N*, or for each pair with the latency of its L*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from httptui.crossover import predicted_text
from httptui.level_axis import LevelAxis
from httptui.reports.exports.html.frame import Frame
from httptui.reports.exports.html.marks import colour_class
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.results import id_of
from httptui.sweeps.analysis import Crossover, Scaling
from httptui.sweeps.exports.analysis import place_text, top_text
from httptui.sweeps.points import SweepContender
from httptui.sweeps.report import SweepReport
from httptui.units import format_ms

LANE, MOST_LANES = 20, 12
SIZE, CAP, APART, MIDDLE = 5.0, 3.5, 12, 0.55
BETWEEN = 13
"""From one letter of a pair to the other."""


class Mark(NamedTuple):
    """A sign at a level: full for what was measured, hollow for what a law or a model says."""

    level: float
    is_full: bool


class Lane(NamedTuple):
    """The letters at the left, signs, the interval of the first one where there is one, and all of it in words."""

    letters: Sequence[SweepContender]
    marks: Sequence[Mark]
    interval: tuple[float, float] | None
    words: str


def lanes_of(report: SweepReport, axis: LevelAxis) -> list[Lane]:
    """A lane for each part of the analysis, as many as there is room for; the table below has them all."""
    by_id = {one.id: one for one in report.contenders}
    found = [
        *_scaling(report.analysis.scaling, by_id, axis),
        *_pairs(report.analysis.crossovers, by_id, axis),
    ]
    return found[:MOST_LANES]


def lane_parts(lanes: Sequence[Lane], axis: LevelAxis, frame: Frame) -> list[Html]:
    """The lanes one below the other, from the frame's bottom down."""
    return [
        part
        for at, lane in enumerate(lanes)
        for part in _lane(lane, axis, frame, frame.bottom + LANE * (at + 0.5) + 4)
    ]


def _scaling(scaling: Sequence[Scaling], by_id: dict[str, SweepContender], axis: LevelAxis) -> Iterator[Lane]:
    for one in scaling:
        if one.contender not in by_id:
            continue
        top, knee = one.top_below(axis.levels[-1]), one.knee_below(axis.levels[-1])
        marks = [Mark(knee, is_full=True)] if knee is not None else []
        marks += [Mark(top, is_full=False)] if top is not None else []
        words = [f"no knee up to {axis.levels[-1]:g}" if knee is None else f"knee {knee:g}"]
        words += [f"N* {top_text(one, axis.levels[-1])}"] if one.fit is not None else []
        yield Lane([by_id[one.contender]], marks, None, " · ".join(words))


def _pairs(pairs: Sequence[Crossover], by_id: dict[str, SweepContender], axis: LevelAxis) -> Iterator[Lane]:
    for pair in pairs:
        if pair.faster not in by_id or pair.slower not in by_id:
            continue
        found = pair.found
        is_shown = found.measured_ms is not None and not found.is_from_start
        marks = [Mark(found.measured_ms, is_full=True)] if is_shown and found.measured_ms is not None else []
        if axis.levels[0] <= found.predicted_ms <= axis.levels[-1]:
            marks.append(Mark(found.predicted_ms, is_full=False))
        ends = (found.low_ms, found.high_ms)
        interval = (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None and is_shown else None
        place = format_ms(found.measured_ms, *ends) if is_shown else place_text(pair)
        words = f"L* {place} · predicted {predicted_text(found)}"
        yield Lane([by_id[pair.faster], by_id[pair.slower]], marks, interval, words)


def _lane(lane: Lane, axis: LevelAxis, frame: Frame, y: float) -> Iterator[Html]:
    ink = colour_class(lane.letters[0]) if len(lane.letters) == 1 else "plain"
    for at, who in enumerate(reversed(lane.letters)):
        x = frame.left - 8 - BETWEEN * at
        yield tag("text", id_of(who), x=x, y=y + 4, class_=f"letter end {colour_class(who)}")
    places = [frame.x(axis.position(mark.level)) for mark in lane.marks]
    if lane.interval is not None:
        low, high = (frame.x(axis.position(end)) for end in lane.interval)
        yield tag("line", x1=low, x2=high, y1=y, y2=y, class_=f"whisker {ink}")
        for end in (low, high):
            yield tag("line", x1=end, x2=end, y1=y - CAP, y2=y + CAP, class_=f"whisker {ink}")
        places += [low, high]
    for mark in reversed(lane.marks):
        x = frame.x(axis.position(mark.level))
        sign = (
            f"M{x:.1f} {y - SIZE:.1f}L{x + SIZE:.1f} {y:.1f}L{x:.1f} {y + SIZE:.1f}L{x - SIZE:.1f} {y:.1f}Z"
        )
        yield tag("path", d=sign, class_=f"{'full' if mark.is_full else 'hollow'} {ink}")
    yield _words(lane.words, places, frame, y)


def _words(words: str, places: Sequence[float], frame: Frame, y: float) -> Html:
    """Right of the signs, or left of them where these lie far right."""
    if not places:
        return tag("text", words, x=frame.x(0), y=y + 4, class_="mark start")
    if max(places) > frame.x(MIDDLE):
        return tag("text", words, x=min(places) - APART, y=y + 4, class_="mark end")
    return tag("text", words, x=max(places) + APART, y=y + 4, class_="mark start")
