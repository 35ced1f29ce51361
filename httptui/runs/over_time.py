"""Latencies and throughput of one contender, in total, by block and over time, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, count
from operator import is_
from typing import Generic, Protocol, TypeVar

from msgspec import Struct, field

from httptui.engines.buckets import HIGHEST_NS, bucket_of
from httptui.engines.protocol import Frame
from httptui.results.histogram import (
    COARSE,
    NS_PER_MS,
    Split,
    Unanswered,
    add_pairs,
    bounded_latency,
    coarsened,
    count_above,
    flat_of,
    latency_of,
    merge,
    pairs_in,
    percentiles_ns,
    splits_of,
)
from httptui.results.judge.blocks import BlockRecord
from httptui.results.report import Slice, SliceLatency
from httptui.results.snapshot import Latency, PercentilePoint, Point, Stretch

BUCKETS = bucket_of(HIGHEST_NS) + 1
GROUPS = -(-BUCKETS // COARSE)
TOLD_PERCENTS = (50.0, 90.0, 99.0, 99.9)


class Latencies:
    """Latency totals in bounded memory: a list with a place for every bucket, which is faster than a dict."""

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
        """Add a frame's flat histogram, sum and maximum; return its counts in coarse buckets."""
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
        """Add a frame's lower bounds for requests without an answer; return the counts in coarse buckets."""
        merge(self._bounds, flat)
        self._bounds_sum_ns += sum_ns
        self._bounds_max_ns = max(self._bounds_max_ns, max_ns)
        return coarsened(flat)

    def answered(self) -> Latency | None:
        """Return percentiles, maximum and mean of answered requests, or None without any."""
        return latency_of(self._fine, self._groups(), self._sum_ns, self._max_ns, self._first)

    def figures(self, dropped: int = 0) -> Latency | None:
        """Return the same for all requests, including those without an answer and `dropped` ones."""
        if not self._bounds and not dropped:
            return self.answered()
        unanswered = Unanswered(self._bounds, self._bounds_sum_ns, self._bounds_max_ns, dropped)
        return bounded_latency(self.answered(), self.fine(), unanswered)

    def bounds(self) -> tuple[tuple[int, int], ...]:
        """Return the lower bounds for unanswered requests, as (bucket index, count) by rising index."""
        return tuple(sorted(self._bounds.items()))

    def fine(self) -> tuple[tuple[int, int], ...]:
        """Return all answered requests, as (bucket index, count) by rising index."""
        low = self._first * COARSE
        return _pairs(count(low), self._fine[low : self._after * COARSE])

    def coarse(self) -> tuple[tuple[int, int], ...]:
        """Return the same in coarse buckets (`httptui.results.histogram.coarsened`)."""
        middles = range(self._first * COARSE + COARSE // 2, GROUPS * COARSE, COARSE)
        return _pairs(middles, self._groups())

    def splits(self) -> tuple[Split, ...]:
        """Return where p50, p90, p99 and p99.9 divide the coarse counts; empty without any counts."""
        return splits_of(self.coarse(), TOLD_PERCENTS) if self._fine else ()

    def _groups(self) -> list[int]:
        """Return the coarse counts from the first to the last that is not zero."""
        return self._coarse[self._first : self._after]


def _pairs(indexes: Iterable[int], counts: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Pair each index with its count, leaving out zeros."""
    return tuple(zip(compress(indexes, counts), filter(None, counts), strict=True))


NS = 1e9


class BlockLatencies(Struct):
    """Latencies of a slice in coarse buckets (`httptui.results.histogram.coarsened`).

    Those of past slices are packed as flat histograms, which take less than half the memory of a dict.
    """

    counts: dict[int, int] = field(default_factory=dict)
    sum_ns: int = 0
    packed: tuple[int, ...] = ()

    def add(self, coarse: Mapping[int, int], sum_ns: int) -> None:
        """Add a frame's latencies."""
        add_pairs(self.counts, coarse.items())
        self.sum_ns += sum_ns

    def pack(self) -> None:
        """Pack what was added so far; more can be added afterwards."""
        if self.counts:
            self.packed, self.counts = flat_of(self._all()), {}

    def _all(self) -> dict[int, int]:
        counts = dict(pairs_in(self.packed))
        add_pairs(counts, self.counts.items())
        return counts

    def against(self, splits: Sequence[Split]) -> SliceLatency | None:
        """Compare the slice with the percentiles of the whole run; None if either has no latencies."""
        counts = self._all()
        count = sum(counts.values())
        if not count or not splits:
            return None
        p50, p90, p99, p99_9 = (round(count_above(counts, split), 2) for split in splits)
        return SliceLatency(count=count, mean_ms=self.sum_ns / count / 1e6, above=(p50, p90, p99, p99_9))


class BlockTally(Struct):
    """Counts of a slice: outcomes that ended in it, and `credit`, its shares of the successes that touched it.

    `position` is the place of the lane's turn in the block.
    """

    start_ns: int
    position: int
    epoch: int
    steal: float | None = None
    spent_ns: int = 0
    credit: float = 0.0
    ok: int = 0
    error: int = 0
    timeout: int = 0
    cpu_ns: int = 0
    latencies: BlockLatencies = field(default_factory=BlockLatencies)
    response: BlockLatencies = field(default_factory=BlockLatencies)

    def add(self, frame: Frame, service: Mapping[int, int], response: Mapping[int, int]) -> None:
        """Add a frame of the slice and its latencies in coarse buckets; later frames add to the credit too."""
        self.latencies.add(service, frame.latency_sum_ns)
        self.response.add(response, frame.response_sum_ns)
        self.spent_ns += frame.end_ns - frame.start_ns
        self.ok += frame.ok
        self.error += frame.error
        self.timeout += frame.timeout
        self.cpu_ns += frame.cpu_ns

    def record(self, identity: str, number: int) -> BlockRecord:
        """Return the slice as the statistics use it; it must have lasted."""
        return BlockRecord(
            id=identity,
            block=number,
            position=self.position,
            epoch=self.epoch,
            ok=self.credit,
            seconds=self.spent_ns / NS,
            cpu_us=self.cpu_ns / 1e3,
            steal=self.steal,
        )

    def slice(
        self, number: int, origin_ns: int, service: Sequence[Split], response: Sequence[Split]
    ) -> Slice:
        """Return the slice for the report, with its start in seconds from `origin_ns`.

        `service` and `response` are the positions of the whole run's percentiles.
        """
        return Slice(
            block=number,
            start=(self.start_ns - origin_ns) / NS,
            seconds=self.spent_ns / NS,
            ok=self.ok,
            credit=self.credit,
            error=self.error,
            timeout=self.timeout,
            cpu_us=self.cpu_ns / 1e3,
            position=self.position,
            epoch=self.epoch,
            steal=self.steal,
            latency=self.latencies.against(service),
            response=self.response.against(response),
        )


SHORTEST_NS = 100_000_000


class Spent(Protocol):
    """An observed interval of time."""

    @property
    def spent_ns(self) -> int:
        """Nanoseconds under load in it."""


S = TypeVar("S", bound=Spent)
T = TypeVar("T")


class Stretches(Generic[S]):
    """A bounded list of intervals of about equal length, whatever the length of the run.

    It stays shorter than `most`: when full, neighbours are merged in pairs by `join`. `length_ns` is the initial
    length, if longer than what is added.
    """

    def __init__(self, most: int, join: Callable[[S, S], S], length_ns: float = 0.0) -> None:
        self.kept: list[S] = []
        self._most, self._join, self._length_ns = most, join, length_ns

    def add(self, stretch: S) -> None:
        """Add the next interval, merged into the last one while that is too short."""
        if self.kept and self._is_part_of_last(stretch):
            stretch = self._join(self.kept.pop(), stretch)
        self.kept.append(stretch)
        if len(self.kept) == self._most:
            pairs = zip(self.kept[::2], self.kept[1::2], strict=True)
            self.kept = [self._join(first, second) for first, second in pairs]
            self._length_ns = sum(stretch.spent_ns for stretch in self.kept) / len(self.kept)

    def _is_part_of_last(self, stretch: S) -> bool:
        # A rate over next to no time would be a spurious spike.
        return (
            stretch.spent_ns < SHORTEST_NS or self.kept[-1].spent_ns + stretch.spent_ns / 2 <= self._length_ns
        )


class StretchCache(Generic[S, T]):
    """Cache of the objects made from intervals, of which most are unchanged at the next call."""

    def __init__(self) -> None:
        self._origin_ns = 0
        self._stretches: tuple[S, ...] = ()
        self._things: tuple[T, ...] = ()

    def of(self, stretches: Sequence[S], origin_ns: int, make: Callable[[S, int], T]) -> tuple[T, ...]:
        """Return `make(interval, origin_ns)` for each interval."""
        known = self._stretches if origin_ns == self._origin_ns else ()
        same = [*map(is_, known, stretches), False].index(False)
        fresh = (make(stretch, origin_ns) for stretch in stretches[same:])
        self._things = (*self._things[:same], *fresh)
        self._stretches, self._origin_ns = tuple(stretches), origin_ns
        return self._things


MOST_STRETCHES = 128
MOST_POINTS = 64
FIRST_POINT_NS = 500_000_000
"""A p99 over fewer requests than a good client completes in this time would be the slowest of a handful."""
PERCENTS = (50.0, 90.0, 99.0)


class LatencyStretch(Struct, frozen=True, eq=False):
    """Latencies of an interval as a flat histogram of coarse buckets, and the nanoseconds under load in it.

    Thousands are kept in a long run, and a tuple takes a quarter of a dict's memory.
    """

    start_ns: int
    end_ns: int
    spent_ns: int
    counts: tuple[int, ...]


class LatencyTimeline:
    """Latency histograms over time, in order; intervals without an answer are left out."""

    def __init__(self) -> None:
        self._short = Stretches(MOST_STRETCHES, joined_latencies)
        self._long = Stretches(MOST_POINTS, joined_latencies, FIRST_POINT_NS)
        self._drawn: StretchCache[LatencyStretch, Stretch] = StretchCache()
        self._measured: StretchCache[LatencyStretch, PercentilePoint] = StretchCache()

    def add(self, start_ns: int, end_ns: int, counts: Mapping[int, int]) -> None:
        """Add the latencies of an interval, in coarse buckets."""
        if counts and end_ns > start_ns:
            seen = LatencyStretch(start_ns, end_ns, end_ns - start_ns, flat_of(counts))
            self._short.add(seen)
            self._long.add(seen)

    def stretches(self, origin_ns: int) -> tuple[Stretch, ...]:
        """Return the intervals, with times in seconds from `origin_ns`."""
        return self._drawn.of(self._short.kept, origin_ns, stretch_of)

    def percentiles(self, origin_ns: int) -> tuple[PercentilePoint, ...]:
        """Return percentiles of all answers since the previous point, with times in seconds from `origin_ns`."""
        return self._measured.of(self._long.kept, origin_ns, latency_point_of)


def stretch_of(one: LatencyStretch, origin_ns: int) -> Stretch:
    """Convert an interval for snapshots."""
    return Stretch((one.start_ns - origin_ns) / NS, (one.end_ns - origin_ns) / NS, one.counts)


def latency_point_of(one: LatencyStretch, origin_ns: int) -> PercentilePoint:
    """Return the percentiles of an interval, at its end."""
    values = percentiles_ns(dict(pairs_in(one.counts)), PERCENTS)
    return PercentilePoint((one.end_ns - origin_ns) / NS, *(value / NS_PER_MS for value in values))


def joined_latencies(first: LatencyStretch, second: LatencyStretch) -> LatencyStretch:
    """Merge two neighbouring intervals by adding their counts; percentiles are never averaged."""
    counts = dict(pairs_in(first.counts))
    merge(counts, second.counts)
    return LatencyStretch(first.start_ns, second.end_ns, first.spent_ns + second.spent_ns, flat_of(counts))


LIVE_NS = 1_000_000_000
MOST_TICKS = 512


class Tick(Struct):
    """An interval of the line: its end, the nanoseconds under load in it, and its successes."""

    end_ns: int
    spent_ns: int
    ok: int


class ThroughputLine:
    """Throughput over time, and the intervals of the last second."""

    def __init__(self) -> None:
        self._ticks = Stretches(MOST_TICKS, joined_throughput)
        self._live: list[Tick] = []
        self._points: StretchCache[Tick, Point] = StretchCache()

    def add(self, end_ns: int, spent_ns: int, ok: int) -> None:
        """Add an interval of load."""
        tick = Tick(end_ns, spent_ns, ok)
        self._live = [old for old in self._live if end_ns - old.end_ns < LIVE_NS] + [tick]
        self._ticks.add(tick)

    def points(self, origin_ns: int) -> tuple[Point, ...]:
        """Return the line, with times in seconds from `origin_ns`."""
        return self._points.of(self._ticks.kept, origin_ns, throughput_point_of)

    def live_rate(self) -> float:
        """Return the successful requests per second over the last second."""
        spent = sum(tick.spent_ns for tick in self._live)
        return sum(tick.ok for tick in self._live) * NS / spent if spent else 0.0


def throughput_point_of(tick: Tick, origin_ns: int) -> Point:
    """Return the end of an interval as a point of the line."""
    return Point((tick.end_ns - origin_ns) / NS, tick.ok * NS / tick.spent_ns)


def joined_throughput(first: Tick, second: Tick) -> Tick:
    """Merge two neighbouring intervals."""
    return Tick(second.end_ns, first.spent_ns + second.spent_ns, first.ok + second.ok)
