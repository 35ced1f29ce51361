"""Builds the document of a sweep (verdict, doubts, curves or grids, figures) and the other forms of its report."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from httptui.report import document as doc
from httptui.report.cells import name_of
from httptui.report.exports import MEASURES, Measures, Metric, harmless, names_of
from httptui.report.formats import forms_of, indented
from httptui.report.run_document import run_document
from httptui.results.report import Report
from httptui.sweeps.charts import (
    GRID_CAPTION,
    MOST_BESIDE,
    OTHERS,
    THROUGHPUT,
    Figure,
    axis_name,
    caption_of,
    drawable,
    grid_chart,
    is_told,
    large_caption,
    large_chart,
    small_chart,
    tiles_of,
)
from httptui.sweeps.report import Measured, SweepPoint, SweepReport, SweepSlice
from httptui.sweeps.tables import (
    analysis_of,
    curves_in_blocks,
    level_text,
    limits_of,
    named,
    path_of,
    tables_of,
)
from httptui.units import listed, plural

INCOMPLETE = "This sweep was not complete."
INCOMPLETE_PAGE = "This sweep was not complete: it was cut short, or saved while it was on."
MOST_LARGE, MOST_SENTENCES = 4, 6
METHOD = (
    "In every block each level is visited once, in a new random order, and there each contender has a short turn "
    "alone, in a process started for it. Figures are Hodges–Lehmann centres over the blocks; ± is half of their "
    "exact signed-rank 95 % interval. Requests per second count successes only. The wait for the pool is by "
    "Little's law: requests in flight beyond the pool's connections, divided by throughput."
)
WRITTEN = doc.MARKDOWN | doc.HTML


def document_of(report: Report | SweepReport) -> doc.Document:
    """Build the document of a report of either kind."""
    return sweep_document(report) if isinstance(report, SweepReport) else run_document(report)


def sweep_document(report: SweepReport) -> doc.Document:
    """Build the whole document."""
    head = doc.head_of(report, "sweep", axes_of(report), plural(report.blocks, "block"))
    notes = doc.Items(items=list(_notes(report)), style="notes")
    verdict = _verdict(report, len(notes.items))
    others = doc.Items(items=[doc.Item(one.sentence) for one in report.analysis.crossovers[1:]])
    incomplete = doc.Sentences(texts=() if report.complete else (INCOMPLETE,))
    tables = list(tables_of(report))
    blocks: list[doc.Block] = [
        verdict.only(WRITTEN),
        incomplete.only(doc.MARKDOWN),
        notes.only(doc.MARKDOWN),
        doc.Section(title=doc.NOTES_TITLE, blocks=(notes,), anchor="notes", forms=doc.HTML),
        others.only(doc.MARKDOWN),
        head.only(doc.MARKDOWN),
        *_curves(report),
        *_grids(report),
        _contenders(report),
        *(table.only(doc.TEXT | doc.MARKDOWN) for table in tables),
        doc.Section(title="Figures", blocks=(doc.Group(blocks=tables, look="beside"),), forms=doc.HTML),
        _analysis(report),
        _limits(report),
        doc.background_of(
            report,
            doc.Section(
                title="How to read it", blocks=(doc.Sentences(texts=(METHOD,)),), folded=True, forms=WRITTEN
            ),
        ),
        verdict.only(doc.TEXT),
        others.only(doc.TEXT),
        incomplete.only(doc.TEXT),
        notes.only(doc.TEXT),
    ]
    return doc.Document(
        title=name_of(report), head=head, blocks=blocks, footer=doc.footer_of(report), look="sweep"
    )


def axes_of(report: SweepReport) -> str:
    """Describe the axes: "sweep of pool 1 … 32 and concurrency 8 … 64"."""
    told = [
        f"{path_of(axis)} {' … '.join(dict.fromkeys(map(level_text, (min(axis.levels), max(axis.levels)))))}"
        for axis in report.axes
        if axis.levels
    ]
    return f"sweep of {' and '.join(told)}"


def _notes(report: SweepReport) -> Iterator[doc.Item]:
    """Yield lost contenders, warnings and errors."""
    for one, (letter, _label) in zip(report.contenders, named(report), strict=True):
        if one.cause:
            yield doc.Item(one.cause, f"{letter} did not finish everywhere")
    yield from (doc.Item(warning, "warning") for warning in report.warnings)
    yield from (doc.Item(event.text, "error") for event in report.events if event.level == "error")


def _verdict(report: SweepReport, doubts: int) -> doc.Verdict:
    """Show the first pair's sentence large and those of others below it, or each contender's clause."""
    sentence, pairs = report.verdict.sentence, report.analysis.crossovers
    clauses = sentence.split("; ")
    large = 1 if pairs else MOST_LARGE
    more = [pair.sentence for pair in pairs[1 : MOST_SENTENCES + 1]]
    left = len(pairs) - 1 - MOST_SENTENCES
    more += [f"{plural(left, 'more pair')} in the table below"] if left > 0 else []
    return doc.Verdict(
        sentence=sentence,
        large=[
            clause.rstrip(".") if at < len(clauses) - 1 else clause
            for at, clause in enumerate(clauses[:large])
        ],
        rest="; ".join(clauses[large:]),
        more=more,
        incomplete="" if report.complete else INCOMPLETE_PAGE,
        doubts=doubts,
    )


def _contenders(report: SweepReport) -> doc.Table:
    """List letters and labels, with curves in block characters if there is one axis."""
    letters = [letter for letter, _ in named(report)]
    labels = [label for _, label in named(report)]
    curves = curves_in_blocks(report)
    drawn = [curves.get(one.id, "") for one in report.contenders]
    columns = [doc.Column("", letters, "left"), doc.Column("contender", labels, "left", forms=doc.MARKDOWN)]
    columns += [doc.Column("req/s, log scale", drawn, "left")] if any(drawn) else []
    columns += [doc.Column("contender", labels, "left", label=True, forms=doc.TEXT)]
    return doc.Table(columns=columns, bare=True, forms=doc.TEXT | doc.MARKDOWN)


def _curves(report: SweepReport) -> Iterator[doc.Section]:
    """Yield throughput with the analysis below it, then the other figures; nothing unless there is one axis."""
    if len(report.axes) != 1 or not drawable(report.axes[0]) or not is_told(THROUGHPUT, report):
        return
    over = f"by {axis_name(report.axes[0])}"
    large = doc.Chart(
        draw=partial(large_chart, report),
        caption=large_caption(report),
        legend=list(map(doc.named, report.contenders)),
    )
    yield doc.Section(title=f"{THROUGHPUT.title}, {over}", blocks=(large,), forms=doc.HTML)
    small = [
        doc.Chart(
            title=f"{one.title}, {over}",
            caption=caption_of(report, one),
            draw=partial(small_chart, report, one),
        )
        for one in OTHERS
        if is_told(one, report)
    ]
    yield doc.Section(title="", blocks=small, look="beside", forms=doc.HTML)


def _grids(report: SweepReport) -> Iterator[doc.Section]:
    """Yield a section for each figure; nothing unless there are two axes."""
    if len(report.axes) == 2 and all(map(drawable, report.axes)):
        yield from (_grid(report, one) for one in (THROUGHPUT, *OTHERS) if is_told(one, report))


def _grid(report: SweepReport, of: Figure) -> doc.Section:
    charts = [
        doc.Chart(title=doc.named(tiles.contender), draw=partial(grid_chart, report, of, tiles))
        for tiles in tiles_of(report, of)
    ]
    is_narrow = len(report.axes[1].levels) <= MOST_BESIDE
    caption = (GRID_CAPTION,) if of is THROUGHPUT else ()
    return doc.Section(
        title=f"{of.title}, by {' and '.join(map(axis_name, report.axes))}",
        blocks=(
            doc.Sentences(texts=caption, look="note"),
            doc.Group(blocks=charts, look="beside" if is_narrow else ""),
        ),
        forms=doc.HTML,
    )


def _analysis(report: SweepReport) -> doc.Section:
    """Show the scaling of each contender, or the crossovers of pairs."""
    found = analysis_of(report)
    if found is None:
        return doc.Section(title="", blocks=(), forms=doc.HTML)
    names = {one.id: doc.named(one) for one in report.contenders}
    whose = [doc.Several([names.get(letter, letter) for letter in letters]) for letters, _ in found.rows]
    figures = [
        doc.Column(heading, [cells[at] for _, cells in found.rows])
        for at, heading in enumerate(found.headings)
    ]
    table = doc.Table(columns=(doc.Column("", whose, "left"), *figures), caption=found.meaning)
    return doc.Section(title=found.title, blocks=(table,), forms=doc.HTML)


def _limits(report: SweepReport) -> doc.Section:
    """List the known limiters of each contender with their levels."""
    found = list(limits_of(report))
    axes = listed([path_of(axis) for axis in report.axes]) if report.axes else ""
    columns = (
        doc.contender_column(one.contender for one in found),
        doc.Column("limited by", [one.kind for one in found], "left"),
        doc.Column(f"at {axes}", [one.levels for one in found], "left"),
        doc.Column("as the last of these levels showed", [one.last for one in found], "left"),
    )
    return doc.Section(
        title=doc.LIMITS_TITLE, blocks=(doc.Table(columns=columns, look="limiters"),), forms=doc.HTML
    )


def to_bmf(report: SweepReport) -> bytes:
    """Return Bencher's format as indented JSON, without points that have no turn and unknown figures.

    An edited report may have points of no contender or of other axes, which are left out too.
    """
    names = names_of(report.contenders)
    return indented(
        {
            f"{names[point.contender]} · {_place(report, point)}": _measures(point)
            for point in report.points
            if point.slices and point.contender in names and len(point.levels) == len(report.axes)
        }
    )


def _place(report: SweepReport, point: SweepPoint) -> str:
    """Name every axis with its level: "pool 4 · concurrency 16"."""
    levels = zip(report.axes, point.levels, strict=True)
    return " · ".join(f"{path_of(axis)} {level_text(level)}" for axis, level in levels)


def _measures(point: SweepPoint) -> Measures:
    return {
        name: _metric(found)
        for name, figure in MEASURES.items()
        if figure.swept and (found := getattr(point, figure.swept)) is not None
    }


def _metric(figure: Measured) -> Metric:
    if figure.low is None or figure.high is None:
        return {"value": figure.value}
    return {"value": figure.value, "lower_value": figure.low, "upper_value": figure.high}


TURN = SweepSlice.__struct_fields__


def to_csv(report: SweepReport) -> str:
    """Return a header with a column for each axis, and a row for each turn."""
    labels = {one.id: one.label for one in report.contenders}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(harmless(axis.path) for axis in report.axes), "id", "label", *TURN])
    for point in report.points:
        shared = [*point.levels, harmless(point.contender), harmless(labels.get(point.contender, ""))]
        for turn in point.slices:
            values = [getattr(turn, name) for name in TURN]
            writer.writerow([*shared, *("" if value is None else value for value in values)])
    return out.getvalue()


SWEEP_FORMATS: Final[Mapping[str, Callable[[SweepReport], bytes]]] = forms_of(
    sweep_document, {"csv": lambda report: to_csv(report).encode(), "bmf": to_bmf}
)
