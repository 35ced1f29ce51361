"""A sweep as SVG: curves over the levels of one axis with what they mean, or grids of two axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from httptui.colours import SMALLEST, WIDE, shades
from httptui.plan.sweep import CONCURRENCY, LATENCY, POOL
from httptui.report.cells import id_of
from httptui.report.charts import Frame
from httptui.report.render_html import Html, colour_class, tag
from httptui.results.scaling_laws import predicted_text
from httptui.safe_text import safe_text
from httptui.scale import LevelAxis, Scale, level_axis, linear_scale, log_scale, milliseconds, short
from httptui.sweeps.report import Axis, Crossover, Measured, Scaling, SweepContender, SweepPoint, SweepReport
from httptui.sweeps.tables import level_text, place_text, top_text
from httptui.units import UNKNOWN, format_ms, format_rate, format_us

LANE, MOST_LANES = 20, 12
SIZE, LANE_CAP, APART, MIDDLE = 5.0, 3.5, 12, 0.55
BETWEEN = 13
"""From one letter of a pair to the other."""


class Mark(NamedTuple):
    """A sign at a level: full for a measurement, hollow for the prediction of a law or a model."""

    level: float
    is_full: bool


class Lane(NamedTuple):
    """A row below a chart: letters at the left, signs, the interval of the first sign if there is one, and words."""

    letters: Sequence[SweepContender]
    marks: Sequence[Mark]
    interval: tuple[float, float] | None
    words: str


def lanes_of(report: SweepReport, axis: LevelAxis) -> list[Lane]:
    """Return a lane for each part of the analysis, as many as there is room for; the table below has them all."""
    by_id = {one.id: one for one in report.contenders}
    found = [
        *_scaling(report.analysis.scaling, by_id, axis),
        *_pairs(report.analysis.crossovers, by_id, axis),
    ]
    return found[:MOST_LANES]


def lane_parts(lanes: Sequence[Lane], axis: LevelAxis, frame: Frame) -> list[Html]:
    """Draw the lanes one below the other, from the frame's bottom down."""
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
            yield tag("line", x1=end, x2=end, y1=y - LANE_CAP, y2=y + LANE_CAP, class_=f"whisker {ink}")
        places += [low, high]
    for mark in reversed(lane.marks):
        x = frame.x(axis.position(mark.level))
        sign = (
            f"M{x:.1f} {y - SIZE:.1f}L{x + SIZE:.1f} {y:.1f}L{x:.1f} {y + SIZE:.1f}L{x - SIZE:.1f} {y:.1f}Z"
        )
        yield tag("path", d=sign, class_=f"{'full' if mark.is_full else 'hollow'} {ink}")
    yield _words(lane.words, places, frame, y)


def _words(words: str, places: Sequence[float], frame: Frame, y: float) -> Html:
    """Write words right of the signs, or left of them if these lie far right."""
    if not places:
        return tag("text", words, x=frame.x(0), y=y + 4, class_="mark start")
    if max(places) > frame.x(MIDDLE):
        return tag("text", words, x=min(places) - APART, y=y + 4, class_="mark end")
    return tag("text", words, x=max(places) + APART, y=y + 4, class_="mark start")


AXES = {
    CONCURRENCY: "requests in flight",
    "load.concurrency": "requests in flight",
    LATENCY: "milliseconds of latency",
    POOL: "connections in the pool",
}


class Figure(NamedTuple):
    """A charted figure: title, value of a point, text of a tick and of a tile, and the choice of the best value."""

    title: str
    of: Callable[[SweepPoint], Measured | None]
    tick: Callable[[float], str]
    words: Callable[[float], str]
    best: Callable[[Sequence[float]], float]


def _ms(value: float) -> str:
    return milliseconds(value) if value else "0"


def _us(value: float) -> str:
    return _ms(value / 1000)


THROUGHPUT = Figure("Throughput", lambda point: point.req_per_s, short, format_rate, max)
WAIT = Figure(
    "Mean wait for a connection of the pool",
    lambda point: point.pool_wait_ms,
    _ms,
    lambda value: format_ms(value) if value else "0",
    min,
)
OTHERS = (
    Figure("CPU per request", lambda point: point.cpu_us_per_request, _us, format_us, min),
    Figure("Latency, p99", lambda point: point.p99_ms, _ms, format_ms, min),
    WAIT,
)


def known(figure: Figure, point: SweepPoint) -> Measured | None:
    """Return a point's value if it is finite, with its interval only if that is finite too; otherwise None."""
    found = figure.of(point)
    if found is None or not math.isfinite(found.value):
        return None
    ends = (found.low, found.high)
    return found if all(end is not None and math.isfinite(end) for end in ends) else Measured(found.value)


def measured_points(report: SweepReport) -> list[SweepPoint]:
    """Return the measured points of the report's contenders at levels of its axes."""
    letters = {one.id for one in report.contenders}
    levels = set(product(*(axis.levels for axis in report.axes)))
    return [
        point
        for point in report.points
        if point.slices and point.contender in letters and point.levels in levels
    ]


def is_told(figure: Figure, report: SweepReport) -> bool:
    """Return whether any point has the figure; a wait for the pool counts only if some request waited."""
    values = [found.value for point in measured_points(report) if (found := known(figure, point)) is not None]
    return any(values) if figure is WAIT else bool(values)


def drawable(axis: Axis) -> bool:
    """Return whether an axis has levels, and can show all of them."""
    return bool(axis.levels) and all(math.isfinite(level) and level >= 0 for level in axis.levels)


def axis_name(axis: Axis) -> str:
    """Return an axis with its unit, such as "requests in flight"; otherwise its path, safe to show."""
    return AXES.get(axis.path, safe_text(axis.path, 60))


LEFT, TOP, INSIDE, LETTERS, BELOW = 64, 12, 14, 34, 44
A_TICK, LAW_POINTS = 40, 64
POINT, CAP = 3.0, 3.0
A_CHARACTER, GAP = 7.0, 8.0
WIDTH, HEIGHT = 1000, 320
NARROW, LOW = 490, 210
INTERVALS = "Uprights are 95 % intervals."
LAW = "Dotted: the universal scalability law. Below: ◆ knee, ◇ N*, the law's top."
LATENCY_CURVE = (
    "Below: ◆ L*, above which a pair is the same, with its 90 % interval; ◇ where it was predicted."
)
MEETING = " The shaded stretch is the first pair's."


class Curve(NamedTuple):
    """A contender's levels, rising, with what was measured there."""

    contender: SweepContender
    points: Sequence[tuple[float, Measured]]


class Plot(NamedTuple):
    """Frame, axes and lanes of one chart, which all its parts share."""

    frame: Frame
    axis: LevelAxis
    scale: Scale
    lanes: Sequence[Lane]


def large_chart(report: SweepReport) -> Html:
    """Draw throughput with the analysis below it."""
    return _chart(report, THROUGHPUT, WIDTH, HEIGHT, lanes_of(report, level_axis(report.axes[0].levels)))


def large_caption(report: SweepReport) -> str:
    """Explain the scale and the signs of the large chart."""
    told = LAW if report.analysis.scaling else LATENCY_CURVE if report.analysis.crossovers else ""
    told += MEETING if told == LATENCY_CURVE and _meeting(report) else ""
    return f"{caption_of(report, THROUGHPUT)} {told}".strip()


def small_chart(report: SweepReport, of: Figure) -> Html:
    """Draw any figure, at half the width."""
    return _chart(report, of, NARROW, LOW)


def caption_of(report: SweepReport, of: Figure) -> str:
    """Explain the scale of a figure's chart, and its intervals if it has any."""
    found = [one for point in measured_points(report) if (one := known(of, point)) is not None]
    scale = value_scale(found, 1)
    unit = "Successful requests per second, on" if of is THROUGHPUT else "On"
    kind = "a logarithmic scale" if scale.log else "a scale from zero"
    return f"{unit} {kind}. {INTERVALS if any(one.low is not None for one in found) else ''}".strip()


def _chart(report: SweepReport, of: Figure, width: float, height: float, lanes: Sequence[Lane] = ()) -> Html:
    """Draw one figure, which some point has; `height` is without the lanes."""
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
    return _svg(
        f"{of.title} by {axis_name(report.axes[0])}, one curve for each contender",
        width,
        height + more,
        *_meeting_parts(report, plot),
        *level_axis_parts(plot, axis_name(report.axes[0]), plot.frame.bottom + more),
        *plot.frame.value_axis(plot.scale, of.tick),
        *(_law(report, curve.contender, plot) for curve in shown if of is THROUGHPUT),
        *(curve_parts(curve, plot) for curve in reversed(shown)),
        *plot.frame.letters(ends, right + 10),
        *lane_parts(lanes, plot.axis, inside(plot)),
    )


def _svg(label: str, width: float, height: float, *parts: Html | None) -> Html:
    return tag("svg", *parts, viewBox=f"0 0 {width} {height}", class_="chart", role="img", aria_label=label)


def before_and_after(before: Curve, after: Curve, axis: Axis) -> Html:
    """Draw throughput of one contender in two sweeps: dashed and hollow before, full after."""
    plot = Plot(
        Frame(left=LEFT, right=NARROW - LETTERS, top=TOP, bottom=LOW - BELOW),
        level_axis(axis.levels),
        value_scale([one for curve in (before, after) for _, one in curve.points], round(LOW / A_TICK)),
        (),
    )
    return _svg(
        f"{THROUGHPUT.title} of {before.contender.id} by {axis_name(axis)}, before and after",
        NARROW,
        LOW,
        *level_axis_parts(plot, axis_name(axis), plot.frame.bottom),
        *plot.frame.value_axis(plot.scale, THROUGHPUT.tick),
        tag("g", curve_parts(before, plot), class_="before"),
        curve_parts(after, plot),
    )


def _curves(report: SweepReport, of: Figure) -> list[Curve]:
    """Return each contender's measured points on the axis, without contenders that have none."""
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
    """Return a scale with about so many ticks: logarithmic if values span much without a zero, or from zero."""
    values = [end for one in found for end in (one.value, one.low, one.high) if end is not None]
    if min(values) > SMALLEST and max(values) >= WIDE * min(values):
        return log_scale(values, ticks)
    return linear_scale(values, ticks)


def curve_parts(curve: Curve, plot: Plot) -> Html:
    """Draw the line, an upright for each interval, and the points over both."""
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
    """Draw the scalability law between the lowest and the highest level."""
    fit = next((one.fit for one in report.analysis.scaling if one.contender == who.id), None)
    if fit is None:
        return None
    low, high = max(plot.axis.levels[0], 1.0), plot.axis.levels[-1]
    levels = [low * (high / low) ** (step / LAW_POINTS) for step in range(LAW_POINTS + 1)]
    rates = [(level, fit.rate(level)) for level in levels]
    path = "L".join(f"{_x(plot, at):.1f} {_y(plot, rate):.1f}" for at, rate in rates if math.isfinite(rate))
    return tag("path", d=f"M{path}", class_=f"law {colour_class(who)}") if path else None


def _meeting(report: SweepReport) -> tuple[float, float] | None:
    """Return the interval of the first pair's L*, the pair that differs most."""
    for pair in report.analysis.crossovers[:1]:
        low, high = pair.found.low_ms, pair.found.high_ms
        if low is not None and high is not None and not pair.found.is_from_start:
            return low, high
    return None


def _meeting_parts(report: SweepReport, plot: Plot) -> list[Html]:
    """Draw that interval as a faint band behind the curves, down to its lane."""
    meeting = _meeting(report)
    if meeting is None or not plot.lanes:
        return []
    low, high = (_x(plot, end) for end in meeting)
    height = plot.frame.bottom - plot.frame.top + LANE
    return [tag("rect", x=low, y=plot.frame.top, width=max(high - low, 1.0), height=height, class_="band")]


def level_axis_parts(plot: Plot, name: str, bottom: float) -> list[Html]:
    """Draw a faint upright at each level, the levels below if there is room, the outermost first, and the name."""
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
    """Return the frame with room for the signs of the lowest and the highest level."""
    return plot.frame._replace(left=plot.frame.left + INSIDE, right=plot.frame.right - INSIDE)


def _x(plot: Plot, level: float) -> float:
    return inside(plot).x(plot.axis.position(level))


def _y(plot: Plot, value: float) -> float:
    return plot.frame.y(plot.scale.position(value))


GRID_LEFT, GRID_TOP, GRID_GAP = 46, 44, 2
TILE, INSET, LEAST, GRID_WIDTH = 46, 2.5, 64, 490
MOST_BESIDE = 7
GRID_CAPTION = (
    "All contenders on one scale: the higher a value, the more its tile stands out; the best one has a frame."
)
Pair = tuple[float, float]


class Tiles(NamedTuple):
    """A contender's points that have the figure, and the shade of a value among those of all contenders."""

    contender: SweepContender
    points: dict[Pair, SweepPoint]
    shade: Callable[[float], int]


def tiles_of(report: SweepReport, of: Figure) -> list[Tiles]:
    """Return the tiles of each contender that has any point with the figure."""
    found = {one.id: _points(report, of, one) for one in report.contenders}
    shade = shades([_value(of, point) for points in found.values() for point in points.values()])
    return [Tiles(one, found[one.id], shade) for one in report.contenders if found[one.id]]


def _points(report: SweepReport, of: Figure, who: SweepContender) -> dict[Pair, SweepPoint]:
    return {
        (point.levels[0], point.levels[1]): point
        for point in measured_points(report)
        if point.contender == who.id and known(of, point) is not None
    }


def _value(of: Figure, point: SweepPoint) -> float:
    found = known(of, point)
    return 0.0 if found is None else found.value


def grid_chart(report: SweepReport, of: Figure, tiles: Tiles) -> Html:
    """Draw one contender's tiles, the levels of the first axis down and of the second across."""
    who, points, shade = tiles
    down, across = report.axes
    width = max(GRID_WIDTH, GRID_LEFT + LEAST * len(across.levels))
    each = (width - GRID_LEFT) / len(across.levels)
    values = [_value(of, point) for point in points.values()]
    best = of.best(values)
    framed = best if values.count(best) == 1 else None
    parts = _levels(down, across, each, width)
    for (row, low), (column, level) in product(enumerate(down.levels), enumerate(across.levels)):
        x, y = GRID_LEFT + each * column, GRID_TOP + TILE * row
        parts += _tile(of, points.get((low, level)), x, y, each, framed, shade)
    label = f"{of.title} of {who.id}, by {axis_name(down)} down and {axis_name(across)} across"
    return _svg(label, width, GRID_TOP + TILE * len(down.levels), *parts)


def _levels(down: Axis, across: Axis, each: float, width: float) -> list[Html]:
    names = f"{axis_name(down)} ↓", f"{axis_name(across)} →"
    parts = [
        tag("text", names[0], x=0, y=13, class_="tick"),
        tag("text", names[1], x=width, y=13, class_="tick end"),
    ]
    for column, level in enumerate(across.levels):
        x = GRID_LEFT + each * (column + 0.5)
        parts.append(tag("text", level_text(level), x=x, y=GRID_TOP - 8, class_="tick middle"))
    for row, level in enumerate(down.levels):
        y = GRID_TOP + TILE * (row + 0.5) + 4
        parts.append(tag("text", level_text(level), x=GRID_LEFT - 10, y=y, class_="tick end"))
    return parts


def _tile(
    of: Figure,
    point: SweepPoint | None,
    x: float,
    y: float,
    each: float,
    framed: float | None,
    shade: Callable[[float], int],
) -> list[Html]:
    """Draw the shade, the value on it, and below that the wait for the pool."""
    middle, size = x + each / 2, TILE - GRID_GAP
    if point is None:
        return [
            tag("rect", x=x, y=y, width=each - GRID_GAP, height=size, class_="empty"),
            tag("text", UNKNOWN, x=middle, y=y + 27, class_="tick middle"),
        ]
    value = _value(of, point)
    ink, best = f"h{shade(value)}", " best" if value == framed else ""
    wait = known(WAIT, point) if of is THROUGHPUT else None
    note = f"wait {format_ms(wait.value)}" if wait is not None and wait.value > 0 else ""
    text_y = y + (20 if note else 27)
    parts = [
        tag("rect", x=x, y=y, width=each - GRID_GAP, height=size, class_=f"tile {ink}"),
        tag("text", of.words(value), x=middle, y=text_y, class_=f"value middle {ink}{best}"),
    ]
    if note:
        parts.append(tag("text", note, x=middle, y=y + 35, class_=f"wait middle {ink}"))
    if best:
        inside_width, inside_height = each - GRID_GAP - 2 * INSET, size - 2 * INSET
        inner = {"x": x + INSET, "y": y + INSET, "width": inside_width, "height": inside_height}
        parts.append(tag("rect", **inner, class_=f"frame {ink}"))
    return parts
