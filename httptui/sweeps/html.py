"""The page: the verdict first, what casts doubt on it, curves or grids, the figures, and how to run it once more."""

from __future__ import annotations

from collections.abc import Mapping

from httptui.report.cells import name_of
from httptui.report.html import (
    Heading,
    Html,
    badge,
    document,
    footer,
    heading,
    joined,
    named,
    notes,
    table,
    tag,
    verdict,
)
from httptui.report.html_page import environment, plan, replay
from httptui.sweeps.html_charts import curves, grids
from httptui.sweeps.points import SweepContender
from httptui.sweeps.report import SweepReport
from httptui.sweeps.tables import Table, analysis_of, limits_of, path_of, tables_of
from httptui.sweeps.texts import METHOD, axes_of, notes_of
from httptui.units import listed, plural

INCOMPLETE = "This sweep was not complete: it was cut short, or saved while it was on."
MOST_LARGE, MOST_SENTENCES = 4, 6


def to_html(report: SweepReport) -> str:
    """The whole file; it loads nothing and runs nothing."""
    sections = (
        _verdict(report),
        notes(list(notes_of(report))),
        *curves(report),
        *grids(report),
        _figures(report),
        _analysis(report),
        _limits(report),
        tag(
            "div",
            tag("section", tag("h2", "How to read it"), tag("p", METHOD)),
            plan(report),
            replay(report),
            environment(report),
            class_="background",
        ),
    )
    head = heading(report, "sweep", axes_of(report), plural(report.blocks, "block"))
    return document(name_of(report), head, tag("main", *sections, class_="sweep"), footer(report))


def _verdict(report: SweepReport) -> Html:
    """The first pair's sentence and those of others, or each contender's clause."""
    clauses = report.verdict.sentence.split("; ")
    pairs = report.analysis.crossovers
    large = 1 if pairs else MOST_LARGE
    others = [tag("li", pair.sentence) for pair in pairs[1 : MOST_SENTENCES + 1]]
    left = len(pairs) - 1 - MOST_SENTENCES
    others += [tag("li", f"{plural(left, 'more pair')} in the table below")] if left > 0 else []
    return verdict(
        [
            clause.rstrip(".") if at < len(clauses) - 1 else clause
            for at, clause in enumerate(clauses[:large])
        ],
        "; ".join(clauses[large:]),
        "" if report.complete else INCOMPLETE,
        len(list(notes_of(report))),
        tag("ul", *others, class_="sentences") if others else None,
    )


def _figures(report: SweepReport) -> Html | None:
    """Every figure as a table."""
    tables = [_figure(report, one) for one in tables_of(report)]
    return tag("section", tag("h2", "Figures"), tag("div", *tables, class_="beside")) if tables else None


def _figure(report: SweepReport, of: Table) -> Html:
    """One table; where its columns are the contenders, under their letters."""
    first, *names = of.headings
    columns = list(map(badge, report.contenders)) if len(report.axes) == 1 else names
    headings = [Heading(first, words=True), *map(Heading, columns)]
    return tag("div", tag("h3", of.title), table(headings, of.rows, "levels"))


def _analysis(report: SweepReport) -> Html | None:
    found = analysis_of(report)
    if found is None:
        return None
    by_id = {one.id: one for one in report.contenders}
    headings = [Heading("", words=True), *map(Heading, found.headings)]
    rows = [(_named(letters, by_id), *cells) for letters, cells in found.rows]
    return tag(
        "section", tag("h2", found.title), table(headings, rows), tag("p", found.meaning, class_="note")
    )


def _named(letters: tuple[str, ...], by_id: Mapping[str, SweepContender]) -> Html:
    """A contender, or both of a pair."""
    return joined(
        tag("span", named(by_id[letter]) if letter in by_id else letter, class_="item") for letter in letters
    )


def _limits(report: SweepReport) -> Html | None:
    """What limited whom at which levels, as far as that is known."""
    found = list(limits_of(report))
    if not found:
        return None
    axes = listed([path_of(axis) for axis in report.axes])
    headings = ("contender", "limited by", f"at {axes}", "as the last of these levels showed")
    rows = [(named(one.contender), one.kind, one.levels, one.last) for one in found]
    words = [Heading(heading, words=True) for heading in headings]
    return tag("section", tag("h2", "What limits each contender"), table(words, rows, "limiters"))
