"""One contender's latencies over time, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from httptui.histogram import NS_PER_MS, flat_of, merge_coarsely, percentiles_ns
from httptui.snapshot import Stretch
from httptui.tallies.stretches import Stretches

MOST_STRETCHES = 128
NS = 1e9


class Seen(Struct, frozen=True):
    """The latencies of a stretch of time: nanoseconds under load in it, coarse counts, and percentiles in ms."""

    start_ns: int
    end_ns: int
    spent_ns: int
    counts: tuple[int, ...]
    p50: float
    p90: float
    p99: float


class LatencyTimeline:
    """Stretches in the order of time; one in which nothing was answered is left out."""

    def __init__(self) -> None:
        self._stretches = Stretches(MOST_STRETCHES, joined)

    def add(self, start_ns: int, end_ns: int, flat: Sequence[int]) -> None:
        """Add the latencies of a stretch, as a frame has them."""
        if flat and end_ns > start_ns:
            self._stretches.add(seen(start_ns, end_ns, end_ns - start_ns, flat))

    def points(self, origin_ns: int) -> tuple[Stretch, ...]:
        """The stretches, with times in seconds from `origin_ns`."""
        return tuple(
            Stretch(
                start=(one.start_ns - origin_ns) / NS,
                end=(one.end_ns - origin_ns) / NS,
                p50=one.p50,
                p90=one.p90,
                p99=one.p99,
                counts=one.counts,
            )
            for one in self._stretches.kept
        )


def seen(start_ns: int, end_ns: int, spent_ns: int, *flats: Sequence[int]) -> Seen:
    """A stretch with the counts of all these flat histograms."""
    counts: dict[int, int] = {}
    for flat in flats:
        merge_coarsely(counts, flat)
    p50, p90, p99 = (value / NS_PER_MS for value in percentiles_ns(counts, (50.0, 90.0, 99.0)))
    return Seen(start_ns, end_ns, spent_ns, flat_of(counts), p50, p90, p99)


def joined(first: Seen, second: Seen) -> Seen:
    """Two neighbouring stretches as one."""
    spent = first.spent_ns + second.spent_ns
    return seen(first.start_ns, second.end_ns, spent, first.counts, second.counts)
