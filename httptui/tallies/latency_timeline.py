"""One contender's latencies over time, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from httptui.histogram import flat_of, merge_coarsely
from httptui.snapshot import Stretch
from httptui.tallies.stretches import Stretches

MOST_STRETCHES = 128
NS = 1e9


class Seen(Struct, frozen=True):
    """The latencies of a stretch of time, in coarse counts, and nanoseconds under load in it."""

    start_ns: int
    end_ns: int
    spent_ns: int
    counts: tuple[int, ...]


class LatencyTimeline:
    """Stretches in the order of time; one in which nothing was answered is left out."""

    def __init__(self) -> None:
        self._stretches = Stretches(MOST_STRETCHES, joined)

    def add(self, start_ns: int, end_ns: int, flat: Sequence[int]) -> None:
        """Add the latencies of a stretch, as a frame has them."""
        if flat and end_ns > start_ns:
            self._stretches.add(Seen(start_ns, end_ns, end_ns - start_ns, coarse(flat)))

    def stretches(self, origin_ns: int) -> tuple[Stretch, ...]:
        """The stretches, with times in seconds from `origin_ns`."""
        return tuple(
            Stretch((one.start_ns - origin_ns) / NS, (one.end_ns - origin_ns) / NS, one.counts)
            for one in self._stretches.kept
        )


def joined(first: Seen, second: Seen) -> Seen:
    """Two neighbouring stretches as one."""
    counts = coarse(first.counts, second.counts)
    return Seen(first.start_ns, second.end_ns, first.spent_ns + second.spent_ns, counts)


def coarse(*flats: Sequence[int]) -> tuple[int, ...]:
    """Flat histograms as one, in coarse buckets."""
    counts: dict[int, int] = {}
    for flat in flats:
        merge_coarsely(counts, flat)
    return flat_of(counts)
