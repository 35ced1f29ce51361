"""Limits for what changed from one report to the next: `req_per_s > -5%`, `httpx.p99 < +10%`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    TwoSides,
)
from httptui.reports.comparisons.ratios import COMPARED, WITH_INTERVALS
from httptui.reports.comparisons.words import against_words, format_change, has_control

_PERCENT: Final[Units] = {"%": 0.01}
CHANGES: Final = dict.fromkeys(COMPARED, _PERCENT)
"""What a threshold may be about: changes in per cent of the figure before."""


def parse_threshold(
    text: str,
    *,
    significant: bool = False,
    changes: Mapping[str, Units] = CHANGES,
    with_intervals: Sequence[str] = WITH_INTERVALS,
) -> Clause:
    """A threshold such as `req_per_s > -5%`; ValueError says what is wrong and what is allowed.

    `changes` are what it may be about, and `with_intervals` those of them of which blocks tell more than the whole.
    """
    clause = parse_clause(text, changes)
    if clause.operator == "==":
        raise ValueError(f"{shown(text)} asks for one exact change; <, <=, >, >=")
    if significant and clause.quantity not in with_intervals:
        raise ValueError(
            f"{shown(clause.quantity)} has no interval, so that no miss of it is significant; "
            f"{', '.join(with_intervals)}"
        )
    return clause


def judged(
    comparison: Comparison, thresholds: Sequence[Clause], *, significant: bool = False
) -> tuple[ThresholdResult, ...]:
    """Every threshold for every contender that it is about.  ValueError where it names one that not both runs have,
    or is held to none.

    With a control named, what counts is the change against it, and the control itself is held to nothing.  A figure
    that either run does not have is missed.  With `significant` a miss counts only where the change against the
    control, or else against all the others, is beyond the limit, too, with its whole interval widened by what two
    runs of the same differ by; it is open else.
    """
    check_significant(comparison, significant)
    results = tuple(results_of(comparison.contenders, comparison.control, thresholds, significant))
    check_held(comparison, thresholds, results)
    return results


def check_significant(comparison: TwoSides, significant: bool) -> None:
    """ValueError where significance is asked for and nothing can tell it."""
    if significant and not has_control(comparison):
        raise ValueError(
            f"without another contender that both {comparison.kind}s have, nothing tells a change from the "
            "machine's own"
        )


def check_held(
    comparison: TwoSides, thresholds: Sequence[Clause], results: Sequence[ThresholdResult]
) -> None:
    """ValueError where a threshold is held to no contender, which would look like one that is met."""
    held = {result.text for result in results}
    for clause in thresholds:
        if clause.text not in held:
            whom = "no contender" if comparison.control is None else "no contender but the control"
            raise ValueError(f"{shown(clause.text)} is held to nothing: {whom} is in both {comparison.kind}s")


def results_of(
    contenders: Sequence[ContenderChange],
    control: str | None,
    thresholds: Sequence[Clause],
    significant: bool,
    where: str = "",
) -> Iterator[ThresholdResult]:
    """The same of contenders and the label of their control; `where` is told of each of them in the sentence."""
    known = {contender.after_id: contender for contender in contenders}
    named = [Named(key, contender.label, contender.engine) for key, contender in known.items()]
    for clause in thresholds:
        keys = list(known) if clause.contender is None else [who_is(clause.contender, named).id]
        for key in keys:
            if clause.contender is not None or known[key].label != control:
                yield _result(clause, known[key], control, significant, where)


def _result(
    clause: Clause, contender: ContenderChange, control: str | None, significant: bool, where: str
) -> ThresholdResult:
    change = contender.figures.get(clause.quantity) or Change(before=None, after=None)
    ratio = change.ratio if control is None else change.against
    told = _told(change, control, significant)
    return ThresholdResult(
        text=clause.text,
        label=contender.label,
        outcome=_outcome(clause, ratio, change.against, significant),
        actual=None if ratio is None else ratio.point - 1,
        sentence=f"{clause.text}: {' '.join(part for part in (contender.label, where, told) if part)}",
    )


def _told(change: Change, control: str | None, significant: bool) -> str:
    plain = [format_change(change.ratio)] if control is None else []
    held = [f"{format_change(change.against)} {against_words(control)}"] if significant or control else []
    return f"has {', '.join(plain + held)}" if change.ratio is not None else "has no change to tell"


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
