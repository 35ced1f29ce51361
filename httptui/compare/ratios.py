"""By how much a figure of one report's blocks differs from that of another's, with intervals where blocks allow them.

Two reports share no block, so nothing is paired: logarithms of block figures are compared by the rank-sum interval
(`httptui.statistics`).  Against a control they are paired first, inside each report: what is compared then is
ln(contender / control) of every block, from which what slowed the whole machine down has gone.  Percentiles and means
of all latencies have intervals of their own (`httptui.statistics`), since those of single blocks are others.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from httptui.compare.comparison import Change, Ratio
from httptui.figures import BY_NAME, CPU, FIGURES, PERCENTS, REQ_PER_S, RESPONSE, Figure
from httptui.results.judge.blocks import Margins, log_ratios
from httptui.results.report import HistogramData, ReportContender, SliceLatency
from httptui.statistics import (
    FARTHEST,
    Counted,
    Estimate,
    Pooled,
    condense,
    difference,
    log_ratio,
    pooled_mean,
    pooled_percentile,
    shift,
)

COMPARED = tuple(figure.name for figure in FIGURES if figure.compared)

Blocks = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one report knows of one contender: each figure as a whole, and in each block where blocks keep it;
    `pooled` are those of all latencies together.
    """

    whole: Mapping[str, float | None]
    blocks: Mapping[str, Blocks]
    pooled: Mapping[str, Pooled] = field(default_factory=dict)


FigurePair = tuple[Figures, Figures]
"""A contender's figures before and after."""


def figures_of(contender: ReportContender) -> Figures:
    """All that is compared of a run's contender."""
    service = {piece.block: piece.latency for piece in contender.slices if piece.latency is not None}
    response = {piece.block: piece.response for piece in contender.slices if piece.response is not None}
    whole = {quantity: BY_NAME[quantity].comparable(contender) for quantity in COMPARED}
    pooled = {
        **_pooled(contender, contender.histogram, contender.lower_bounds, service, ""),
        **_pooled(
            contender, contender.response_histogram, contender.response_lower_bounds, response, RESPONSE
        ),
    }
    return Figures(
        whole=whole,
        blocks={
            quantity: blocks
            for quantity in COMPARED
            if whole[quantity] is not None and (blocks := _blocks(BY_NAME[quantity], contender))
        },
        pooled={quantity: one for quantity, one in pooled.items() if whole[quantity] is not None},
    )


def changes_of_all(
    pairs: Sequence[FigurePair], chosen: int | None, margins: Margins, confidences: Sequence[float] = ()
) -> list[dict[str, Change]]:
    """The changes of several contenders, each held against the one at the place `chosen`, or else against all others.

    A control that has no successes in both reports is none, and nobody is his own.  `confidences` are those of each
    one's intervals, 95 % where there are none.
    """
    made = []
    for at, pair in enumerate(pairs):
        control = [
            other
            for place, other in enumerate(pairs)
            if place != at and chosen in (None, place) and plain_ratio(REQ_PER_S.name, other)
        ]
        made.append(changes_of(pair, control, margins, *confidences[at : at + 1]))
    return made


def changes_of(
    pair: FigurePair, control: Sequence[FigurePair], margins: Margins, confidence: float = 0.95
) -> dict[str, Change]:
    """Every figure that either report has of a contender; `against` the control's, where there is one."""
    changes = {quantity: _change(quantity, pair, control, margins, confidence) for quantity in pair[1].whole}
    return {
        quantity: change
        for quantity, change in changes.items()
        if change.before is not None or change.after is not None
    }


def plain_ratio(quantity: str, pair: FigurePair) -> float | None:
    """The figure after over the same before, or None where it is not known, zero before, below zero, or so
    far apart that no float holds the ratio.
    """
    before, after = (figures.whole[quantity] for figures in pair)
    if before is None or after is None or before <= 0 or after < 0:
        return None
    return _quotient(after, before)


def together(blocks: Sequence[Blocks]) -> dict[int, float]:
    """The geometric mean of several blocks' figures by number, where each of them has one and none is nought."""
    shared = set(blocks[0]).intersection(*blocks)
    return {
        number: statistics.geometric_mean([one[number] for one in blocks])
        for number in shared
        if all(one[number] > 0 for one in blocks)
    }


def margins_between(one: Margins, other: Margins) -> Margins:
    """By how much one contender differs by itself between two reports: the root of the mean square of both."""
    rate, cpu = (math.sqrt((mine**2 + theirs**2) / 2) for mine, theirs in zip(one, other, strict=True))
    return Margins(rate=rate, cpu=cpu)


def _change(
    quantity: str, pair: FigurePair, control: Sequence[FigurePair], margins: Margins, confidence: float
) -> Change:
    before, after = (figures.whole[quantity] for figures in pair)
    plain = plain_ratio(quantity, pair)
    if plain is None:
        return Change(before=before, after=after)
    own = _both_blocks(quantity, pair)
    estimate = _shift_of_pooled(quantity, pair, []) or _shift(*own, confidence)
    return Change(
        before=before,
        after=after,
        ratio=_ratio(plain, estimate if plain else None),
        against=_against(quantity, plain, pair, control, margins, confidence),
    )


def _against(
    quantity: str,
    plain: float,
    pair: FigurePair,
    control: Sequence[FigurePair],
    margins: Margins,
    confidence: float,
) -> Ratio | None:
    """The ratio of ratios; each of the two is of two processes, so that their margins add up as roots of squares."""
    margin = math.sqrt(2) * (margins.cpu if quantity == CPU.name else margins.rate)
    theirs = [plain_ratio(quantity, pair) for pair in control]
    known = [ratio for ratio in theirs if ratio]
    if not known or len(known) < len(theirs):
        return None
    own, sides = (
        _both_blocks(quantity, pair),
        zip(*(_both_blocks(quantity, one) for one in control), strict=True),
    )
    before, after = (log_ratios(mine, together(others)) for mine, others in zip(own, sides, strict=True))
    estimate = shift(before, after, confidence) if before and after else None
    estimate = _shift_of_pooled(quantity, pair, control) or estimate
    point = _quotient(plain, statistics.geometric_mean(known))
    return None if point is None else _ratio(point, estimate, margin)


def _quotient(one: float, other: float) -> float | None:
    """One over another that is above zero; None where it is beyond what a float holds."""
    ratio = one / other
    return ratio if math.isfinite(ratio) and (ratio > 0 or not one) else None


def _ratio(plain: float, logarithm: Estimate | None, margin: float | None = None) -> Ratio:
    """Of the estimate where it has an interval that floats hold, else the plain one without."""
    if logarithm is None or logarithm.low is None or logarithm.high is None:
        return Ratio(point=plain)
    if logarithm.low < -FARTHEST or logarithm.high > FARTHEST:
        return Ratio(point=plain)
    point, low, high = (math.exp(value) for value in (logarithm.point, logarithm.low, logarithm.high))
    return Ratio(point=point, low=low, high=high, margin=margin)


def _shift(before: Blocks, after: Blocks, confidence: float) -> Estimate | None:
    """Of the logarithms; a block without a success counts as the slowest that either report has."""
    seen = [math.log(value) for value in (*before.values(), *after.values()) if value > 0]
    if not seen or not before or not after:
        return None

    def logarithms(blocks: Blocks) -> list[float]:
        return condense([math.log(blocks[n]) if blocks[n] > 0 else min(seen) for n in sorted(blocks)])

    return shift(logarithms(before), logarithms(after), confidence)


def _shift_of_pooled(quantity: str, pair: FigurePair, control: Sequence[FigurePair]) -> Estimate | None:
    """By how much the logarithm of a figure of all latencies went up, or that of its ratio to a control's."""
    sides = []
    for at in (0, 1):
        known = [one[at].pooled.get(quantity) for one in (pair, *control)]
        own, *others = known
        if own is None or None in others:
            return None
        sides.append(log_ratio(own, [one for one in others if one is not None]) if others else own.estimate)
    return difference(*sides)


def _pooled(
    contender: ReportContender,
    histogram: HistogramData | None,
    bounds: HistogramData | None,
    blocks: Mapping[int, SliceLatency],
    prefix: str,
) -> dict[str, Pooled]:
    """Those percentiles and the mean of which blocks tell enough for an interval; what had no answer counts with its
    lower bound, and requests that were never sent, which no block knows of, leave none.
    """
    if histogram is None or not blocks or contender.requests.dropped:
        return {}
    counts = sorted((*histogram.counts, *(() if bounds is None else bounds.counts)))
    found = {"mean": pooled_mean({number: (one.count, one.mean_ms) for number, one in blocks.items()})}
    for at, (name, percent) in enumerate(PERCENTS.items()):
        above = {number: Counted(one.count, one.above[at]) for number, one in blocks.items()}
        found[name] = pooled_percentile(counts, percent, above)
    return {f"{prefix}{name}": one for name, one in found.items() if one is not None}


def _both_blocks(quantity: str, pair: FigurePair) -> tuple[Blocks, Blocks]:
    before, after = (figures.blocks.get(quantity, {}) for figures in pair)
    return before, after


def _blocks(figure: Figure, contender: ReportContender) -> dict[int, float]:
    if figure.of_slice is None:
        return {}
    found = ((piece.block, figure.of_slice(piece)) for piece in contender.slices)
    return {block: value for block, value in found if value is not None and math.isfinite(value)}
