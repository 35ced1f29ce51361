"""One contender's latencies over time, in bounded memory: short stretches for a picture, long for percentiles."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from httptui.histogram import NS_PER_MS, added, flat_of, percentiles_ns
from httptui.snapshot import PercentilePoint, Stretch
from httptui.tallies.stretches import Made, Stretches

MOST_STRETCHES = 128
MOST_POINTS = 64
FIRST_POINT_NS = 500_000_000
"""A p99 of fewer requests than a good client answers in this time would be the slowest of a handful."""
PERCENTS = (50.0, 90.0, 99.0)
NS = 1e9


class Seen(Struct, frozen=True, eq=False):
    """The latencies of a stretch of time, counted in coarse buckets, and nanoseconds under load in it."""

    start_ns: int
    end_ns: int
    spent_ns: int
    counts: Mapping[int, int]


class LatencyTimeline:
    """Stretches in the order of time; one in which nothing was answered is left out."""

    def __init__(self) -> None:
        self._short = Stretches(MOST_STRETCHES, joined)
        self._long = Stretches(MOST_POINTS, joined, FIRST_POINT_NS)
        self._drawn: Made[Seen, Stretch] = Made()
        self._measured: Made[Seen, PercentilePoint] = Made()

    def add(self, start_ns: int, end_ns: int, counts: Mapping[int, int]) -> None:
        """Add the latencies of a stretch, counted in coarse buckets."""
        if counts and end_ns > start_ns:
            seen = Seen(start_ns, end_ns, end_ns - start_ns, counts)
            self._short.add(seen)
            self._long.add(seen)

    def stretches(self, origin_ns: int) -> tuple[Stretch, ...]:
        """The stretches, with times in seconds from `origin_ns`."""
        return self._drawn.of(self._short.kept, origin_ns, stretch_of)

    def percentiles(self, origin_ns: int) -> tuple[PercentilePoint, ...]:
        """Percentiles of all that was answered since the point before, with times in seconds from `origin_ns`."""
        return self._measured.of(self._long.kept, origin_ns, point_of)


def stretch_of(one: Seen, origin_ns: int) -> Stretch:
    """A stretch as snapshots have it."""
    return Stretch((one.start_ns - origin_ns) / NS, (one.end_ns - origin_ns) / NS, flat_of(one.counts))


def point_of(one: Seen, origin_ns: int) -> PercentilePoint:
    """The percentiles of a stretch, at its end."""
    values = percentiles_ns(one.counts, PERCENTS)
    return PercentilePoint((one.end_ns - origin_ns) / NS, *(value / NS_PER_MS for value in values))


def joined(first: Seen, second: Seen) -> Seen:
    """Two neighbouring stretches as one: their counts are added, and percentiles are never averaged."""
    counts = added(first.counts, second.counts)
    return Seen(first.start_ns, second.end_ns, first.spent_ns + second.spent_ns, counts)
