"""Builds the document of two compared sweeps: what is shown, both curves, and every level."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from httptui.compare.comparison import Change, SweepComparison
from httptui.compare.document import change_columns, compared_document, outcome_items
from httptui.compare.sweep_thresholds import met_lines
from httptui.compare.sweep_words import (
    ALL,
    UNCHANGED,
    axes_text,
    changes_at,
    level_words,
    method_of,
    missing_of,
)
from httptui.compare.sweeps import COMPARED, THROUGHPUT
from httptui.compare.words import HEADINGS, MARKS, change_cells, format_change, undecided_line
from httptui.report import document as doc
from httptui.safe_text import safe_text
from httptui.sweeps.charts import THROUGHPUT as FIGURE
from httptui.sweeps.charts import Curve, axis_name, before_and_after, drawable
from httptui.sweeps.points import Axis, Measured, SweepContender
from httptui.sweeps.tables import level_table

CAPTION = "Successful requests per second: dashed and hollow before, full after."
MOST_BESIDE = 2
"""Up to so many contenders, two tables of their changes stand side by side."""
WIDEST_HEADING = 18


def sweep_comparison_document(comparison: SweepComparison) -> doc.Document:
    """The whole document."""
    sentences = [claim.sentence for claim in comparison.claims]
    shown: list[doc.Block] = [doc.Items(items=list(map(doc.Item, sentences)), forms=doc.TEXT | doc.MARKDOWN)]
    shown += [doc.Verdict(more=sentences, forms=doc.HTML)] if sentences else []
    others = list(_others(comparison))
    outcomes = [
        *outcome_items(result for result in comparison.thresholds if result.outcome != "met"),
        *(doc.Item(line, "met", MARKS["met"], "good") for line in met_lines(comparison)),
        *map(doc.Item, undecided_line(comparison.thresholds, comparison.kind)),
    ]
    return compared_document(
        comparison,
        heading="two sweeps compared",
        shown=shown,
        outcomes=outcomes,
        changes=(
            _curves(comparison),
            *(_throughput(comparison, at) for at in range(len(comparison.contenders))),
            *(table.only(doc.TEXT) for table in others),
            doc.Section(
                title="Other figures",
                markdown_title="Changes of the other figures",
                blocks=(doc.Group(blocks=others, look=_beside(comparison)),),
                folded=True,
                forms=doc.MARKDOWN | doc.HTML,
            ),
        ),
        missing=missing_of(comparison),
        method=method_of(comparison),
        schema=comparison.schema,
    )


def _beside(comparison: SweepComparison) -> str:
    return "beside" if len(comparison.contenders) <= MOST_BESIDE else ""


def _throughput(comparison: SweepComparison, at: int) -> doc.Table:
    """Req/s of one contender: a row for each level, and one over all, whose means say nothing by themselves."""
    contender = comparison.contenders[at]
    changes = changes_at(comparison, at, THROUGHPUT)
    whole = contender.figures.get(THROUGHPUT, UNCHANGED)
    _, _, *over_all = change_cells(THROUGHPUT, whole)
    cells = [change_cells(THROUGHPUT, change) for _, change in changes]
    telling = [
        (THROUGHPUT, change.against or change.ratio) for change in (*(one for _, one in changes), whole)
    ]
    columns = change_columns(
        comparison, [*cells, ("", "", over_all[0], over_all[1])], telling, WIDEST_HEADING
    )
    return doc.Table(
        title=f"{safe_text(contender.after_id, 4)}  {contender.label} · {HEADINGS[THROUGHPUT]}",
        columns=(
            doc.Column(axes_text(comparison), [*(levels for levels, _ in changes), ALL], words=True),
            *columns,
        ),
        look="changes levels",
    )


def _others(comparison: SweepComparison) -> Iterator[doc.Table]:
    """For each other figure the changes, a row for each level and a column for each contender."""
    levels = [*(level_words(level.levels) for level in comparison.levels), ALL]
    for quantity in (name for name in COMPARED if name != THROUGHPUT):
        found = [
            [
                *(change for _, change in changes_at(comparison, at, quantity)),
                contender.figures.get(quantity, UNCHANGED),
            ]
            for at, contender in enumerate(comparison.contenders)
        ]
        if any(change.ratio for *each, _whole in found for change in each):
            columns = [
                doc.Column(doc.Badge(contender.after_id), list(map(_told, changes)))
                for contender, changes in zip(comparison.contenders, found, strict=True)
            ]
            title = f"change of {HEADINGS.get(quantity, quantity)}"
            yield level_table(title, axes_text(comparison), levels, columns)


def _told(change: Change) -> str:
    return format_change(change.ratio)


def _curves(comparison: SweepComparison) -> doc.Section:
    """A chart for each contender; nothing where there is not one axis, or no contender has a figure."""
    axis = Axis("".join(comparison.axes[:1]), tuple(level.levels[0] for level in comparison.levels))
    is_drawn = len(comparison.axes) == 1 and drawable(axis)
    pairs = [_pair(comparison, at) for at in range(len(comparison.contenders))] if is_drawn else []
    charts = [
        doc.Chart(
            title=doc.Named(before.contender.id, before.contender.label),
            draw=partial(before_and_after, before, after, axis),
        )
        for before, after in pairs
        if before.points and after.points
    ]
    caption = (doc.Sentences(texts=(CAPTION,), look="note"), doc.Group(blocks=charts, look="beside"))
    return doc.Section(
        title=f"{FIGURE.title}, by {axis_name(axis)}", blocks=caption if charts else (), forms=doc.HTML
    )


def _pair(comparison: SweepComparison, at: int) -> tuple[Curve, Curve]:
    """One contender's curves, before and after."""
    one = comparison.contenders[at]
    who = SweepContender(id=one.after_id, label=one.label, engine=one.engine, reuse=one.reuse)
    changes = [
        (level.levels[0], level.contenders[at].figures.get(THROUGHPUT, UNCHANGED))
        for level in comparison.levels
    ]
    before = {level: Measured(change.before) for level, change in changes if change.before is not None}
    after = {level: Measured(change.after) for level, change in changes if change.after is not None}
    return Curve(who, sorted(before.items())), Curve(who, sorted(after.items()))
