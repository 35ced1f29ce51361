"""Tests of blocks for trends, for dependence on the block before, and for an effect of the order of turns."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, combinations, pairwise
from statistics import NormalDist

from httptui.statistics import condense


def lag_1(values: Sequence[float]) -> float:
    """Return the correlation of each value with the next; 0.0 if undefined."""
    if len(values) < 2:
        return 0.0
    mean = statistics.fmean(values)
    spread = sum((value - mean) ** 2 for value in values)
    if not spread:
        return 0.0
    products = ((one - mean) * (other - mean) for one, other in pairwise(values))
    return sum(products) / spread


def robust_spread(values: Sequence[float]) -> float:
    """Return the median absolute deviation, scaled to the standard deviation of normal values."""
    middle = statistics.median(values)
    return 1.4826 * statistics.median(abs(value - middle) for value in values)


def mann_kendall_p(values: Sequence[float]) -> float:
    """Return the two-sided exact p-value of "there is no trend" (Mann 1945, Kendall 1975); more than 60 values are
    condensed.

    Ties count against significance.
    """
    few = condense(values)
    rising = sum(other > one for one, other in combinations(few, 2))
    falling = sum(other < one for one, other in combinations(few, 2))
    pairs = len(few) * (len(few) - 1) // 2
    against = pairs - max(rising, falling)
    return min(1.0, 2 * _orders(len(few))[against] / math.factorial(len(few)))


def page_p(rows: Sequence[Sequence[float]]) -> float:
    """Return the two-sided p-value of "the column does not matter" against a trend over columns (Page 1963).

    It uses the normal approximation. Each row is a block of two or more values, of which only the order matters.
    """
    columns = len(rows[0])
    score = sum(number * place for row in rows for number, place in enumerate(_mean_ranks(row), 1))
    mean = len(rows) * columns * (columns + 1) ** 2 / 4
    variance = len(rows) * columns**2 * (columns + 1) ** 2 * (columns - 1) / 144
    return 2 * NormalDist().cdf(-abs(score - mean) / math.sqrt(variance))


def _mean_ranks(row: Sequence[float]) -> list[float]:
    """Return ranks from 1; equal values share the mean of their ranks."""
    return [
        (sum(other < value for other in row) + sum(other <= value for other in row) + 1) / 2 for value in row
    ]


@lru_cache(maxsize=64)
def _orders(size: int) -> tuple[int, ...]:
    """Return how many of the size! orders have at most 0, 1, 2 … inverted pairs."""
    ways = [1]
    for added in range(1, size):
        sums = [0, *accumulate(ways)]
        ways = [
            sums[min(total + 1, len(ways))] - sums[max(0, total - added)]
            for total in range(len(ways) + added)
        ]
    return tuple(accumulate(ways))
