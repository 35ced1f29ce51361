"""Builds the document of two compared runs: what is shown, whether too much changed, and by how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from httptui.compare.comparison import Comparison, Ratio, Side, ThresholdResult, TwoSides
from httptui.compare.words import (
    HIGHER_IS_BETTER,
    MARKS,
    TOLD,
    difference_cells,
    has_control,
    held_against,
    method_of,
    missing_lines,
    outcome_word,
    title_of,
    told_figures,
    undecided_line,
    verdict_of,
)
from httptui.report import document as doc
from httptui.report.background import NOTES_TITLE, moment
from httptui.report.charts import change_mark, reach_of

INKS = {"met": "good", "missed": "bad", "open": "warning"}
MOST_LARGE = 3
WIDEST_HEADING = 24
WRITTEN = doc.MARKDOWN | doc.HTML


def comparison_document(comparison: Comparison) -> doc.Document:
    """The whole document."""
    sentences = verdict_of(comparison)
    is_short = len(sentences) <= MOST_LARGE
    outcomes = [
        *outcome_items(comparison.thresholds),
        *map(doc.Item, undecided_line(comparison.thresholds, comparison.kind)),
    ]
    shown: list[doc.Block] = [
        doc.Sentences(texts=sentences, strong=True, forms=doc.TEXT | doc.MARKDOWN),
        doc.Verdict(large=sentences if is_short else (), more=() if is_short else sentences, forms=doc.HTML),
    ]
    return compared_document(
        comparison,
        heading="two runs compared",
        shown=shown,
        outcomes=outcomes,
        changes=(_changes(comparison),),
        missing=missing_lines(comparison),
        method=method_of(comparison),
        schema=comparison.schema,
    )


def compared_document(
    comparison: TwoSides,
    *,
    heading: str,
    shown: Sequence[doc.Block],
    outcomes: Sequence[doc.Item],
    changes: Sequence[doc.Block],
    missing: Sequence[str],
    method: Sequence[str],
    schema: str,
) -> doc.Document:
    """The document of a comparison of either kind."""
    names = " → ".join(dict.fromkeys((comparison.before.name, comparison.after.name)))
    head = doc.Head(
        kind="comparison",
        title=names,
        facts=(f"{_when(comparison.before)} → {_when(comparison.after)}",),
        line=title_of(comparison),
    )
    held = doc.Section(
        title="Thresholds", markdown_title="", blocks=(doc.Items(items=outcomes, style="outcomes"),)
    )
    changed = _what_changed(comparison)
    blocks: list[doc.Block] = [
        head.only(doc.MARKDOWN),
        held.only(doc.MARKDOWN),
        *shown,
        held.only(doc.HTML),
        *changes,
        doc.Section(
            title=NOTES_TITLE,
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
        heading=heading,
        head=head,
        blocks=blocks,
        footer=[*method, f"schema {schema}"],
    )


def outcome_items(results: Iterable[ThresholdResult]) -> Iterator[doc.Item]:
    """Each threshold with its outcome."""
    for result in results:
        outcome = result.outcome
        yield doc.Item(result.sentence, outcome_word(outcome), MARKS[outcome], INKS[outcome])


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
        heading = held_against(comparison)
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
    return doc.Section(title="What the contenders did", markdown_title="", blocks=(table,))


def _when(side: Side) -> str:
    return f"{moment(side.started)}{'' if side.complete else ' (not complete)'}"


def _said(comparison: TwoSides) -> doc.Section:
    """The last word of each report."""
    rows = (("before", comparison.before.verdict), ("after", comparison.after.verdict))
    return doc.Section(
        title=f"What each {comparison.kind} said", blocks=(doc.Facts(rows=rows),), forms=doc.HTML
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
        title="What else changed",
        text_title="what else changed",
        blocks=(doc.Verbatim(text=lines, forms=doc.TEXT), doc.Table(columns=columns, forms=WRITTEN))
        if rows
        else (),
    )
