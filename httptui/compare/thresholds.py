"""Limits for what changed between two runs, or sweeps at every level: `req_per_s > -5%`, `httpx.p99 < +10%`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import asdict

from httptui.compare.compare import COMPARED
from httptui.compare.comparison import (
    Change,
    ContenderChange,
    LevelThreshold,
    Outcome,
    Ratio,
    SweepComparison,
    ThresholdResult,
    TwoSides,
)
from httptui.compare.sweeps import COMPARED_FIELDS
from httptui.compare.words import against_words, format_change, format_range, where_text
from httptui.figures import REQ_PER_S
from httptui.plan.expectations import Clause, Named, Units, parse_clause, who_is
from httptui.plan.requests import shown

_PERCENT: Final[Units] = {"%": 0.01}
"""A threshold is a change in per cent of the figure before."""
BETWEEN_RUNS: Final = 1.6
"""Runs of one build differ by so many times as much as their blocks tell (`benchmarks.builds`), because disturbances
last longer than a block.
"""


def parse_threshold(text: str, quantities: Iterable[str] = COMPARED) -> Clause:
    """Parse a threshold such as `req_per_s > -5%`; ValueError says what is wrong and what is allowed."""
    clause = parse_clause(text, dict.fromkeys(quantities, _PERCENT))
    if clause.operator == "==":
        raise ValueError(f"{shown(text)} asks for one exact change; <, <=, >, >=")
    return clause


def judged(
    comparison: TwoSides, thresholds: Sequence[Clause], *, point: bool = False
) -> tuple[ThresholdResult, ...]:
    """Judge every threshold for every contender that it is about, in a comparison of sweeps at every level.

    With a control named, what counts is the change against it, and the control itself is held to nothing.  A figure
    of a contender without a success is missed.  With `point` the bare change is judged.  Otherwise the whole range
    that the data leave to the change must agree with it: the interval of the change against the control, or else
    against all the others, widened by what two runs of the same differ by.  All else is `open`, not decided.

    The intervals of a level hold together for all levels of a contender.  ValueError if a threshold names a contender
    that is not in both reports, or is held to none, which would look like one that is met.
    """
    control = comparison.control
    results: list[ThresholdResult] = []
    for clause in thresholds:
        if isinstance(comparison, SweepComparison):
            found: list[ThresholdResult] = [
                LevelThreshold(**asdict(result), levels=level.levels)
                for level in comparison.levels
                for result in _results(
                    level.contenders, control, clause, point, f"at {where_text(comparison, level.levels)}"
                )
            ]
        else:
            found = list(_results(comparison.contenders, control, clause, point))
        if not found:
            whom = "no contender" if control is None else "no contender but the control"
            raise ValueError(f"{shown(clause.text)} is held to nothing: {whom} is in both {comparison.kind}s")
        results += found
    return tuple(results)


def _results(
    contenders: Sequence[ContenderChange], control: str | None, clause: Clause, point: bool, where: str = ""
) -> Iterator[ThresholdResult]:
    """Judge one threshold for the contenders that it is about; each sentence tells `where`."""
    known = {contender.after_id: contender for contender in contenders}
    named = [Named(key, contender.label, contender.engine) for key, contender in known.items()]
    keys = list(known) if clause.contender is None else [who_is(clause.contender, named).id]
    for key in keys:
        if clause.contender is not None or known[key].label != control:
            yield _result(clause, known[key], control, point, where)


def _result(
    clause: Clause, contender: ContenderChange, control: str | None, point: bool, where: str
) -> ThresholdResult:
    change = contender.figures.get(clause.quantity) or Change(before=None, after=None)
    ratio = change.ratio if control is None else change.against
    left = None if point else range_of(change)
    told = _told(change, control, point, left)
    return ThresholdResult(
        text=clause.text,
        label=contender.label,
        outcome=_unknown(contender, point) if ratio is None else outcome_of(clause, ratio, left, point=point),
        actual=None if ratio is None else ratio.point - 1,
        low=None if left is None else left[0],
        high=None if left is None else left[1],
        sentence=f"{clause.text}: {' '.join(part for part in (contender.label, where, told) if part)}",
    )


def range_of(change: Change) -> tuple[float, float] | None:
    """From where to where the change of a contender may lie, -0.05 for 5 % less; None without an interval.

    Two errors, which are independent: that of the interval against the control, `BETWEEN_RUNS` times as wide as
    blocks inside two runs tell, and what two processes of one client differ by.
    """
    held = change.against
    if held is None or held.low is None or held.high is None or held.margin is None:
        return None
    margin = math.log1p(held.margin)
    point, low, high = (math.log(end) for end in (held.point, held.low, held.high))
    below, above = (math.hypot(BETWEEN_RUNS * (end - point), margin) for end in (low, high))
    return math.expm1(point - below), math.expm1(point + above)


def _told(change: Change, control: str | None, point: bool, left: tuple[float, float] | None) -> str:
    if change.ratio is None:
        return "has no known change"
    plain = [format_change(change.ratio)] if control is None else []
    held = [f"{format_change(change.against)} {against_words(control)}"] if control or not point else []
    if not point and change.against is None:
        held = ["which may be the machine's own, because no other contender is in both"]
    told = f"has {', '.join(plain + held)}"
    if point or not change.ratio.point or change.against is None:
        return told
    return (
        f"{told}; {'no interval to judge it by' if left is None else f'between runs {format_range(*left)}'}"
    )


def _unknown(contender: ContenderChange, point: bool) -> Outcome:
    """The outcome where a run does not have the figure: a percentile that is only a lower bound, or a CPU time that
    is mostly the tool's own, decides nothing; a contender without a success has lost everything.
    """
    rate = contender.figures.get(REQ_PER_S.name)
    return "open" if rate is not None and rate.after and not point else "missed"


def outcome_of(
    clause: Clause, ratio: Ratio | None, left: tuple[float, float] | None, *, point: bool = False
) -> Outcome:
    """Judge a change by a threshold, given the range that the data leave to it, None if that is unknown."""
    holds = ratio is not None and clause.holds(ratio.point - 1)
    # Where nothing is left of a figure there is no interval, and none is needed.
    if point or ratio is None or ratio.point == 0:
        return "met" if holds else "missed"
    if left is None:
        return "open"
    ends = {clause.holds(end) for end in left}
    if ends != {holds}:
        return "open"
    return "met" if holds else "missed"


def parse_sweep_threshold(text: str) -> Clause:
    """Parse a threshold about a figure of sweeps; ValueError says what is wrong and what is allowed."""
    return parse_threshold(text, COMPARED_FIELDS)
