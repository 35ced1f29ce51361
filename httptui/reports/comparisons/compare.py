"""Compares the reports of two runs: a pure function of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from httptui.reports.comparisons.comparison import Change, Comparison, ContenderChange, Difference, Side
from httptui.reports.comparisons.differences import differences_of, doubts_of
from httptui.reports.comparisons.matching import Matching, One, match
from httptui.reports.comparisons.ratios import changes_of_all, figures_of, margins_between
from httptui.reports.exports.results import Recorded, epochs_of, failures_of, name_of
from httptui.reports.report import Report, ReportContender
from httptui.reports.saved import moment_of
from httptui.safe_text import safe_text
from httptui.units import format_count, listed
from httptui.verdicts.margins import Margins, largest_body, margins_of


def compare(before: Report, after: Report, control: str | None = None) -> Comparison:
    """What changed from one run to the next.

    Every contender is also held against a control, whose change cancels what the machine did: all the others that
    both reports have, or the one named by `control` (letter in the later report, label or engine).  ValueError where
    that is none of them.
    """
    found = match(before, after)
    chosen = None if control is None else found.place_of(control)
    own = [(later.label, _settings(earlier), _settings(later)) for earlier, later in found.pairs]
    changed = differences_of(before, after, own)
    figures = [(figures_of(earlier), figures_of(later)) for earlier, later in found.pairs]
    changes = changes_of_all(figures, chosen, margins_between(_margins(before), _margins(after)))
    return Comparison(
        before=side_of(before, before.verdict.sentence, complete=before.complete),
        after=side_of(after, after.verdict.sentence, complete=after.complete),
        contenders=changes_by_contender(found, changes),
        only_before=tuple(safe_text(contender.label) for contender in found.only_before),
        only_after=tuple(safe_text(contender.label) for contender in found.only_after),
        control=None if chosen is None else safe_text(found.pairs[chosen][1].label),
        changed=changed,
        notes=tuple(_notes(before, after, found.pairs, changed)),
    )


def changes_by_contender(
    found: Matching[One], changes: Sequence[dict[str, Change]]
) -> tuple[ContenderChange, ...]:
    """The figures of each pair, in the same order, as those of its later contender."""
    return tuple(
        ContenderChange(
            label=safe_text(later.label),
            engine=later.engine,
            reuse=later.reuse,
            before_id=earlier.id,
            after_id=later.id,
            figures=figures,
        )
        for (earlier, later), figures in zip(found.pairs, changes, strict=True)
    )


def side_of(report: Recorded, verdict: str, *, complete: bool) -> Side:
    """One of the two reports, every text of it safe to show."""
    return Side(
        name=name_of(report),
        started=safe_text(report.started),
        complete=complete,
        verdict=safe_text(verdict, 1_000),
    )


def _settings(contender: ReportContender) -> dict[str, Any]:
    return {
        "label": contender.label,
        "loop": contender.loop,
        "http_requested": contender.http_requested,
        "http_version": contender.http_version,
        "pool": contender.pool,
        "concurrency": contender.concurrency,
        "processes": contender.processes,
        "versions": contender.versions,
    }


def _margins(report: Report) -> Margins:
    schedule = report.plan.get("schedule")
    kind = schedule.get("kind") if isinstance(schedule, dict) else None
    return margins_of(str(kind or "concurrent"), max(epochs_of(report), 1), largest_body(report.contenders))


def _notes(
    before: Report,
    after: Report,
    pairs: Sequence[tuple[ReportContender, ReportContender]],
    changed: Sequence[Difference],
) -> Iterator[str]:
    """What a reader must know before believing the changes."""
    moments = moment_of(before.started), moment_of(after.started)
    if before == after:
        yield "the two reports are one and the same"
    elif moments[0] is not None and moments[1] is not None and moments[0] > moments[1]:
        yield "the run that is called the earlier one began after the other"
    for name, report in (("earlier", before), ("later", after)):
        if not report.complete:
            yield f"the {name} run was not complete"
        if report.flags:
            yield f"the {name} run is flagged: {listed([safe_text(flag.kind) for flag in report.flags])}"
    yield from doubts_of(changed, "run")
    for earlier, later in pairs:
        failed, fails = failures_of(earlier), failures_of(later)
        label = safe_text(later.label)
        if fails > failed:
            yield f"{label} failed {format_count(fails)} requests, {format_count(failed)} before"
        for name, contender in (("earlier", earlier), ("later", later)):
            if contender.state == "dnf":
                yield f"{label} did not finish in the {name} run"
