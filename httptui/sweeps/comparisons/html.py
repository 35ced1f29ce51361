"""A comparison of two sweeps as one HTML page of the same kind: what is shown, both curves, and every level."""

from __future__ import annotations

from httptui.reports.comparisons.html import (
    change_mark,
    notes,
    page,
    reach_of,
    thresholds,
    verdicts,
    what_changed,
)
from httptui.reports.comparisons.words import undecided_line
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.html.tables import Heading, table
from httptui.sweeps.comparisons.claims import THROUGHPUT
from httptui.sweeps.comparisons.comparison import SweepComparison
from httptui.sweeps.comparisons.overlay import overlays
from httptui.sweeps.comparisons.tables import (
    UNCHANGED,
    changes_at,
    method_of,
    missing_of,
    other_tables,
    throughput_tables,
)
from httptui.sweeps.comparisons.thresholds import met_lines
from httptui.sweeps.exports.tables import Table

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
