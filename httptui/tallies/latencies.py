"""One contender's latencies: counted finely for figures, and coarsely, in a tenth as many buckets, for pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, count

from httptui.engines.buckets import HIGHEST_NS, bucket_of
from httptui.histogram import (
    COARSE,
    Split,
    Unanswered,
    bounded_latency,
    coarsened,
    latency_of,
    merge,
    pairs_in,
    splits_of,
)
from httptui.snapshot import Latency

BUCKETS = bucket_of(HIGHEST_NS) + 1
GROUPS = -(-BUCKETS // COARSE)
TOLD_PERCENTS = (50.0, 90.0, 99.0, 99.9)


class Latencies:
    """Running totals, in bounded memory: a place for every bucket there is, which is quicker than a mapping, once
    anything has been counted.
    """

    def __init__(self) -> None:
        self._fine: list[int] = []
        self._coarse: list[int] = []
        self._first, self._after = GROUPS, 0
        self._sum_ns = 0
        self._max_ns = 0
        self._bounds: dict[int, int] = {}
        self._bounds_sum_ns = 0
        self._bounds_max_ns = 0

    def add(self, flat: Sequence[int], sum_ns: int, max_ns: int) -> Mapping[int, int]:
        """Add what a frame has: its flat histogram, and sum and maximum of the latencies in it; the counts in coarse
        buckets.
        """
        fresh = coarsened(flat)
        if not fresh:
            return fresh
        if not self._fine:
            self._fine, self._coarse = [0] * (GROUPS * COARSE), [0] * GROUPS
        fine, coarse = self._fine, self._coarse
        for index, number in pairs_in(flat):
            fine[index] += number
        for middle, number in fresh.items():
            coarse[middle // COARSE] += number
        self._first = min(self._first, min(fresh) // COARSE)
        self._after = max(self._after, max(fresh) // COARSE + 1)
        self._sum_ns += sum_ns
        self._max_ns = max(self._max_ns, max_ns)
        return fresh

    def add_bounds(self, flat: Sequence[int], sum_ns: int, max_ns: int) -> Mapping[int, int]:
        """Add what a frame has of requests without an answer, which would have taken longer than so much; the counts
        in coarse buckets.
        """
        merge(self._bounds, flat)
        self._bounds_sum_ns += sum_ns
        self._bounds_max_ns = max(self._bounds_max_ns, max_ns)
        return coarsened(flat)

    def answered(self) -> Latency | None:
        """Percentiles, maximum and mean of what was answered, or None where nothing was."""
        return latency_of(self._fine, self._groups(), self._sum_ns, self._max_ns, self._first)

    def figures(self, dropped: int = 0) -> Latency | None:
        """The same of all, those without an answer among them, and so many that were dropped."""
        if not self._bounds and not dropped:
            return self.answered()
        unanswered = Unanswered(self._bounds, self._bounds_sum_ns, self._bounds_max_ns, dropped)
        return bounded_latency(self.answered(), self.fine(), unanswered)

    def bounds(self) -> tuple[tuple[int, int], ...]:
        """The lower bounds of what had no answer, as (bucket index, count) by rising index."""
        return tuple(sorted(self._bounds.items()))

    def fine(self) -> tuple[tuple[int, int], ...]:
        """All that was answered, as (bucket index, count) by rising index."""
        low = self._first * COARSE
        return _pairs(count(low), self._fine[low : self._after * COARSE])

    def coarse(self) -> tuple[tuple[int, int], ...]:
        """The same in coarse buckets (`httptui.histogram.coarsened`)."""
        middles = range(self._first * COARSE + COARSE // 2, GROUPS * COARSE, COARSE)
        return _pairs(middles, self._groups())

    def splits(self) -> tuple[Split, ...]:
        """Where p50, p90, p99 and p99.9 divide the coarse counts; empty where nothing was counted."""
        return splits_of(self.coarse(), TOLD_PERCENTS) if self._fine else ()

    def _groups(self) -> list[int]:
        """The coarse counts from the first that is not zero to the last."""
        return self._coarse[self._first : self._after]


def _pairs(indexes: Iterable[int], counts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Each index with its count, but for those of which there are none."""
    return tuple(zip(compress(indexes, counts), filter(None, counts), strict=True))
