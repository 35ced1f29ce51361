"""Compares two reports: a pure function of both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from httptui.plans.clauses import Named, who_is
from httptui.reports.comparisons.comparison import Comparison, ContenderChange, Difference, Side
from httptui.reports.comparisons.differences import differences_of
from httptui.reports.comparisons.matching import Matching, Pair, match
from httptui.reports.comparisons.ratios import figures_of, plain_ratio
from httptui.reports.exports.results import epochs_of, failures_of, name_of
from httptui.reports.report import Report
from httptui.safe_text import safe_text
from httptui.units import format_count, listed
from httptui.verdicts.margins import Margins, margins_of

SAME_WORK = ("plan.target.", "plan.policy.", "plan.load.", "plan.schedule.")
SAME_MACHINE = ("environment.system.", "environment.cpu.", "environment.memory_bytes")


def compare(before: Report, after: Report, control: str | None = None) -> Comparison:
    """What changed from one run to the next.

    Every contender is also held against a control, whose change cancels what the machine did: all the others that
    both reports have, or the one named by `control` (letter in the later report, label or engine).  ValueError where
    that is none of them.
    """
    found = match(before, after)
    chosen = None if control is None else _control(control, found)
    margins = _margins(before, after)
    changed = differences_of(before, after, found.pairs)
    return Comparison(
        before=_side(before),
        after=_side(after),
        contenders=tuple(
            _contender(pair, _held_against(pair, chosen, found), margins) for pair in found.pairs
        ),
        only_before=tuple(safe_text(contender.label) for contender in found.only_before),
        only_after=tuple(safe_text(contender.label) for contender in found.only_after),
        control=None if chosen is None else safe_text(chosen[1].label),
        changed=changed,
        notes=tuple(_notes(before, after, found.pairs, changed)),
    )


def _control(name: str, found: Matching) -> Pair:
    known = {pair[1].id: pair for pair in found.pairs}
    named = [Named(pair[1].id, pair[1].label, pair[1].engine) for pair in found.pairs]
    return known[who_is(name, named).id]


def _held_against(pair: Pair, chosen: Pair | None, found: Matching) -> list[Pair]:
    """The contenders that one is held against: never itself, and none that did not finish in both runs."""
    others = found.pairs if chosen is None else (chosen,)
    return [other for other in others if other is not pair and plain_ratio("req_per_s", other)]


def _contender(pair: Pair, control: Sequence[Pair], margins: Margins) -> ContenderChange:
    before, after = pair
    return ContenderChange(
        label=safe_text(after.label),
        engine=after.engine,
        reuse=after.reuse,
        before_id=before.id,
        after_id=after.id,
        figures=figures_of(pair, control, margins),
    )


def _margins(before: Report, after: Report) -> Margins:
    """By how much one contender of two such runs differs by itself: the root of the mean square of both."""
    both = [margins_of(_schedule(report), max(epochs_of(report), 1)) for report in (before, after)]
    rate, cpu = (math.sqrt(sum(value**2 for value in values) / 2) for values in zip(*both, strict=True))
    return Margins(rate=rate, cpu=cpu)


def _schedule(report: Report) -> str:
    schedule = report.plan.get("schedule")
    kind = schedule.get("kind") if isinstance(schedule, dict) else None
    return str(kind or "concurrent")


def _side(report: Report) -> Side:
    return Side(
        name=name_of(report),
        started=safe_text(report.started),
        complete=report.complete,
        verdict=safe_text(report.verdict.sentence, 1_000),
    )


def _notes(
    before: Report, after: Report, pairs: Sequence[Pair], changed: Sequence[Difference]
) -> Iterator[str]:
    """What a reader must know before believing the changes."""
    for name, report in (("earlier", before), ("later", after)):
        if not report.complete:
            yield f"the {name} run was not complete"
        if report.flags:
            yield f"the {name} run is flagged: {listed([safe_text(flag.kind) for flag in report.flags])}"
    paths = [one.path for one in changed]
    if any(path.startswith(SAME_WORK) and path != "plan.schedule.seed" for path in paths):
        yield "the two runs did not do the same, see what changed in the plan"
    if any(path.startswith(SAME_MACHINE) for path in paths):
        yield "the two runs were not on the same machine, so only what is held against a control tells anything"
    for earlier, later in pairs:
        failed, fails = failures_of(earlier), failures_of(later)
        label = safe_text(later.label)
        if fails > failed:
            yield f"{label} failed {format_count(fails)} requests, {format_count(failed)} before"
        for name, contender in (("earlier", earlier), ("later", later)):
            if contender.state == "dnf":
                yield f"{label} did not finish in the {name} run"
