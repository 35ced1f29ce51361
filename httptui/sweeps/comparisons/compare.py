"""Compares the reports of two sweeps, level by level, as those of two runs are: a pure function of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from httptui.reports.comparisons.compare import changes_by_contender, side_of
from httptui.reports.comparisons.comparison import Difference
from httptui.reports.comparisons.differences import differences_of, doubts_of
from httptui.reports.comparisons.matching import Matching, matched
from httptui.reports.comparisons.ratios import FigurePair, changes_of_all, margins_between, plain_ratio
from httptui.safe_text import safe_text
from httptui.statistics import ALPHA
from httptui.sweeps.comparisons.claims import THROUGHPUT, claims_of
from httptui.sweeps.comparisons.comparison import LevelChange, SweepComparison
from httptui.sweeps.comparisons.figures import figures_of, figures_over
from httptui.sweeps.comparisons.levels import PairedLevels, paired_levels
from httptui.sweeps.points import SweepContender
from httptui.sweeps.report import SweepReport
from httptui.units import format_count, listed
from httptui.verdicts.margins import Margins, margins_of

SCHEDULE = "interleaved"
"""Every contender has a short turn at each level, in a process started for it: a block is an epoch."""


def compare_sweeps(before: SweepReport, after: SweepReport, control: str | None = None) -> SweepComparison:
    """What changed from one sweep to the next at every level that both have.

    Contenders are paired, and held against a control, as those of runs are (`httptui.reports.comparisons`); so many
    levels are looked at together that each contender's intervals share an error of 5 % (Bonferroni).  ValueError
    where the sweeps have no level in common, or where no contender is called `control`.
    """
    paired, found = paired_levels(before, after), _matched(before, after)
    chosen = None if control is None else found.place_of(control)
    margins = margins_between(_margins(before), _margins(after))
    own = [(later.label, _settings(before, one), _settings(after, later)) for one, later in found.pairs]
    changed = differences_of(before, after, own)
    by_level = [_pairs_at(levels, paired, found) for levels in paired.common]
    columns = [[pairs[at] for pairs in by_level] for at in range(len(found.pairs))]
    confidences = [1 - ALPHA / max(_measured(column), 1) for column in columns]
    whole = changes_of_all([figures_over(column) for column in columns], chosen, margins)
    contenders = changes_by_contender(found, whole)
    levels = tuple(
        LevelChange(
            levels=levels,
            contenders=changes_by_contender(found, changes_of_all(pairs, chosen, margins, confidences)),
        )
        for levels, pairs in zip(paired.common, by_level, strict=True)
    )
    name = None if chosen is None else safe_text(found.pairs[chosen][1].label)
    return SweepComparison(
        claims=claims_of(contenders, levels, name, margins.rate),
        before=side_of(before, before.verdict.sentence, complete=before.complete),
        after=side_of(after, after.verdict.sentence, complete=after.complete),
        axes=tuple(safe_text(axis.path, 60) for axis in after.axes),
        contenders=contenders,
        levels=levels,
        only_before=tuple(safe_text(one.label) for one in found.only_before),
        only_after=tuple(safe_text(one.label) for one in found.only_after),
        levels_only_before=paired.only_before,
        levels_only_after=paired.only_after,
        control=name,
        changed=changed,
        notes=tuple(_notes(before, after, paired, found, changed)),
    )


def _matched(before: SweepReport, after: SweepReport) -> Matching[SweepContender]:
    def made_of(contender: SweepContender) -> object:
        report = before if any(contender is one for one in before.contenders) else after
        return contender.engine, contender.reuse, _planned(report, contender).get("inside")

    return matched(before.contenders, after.contenders, made_of)


def _pairs_at(
    levels: tuple[float, ...], paired: PairedLevels, found: Matching[SweepContender]
) -> list[FigurePair]:
    """Every pair's figures at some levels."""
    return [
        (
            figures_of(paired.before.get((levels, earlier.id))),
            figures_of(paired.after.get((levels, later.id))),
        )
        for earlier, later in found.pairs
    ]


def _measured(levels: Sequence[FigurePair]) -> int:
    return sum(plain_ratio(THROUGHPUT, pair) is not None for pair in levels)


def _margins(report: SweepReport) -> Margins:
    return margins_of(SCHEDULE, max(report.blocks, 1))


def _settings(report: SweepReport, contender: SweepContender) -> dict[str, Any]:
    """What the plan sets a contender to, and its versions."""
    return {**_planned(report, contender), "label": contender.label, "versions": contender.versions}


def _planned(report: SweepReport, contender: SweepContender) -> Mapping[str, Any]:
    """A contender's own table of the plan, by its place; empty where the plan is not one of ours."""
    tables = report.plan.get("contender")
    at = report.contenders.index(contender)
    own = tables[at] if isinstance(tables, list | tuple) and at < len(tables) else None
    return own if isinstance(own, dict) else {}


def _notes(
    before: SweepReport,
    after: SweepReport,
    paired: PairedLevels,
    found: Matching[SweepContender],
    changed: Sequence[Difference],
) -> Iterator[str]:
    """What a reader must know before believing the changes."""
    for name, report in (("earlier", before), ("later", after)):
        if not report.complete:
            yield f"the {name} sweep was not complete"
        if report.warnings:
            yield f"the {name} sweep warns: {listed([safe_text(text) for text in report.warnings])}"
    yield from doubts_of(changed, "sweep")
    for earlier, later in found.pairs:
        label = safe_text(later.label)
        failed, fails = (
            sum(points[levels, one.id].failed for levels in paired.common if (levels, one.id) in points)
            for points, one in ((paired.before, earlier), (paired.after, later))
        )
        if fails > failed:
            yield f"{label} failed {format_count(fails)} requests, {format_count(failed)} before"
        for name, one in (("earlier", earlier), ("later", later)):
            if one.cause:
                yield f"{label} did not finish everywhere in the {name} sweep"
