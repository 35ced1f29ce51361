"""Exact one-sample statistics of paired differences, for the few blocks that a run has.

The point is Hodges and Lehmann's (1963): the median of the Walsh averages (d_i + d_j) / 2, i <= j.  Test and
interval are Wilcoxon's signed-rank ones, from the exact null distribution (Hollander & Wolfe, Nonparametric
Statistical Methods, ch. 3).  Both rest on one count of Walsh averages, so the 95 % interval leaves out zero
exactly where the two-sided p-value is at most 0.05.
"""

from __future__ import annotations

import math
import statistics
from functools import lru_cache
from itertools import accumulate
from itertools import count as counting
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHA = 0.05
DELTA = 0.03
MOST_DIFFERENCES = 60
FEWEST_FOR_95 = 6
NO_SUCCESS = 1e9
"""Logarithm of the ratio of two of which just one had a success: beyond all others, but finite, for means exist."""
FARTHEST = 700.0
"""Logarithm of the greatest ratio that a float holds exactly."""
LEADERS_SHARE = 0.65
"""What the test of the leader gets of the error that all claims of order may cost; the rest is for all pairs."""


class Estimate(NamedTuple):
    """A point with its interval, whose ends are None where the differences are too few for the confidence."""

    point: float
    low: float | None
    high: float | None


def estimate(differences: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Hodges–Lehmann point and exact signed-rank interval of the centre of the differences.

    The true confidence is at least the one asked for.  Raises ValueError without differences.
    """
    averages = walsh_averages(differences)
    if not averages:
        raise ValueError("no differences to estimate from")
    point = statistics.median(averages)
    outside = most_outside(_cumulative(len(differences)), 1 - confidence)
    if outside is None:
        return Estimate(point, None, None)
    return Estimate(point, averages[outside], averages[len(averages) - 1 - outside])


def ratio_of(logarithm: float | None) -> float | None:
    """The ratio of a logarithm, 0 where it is below all others, and None where it is above them or not known."""
    if logarithm is None or logarithm > FARTHEST:
        return None
    return 0.0 if logarithm < -FARTHEST else math.exp(logarithm)


def walsh_averages(differences: Sequence[float]) -> list[float]:
    """The n(n+1)/2 averages of every pair and of each difference with itself, sorted."""
    return sorted(
        (one + other) / 2 for index, one in enumerate(differences) for other in differences[: index + 1]
    )


def signed_rank_p(differences: Sequence[float]) -> float:
    """Two-sided exact p-value of "the differences are symmetric about zero"; 1.0 without differences.

    Zeros and ties are counted against significance: whatever way they were broken, p would not be larger.
    """
    size = len(differences)
    positive, negative = signed_ranks(differences)
    against = size * (size + 1) // 2 - max(positive, negative)
    return min(1.0, 2 * _cumulative(size)[against] / (1 << size))


def fewest_blocks(alpha: float) -> int:
    """The fewest blocks whose signed-rank test, all differing the same way, has a two-sided p of at most `alpha`."""
    return next(blocks for blocks in counting(1) if math.ldexp(2.0, -blocks) <= alpha)


def blocks_to_part(contenders: int, alpha: float = ALPHA) -> int:
    """The fewest blocks in which any two of so many contenders can be told apart while the first place is open.

    By Holm's procedure over all pairs, with what the test of the leader leaves of `alpha`; two contenders are one
    pair, which has all of it.
    """
    pairs = contenders * (contenders - 1) // 2
    return fewest_blocks(alpha if pairs <= 1 else alpha * (1 - LEADERS_SHARE) / pairs)


def signed_ranks(differences: Sequence[float]) -> tuple[int, int]:
    """How many Walsh averages are positive, and how many negative; the rest are zero by a tie."""
    ordered = sorted(differences, key=abs)
    positive = negative = start = 0
    while start < len(ordered):
        magnitude, end, over, under = abs(ordered[start]), start, 0, 0
        while end < len(ordered) and abs(ordered[end]) == magnitude:
            over += ordered[end] > 0
            under += ordered[end] < 0
            end += 1
        positive += over * start + over * (over + 1) // 2
        negative += under * start + under * (under + 1) // 2
        start = end
    return positive, negative


def holm(p_values: Sequence[float], alpha: float = 0.05) -> list[bool]:
    """Which hypotheses Holm's (1979) step-down procedure rejects, at a family-wise error of `alpha`."""
    rejected = [False] * len(p_values)
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > alpha / (len(p_values) - step):
            break
        rejected[index] = True
    return rejected


def equivalent(
    differences: Sequence[float], delta: float = DELTA, alpha: float = ALPHA, margin: float = 0.0
) -> bool:
    """Whether two one-sided tests at `alpha` show a ratio to be within `delta` of one (Schuirmann 1987).

    The differences are logarithms of ratios, and "within" is [1 / (1 + delta), 1 + delta].  `margin` as for
    `furthest`.
    """
    furthest_off = furthest(differences, alpha, margin)
    return furthest_off is not None and furthest_off < math.log1p(delta)


def furthest(differences: Sequence[float], alpha: float = ALPHA, margin: float = 0.0) -> float | None:
    """How far from zero the centre may be, by one-sided tests at `alpha`; None where the differences are too few,
    or where just one of the two had a success in a block: no bound holds that, however alike they are in the others.

    `margin` (0.05 is 5 %) is what the differences cannot show, since it is the same in all of them: it bounds that
    error with 95 % confidence, as the ends of an interval bound what chance does.  The two are independent, so that
    their bounds add as squares.
    """
    if not differences or not 0 < alpha < 0.5 or max(map(abs, differences)) > FARTHEST:
        return None
    point, low, high = estimate(differences, 1 - 2 * alpha)
    if low is None or high is None:
        return None
    normal = NormalDist()
    beyond = math.log1p(margin) * normal.inv_cdf(1 - alpha) / normal.inv_cdf(0.975)
    return max(math.hypot(point - low, beyond) - point, point + math.hypot(high - point, beyond))


def detectable(differences: Sequence[float], alpha: float = ALPHA, power: float = 0.8) -> float | None:
    """The smallest relative difference that so many blocks with so much noise would show, with this `power`.

    From the half-width h of the interval: h (z(1 - alpha/2) + z(power)) / z(1 - alpha/2).  None where the blocks
    are too few for the test to show any, or where the interval has no end.
    """
    if not differences or alpha <= 0:
        return None
    _, low, high = estimate(differences, 1 - alpha)
    if low is None or high is None or max(-low, high) > FARTHEST:
        return None
    certain = NormalDist().inv_cdf(1 - alpha / 2)
    return math.expm1((high - low) / 2 * (certain + NormalDist().inv_cdf(power)) / certain)


def condense(values: Sequence[float], most: int = MOST_DIFFERENCES) -> list[float]:
    """At most `most` means of neighbouring values, in order, which bounds the cost of the Walsh averages.

    Means of neighbours stay symmetric about the same centre, and depend less on one another.
    """
    size = math.ceil(len(values) / most)
    if size <= 1:
        return list(values)
    return [statistics.fmean(values[start : start + size]) for start in range(0, len(values), size)]


def most_outside(cumulated: Sequence[int], alpha: float) -> int | None:
    """The most of the sorted values to leave out at each end of an interval, or None where even none is too few.

    `cumulated` says how many of all equally likely cases, its last entry, have a statistic of at most 0, 1, 2 …
    """
    outside = None
    for count, cases in enumerate(cumulated):
        # A hair's breadth above alpha forgives 1 - 0.95 being 0.050000000000000044 and 1 - 0.9 its opposite.
        if 2 * cases / cumulated[-1] > alpha + 1e-12:
            break
        outside = count
    return outside


@lru_cache(maxsize=128)
def _cumulative(size: int) -> tuple[int, ...]:
    """How many of the 2**size sign patterns give a rank sum of at most 0, 1, 2 …"""
    ways = [1]
    for rank in range(1, size + 1):
        longer = [*ways, *([0] * rank)]
        for total, count in enumerate(ways):
            longer[total + rank] += count
        ways = longer
    return tuple(accumulate(ways))
