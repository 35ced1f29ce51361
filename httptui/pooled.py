"""How sure a percentile or a mean of all latencies of a run is, judged by how its blocks differ from one another.

Latencies of one block are not independent, so blocks are the sample, not requests.  The share of latencies above a
percentile is a ratio estimate over blocks.  Its standard error, in logits, with Student's t of one less than the
blocks, gives two other percentiles of the same latencies: the interval (Woodruff 1952, JASA 47; Korn & Graubard 1998,
Survey Methodology 24, for logits).  Such intervals are far from symmetric, so logarithms of figures are subtracted by
what the ends of their intervals say about their variances (MOVER: Zou & Donner 2008, Statistics in Medicine 27; with
correlation: Zou 2007, Psychological Methods 12).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate, combinations
from statistics import NormalDist, fmean
from typing import NamedTuple

from httptui.histogram import FEWEST_BEYOND
from httptui.statistics import FEWEST_FOR_95, Estimate

FEWEST_FREEDOM = 4


class Pooled(NamedTuple):
    """Logarithms of a figure over all blocks and of the ends of its interval, and by how much each block has more
    than its part of what makes the figure large.
    """

    estimate: Estimate
    excess: Mapping[int, float]


class Counted(NamedTuple):
    """So many latencies of one block, and of these so many above a percentile."""

    latencies: int
    above: float


def pooled_percentile(
    counts: Sequence[tuple[float, int]],
    percent: float,
    blocks: Mapping[int, Counted],
    confidence: float = 0.95,
) -> Pooled | None:
    """A percentile of `counts`, which are (value, how many) by rising value.

    None where fewer than six blocks have latencies, or fewer than thirty of these lie beyond the percentile.
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
    """The mean over blocks, each with a count and a mean; None where fewer than six have any."""
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
    """ln(one / geometric mean of the others) of one run, in which blocks go up and down together."""
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
    """By how much one estimate lies above another that shares nothing with it; both have intervals."""
    point = after.point - before.point
    return Estimate(
        point,
        point - math.hypot(_to_end(after, -1), _to_end(before, 1)),
        point + math.hypot(_to_end(after, 1), _to_end(before, -1)),
    )


def student_t(confidence: float, freedom: float) -> float:
    """Student's t that a value of `freedom` degrees (four or more) exceeds, in size, with 1 - `confidence`.

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
    """Half the width of the interval of a ratio over `total` latencies.

    Where few blocks have most of the excess, the variance is known less well than from so many normal ones: its own
    variance is that of 2B / (kurtosis - 1) degrees of freedom.
    """
    blocks, squares = len(excess), math.fsum(value**2 for value in excess.values())
    if not squares:
        return 0.0
    kurtosis = blocks * math.fsum(value**4 for value in excess.values()) / squares**2
    freedom = min(blocks - 1, 2 * blocks / max(kurtosis - 1, 1e-9))
    error = math.sqrt(blocks / (blocks - 1) * squares) / total
    return student_t(confidence, max(freedom, FEWEST_FREEDOM)) * error


def _to_end(estimate: Estimate, way: int) -> float:
    """How far one end of an interval lies from its point."""
    end = estimate.low if way < 0 else estimate.high
    if end is None:
        raise ValueError("an estimate without an interval")
    return abs(end - estimate.point)


def _correlation(one: Mapping[int, float], other: Mapping[int, float]) -> float:
    """Pearson's, over the blocks of both; 0 where they are too few to tell."""
    shared = sorted(one.keys() & other.keys())
    if len(shared) < FEWEST_FOR_95:
        return 0.0
    mine, theirs = (
        [side[number] - fmean(side[n] for n in shared) for number in shared] for side in (one, other)
    )
    size = math.sqrt(math.fsum(x * x for x in mine) * math.fsum(y * y for y in theirs))
    return math.fsum(x * y for x, y in zip(mine, theirs, strict=True)) / size if size else 0.0


def _place(above: float, total: int) -> int:
    """Which of so many values, in order, has that share of them above it."""
    return max(math.ceil(round((1 - above) * total, 6)), 1)
