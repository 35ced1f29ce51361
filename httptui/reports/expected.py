"""A report held against what its plan expects: a pure function of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from httptui.plans.clauses import Clause
from httptui.plans.expectations import Expectation
from httptui.reports.quantities import format_quantity, quantity_of
from httptui.reports.report import ExpectationResult, Report, ReportContender
from httptui.snapshot import Rank
from httptui.verdicts.ranking import rank_text

SHARES = ("ratio", "error_rate")


def judged(report: Report, expectations: Sequence[Expectation]) -> tuple[ExpectationResult, ...]:
    """Every expectation for every contender that it is about, in the plan's order.

    A contender that did not finish meets none, nor does one of which the figure is not known.  A place in the ranking
    that the data leave open meets what each of its ranks would meet.
    """
    return tuple(_results(report, expectations))


def _results(report: Report, expectations: Sequence[Expectation]) -> Iterator[ExpectationResult]:
    contenders = {contender.id: contender for contender in report.contenders}
    places = {place.id: place for place in report.ranking}
    for expectation in expectations:
        for key in expectation.ids:
            yield _result(expectation.clause, contenders[key], places.get(key))


def _result(clause: Clause, contender: ReportContender, place: Rank | None) -> ExpectationResult:
    values, told = _found(clause, contender, place)
    return ExpectationResult(
        text=clause.text,
        id=contender.id,
        met=bool(values) and all(clause.holds(value) for value in values),
        actual=values[0] if len(values) == 1 else None,
        sentence=f"{clause.text}: {contender.id} {told}",
    )


def _found(clause: Clause, contender: ReportContender, place: Rank | None) -> tuple[Sequence[float], str]:
    """Every value that the figure may have, and how that is told: a share as it was asked for, 0.5 or 50 %."""
    quantity = clause.quantity
    if contender.state == "dnf":
        return (), "did not finish"
    if quantity == "rank":
        ranks = () if place is None else tuple(range(place.rank_low, place.rank_high + 1))
        return ranks, "has no rank" if place is None else f"has rank {rank_text(place)}"
    ratio = None if place is None else place.ratio
    value = ratio if quantity == "ratio" else quantity_of(contender, quantity)
    if value is None:
        return (), "has no such figure"
    is_bare = quantity in SHARES and "%" not in clause.text
    return (value,), f"has {f'{value:.3g}' if is_bare else format_quantity(quantity, value)}"
