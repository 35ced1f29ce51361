"""Percentiles of latency histograms in the scheme of `httptui.engines.buckets`, as pure functions of their counts.

A percentile is the middle of its bucket, so its relative error is at most 0.05 %. Percentiles are never averaged: to
combine histograms, add their counts (`merge`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from httptui.engines.buckets import HIGHEST_NS, bounds_of, bucket_of
from httptui.figures import PERCENTS
from httptui.results.snapshot import Latency

Counts = Mapping[int, int] | Sequence[tuple[int, int]]

NS_PER_MS = 1_000_000
COARSE = 16
MIDDLES = tuple(range(COARSE // 2, bucket_of(HIGHEST_NS) + COARSE, COARSE))
"""The middle bucket of each coarse one; shared, because a long run keeps a hundred thousand of these numbers."""
NOTHING_COUNTED = "an empty histogram has no percentiles"


class Unanswered(NamedTuple):
    """Requests without an answer: a histogram of lower `bounds` on their latencies, with sum and maximum, and the
    number `dropped`, which were never sent.
    """

    bounds: Mapping[int, int]
    sum_ns: int
    max_ns: int
    dropped: int

    @property
    def total(self) -> int:
        """The number of all of them."""
        return count_of(self.bounds) + self.dropped


def percentile_ns(counts: Counts, q: float) -> float:
    """Return the value in nanoseconds that `q` percent (0 … 100) of the counted values do not exceed.

    Raises ValueError if nothing was counted or `q` is out of range.
    """
    return percentiles_ns(counts, (q,))[0]


def percentiles_ns(counts: Counts, percents: Sequence[float]) -> tuple[float, ...]:
    """Return several percentiles in one pass over the counts, in the given order; errors as for `percentile_ns`."""
    indexes, reached = _reached(counts)
    return tuple(middle_of(indexes[bisect_left(reached, _place(q, reached[-1]))]) for q in percents)


def percentiles_by_coarse_ns(
    fine: Sequence[int], coarse: Sequence[int], percents: Sequence[float], first: int = 0
) -> tuple[float, ...]:
    """Return the same as `percentiles_ns`, at a tenth of the cost.

    `fine` has the count of every bucket, from the lowest on; `coarse` the sums of `COARSE` neighbours each, from the
    group `first` on.
    """
    reached = list(accumulate(coarse))
    if not reached or not reached[-1]:
        raise ValueError(NOTHING_COUNTED)
    values = []
    for q in percents:
        place = _place(q, reached[-1])
        at = bisect_left(reached, place)
        low = (first + at) * COARSE
        inside = list(accumulate(fine[low : low + COARSE]))
        values.append(middle_of(low + bisect_left(inside, place - (reached[at - 1] if at else 0))))
    return tuple(values)


class Split(NamedTuple):
    """Position of a percentile in a histogram: all buckets after `bucket` are above it, and a `share` of that."""

    bucket: int
    share: float


def splits_of(counts: Counts, percents: Sequence[float]) -> tuple[Split, ...]:
    """Return the positions of several percentiles in the order asked for; errors as for `percentile_ns`."""
    indexes, reached = _reached(counts)
    splits = []
    for q in percents:
        at = bisect_left(reached, _place(q, reached[-1]))
        before = reached[at - 1] if at else 0
        splits.append(Split(indexes[at], (reached[at] - q * reached[-1] / 100) / (reached[at] - before)))
    return tuple(splits)


def count_above(counts: Mapping[int, int], split: Split) -> float:
    """Return how many values of other counts in the same buckets lie above a position."""
    beyond = sum(count for index, count in counts.items() if index > split.bucket)
    return beyond + split.share * counts.get(split.bucket, 0)


def _reached(counts: Counts) -> tuple[list[int], list[int]]:
    """Return the buckets in order, with cumulative counts; ValueError if there are none."""
    indexes, reached = _cumulated(counts)
    if not reached or not reached[-1]:
        raise ValueError(NOTHING_COUNTED)
    return indexes, reached


def _cumulated(counts: Counts) -> tuple[list[int], list[int]]:
    count_at = counts if isinstance(counts, Mapping) else dict(counts)
    indexes = sorted(count_at)
    return indexes, list(accumulate(map(count_at.__getitem__, indexes)))


def _place(q: float, total: int) -> int:
    """Return the rank of a percentile among so many values; ValueError if `q` is out of range."""
    if not 0 <= q <= 100:
        raise ValueError(f"a percentile is between 0 and 100, not {q}")
    # Rounding first puts 99.9 % of 1000 at the 999th value, which floating point would miss.
    return max(math.ceil(round(q * total / 100, 6)), 1)


def middle_of(index: int) -> float:
    """Return the middle of a bucket in nanoseconds."""
    low, after = bounds_of(index)
    return (low + after - 1) / 2


def latency_of(
    fine: Sequence[int], coarse: Sequence[int], sum_ns: int, max_ns: int, first: int = 0
) -> Latency | None:
    """Return percentiles, maximum and mean in milliseconds, or None without counts, given as for
    `percentiles_by_coarse_ns`.

    `sum_ns` and `max_ns` are exact, and so are mean and maximum; no percentile exceeds the maximum.
    """
    total = sum(coarse)
    if not total:
        return None
    percentiles = percentiles_by_coarse_ns(fine, coarse, tuple(PERCENTS.values()), first)
    p50, p90, p99, p99_9 = (min(value, max_ns) / NS_PER_MS for value in percentiles)
    return Latency(
        p50=p50, p90=p90, p99=p99, p99_9=p99_9, max=max_ns / NS_PER_MS, mean=sum_ns / total / NS_PER_MS
    )


def bounded_latency(answered: Latency | None, counts: Counts, unanswered: Unanswered) -> Latency | None:
    """Return percentiles, maximum and mean of all requests, both `answered`, with these `counts`, and unanswered.

    A figure is the least possible value; `at_most` has the greatest if it differs. `never` names figures that no
    answer reached, which give the longest known time.
    """
    known = count_of(counts) + count_of(unanswered.bounds)
    if not known or not unanswered.total:
        return answered
    max_ms, sum_ms = unanswered.max_ns / NS_PER_MS, unanswered.sum_ns / NS_PER_MS
    if answered is not None:
        max_ms, sum_ms = max(max_ms, answered.max), sum_ms + answered.mean * count_of(counts)
    spans = {
        name: (least / NS_PER_MS, most / NS_PER_MS)
        for name, (least, most) in zip(
            PERCENTS, spans_ns(counts, unanswered, tuple(PERCENTS.values())), strict=True
        )
    }
    figures = {name: min(least, max_ms) for name, (least, _) in spans.items()}
    at_most = {
        name: None if most == math.inf else max(most, figures[name])
        for name, (least, most) in spans.items()
        if most > least or least == math.inf
    }
    never = [name for name, (least, _) in spans.items() if least == math.inf]
    return Latency(
        p50=figures["p50"],
        p90=figures["p90"],
        p99=figures["p99"],
        p99_9=figures["p99.9"],
        max=max_ms,
        mean=sum_ms / known,
        censored=unanswered.total,
        at_most=at_most | {"max": None, "mean": None},
        never=(*never, "max", "mean") if unanswered.dropped else tuple(never),
    )


def spans_ns(
    counts: Counts, unanswered: Unanswered, percents: Sequence[float]
) -> tuple[tuple[float, float], ...]:
    """Return the least and the greatest possible value of each percentile of all requests, in nanoseconds.

    The least assumes that requests that timed out or were cancelled would have been answered right then, the greatest
    that they never would. Dropped requests count as infinitely long in both.
    """
    total = count_of(counts) + unanswered.total
    known = added(dict(counts), unanswered.bounds)
    places = [_place(q, total) for q in percents]
    return tuple(zip(_at_places(known, places), _at_places(counts, places), strict=True))


def _at_places(counts: Counts, places: Sequence[int]) -> Iterator[float]:
    """Yield the values at some ranks; infinite beyond the last."""
    indexes, reached = _cumulated(counts)
    for place in places:
        beyond = not reached or place > reached[-1]
        yield math.inf if beyond else middle_of(indexes[bisect_left(reached, place)])


def count_of(counts: Counts) -> int:
    """Return how many values were counted."""
    return sum(counts.values() if isinstance(counts, Mapping) else (count for _, count in counts))


def pairs_in(flat: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a frame's flat histogram: index, count, index, count …; ValueError for an odd length."""
    if len(flat) % 2:
        raise ValueError("a flat histogram has an even number of entries")
    numbers = iter(flat)
    return zip(numbers, numbers, strict=True)


def merge(a: dict[int, int], flat: Sequence[int]) -> None:
    """Add a frame's flat histogram to `a`, in place."""
    add_pairs(a, pairs_in(flat))


def add_pairs(a: dict[int, int], pairs: Iterable[tuple[int, int]]) -> None:
    """Add pairs of index and count to `a`, in place."""
    for index, count in pairs:
        a[index] = a.get(index, 0) + count


def added(one: Mapping[int, int], other: Mapping[int, int]) -> Mapping[int, int]:
    """Return the sum of two histograms."""
    if not one or not other:
        return one or other
    both = dict(one)
    add_pairs(both, other.items())
    return both


def coarsened(flat: Sequence[int]) -> dict[int, int]:
    """Group a flat histogram, with the middle bucket in place of every `COARSE` buckets.

    The relative error is then at most 0.9 %, enough for two digits, with far fewer counts to keep.
    """
    counts: dict[int, int] = {}
    for index, count in pairs_in(flat):
        middle = MIDDLES[index // COARSE]
        counts[middle] = counts.get(middle, 0) + count
    return counts


def flat_of(counts: Mapping[int, int]) -> tuple[int, ...]:
    """Return the counts in the form of frames: index, count, index, count … by rising index."""
    return tuple(chain.from_iterable(sorted(counts.items())))
