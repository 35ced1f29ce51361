"""By how much a figure of one run's blocks differs from that of another's, with intervals where blocks allow them.

Two runs share no block, so nothing is paired: logarithms of block figures are compared by the rank-sum interval
(`httptui.two_samples`).  Against a control they are paired first, inside each run: what is compared then is
ln(contender / control) of every block, from which what slowed the whole machine down has gone.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from httptui.plans.clauses import LATENCIES, RESPONSE
from httptui.reports.comparisons.comparison import Change, Ratio
from httptui.reports.quantities import quantity_of
from httptui.reports.report import ReportContender
from httptui.statistics import Estimate, condense
from httptui.two_samples import shift
from httptui.verdicts.blocks import log_ratios
from httptui.verdicts.margins import Margins

COMPARED = ("req_per_s", *LATENCIES, *(f"{RESPONSE}{name}" for name in LATENCIES), "cpu")
WITH_INTERVALS = ("req_per_s", "cpu")

Pair = tuple[ReportContender, ReportContender]
Blocks = Mapping[int, float]


def figures_of(pair: Pair, control: Sequence[Pair], margins: Margins) -> dict[str, Change]:
    """Every figure that either run has of a contender; `against` the control's, where there is one."""
    changes = {quantity: _change(quantity, pair, control, margins) for quantity in COMPARED}
    return {
        quantity: change
        for quantity, change in changes.items()
        if change.before is not None or change.after is not None
    }


def plain_ratio(quantity: str, pair: Pair) -> float | None:
    """The figure after over the same before, or None where it is not known or zero before."""
    before, after = (quantity_of(contender, quantity) for contender in pair)
    return after / before if before and after is not None else None


def _change(quantity: str, pair: Pair, control: Sequence[Pair], margins: Margins) -> Change:
    before, after = (quantity_of(contender, quantity) for contender in pair)
    plain = plain_ratio(quantity, pair)
    if plain is None:
        return Change(before=before, after=after)
    own = [_blocks(quantity, contender) for contender in pair]
    return Change(
        before=before,
        after=after,
        ratio=_ratio(plain, _shift(*own) if plain else None),
        against=_against(quantity, plain, own, control, margins),
    )


def _against(
    quantity: str, plain: float, own: Sequence[Blocks], control: Sequence[Pair], margins: Margins
) -> Ratio | None:
    """The ratio of ratios; each of the two is of two processes, so that their margins add up as roots of squares."""
    margin = math.sqrt(2) * (margins.cpu if quantity == "cpu" else margins.rate)
    theirs = [plain_ratio(quantity, pair) for pair in control]
    known = [ratio for ratio in theirs if ratio]
    if not known or len(known) < len(theirs):
        return None
    sides = [_together([_blocks(quantity, pair[side]) for pair in control]) for side in (0, 1)]
    before, after = (log_ratios(mine, others) for mine, others in zip(own, sides, strict=True))
    estimate = shift(before, after) if before and after else None
    return _ratio(plain / statistics.geometric_mean(known), estimate, margin)


def _ratio(plain: float, logarithm: Estimate | None, margin: float | None = None) -> Ratio:
    """Of the estimate where it has an interval, else the plain one without."""
    if logarithm is None or logarithm.low is None or logarithm.high is None:
        return Ratio(point=plain)
    point, low, high = (math.exp(value) for value in (logarithm.point, logarithm.low, logarithm.high))
    return Ratio(point=point, low=low, high=high, margin=margin)


def _shift(before: Blocks, after: Blocks) -> Estimate | None:
    """Of the logarithms; a block without a success counts as the slowest that either run has."""
    seen = [math.log(value) for value in (*before.values(), *after.values()) if value > 0]
    if not seen or not before or not after:
        return None

    def logarithms(blocks: Blocks) -> list[float]:
        return condense([math.log(blocks[n]) if blocks[n] > 0 else min(seen) for n in sorted(blocks)])

    return shift(logarithms(before), logarithms(after))


def _blocks(quantity: str, contender: ReportContender) -> dict[int, float]:
    """The figure in each block; empty for percentiles, which blocks do not keep."""
    blocks: dict[int, float] = {}
    for piece in contender.slices:
        answered = piece.ok + piece.error + piece.timeout
        if quantity == "req_per_s" and piece.seconds > 0:
            blocks[piece.block] = piece.ok / piece.seconds
        elif quantity == "cpu" and answered and piece.cpu_us > 0:
            blocks[piece.block] = piece.cpu_us / answered
    return blocks


def _together(blocks: Sequence[Blocks]) -> dict[int, float]:
    """The geometric mean of several contenders in every block in which each of them had a success."""
    shared = set(blocks[0]).intersection(*blocks)
    return {
        number: statistics.geometric_mean([one[number] for one in blocks])
        for number in shared
        if all(one[number] > 0 for one in blocks)
    }
