"""Exact statistics for the few blocks of a run: paired differences, two samples, and pooled latencies.

One sample of paired differences. The point is Hodges and Lehmann's (1963): the median of the Walsh averages (d_i +
d_j) / 2, i <= j. Test and interval are Wilcoxon's signed-rank ones, from the exact null distribution (Hollander &
Wolfe, Nonparametric Statistical Methods, ch. 3). Both rest on one count of Walsh averages, so the 95 % interval
excludes zero exactly when the two-sided p-value is at most 0.05.

Two samples: the shift of one run's blocks against another's, which are not paired. The point is Hodges and Lehmann's
median of all differences y_j - x_i. Its interval is Moses', which inverts the rank-sum test of Wilcoxon, Mann and
Whitney, from the exact null distribution (ibid., ch. 4). It assumes independent values, and that one sample is the
other one shifted.

Pooled latencies: the uncertainty of a percentile or a mean of all latencies of a run, from the differences between
its blocks. Latencies of one block are not independent, so blocks rather than requests are the sample. The share of
latencies above a percentile is a ratio estimate over blocks. Its standard error, in logits, with Student's t of one
less than the blocks, gives two other percentiles of the same latencies, which are the interval (Woodruff 1952, JASA
47; Korn & Graubard 1998, Survey Methodology 24, for logits). Such intervals are far from symmetric, so logarithms of
figures are subtracted with variances recovered from the ends of their intervals (MOVER: Zou & Donner 2008, Statistics
in Medicine 27; with correlation: Zou 2007, Psychological Methods 12).
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, combinations
from itertools import count as counting
from statistics import NormalDist, fmean
from typing import NamedTuple

ALPHA = 0.05
DELTA = 0.03
MOST_DIFFERENCES = 60
FEWEST_FOR_95 = 6
FEWEST_BEYOND = 30
"""A percentile that fewer requests exceed is unreliable, and has no interval."""
NO_SUCCESS = 1e9
"""Log-ratio if only one side had a success: beyond all others, but finite, so that means exist."""
FARTHEST = 700.0
"""Logarithm of the greatest ratio that a float holds exactly."""
LEADERS_SHARE = 0.65
"""The leader's share of the total error of all claims of order; the rest is for all pairs."""


def has_few_beyond(total: int, q: float) -> bool:
    """Return whether fewer than 30 of so many requests are slower than a percentile."""
    return round(total * (100 - q) / 100, 6) < FEWEST_BEYOND


class Estimate(NamedTuple):
    """A point with its interval, whose ends are None with too few differences for the confidence."""

    point: float
    low: float | None
    high: float | None


def estimate(differences: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Return the Hodges–Lehmann point and the exact signed-rank interval of the centre of the differences.

    The true confidence is at least the requested one. Raises ValueError without differences.
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
    """Return the ratio of a logarithm: 0 if it is below all others, None if it is above them or unknown."""
    if logarithm is None or logarithm > FARTHEST:
        return None
    return 0.0 if logarithm < -FARTHEST else math.exp(logarithm)


def walsh_averages(differences: Sequence[float]) -> list[float]:
    """Return the n(n+1)/2 averages of every pair and of each difference with itself, sorted."""
    return sorted(
        (one + other) / 2 for index, one in enumerate(differences) for other in differences[: index + 1]
    )


def signed_rank_p(differences: Sequence[float]) -> float:
    """Return the two-sided exact p-value of "the differences are symmetric about zero"; 1.0 without differences.

    Zeros and ties count against significance: p would not be larger however they were broken.
    """
    size = len(differences)
    positive, negative = signed_ranks(differences)
    against = size * (size + 1) // 2 - max(positive, negative)
    return min(1.0, 2 * _cumulative(size)[against] / (1 << size))


def fewest_blocks(alpha: float) -> int:
    """Return the fewest blocks in which differences of one sign give a two-sided signed-rank p ≤ `alpha`."""
    return next(blocks for blocks in counting(1) if math.ldexp(2.0, -blocks) <= alpha)


def blocks_to_part(contenders: int, alpha: float = ALPHA) -> int:
    """Return the fewest blocks that can distinguish any two of so many contenders while first place is open.

    They follow from Holm's procedure over all pairs, with what the leader's test leaves of `alpha`; two contenders
    are one pair, which gets all of it.
    """
    pairs = contenders * (contenders - 1) // 2
    return fewest_blocks(alpha if pairs <= 1 else alpha * (1 - LEADERS_SHARE) / pairs)


def signed_ranks(differences: Sequence[float]) -> tuple[int, int]:
    """Return how many Walsh averages are positive and how many negative; the rest are zero by a tie."""
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
    """Return which hypotheses Holm's (1979) step-down procedure rejects, at a family-wise error of `alpha`."""
    rejected = [False] * len(p_values)
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > alpha / (len(p_values) - step):
            break
        rejected[index] = True
    return rejected


def equivalent(
    differences: Sequence[float], delta: float = DELTA, alpha: float = ALPHA, margin: float = 0.0
) -> bool:
    """Return whether two one-sided tests at `alpha` show a ratio to be within `delta` of one (Schuirmann 1987).

    The differences are logarithms of ratios, and "within" means [1 / (1 + delta), 1 + delta]. `margin` is as for
    `furthest`.
    """
    furthest_off = furthest(differences, alpha, margin)
    return furthest_off is not None and furthest_off < math.log1p(delta)


def furthest(differences: Sequence[float], alpha: float = ALPHA, margin: float = 0.0) -> float | None:
    """Return the greatest possible distance of the centre from zero, by one-sided tests at `alpha`.

    None with too few differences, or if only one side had a success in some block, which no bound covers.

    `margin` (0.05 is 5 %) is an error common to all differences, which they cannot show: it bounds that error with 95
    % confidence, as the interval's ends bound chance. Both are independent, so their bounds add as squares.
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
    """Return the smallest relative difference that so many blocks with so much noise would show, with this `power`.

    From the half-width h of the interval: h (z(1 - alpha/2) + z(power)) / z(1 - alpha/2). None if the blocks are too
    few for the test, or if the interval is unbounded.
    """
    if not differences or alpha <= 0:
        return None
    _, low, high = estimate(differences, 1 - alpha)
    if low is None or high is None or max(-low, high) > FARTHEST:
        return None
    certain = NormalDist().inv_cdf(1 - alpha / 2)
    return math.expm1((high - low) / 2 * (certain + NormalDist().inv_cdf(power)) / certain)


def condense(values: Sequence[float], most: int = MOST_DIFFERENCES) -> list[float]:
    """Return at most `most` means of neighbouring values, in order, which bounds the cost of the Walsh averages.

    Means of neighbours stay symmetric about the same centre, and depend less on each other.
    """
    size = math.ceil(len(values) / most)
    if size <= 1:
        return list(values)
    return [statistics.fmean(values[start : start + size]) for start in range(0, len(values), size)]


def most_outside(cumulated: Sequence[int], alpha: float) -> int | None:
    """Return how many sorted values to leave out at each end of an interval, or None if even zero is too many.

    `cumulated` counts the equally likely cases with a statistic of at most 0, 1, 2 …; its last entry is their total.
    """
    outside = None
    for count, cases in enumerate(cumulated):
        # The slack covers rounding: 1 - 0.95 is 0.050000000000000044, and 1 - 0.9 is too small.
        if 2 * cases / cumulated[-1] > alpha + 1e-12:
            break
        outside = count
    return outside


@lru_cache(maxsize=128)
def _cumulative(size: int) -> tuple[int, ...]:
    """Return how many of the 2**size sign patterns have a rank sum of at most 0, 1, 2 …"""
    ways = [1]
    for rank in range(1, size + 1):
        longer = [*ways, *([0] * rank)]
        for total, count in enumerate(ways):
            longer[total + rank] += count
        ways = longer
    return tuple(accumulate(ways))


def shift(before: Sequence[float], after: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Return how far `after` lies above `before`, with an interval of at least this confidence if there are enough
    values.

    Four values in each are enough for 95 %. Raises ValueError if either is empty.
    """
    if not before or not after:
        raise ValueError("no values to compare")
    differences = sorted(later - earlier for later in after for earlier in before)
    point = statistics.median(differences)
    outside = most_outside(_orders_of_two(*sorted((len(before), len(after)))), 1 - confidence)
    if outside is None:
        return Estimate(point, None, None)
    return Estimate(point, differences[outside], differences[len(differences) - 1 - outside])


@lru_cache(maxsize=64)
def _orders_of_two(fewer: int, more: int) -> tuple[int, ...]:
    """Return how many orders of two samples have at most 0, 1, 2 … pairs with the first above the second.

    They are sums of the coefficients of the Gaussian binomial: the product of (1 - q^(more + i)) / (1 - q^i).
    """
    pairs = fewer * more
    ways = [1] + [0] * pairs
    for size in range(1, fewer + 1):
        for total in range(pairs, more + size - 1, -1):
            ways[total] -= ways[total - more - size]
        for total in range(size, pairs + 1):
            ways[total] += ways[total - size]
    return tuple(accumulate(ways))


FEWEST_FREEDOM = 4


class Pooled(NamedTuple):
    """Logarithm of a figure over all blocks, with its interval, and each block's excess over its proportion."""

    estimate: Estimate
    excess: Mapping[int, float]


class Counted(NamedTuple):
    """Number of latencies in one block, and how many of them lie above a percentile."""

    latencies: int
    above: float


def pooled_percentile(
    counts: Sequence[tuple[float, int]],
    percent: float,
    blocks: Mapping[int, Counted],
    confidence: float = 0.95,
) -> Pooled | None:
    """Estimate a percentile of `counts`, given as (value, count) by rising value.

    None if fewer than six blocks have latencies, or fewer than thirty latencies lie beyond the percentile.
    """
    reached = list(accumulate(count for _, count in counts))
    beyond = 1 - percent / 100
    known = {number: block for number, block in blocks.items() if block.latencies}
    if len(known) < FEWEST_FOR_95 or not reached or min(beyond, 1 - beyond) * reached[-1] < FEWEST_BEYOND:
        return None
    total = sum(block.latencies for block in known.values())
    share = math.fsum(block.above for block in known.values()) / total
    excess = {number: block.above - share * block.latencies for number, block in known.items()}
    logit = math.log(beyond / (1 - beyond))
    reach = _reach(excess, total, confidence) / (beyond * (1 - beyond))
    shares = (beyond, *(1 / (1 + math.exp(-(logit + way * reach))) for way in (1, -1)))
    point, low, high = (
        math.log(max(counts[bisect_left(reached, _place(above, reached[-1]))][0], 1e-9)) for above in shares
    )
    return Pooled(Estimate(point, low, high), excess)


def pooled_mean(means: Mapping[int, tuple[int, float]], confidence: float = 0.95) -> Pooled | None:
    """Estimate the mean over blocks, each with a count and a mean; None if fewer than six have any."""
    known = {number: block for number, block in means.items() if block[0]}
    if len(known) < FEWEST_FOR_95:
        return None
    total = sum(count for count, _ in known.values())
    mean = math.fsum(count * value for count, value in known.values()) / total
    if mean <= 0:
        return None
    excess = {number: count * (value - mean) for number, (count, value) in known.items()}
    reach = _reach(excess, total, confidence) / mean
    return Pooled(Estimate(math.log(mean), math.log(mean) - reach, math.log(mean) + reach), excess)


def log_ratio(one: Pooled, others: Sequence[Pooled]) -> Estimate:
    """Return ln(one / geometric mean of the others) within one run, in which blocks are correlated."""
    sides = [(1.0, one), *((-1 / len(others), other) for other in others)]
    pairs = list(combinations(range(len(sides)), 2))
    together = [_correlation(sides[first][1].excess, sides[second][1].excess) for first, second in pairs]
    point = math.fsum(weight * side.estimate.point for weight, side in sides)
    ends = []
    for way in (-1, 1):
        parts = [weight * _to_end(side.estimate, way if weight > 0 else -way) for weight, side in sides]
        squares = math.fsum(part**2 for part in parts) + 2 * math.fsum(
            rho * parts[first] * parts[second] for rho, (first, second) in zip(together, pairs, strict=True)
        )
        ends.append(point + way * math.sqrt(max(squares, 0.0)))
    return Estimate(point, *ends)


def difference(before: Estimate, after: Estimate) -> Estimate:
    """Return the difference of two independent estimates, both with intervals."""
    point = after.point - before.point
    return Estimate(
        point,
        point - math.hypot(_to_end(after, -1), _to_end(before, 1)),
        point + math.hypot(_to_end(after, 1), _to_end(before, -1)),
    )


def student_t(confidence: float, freedom: float) -> float:
    """Return Student's t whose absolute value is exceeded with probability 1 - `confidence`, for `freedom` of four or
    more.

    Source: Abramowitz & Stegun 26.7.5; within 0.2 % at 95 %.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def _reach(excess: Mapping[int, float], total: int, confidence: float) -> float:
    """Return half the width of the interval of a ratio over `total` latencies.

    If few blocks hold most of the excess, the variance is known less precisely than from as many normal values: its
    own variance is that of 2B / (kurtosis - 1) degrees of freedom.
    """
    blocks, squares = len(excess), math.fsum(value**2 for value in excess.values())
    if not squares:
        return 0.0
    kurtosis = blocks * math.fsum(value**4 for value in excess.values()) / squares**2
    freedom = min(blocks - 1, 2 * blocks / max(kurtosis - 1, 1e-9))
    error = math.sqrt(blocks / (blocks - 1) * squares) / total
    return student_t(confidence, max(freedom, FEWEST_FREEDOM)) * error


def _to_end(estimate: Estimate, way: int) -> float:
    """Return the distance of one end of an interval from its point."""
    end = estimate.low if way < 0 else estimate.high
    if end is None:
        raise ValueError("an estimate without an interval")
    return abs(end - estimate.point)


def _correlation(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """Return Pearson's correlation over the blocks of both; 0 with too few blocks."""
    shared = sorted(one.keys() & other.keys())
    if len(shared) < FEWEST_FOR_95:
        return 0.0
    mine, theirs = (
        [side[number] - fmean(side[n] for n in shared) for number in shared] for side in (one, other)
    )
    size = math.sqrt(math.fsum(x * x for x in mine) * math.fsum(y * y for y in theirs))
    return math.fsum(x * y for x, y in zip(mine, theirs, strict=True)) / size if size else 0.0


def _place(above: float, total: int) -> int:
    """Return the rank of the value, among so many in order, that has this share above it."""
    return max(math.ceil(round((1 - above) * total, 6)), 1)
