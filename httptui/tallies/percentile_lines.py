"""One contender's percentiles over time, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from httptui.histogram import NS_PER_MS, flat_of, merge_coarsely, percentiles_ns
from httptui.snapshot import PercentilePoint
from httptui.tallies.stretches import Stretches

MOST_POINTS = 64
FIRST_LENGTH_NS = 500_000_000
"""A p99 of fewer requests than a good client answers in this time would be the slowest of a handful."""
NS = 1e9


class Measured(Struct, frozen=True):
    """What was counted in a stretch that ended then, and its percentiles in milliseconds."""

    end_ns: int
    spent_ns: int
    counts: tuple[int, ...]
    p50: float
    p90: float
    p99: float


class PercentileLines:
    """Points in the order of time, each of all that was answered since the one before."""

    def __init__(self) -> None:
        self._stretches = Stretches(MOST_POINTS, joined, FIRST_LENGTH_NS)

    def add(self, end_ns: int, spent_ns: int, flat: Sequence[int]) -> None:
        """Add the latencies of a stretch, as a frame has them."""
        if flat and spent_ns > 0:
            self._stretches.add(measured(end_ns, spent_ns, flat))

    def points(self, origin_ns: int) -> tuple[PercentilePoint, ...]:
        """The points, with times in seconds from `origin_ns`."""
        return tuple(
            PercentilePoint((one.end_ns - origin_ns) / NS, one.p50, one.p90, one.p99)
            for one in self._stretches.kept
        )


def measured(end_ns: int, spent_ns: int, *flats: Sequence[int]) -> Measured:
    """A stretch with the counts of all these flat histograms: percentiles are never averaged."""
    counts: dict[int, int] = {}
    for flat in flats:
        merge_coarsely(counts, flat)
    p50, p90, p99 = (value / NS_PER_MS for value in percentiles_ns(counts, (50.0, 90.0, 99.0)))
    return Measured(end_ns, spent_ns, flat_of(counts), p50, p90, p99)


def joined(first: Measured, second: Measured) -> Measured:
    """Two neighbouring stretches as one."""
    return measured(second.end_ns, first.spent_ns + second.spent_ns, first.counts, second.counts)
