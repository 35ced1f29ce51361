"""Limits for what changed from one run to the next: `req_per_s > -5%`, `httpx.p99 < +10%`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from httptui.plans.clauses import Clause, Named, Units, parse_clause, who_is
from httptui.plans.request_checks import shown
from httptui.reports.comparisons.comparison import (
    Comparison,
    ContenderChange,
    Outcome,
    Ratio,
    ThresholdResult,
)
from httptui.reports.comparisons.ratios import COMPARED, WITH_INTERVALS
from httptui.reports.comparisons.words import format_change

_PERCENT: Final[Units] = {"%": 0.01}
CHANGES: Final = dict.fromkeys(COMPARED, _PERCENT)
"""What a threshold may be about: changes in per cent of the figure before."""


def parse_threshold(text: str, *, significant: bool = False) -> Clause:
    """A threshold such as `req_per_s > -5%`; ValueError says what is wrong and what is allowed."""
    clause = parse_clause(text, CHANGES)
    if clause.operator == "==":
        raise ValueError(f"{shown(text)} asks for one exact change; <, <=, >, >=")
    if significant and clause.quantity not in WITH_INTERVALS:
        raise ValueError(
            f"{shown(clause.quantity)} has no interval, so that no miss of it is significant; "
            f"{', '.join(WITH_INTERVALS)}"
        )
    return clause


def judged(
    comparison: Comparison, thresholds: Sequence[Clause], *, significant: bool = False
) -> tuple[ThresholdResult, ...]:
    """Every threshold for every contender that it is about.  ValueError where it names one that not both runs have.

    With a control named, what counts is the change against it, and the control itself is held to nothing.  A figure
    that either run does not have is missed.  With `significant` a miss counts only where the whole interval, widened
    by what two runs of the same differ by, is beyond the limit, and is open else.
    """
    return tuple(_results(comparison, thresholds, significant))


def _results(
    comparison: Comparison, thresholds: Sequence[Clause], significant: bool
) -> Iterator[ThresholdResult]:
    known = {contender.after_id: contender for contender in comparison.contenders}
    named = [Named(key, contender.label, contender.engine) for key, contender in known.items()]
    for clause in thresholds:
        keys = list(known) if clause.contender is None else [who_is(clause.contender, named).id]
        for key in keys:
            if clause.contender is not None or known[key].label != comparison.control:
                yield _result(clause, known[key], comparison.control, significant)


def _result(
    clause: Clause, contender: ContenderChange, control: str | None, significant: bool
) -> ThresholdResult:
    change = contender.figures.get(clause.quantity)
    ratio = None if change is None else change.ratio if control is None else change.against
    against = "" if control is None else f" against {control}"
    told = "has no change to tell" if ratio is None else f"has {format_change(ratio)}"
    return ThresholdResult(
        text=clause.text,
        label=contender.label,
        outcome="missed" if ratio is None else _outcome(clause, ratio, significant),
        actual=None if ratio is None else ratio.point - 1,
        sentence=f"{clause.text}: {contender.label} {told}{against}",
    )


def _outcome(clause: Clause, ratio: Ratio, significant: bool) -> Outcome:
    if clause.holds(ratio.point - 1):
        return "met"
    if not significant:
        return "missed"
    if ratio.low is None or ratio.high is None:
        return "open"
    wide = 1 + ratio.margin
    return "open" if clause.holds(ratio.low / wide - 1) or clause.holds(ratio.high * wide - 1) else "missed"
