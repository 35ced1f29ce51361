"""Builds the documents of two compared runs or sweeps: what is shown, whether too much changed, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from httptui.compare.comparison import (
    Change,
    Comparison,
    Ratio,
    Side,
    SweepComparison,
    ThresholdResult,
    TwoSides,
)
from httptui.compare.sweeps import COMPARED_FIELDS, THROUGHPUT
from httptui.compare.words import (
    ALL,
    HEADINGS,
    HIGHER_IS_BETTER,
    TOLD,
    UNCHANGED,
    against_heading,
    axes_text,
    change_cells,
    changes_at,
    difference_cells,
    format_change,
    has_control,
    level_words,
    method_of,
    missing_of,
    told_figures,
    undecided_line,
    verdict_of,
)
from httptui.report import document as doc
from httptui.report.charts import change_mark, reach_of
from httptui.safe_text import safe_text
from httptui.sweeps.charts import THROUGHPUT as FIGURE
from httptui.sweeps.charts import Curve, axis_name, before_and_after, drawable
from httptui.sweeps.report import Axis, Measured, SweepContender
from httptui.sweeps.tables import level_table
from httptui.units import format_count

OUTCOMES = {
    "met": ("met", "✓", "good"),
    "missed": ("missed", "✗", "bad"),
    "open": ("not decided", "~", "warning"),
}
"""The word, the mark and the ink of each outcome."""
MOST_LARGE = 3
WIDEST_HEADING = 24
WRITTEN = doc.MARKDOWN | doc.HTML


def comparison_document(comparison: Comparison) -> doc.Document:
    """Build the whole document."""
    sentences = verdict_of(comparison)
    is_short = len(sentences) <= MOST_LARGE
    shown: list[doc.Block] = [
        doc.Sentences(texts=sentences, strong=True, forms=doc.TEXT | doc.MARKDOWN),
        doc.Verdict(large=sentences if is_short else (), more=() if is_short else sentences, forms=doc.HTML),
    ]
    return compared_document(
        comparison,
        shown=shown,
        outcomes=list(outcome_items(comparison.thresholds)),
        changes=(_changes(comparison),),
    )


def compared_document(
    comparison: TwoSides,
    *,
    shown: Sequence[doc.Block],
    outcomes: Sequence[doc.Item],
    changes: Sequence[doc.Block],
) -> doc.Document:
    """Build the document of a comparison of either kind."""
    names = " → ".join(dict.fromkeys((comparison.before.name, comparison.after.name)))
    head = doc.Head(
        kind="comparison",
        title=names,
        facts=(f"{_when(comparison.before)} → {_when(comparison.after)}",),
        line=" → ".join(f"{side.name} · {side.started}" for side in (comparison.before, comparison.after)),
    )
    results = [*outcomes, *map(doc.Item, undecided_line(comparison.thresholds, comparison.kind))]
    held = doc.Section(
        title="Thresholds", markdown_title="", blocks=(doc.Items(items=results, style="outcomes"),)
    )
    changed, missing, method = _what_changed(comparison), missing_of(comparison), method_of(comparison)
    blocks: list[doc.Block] = [
        head.only(doc.MARKDOWN),
        held.only(doc.MARKDOWN),
        *shown,
        held.only(doc.HTML),
        *changes,
        doc.Section(
            title=doc.NOTES_TITLE,
            markdown_title="",
            blocks=(doc.Items(items=list(map(doc.Item, (*missing, *comparison.notes))), style="notes"),),
            forms=WRITTEN,
        ),
        doc.Sentences(texts=missing, forms=doc.TEXT),
        changed.only(doc.TEXT),
        held.only(doc.TEXT),
        doc.Items(items=list(map(doc.Item, comparison.notes)), style="notes", forms=doc.TEXT),
        doc.Sentences(texts=method, forms=doc.TEXT | doc.MARKDOWN),
        _said(comparison),
        changed.only(WRITTEN),
    ]
    return doc.Document(
        title=f"{names} compared",
        heading=f"two {comparison.kind}s compared",
        head=head,
        blocks=blocks,
        footer=[*method, f"schema {comparison.schema}"],
    )


def outcome_items(results: Iterable[ThresholdResult]) -> Iterator[doc.Item]:
    """Each threshold with its outcome."""
    for result in results:
        yield doc.Item(result.sentence, *OUTCOMES[result.outcome])


def change_columns(
    comparison: TwoSides,
    cells: Sequence[tuple[str, str, str, str]],
    telling: Sequence[tuple[str, Ratio | None]],
    heading_width: int,
) -> Iterator[doc.Column]:
    """Columns for rows of `change_cells`: before, after, the change, that against others, and on a page the change
    that tells most, of the quantity named, as a mark.
    """
    before, after, change, against = ([row[at] for row in cells] for at in range(4))
    yield doc.Column("before", before)
    yield doc.Column("after", after)
    yield doc.Column("change", change, "left", words=False)
    if has_control(comparison):
        heading = against_heading(comparison.control)
        yield doc.Column(heading, against, "left", words=False, keep=1, heading_width=heading_width)
    reach = reach_of((ratio.point, ratio.low, ratio.high) for _, ratio in telling if ratio is not None)
    yield doc.Column(
        "", [_mark(quantity, ratio, reach) for quantity, ratio in telling], "left", forms=doc.HTML
    )


def _mark(quantity: str, ratio: Ratio | None, reach: float) -> str:
    if ratio is None or ratio.point <= 0:
        return ""
    better = (ratio.point > 1) == (quantity in HIGHER_IS_BETTER)
    ink = ("good" if better else "bad") if ratio.shown else "open"
    return change_mark((ratio.point, ratio.low, ratio.high), reach, ink)


def _changes(comparison: Comparison) -> doc.Section:
    """A row for each figure of each contender; on a terminal each contender has a line of its own above its rows."""
    groups = [(contender, told_figures(contender)) for contender in comparison.contenders]
    rows = [(contender, row) for contender, told in groups for row in told]
    letters = [
        doc.Named(contender.after_id, contender.label) if at == 0 else ""
        for contender, told in groups
        for at in range(len(told))
    ]
    telling = [
        (quantity, change.against or change.ratio)
        for contender in comparison.contenders
        for quantity in TOLD
        if (change := contender.figures.get(quantity)) is not None
    ]
    figures = [figure for _, (figure, *_) in rows]
    columns = (
        doc.Column("contender", [contender.label for contender, _ in rows], "left", forms=doc.MARKDOWN),
        doc.Column("contender", letters, "left", forms=doc.HTML),
        doc.Column("", [f"  {figure}" for figure in figures], "left", forms=doc.TEXT),
        doc.Column("figure", figures, "left", short=True, forms=WRITTEN),
        *change_columns(comparison, [row[1:] for _, row in rows], telling, WIDEST_HEADING),
    )
    table = doc.Table(
        columns=columns,
        look="changes",
        groups=[(contender.label, len(told)) for contender, told in groups],
    )
    return doc.Section(title="Changes by contender", markdown_title="", blocks=(table,))


def _when(side: Side) -> str:
    return f"{doc.moment(side.started)}{'' if side.complete else ' (not complete)'}"


def _said(comparison: TwoSides) -> doc.Section:
    rows = (("before", comparison.before.verdict), ("after", comparison.after.verdict))
    return doc.Section(
        title=f"Verdict of each {comparison.kind}", blocks=(doc.Facts(rows=rows),), forms=doc.HTML
    )


def _what_changed(comparison: TwoSides) -> doc.Section:
    """List the differences in versions, machine and plan."""
    rows = list(map(difference_cells, comparison.changed))
    columns = (
        doc.Column("what", [doc.Styled(path, "code") for path, _, _ in rows], "left"),
        doc.Column("before", [before for _, before, _ in rows], "left"),
        doc.Column("after", [after for _, _, after in rows], "left"),
    )
    lines = "\n".join(f"  {path}: {before} → {after}" for path, before, after in rows)
    return doc.Section(
        title="Other changes",
        text_title="other changes",
        blocks=(doc.Verbatim(text=lines, forms=doc.TEXT), doc.Table(columns=columns, forms=WRITTEN))
        if rows
        else (),
    )


CAPTION = "Successful requests per second: dashed and hollow before, full after."
MOST_BESIDE = 2
"""Up to so many contenders, two tables of their changes stand side by side."""
WIDEST_OF_SWEEPS = 18


def sweep_comparison_document(comparison: SweepComparison) -> doc.Document:
    """Build the whole document."""
    sentences = [claim.sentence for claim in comparison.claims]
    shown: list[doc.Block] = [doc.Items(items=list(map(doc.Item, sentences)), forms=doc.TEXT | doc.MARKDOWN)]
    shown += [doc.Verdict(more=sentences, forms=doc.HTML)] if sentences else []
    others = list(_others(comparison))
    outcomes = [
        *outcome_items(result for result in comparison.thresholds if result.outcome != "met"),
        *(doc.Item(line, *OUTCOMES["met"]) for line in _met_lines(comparison)),
    ]
    return compared_document(
        comparison,
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
    )


def _met_lines(comparison: SweepComparison) -> list[str]:
    """Count how often each threshold is met: "req_per_s > -5%: 14 of 21, each contender at each level"."""
    outcomes: dict[str, list[bool]] = {}
    for result in comparison.thresholds:
        outcomes.setdefault(result.text, []).append(result.outcome == "met")
    return [
        f"{text}: {format_count(sum(met))} of {format_count(len(met))}, each contender at each level"
        for text, met in outcomes.items()
        if any(met)
    ]


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
        comparison, [*cells, ("", "", over_all[0], over_all[1])], telling, WIDEST_OF_SWEEPS
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
    for quantity in (name for name in COMPARED_FIELDS if name != THROUGHPUT):
        found = [
            [
                *(change for _, change in changes_at(comparison, at, quantity)),
                contender.figures.get(quantity, UNCHANGED),
            ]
            for at, contender in enumerate(comparison.contenders)
        ]
        if any(change.ratio for *each, _whole in found for change in each):
            columns = [
                doc.Column(doc.Badge(contender.after_id), list(map(_change_words, changes)))
                for contender, changes in zip(comparison.contenders, found, strict=True)
            ]
            title = f"change of {HEADINGS.get(quantity, quantity)}"
            yield level_table(title, axes_text(comparison), levels, columns)


def _change_words(change: Change) -> str:
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
    one = comparison.contenders[at]
    who = SweepContender(id=one.after_id, label=one.label, engine=one.engine, reuse=one.reuse)
    changes = [
        (level.levels[0], level.contenders[at].figures.get(THROUGHPUT, UNCHANGED))
        for level in comparison.levels
    ]
    before = {level: Measured(change.before) for level, change in changes if change.before is not None}
    after = {level: Measured(change.after) for level, change in changes if change.after is not None}
    return Curve(who, sorted(before.items())), Curve(who, sorted(after.items()))
