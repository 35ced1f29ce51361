"""A curve for each contender over the levels of the one axis, with 95 % intervals, and below it what it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from httptui.level_axis import LevelAxis, level_axis
from httptui.ramp import SMALLEST, WIDE
from httptui.reports.exports.html.frame import Frame
from httptui.reports.exports.html.marks import colour_class, legend
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.html.sections import drawn, figure
from httptui.scale import Scale, linear_scale, log_scale, short
from httptui.sweeps.exports.html.figures import (
    OTHERS,
    THROUGHPUT,
    Figure,
    axis_name,
    drawable,
    is_told,
    known,
    measured_points,
)
from httptui.sweeps.exports.html.lanes import LANE, Lane, lane_parts, lanes_of
from httptui.sweeps.points import Measured, SweepContender
from httptui.sweeps.report import SweepReport

LEFT, TOP, INSIDE, LETTERS, BELOW = 64, 12, 14, 34, 44
A_TICK, LAW_POINTS = 40, 64
POINT, CAP = 3.0, 3.0
A_CHARACTER, GAP = 7.0, 8.0
WIDTH, HEIGHT = 1000, 320
NARROW, LOW = 490, 210
INTERVALS = "Uprights are 95 % intervals."
LAW = "Dotted: the universal scalability law. Below: ◆ knee, ◇ N*, the law's top."
LATENCY = "Below: ◆ L*, above which a pair is the same, with its 90 % interval; ◇ where it was predicted."
MEETING = " The shaded stretch is the first pair's."


class Curve(NamedTuple):
    """A contender's levels, rising, with what was measured there."""

    contender: SweepContender
    points: Sequence[tuple[float, Measured]]


class Plot(NamedTuple):
    """What all parts of one chart share: frame, both axes and the lanes below."""

    frame: Frame
    axis: LevelAxis
    scale: Scale
    lanes: Sequence[Lane]


def curves(report: SweepReport) -> list[Html]:
    """Throughput with the analysis below it, then the other figures; nothing where there is not one axis."""
    if len(report.axes) != 1 or not drawable(report.axes[0]) or not is_told(THROUGHPUT, report):
        return []
    over = f"by {axis_name(report.axes[0])}"
    large = figure(f"{THROUGHPUT.title}, {over}", *_large(report), legend(report.contenders))
    small = [
        tag(
            "div",
            tag("h2", f"{one.title}, {over}"),
            drawn(_caption(report, one), _chart(report, one, NARROW, LOW)),
        )
        for one in OTHERS
        if is_told(one, report)
    ]
    return [part for part in (large, tag("section", *small, class_="beside") if small else None) if part]


def _large(report: SweepReport) -> tuple[str, Html]:
    lanes = lanes_of(report, level_axis(report.axes[0].levels))
    told = LAW if report.analysis.scaling else LATENCY if report.analysis.crossovers else ""
    told += MEETING if told == LATENCY and _meeting(report) else ""
    caption = f"{_caption(report, THROUGHPUT)} {told}".strip()
    return caption, _chart(report, THROUGHPUT, WIDTH, HEIGHT, lanes)


def _caption(report: SweepReport, of: Figure) -> str:
    found = [one for point in measured_points(report) if (one := known(of, point)) is not None]
    scale = value_scale(found, 1)
    unit = "Successful requests per second, on" if of is THROUGHPUT else "On"
    kind = "a logarithmic scale" if scale.log else "a scale from zero"
    return f"{unit} {kind}. {INTERVALS if any(one.low is not None for one in found) else ''}".strip()


def _chart(report: SweepReport, of: Figure, width: float, height: float, lanes: Sequence[Lane] = ()) -> Html:
    """The chart of one figure, which some point has; `height` is without the lanes."""
    shown = _curves(report, of)
    plot = Plot(
        Frame(left=LEFT, right=width - LETTERS, top=TOP, bottom=height - BELOW),
        level_axis(report.axes[0].levels),
        value_scale([one for curve in shown for _, one in curve.points], round(height / A_TICK)),
        lanes,
    )
    heads = [(_y(plot, curve.points[-1][1].value), curve) for curve in shown]
    ends = [(y, curve.contender) for y, curve in heads]
    right = max(_x(plot, curve.points[-1][0]) for curve in shown)
    more = len(lanes) * LANE + (8 if lanes else 0)
    return tag(
        "svg",
        *_meeting_parts(report, plot),
        *level_axis_parts(plot, axis_name(report.axes[0]), plot.frame.bottom + more),
        *plot.frame.value_axis(plot.scale, of.tick),
        *(_law(report, curve.contender, plot) for curve in shown if of is THROUGHPUT),
        *(curve_parts(curve, plot) for curve in reversed(shown)),
        *plot.frame.letters(ends, right + 10),
        *lane_parts(lanes, plot.axis, inside(plot)),
        viewBox=f"0 0 {width} {height + more}",
        class_="chart",
        role="img",
        aria_label=f"{of.title} by {axis_name(report.axes[0])}, one curve for each contender",
    )


def _curves(report: SweepReport, of: Figure) -> list[Curve]:
    """Each contender's measured points on the axis, those without any left out."""
    measured, found = measured_points(report), []
    for who in report.contenders:
        points = {
            point.levels[0]: one
            for point in measured
            if point.contender == who.id and (one := known(of, point)) is not None
        }
        if points:
            found.append(Curve(who, sorted(points.items())))
    return found


def value_scale(found: Sequence[Measured], ticks: int) -> Scale:
    """From zero, or logarithmic where values span much and none of them is nought, with about so many ticks."""
    values = [end for one in found for end in (one.value, one.low, one.high) if end is not None]
    if min(values) > SMALLEST and max(values) >= WIDE * min(values):
        return log_scale(values, ticks)
    return linear_scale(values, ticks)


def curve_parts(curve: Curve, plot: Plot) -> Html:
    """The line, an upright for each interval, and the points over both."""
    places = [(_x(plot, level), _y(plot, one.value), one) for level, one in curve.points]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places)
    parts = [tag("path", d=f"M{line}", class_="line")] if len(places) > 1 else []
    for x, _, one in places:
        if one.low is not None and one.high is not None:
            ends = (_y(plot, one.low), _y(plot, one.high))
            parts.append(tag("line", x1=x, x2=x, y1=ends[0], y2=ends[1], class_="whisker"))
            parts += [tag("line", x1=x - CAP, x2=x + CAP, y1=y, y2=y, class_="whisker") for y in ends]
    parts += [tag("circle", cx=x, cy=y, r=POINT, class_="full") for x, y, _ in places]
    return tag("g", *parts, class_=colour_class(curve.contender))


def _law(report: SweepReport, who: SweepContender, plot: Plot) -> Html | None:
    """The scalability law between the lowest and the highest level."""
    fit = next((one.fit for one in report.analysis.scaling if one.contender == who.id), None)
    if fit is None:
        return None
    low, high = max(plot.axis.levels[0], 1.0), plot.axis.levels[-1]
    levels = [low * (high / low) ** (step / LAW_POINTS) for step in range(LAW_POINTS + 1)]
    rates = [(level, fit.rate(level)) for level in levels]
    path = "L".join(f"{_x(plot, at):.1f} {_y(plot, rate):.1f}" for at, rate in rates if math.isfinite(rate))
    return tag("path", d=f"M{path}", class_=f"law {colour_class(who)}") if path else None


def _meeting(report: SweepReport) -> tuple[float, float] | None:
    """The interval of the first pair's L*, the pair that differs most."""
    for pair in report.analysis.crossovers[:1]:
        low, high = pair.found.low_ms, pair.found.high_ms
        if low is not None and high is not None and not pair.found.is_from_start:
            return low, high
    return None


def _meeting_parts(report: SweepReport, plot: Plot) -> list[Html]:
    """It as a faint band behind the curves, down to its lane."""
    meeting = _meeting(report)
    if meeting is None or not plot.lanes:
        return []
    low, high = (_x(plot, end) for end in meeting)
    height = plot.frame.bottom - plot.frame.top + LANE
    return [tag("rect", x=low, y=plot.frame.top, width=max(high - low, 1.0), height=height, class_="band")]


def level_axis_parts(plot: Plot, name: str, bottom: float) -> list[Html]:
    """A faint upright at each level, the levels below, the lowest and the highest before all others, and the name."""
    frame, levels = plot.frame, plot.axis.levels
    parts = [tag("line", x1=frame.left, x2=frame.right, y1=frame.bottom, y2=frame.bottom, class_="axis")]
    taken: list[tuple[float, float]] = []
    for level in dict.fromkeys((levels[0], levels[-1], *levels)):
        x, half = _x(plot, level), len(short(level)) * A_CHARACTER / 2
        parts.append(tag("line", x1=x, x2=x, y1=frame.top, y2=bottom, class_="grid"))
        if all(x + half + GAP <= start or x - half - GAP >= end for start, end in taken):
            taken.append((x - half, x + half))
            parts.append(tag("text", short(level), x=x, y=bottom + 17, class_="tick middle"))
    parts.append(tag("text", name, x=(frame.left + frame.right) / 2, y=bottom + 36, class_="tick middle"))
    return parts


def inside(plot: Plot) -> Frame:
    """The frame with room for the signs of the lowest and the highest level."""
    return plot.frame._replace(left=plot.frame.left + INSIDE, right=plot.frame.right - INSIDE)


def _x(plot: Plot, level: float) -> float:
    return inside(plot).x(plot.axis.position(level))


def _y(plot: Plot, value: float) -> float:
    return plot.frame.y(plot.scale.position(value))
