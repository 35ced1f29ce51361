"""Exact two-sample statistics: by how much the blocks of one run lie above those of another, where nothing is paired.

The point is Hodges and Lehmann's (1963): the median of all differences y_j - x_i.  Its interval is Moses', which
inverts the rank-sum test of Wilcoxon, Mann and Whitney, from the exact null distribution (Hollander & Wolfe,
Nonparametric Statistical Methods, ch. 4).  It supposes that values are independent and that one sample is the other,
shifted.
"""

from __future__ import annotations

import statistics
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from httptui.statistics import Estimate, most_outside

if TYPE_CHECKING:
    from collections.abc import Sequence


def shift(before: Sequence[float], after: Sequence[float], confidence: float = 0.95) -> Estimate:
    """How far `after` lies above `before`, with an interval of at least this confidence where they are enough for it.

    Four values in each are enough for 95 %.  Raises ValueError where either is empty.
    """
    if not before or not after:
        raise ValueError("no values to compare")
    differences = sorted(later - earlier for later in after for earlier in before)
    point = statistics.median(differences)
    outside = most_outside(_cumulative(*sorted((len(before), len(after)))), 1 - confidence)
    if outside is None:
        return Estimate(point, None, None)
    return Estimate(point, differences[outside], differences[len(differences) - 1 - outside])


@lru_cache(maxsize=64)
def _cumulative(fewer: int, more: int) -> tuple[int, ...]:
    """How many of the orders of two samples have at most 0, 1, 2 … pairs in which the first is above the second.

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
