"""Compares the reports of two sweeps level by level, and states for each contender at how many levels it changed.

A level counts where the whole interval of its change lies beyond what two sweeps of the same differ by.  The
intervals of a contender's levels hold together (Bonferroni's inequality), so that in at most one comparison of twenty
any of its levels is counted by chance.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from httptui.compare.compare import (
    Course,
    FigurePair,
    Figures,
    Matching,
    changes_by_contender,
    differences_of,
    margins_between,
    matched,
    plain_ratio,
    side_of,
    together,
    warnings_of,
)
from httptui.compare.comparison import (
    Claim,
    ContenderChange,
    ContenderClaim,
    Difference,
    LevelChange,
    Levels,
    Ratio,
    SweepComparison,
)
from httptui.compare.words import against_words
from httptui.figures import REQ_PER_S, SWEPT
from httptui.plan.sweep import CONCURRENCY, describe_axes
from httptui.results.judge.blocks import Margins, margins_of
from httptui.safe_text import safe_text
from httptui.statistics import ALPHA
from httptui.sweeps.report import SweepContender, SweepPoint, SweepReport
from httptui.units import listed, plural

COMPARED_FIELDS: Final = {figure.name: name for name, figure in SWEPT.items() if figure.compared}
"""Each figure that is compared, by its name in clauses, with its field; every turn has all of them."""


def figures_of(point: SweepPoint | None) -> Figures:
    """A contender's figures at one level, of which the turns are the blocks; all unknown where there is no point."""
    if point is None:
        return Figures(dict.fromkeys(COMPARED_FIELDS), {})
    centres = {quantity: getattr(point, field) for quantity, field in COMPARED_FIELDS.items()}
    return Figures(
        whole={name: None if centre is None else centre.value for name, centre in centres.items()},
        blocks={
            quantity: {
                turn.block: value for turn in point.slices if (value := getattr(turn, field)) is not None
            }
            for quantity, field in COMPARED_FIELDS.items()
        },
    )


def figures_over(levels: Sequence[FigurePair]) -> FigurePair:
    """One contender's geometric means over all levels at which both sweeps know a figure and it is not nought, in
    each block over the same ones.
    """
    known = {
        quantity: [pair for pair in levels if plain_ratio(quantity, pair)] for quantity in COMPARED_FIELDS
    }
    before, after = (
        Figures(
            whole={
                quantity: _mean([pair[side].whole[quantity] for pair in of]) for quantity, of in known.items()
            },
            blocks={
                quantity: together([pair[side].blocks.get(quantity, {}) for pair in of]) if of else {}
                for quantity, of in known.items()
            },
        )
        for side in (0, 1)
    )
    return before, after


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.geometric_mean(known) if known else None


_SAME = {"load.concurrency": CONCURRENCY}
Points = Mapping[tuple[Levels, str], SweepPoint]
"""A sweep's points by their levels, in the order of the later sweep's axes, and their contender's letter."""


class PairedLevels(NamedTuple):
    """The levels of both sweeps and those of only one, in the later one's order, and the points of each."""

    common: tuple[Levels, ...]
    only_before: tuple[Levels, ...]
    only_after: tuple[Levels, ...]
    before: Points
    after: Points


def paired_levels(before: SweepReport, after: SweepReport) -> PairedLevels:
    """Pair them by equal levels of the same axes.  ValueError where the axes are others or no level is the same."""
    names, others = ([_SAME.get(axis.path, axis.path) for axis in report.axes] for report in (after, before))
    if sorted(names) != sorted(others):
        raise ValueError(f"they are over other axes: {_axes(before)}, then {_axes(after)}")
    order = [others.index(name) for name in names]
    earlier, later = _points(before, order), _points(after, range(len(order)))
    had, has = (dict.fromkeys(levels for levels, _ in points) for points in (earlier, later))
    common = tuple(levels for levels in has if levels in had)
    if not common:
        raise ValueError(f"they have no level in common: {_axes(before)}, then {_axes(after)}")
    return PairedLevels(
        common,
        tuple(levels for levels in had if levels not in has),
        tuple(levels for levels in has if levels not in had),
        earlier,
        later,
    )


def _points(report: SweepReport, order: list[int] | range) -> Points:
    """Its points, their levels in that order; a point that has not a level for each axis is none."""
    return {
        (tuple(point.levels[at] for at in order), point.contender): point
        for point in report.points
        if len(point.levels) == len(report.axes)
    }


def _axes(report: SweepReport) -> str:
    axes = {axis.path: axis.levels for axis in report.axes if axis.levels}
    return safe_text(describe_axes(axes), 200) if axes else "none"


THROUGHPUT = REQ_PER_S.name
Found = Sequence[tuple[Levels, Ratio | None]]


def claims_of(
    contenders: Sequence[ContenderChange],
    levels: Sequence[LevelChange],
    control: str | None,
    margin: float,
) -> tuple[ContenderClaim, ...]:
    """Return the claims of every contender but a named control; `margin` is how much one differs by itself."""
    return tuple(
        _claim(at, contender, levels, control, margin)
        for at, contender in enumerate(contenders)
        if contender.label != control
    )


def _claim(
    at: int, contender: ContenderChange, levels: Sequence[LevelChange], control: str | None, margin: float
) -> ContenderClaim:
    changes = [(level.levels, level.contenders[at].figures.get(THROUGHPUT)) for level in levels]
    plain: Found = [(where, None if change is None else change.ratio) for where, change in changes]
    against: Found = [(where, None if change is None else change.against) for where, change in changes]
    own = _counted(plain, margin)
    held = _counted(against) if any(ratio is not None for _, ratio in against) else None
    return ContenderClaim(
        label=contender.label,
        after_id=safe_text(contender.after_id, 4),
        change=own,
        against=held,
        sentence=_sentence(contender.label, (own, plain), (held, against), control),
    )


def _counted(found: Found, margin: float | None = None) -> Claim:
    """The levels beyond the margin, or beyond each ratio's own where none is given."""
    shown = [
        (levels, ratio)
        for levels, ratio in found
        if ratio is not None and (ratio.shown if margin is None else ratio.is_beyond(margin))
    ]
    return Claim(
        faster=tuple(levels for levels, ratio in shown if ratio.point > 1),
        slower=tuple(levels for levels, ratio in shown if ratio.point < 1),
        of=sum(ratio is not None for _, ratio in found),
    )


def _sentence(
    label: str, own: tuple[Claim, Found], held: tuple[Claim | None, Found], control: str | None
) -> str:
    whom, claim = against_words(control), held[0]
    if control is not None and claim is not None:
        return f"{label} is {_words(claim, held[1])} {whom}."
    if not own[0].of:
        return f"{label} was measured by both sweeps at no level."
    told = f"{label} is {_words(*own)}"
    if claim is None:
        return f"{told}, which may be the machine: no other contender is in both."
    same = (claim.faster, claim.slower) == (own[0].faster, own[0].slower)
    if same and not _has_interval(own[1]):
        return f"{told}, nor {whom}."
    return f"{told}; {whom}, too." if same else f"{told}; {whom} {_words(claim, held[1])}."


def _has_interval(found: Found) -> bool:
    """Return whether the blocks of any level are enough for an interval."""
    return any(ratio is not None and ratio.low is not None for _, ratio in found)


def _words(claim: Claim, found: Found) -> str:
    """The counts: "faster at 5 of 9 levels and slower at none"."""
    if not _has_interval(found):
        return f"not shown to differ at any of {plural(claim.of, 'level')} (too few blocks)"
    counts = sorted(
        ((len(claim.faster), "faster"), (len(claim.slower), "slower")), key=lambda count: -count[0]
    )
    (most, kind), (least, other) = counts
    if not most:
        return f"shown to be faster or slower at none of {plural(claim.of, 'level')}"
    where = (
        f"all {plural(claim.of, 'level')}"
        if most == claim.of > 1
        else f"{most} of {plural(claim.of, 'level')}"
    )
    return (
        f"{kind} at {where}"
        if most == claim.of
        else listed([f"{kind} at {where}", f"{other} at {least or 'none'}"])
    )


SCHEDULE = "interleaved"
"""Every contender has a short turn at each level, in a process started for it: a block is an epoch."""


def compare_sweeps(before: SweepReport, after: SweepReport, control: str | None = None) -> SweepComparison:
    """Compare two sweeps at every level that both have.

    Contenders are paired, and held against a control, as those of runs are (`httptui.compare`); so many
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
    figures = [figures_over(column) for column in columns]
    contenders = changes_by_contender(found, figures, chosen, margins)
    levels = tuple(
        LevelChange(
            levels=levels, contenders=changes_by_contender(found, pairs, chosen, margins, confidences)
        )
        for levels, pairs in zip(paired.common, by_level, strict=True)
    )
    name = None if chosen is None else safe_text(found.pairs[chosen][1].label)
    return SweepComparison(
        claims=claims_of(contenders, levels, name, margins.rate),
        before=side_of(before, before.verdict.sentence),
        after=side_of(after, after.verdict.sentence),
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
    """Return the plan's settings of a contender, and its versions."""
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
    sides = [
        (report, f"warns: {listed([safe_text(text) for text in report.warnings])}" if report.warnings else "")
        for report in (before, after)
    ]

    def failed(points: Points, letter: str) -> int:
        return sum(points[levels, letter].failed for levels in paired.common if (levels, letter) in points)

    courses = (
        Course(
            safe_text(later.label),
            (failed(paired.before, earlier.id), failed(paired.after, later.id)),
            (bool(earlier.cause), bool(later.cause)),
        )
        for earlier, later in found.pairs
    )
    yield from warnings_of("sweep", sides, changed, courses)
