"""Throughput of both sweeps by the levels that both have, a chart for each contender: dashed before, full after."""

from __future__ import annotations

from httptui.level_axis import level_axis
from httptui.reports.exports.html.frame import Frame
from httptui.reports.exports.html.marks import named
from httptui.reports.exports.html.markup import Html, tag
from httptui.sweeps.comparisons.claims import THROUGHPUT
from httptui.sweeps.comparisons.comparison import SweepComparison
from httptui.sweeps.comparisons.tables import UNCHANGED
from httptui.sweeps.exports.html.curves import (
    A_TICK,
    BELOW,
    LEFT,
    LETTERS,
    LOW,
    NARROW,
    TOP,
    Curve,
    Plot,
    curve_parts,
    level_axis_parts,
    value_scale,
)
from httptui.sweeps.exports.html.figures import THROUGHPUT as FIGURE
from httptui.sweeps.exports.html.figures import axis_name, drawable
from httptui.sweeps.points import Axis, Measured, SweepContender

CAPTION = "Successful requests per second: dashed and hollow before, full after."


def overlays(comparison: SweepComparison) -> Html | None:
    """The charts; nothing where there is not one axis, or no contender has a figure."""
    axis = Axis("".join(comparison.axes[:1]), tuple(level.levels[0] for level in comparison.levels))
    if len(comparison.axes) != 1 or not drawable(axis):
        return None
    pairs = [_curves(comparison, at) for at in range(len(comparison.contenders))]
    charts = [
        tag("div", tag("h3", named(before.contender)), _chart(before, after, axis))
        for before, after in pairs
        if before.points and after.points
    ]
    if not charts:
        return None
    title = f"{FIGURE.title}, by {axis_name(axis)}"
    return tag(
        "section", tag("h2", title), tag("p", CAPTION, class_="note"), tag("div", *charts, class_="beside")
    )


def _curves(comparison: SweepComparison, at: int) -> tuple[Curve, Curve]:
    """One contender's, before and after."""
    one = comparison.contenders[at]
    who = SweepContender(id=one.after_id, label=one.label, engine=one.engine, reuse=one.reuse)
    changes = [
        (level.levels[0], level.contenders[at].figures.get(THROUGHPUT, UNCHANGED))
        for level in comparison.levels
    ]
    before = {level: Measured(change.before) for level, change in changes if change.before is not None}
    after = {level: Measured(change.after) for level, change in changes if change.after is not None}
    return Curve(who, sorted(before.items())), Curve(who, sorted(after.items()))


def _chart(before: Curve, after: Curve, axis: Axis) -> Html:
    plot = Plot(
        Frame(left=LEFT, right=NARROW - LETTERS, top=TOP, bottom=LOW - BELOW),
        level_axis(axis.levels),
        value_scale([one for curve in (before, after) for _, one in curve.points], round(LOW / A_TICK)),
        (),
    )
    return tag(
        "svg",
        *level_axis_parts(plot, axis_name(axis), plot.frame.bottom),
        *plot.frame.value_axis(plot.scale, FIGURE.tick),
        tag("g", curve_parts(before, plot), class_="before"),
        curve_parts(after, plot),
        viewBox=f"0 0 {NARROW} {LOW}",
        class_="chart",
        role="img",
        aria_label=f"{FIGURE.title} of {before.contender.id} by {axis_name(axis)}, before and after",
    )
