"""A shaded grid of two axes for each contender and figure, the value in each tile, all contenders on one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from httptui.ramp import shades
from httptui.reports.exports.html.marks import named
from httptui.reports.exports.html.markup import Html, tag
from httptui.sweeps.exports.html.figures import (
    OTHERS,
    THROUGHPUT,
    WAIT,
    Figure,
    axis_name,
    drawable,
    is_told,
    known,
    measured_points,
)
from httptui.sweeps.exports.tables import level_text
from httptui.sweeps.points import Axis, SweepContender, SweepPoint
from httptui.sweeps.report import SweepReport
from httptui.units import UNKNOWN, format_ms

LEFT, TOP, GAP = 46, 44, 2
TILE, INSET, LEAST, WIDTH = 46, 2.5, 64, 490
MOST_BESIDE = 7
CAPTION = (
    "All contenders on one scale: the higher a value, the more its tile stands out; the best one has a frame."
)
Pair = tuple[float, float]


def grids(report: SweepReport) -> list[Html]:
    """A section for each figure; nothing where there are not two axes."""
    if len(report.axes) != 2 or not all(map(drawable, report.axes)):
        return []
    return [_figure(report, one) for one in (THROUGHPUT, *OTHERS) if is_told(one, report)]


def _figure(report: SweepReport, of: Figure) -> Html:
    found = {one.id: _points(report, of, one) for one in report.contenders}
    shade = shades([_value(of, point) for points in found.values() for point in points.values()])
    tiles = [
        tag(
            "div",
            tag("h3", named(one)),
            tag("div", _grid(report, of, one, found[one.id], shade), class_="scroll"),
        )
        for one in report.contenders
        if found[one.id]
    ]
    is_narrow = len(report.axes[1].levels) <= MOST_BESIDE
    title = f"{of.title}, by {' and '.join(map(axis_name, report.axes))}"
    return tag(
        "section",
        tag("h2", title),
        tag("p", CAPTION, class_="note") if of is THROUGHPUT else None,
        tag("div", *tiles, class_="beside" if is_narrow else None),
    )


def _points(report: SweepReport, of: Figure, who: SweepContender) -> dict[Pair, SweepPoint]:
    return {
        (point.levels[0], point.levels[1]): point
        for point in measured_points(report)
        if point.contender == who.id and known(of, point) is not None
    }


def _value(of: Figure, point: SweepPoint) -> float:
    found = known(of, point)
    return 0.0 if found is None else found.value


def _grid(
    report: SweepReport,
    of: Figure,
    who: SweepContender,
    points: Mapping[Pair, SweepPoint],
    shade: Callable[[float], int],
) -> Html:
    """One contender's tiles, the levels of the first axis down and of the second across."""
    down, across = report.axes
    width = max(WIDTH, LEFT + LEAST * len(across.levels))
    each = (width - LEFT) / len(across.levels)
    values = [_value(of, point) for point in points.values()]
    best = of.best(values)
    framed = best if values.count(best) == 1 else None
    parts = _levels(down, across, each, width)
    for row, low in enumerate(down.levels):
        for column, level in enumerate(across.levels):
            x, y = LEFT + each * column, TOP + TILE * row
            point = points.get((low, level))
            parts += _tile(of, point, x, y, each, framed, shade)
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {width} {TOP + TILE * len(down.levels)}",
        class_="chart",
        role="img",
        aria_label=f"{of.title} of {who.id}, by {axis_name(down)} down and {axis_name(across)} across",
    )


def _levels(down: Axis, across: Axis, each: float, width: float) -> list[Html]:
    names = f"{axis_name(down)} ↓", f"{axis_name(across)} →"
    parts = [
        tag("text", names[0], x=0, y=13, class_="tick"),
        tag("text", names[1], x=width, y=13, class_="tick end"),
    ]
    for column, level in enumerate(across.levels):
        x = LEFT + each * (column + 0.5)
        parts.append(tag("text", level_text(level), x=x, y=TOP - 8, class_="tick middle"))
    for row, level in enumerate(down.levels):
        y = TOP + TILE * (row + 0.5) + 4
        parts.append(tag("text", level_text(level), x=LEFT - 10, y=y, class_="tick end"))
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
    """The shade, the value on it, and below that how long requests waited for the pool."""
    middle, size = x + each / 2, TILE - GAP
    if point is None:
        return [
            tag("rect", x=x, y=y, width=each - GAP, height=size, class_="empty"),
            tag("text", UNKNOWN, x=middle, y=y + 27, class_="tick middle"),
        ]
    value = _value(of, point)
    ink, best = f"h{shade(value)}", " best" if value == framed else ""
    wait = known(WAIT, point) if of is THROUGHPUT else None
    note = f"wait {format_ms(wait.value)}" if wait is not None and wait.value > 0 else ""
    text_y = y + (20 if note else 27)
    parts = [
        tag("rect", x=x, y=y, width=each - GAP, height=size, class_=f"tile {ink}"),
        tag("text", of.words(value), x=middle, y=text_y, class_=f"value middle {ink}{best}"),
    ]
    if note:
        parts.append(tag("text", note, x=middle, y=y + 35, class_=f"wait middle {ink}"))
    if best:
        inner = {"x": x + INSET, "y": y + INSET, "width": each - GAP - 2 * INSET, "height": size - 2 * INSET}
        parts.append(tag("rect", **inner, class_=f"frame {ink}"))
    return parts
