"""A comparison of two sweeps as one HTML page of the same kind: what is shown, both curves, and every level."""

from __future__ import annotations

from httptui.compare.comparison import SweepComparison
from httptui.compare.html import change_mark, notes, page, reach_of, thresholds, verdicts, what_changed
from httptui.compare.sweep_tables import (
    UNCHANGED,
    changes_at,
    method_of,
    missing_of,
    other_tables,
    throughput_tables,
)
from httptui.compare.sweep_thresholds import met_lines
from httptui.compare.sweeps import THROUGHPUT
from httptui.compare.words import undecided_line
from httptui.level_axis import level_axis
from httptui.report.html import Heading, Html, named, table, tag
from httptui.report.html_charts import Frame
from httptui.sweeps.html_charts import (
    A_TICK,
    BELOW,
    LEFT,
    LETTERS,
    LOW,
    NARROW,
    TOP,
    Curve,
    Plot,
    axis_name,
    curve_parts,
    drawable,
    level_axis_parts,
    value_scale,
)
from httptui.sweeps.html_charts import THROUGHPUT as FIGURE
from httptui.sweeps.points import Axis, Measured, SweepContender
from httptui.sweeps.tables import Table

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


MOST_BESIDE = 2
"""Up to so many contenders, two tables of their changes stand side by side."""


def to_html(comparison: SweepComparison) -> str:
    """The whole file; it loads nothing and runs nothing."""
    sentences = [tag("li", claim.sentence) for claim in comparison.claims]
    missed = [result for result in comparison.thresholds if result.outcome != "met"]
    sections = (
        tag("section", tag("ul", *sentences, class_="sentences"), class_="verdict") if sentences else None,
        thresholds(missed, *met_lines(comparison), *undecided_line(comparison.thresholds, comparison.kind)),
        overlays(comparison),
        *(_level_table(comparison, at, told) for at, told in enumerate(throughput_tables(comparison))),
        _others(comparison),
        notes([*missing_of(comparison), *comparison.notes]),
        verdicts(comparison),
        what_changed(comparison),
    )
    return page(comparison, sections, method_of(comparison), comparison.schema)


def _level_table(comparison: SweepComparison, at: int, told: Table) -> Html:
    """Req/s of one contender at each level, the change that tells most drawn as a mark."""
    whole = comparison.contenders[at].figures.get(THROUGHPUT, UNCHANGED)
    changes = [*(change for _, change in changes_at(comparison, at, THROUGHPUT)), whole]
    ratios = [change.against or change.ratio for change in changes]
    reach = reach_of(ratios)
    headings = [*map(Heading, told.headings), Heading("", words=True)]
    rows = [
        (*row, change_mark(THROUGHPUT, ratio, reach)) for row, ratio in zip(told.rows, ratios, strict=True)
    ]
    return tag("section", tag("h2", told.title), table(headings, rows, "changes levels"))


def _others(comparison: SweepComparison) -> Html | None:
    tables = [
        tag("div", tag("h3", told.title), table(list(map(Heading, told.headings)), told.rows, "levels"))
        for told in other_tables(comparison)
    ]
    beside = "beside" if len(comparison.contenders) <= MOST_BESIDE else None
    return tag("section", tag("h2", "Other figures"), tag("div", *tables, class_=beside)) if tables else None
