"""One contender's latencies and throughput, as a whole and over time, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, count
from operator import is_
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from httptui.engines.buckets import HIGHEST_NS, bucket_of
from httptui.results.histogram import (
    COARSE,
    NS_PER_MS,
    Split,
    Unanswered,
    added,
    bounded_latency,
    coarsened,
    flat_of,
    latency_of,
    merge,
    pairs_in,
    percentiles_ns,
    splits_of,
)
from httptui.results.snapshot import Latency, PercentilePoint, Point, Stretch

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
        """The same in coarse buckets (`httptui.results.histogram.coarsened`)."""
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


SHORTEST_NS = 100_000_000


class Spent(Protocol):
    """What was seen in a stretch of time."""

    @property
    def spent_ns(self) -> int:
        """Nanoseconds under load in it."""


S = TypeVar("S", bound=Spent)
T = TypeVar("T")


class Stretches(Generic[S]):
    """Fewer than `most` stretches, all of about one length, whatever the length of the run; `join` makes one of two
    neighbours, and `length_ns` is how long they are at first, if longer than what is added.
    """

    def __init__(self, most: int, join: Callable[[S, S], S], length_ns: float = 0.0) -> None:
        self.kept: list[S] = []
        self._most, self._join, self._length_ns = most, join, length_ns

    def add(self, stretch: S) -> None:
        """Add the next stretch; it joins the one before while that is too short."""
        if self.kept and self._is_part_of_last(stretch):
            stretch = self._join(self.kept.pop(), stretch)
        self.kept.append(stretch)
        if len(self.kept) == self._most:
            pairs = zip(self.kept[::2], self.kept[1::2], strict=True)
            self.kept = [self._join(first, second) for first, second in pairs]
            self._length_ns = sum(stretch.spent_ns for stretch in self.kept) / len(self.kept)

    def _is_part_of_last(self, stretch: S) -> bool:
        # A rate over next to no time would be a spike that nobody saw.
        return (
            stretch.spent_ns < SHORTEST_NS or self.kept[-1].spent_ns + stretch.spent_ns / 2 <= self._length_ns
        )


class Made(Generic[S, T]):
    """What is made of stretches, each made once, for most of them are the same the next time."""

    def __init__(self) -> None:
        self._origin_ns = 0
        self._stretches: tuple[S, ...] = ()
        self._things: tuple[T, ...] = ()

    def of(self, stretches: Sequence[S], origin_ns: int, make: Callable[[S, int], T]) -> tuple[T, ...]:
        """What `make` makes of each stretch and of the time from which seconds are counted."""
        known = self._stretches if origin_ns == self._origin_ns else ()
        same = [*map(is_, known, stretches), False].index(False)
        fresh = (make(stretch, origin_ns) for stretch in stretches[same:])
        self._things = (*self._things[:same], *fresh)
        self._stretches, self._origin_ns = tuple(stretches), origin_ns
        return self._things


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
        self._short = Stretches(MOST_STRETCHES, joined_latencies)
        self._long = Stretches(MOST_POINTS, joined_latencies, FIRST_POINT_NS)
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
        return self._measured.of(self._long.kept, origin_ns, latency_point_of)


def stretch_of(one: Seen, origin_ns: int) -> Stretch:
    """A stretch as snapshots have it."""
    return Stretch((one.start_ns - origin_ns) / NS, (one.end_ns - origin_ns) / NS, flat_of(one.counts))


def latency_point_of(one: Seen, origin_ns: int) -> PercentilePoint:
    """The percentiles of a stretch, at its end."""
    values = percentiles_ns(one.counts, PERCENTS)
    return PercentilePoint((one.end_ns - origin_ns) / NS, *(value / NS_PER_MS for value in values))


def joined_latencies(first: Seen, second: Seen) -> Seen:
    """Two neighbouring stretches as one: their counts are added, and percentiles are never averaged."""
    counts = added(first.counts, second.counts)
    return Seen(first.start_ns, second.end_ns, first.spent_ns + second.spent_ns, counts)


LIVE_NS = 1_000_000_000
MOST_TICKS = 512


class Tick(Struct):
    """A stretch of the line: when it ended, nanoseconds under load in it, successes in it."""

    end_ns: int
    spent_ns: int
    ok: int


class ThroughputLine:
    """Ticks in the order of time, and those of the last second."""

    def __init__(self) -> None:
        self._ticks = Stretches(MOST_TICKS, joined_throughput)
        self._live: list[Tick] = []
        self._points: Made[Tick, Point] = Made()

    def add(self, end_ns: int, spent_ns: int, ok: int) -> None:
        """Add a stretch of load."""
        tick = Tick(end_ns, spent_ns, ok)
        self._live = [old for old in self._live if end_ns - old.end_ns < LIVE_NS] + [tick]
        self._ticks.add(tick)

    def points(self, origin_ns: int) -> tuple[Point, ...]:
        """The line, with times in seconds from `origin_ns`."""
        return self._points.of(self._ticks.kept, origin_ns, throughput_point_of)

    def live_rate(self) -> float:
        """Successful requests per second over the last second."""
        spent = sum(tick.spent_ns for tick in self._live)
        return sum(tick.ok for tick in self._live) * NS / spent if spent else 0.0


def throughput_point_of(tick: Tick, origin_ns: int) -> Point:
    """The end of a stretch as a point of the line."""
    return Point((tick.end_ns - origin_ns) / NS, tick.ok * NS / tick.spent_ns)


def joined_throughput(first: Tick, second: Tick) -> Tick:
    """Two neighbouring stretches as one."""
    return Tick(second.end_ns, first.spent_ns + second.spent_ns, first.ok + second.ok)
