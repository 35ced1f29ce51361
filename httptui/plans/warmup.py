"""When warm-up is over, for all contenders at once: a half-against-half test, as in pyperf's calibration."""

from __future__ import annotations

import math
from collections.abc import Iterable

WARM = 0.10


def is_warm(halves: Iterable[tuple[float, float]]) -> bool:
    """Whether no contender changes its pace any more: its requests per second in the first and the second half of its
    warm-up slice lie within 10 % of each other.  One without any success in a half has no pace to wait for.
    """
    return all(abs(math.log(second / first)) <= WARM for first, second in halves if first > 0 and second > 0)
