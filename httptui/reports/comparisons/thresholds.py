"""Limits for what changed from one run to the next: `req_per_s > -5%`, `httpx.p99 < +10%`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from httptui.plans.clauses import Clause, Named, Units, parse_clause, who_is
from httptui.plans.request_checks import shown
from httptui.reports.comparisons.comparison import (
    Change,
    Comparison,
    ContenderChange,
    Outcome,
    Ratio,
    ThresholdResult,
)
from httptui.reports.comparisons.ratios import COMPARED, WITH_INTERVALS
from httptui.reports.comparisons.words import format_change, has_control, held_against

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
    that either run does not have is missed.  With `significant` a miss counts only where the change against the
    control, or else against all the others, is beyond the limit, too, with its whole interval widened by what two
    runs of the same differ by; it is open else.
    """
    if significant and not has_control(comparison):
        raise ValueError(
            "without another contender that both runs have, nothing tells a change from the machine's own"
        )
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
                yield _result(clause, known[key], comparison, significant)


def _result(
    clause: Clause, contender: ContenderChange, comparison: Comparison, significant: bool
) -> ThresholdResult:
    change = contender.figures.get(clause.quantity) or Change(before=None, after=None)
    ratio = change.ratio if comparison.control is None else change.against
    told = _told(change, comparison, significant)
    return ThresholdResult(
        text=clause.text,
        label=contender.label,
        outcome=_outcome(clause, ratio, change.against, significant),
        actual=None if ratio is None else ratio.point - 1,
        sentence=f"{clause.text}: {contender.label} {told}",
    )


def _told(change: Change, comparison: Comparison, significant: bool) -> str:
    against = f"{format_change(change.against)} {held_against(comparison)}"
    if comparison.control is None:
        parts = [format_change(change.ratio), *([against] if significant else [])]
    else:
        parts = [against]
    return f"has {', '.join(parts)}" if change.ratio is not None else "has no change to tell"


def _outcome(clause: Clause, ratio: Ratio | None, evidence: Ratio | None, significant: bool) -> Outcome:
    if ratio is not None and clause.holds(ratio.point - 1):
        return "met"
    # Where nothing is left of a figure there is no interval, and none is needed.
    if ratio is None or ratio.point == 0 or not significant:
        return "missed"
    if evidence is None or evidence.low is None or evidence.high is None:
        return "open"
    wide = 1 + (evidence.margin or 0.0)
    ends = (evidence.low / wide - 1, evidence.high * wide - 1)
    return "open" if any(clause.holds(end) for end in ends) else "missed"
