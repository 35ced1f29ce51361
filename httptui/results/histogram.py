"""Percentiles of a latency histogram kept in the scheme of `httptui.engines.buckets`: pure functions of its counts.

A percentile is the middle of the bucket that holds it, so its relative error is at most 0.05 %.  Percentiles
are never averaged: to pool histograms, add their counts (`merge`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from httptui.engines.buckets import bounds_of
from httptui.results.snapshot import Latency
from httptui.statistics import FEWEST_BEYOND

Counts = Mapping[int, int] | Sequence[tuple[int, int]]

NS_PER_MS = 1_000_000
COARSE = 16
PERCENTS = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9}
"""In the order of `httptui.results.report.SliceLatency.above`."""
NOTHING_COUNTED = "an empty histogram has no percentiles"


class Unanswered(NamedTuple):
    """Requests without an answer: how many of them were known to take longer than what (`bounds`, counted as
    latencies are, with their sum and maximum), and how many were never sent.
    """

    bounds: Mapping[int, int]
    sum_ns: int
    max_ns: int
    dropped: int

    @property
    def total(self) -> int:
        """All of them."""
        return count_of(self.bounds) + self.dropped


def percentile_ns(counts: Counts, q: float) -> float:
    """The value, in nanoseconds, that `q` percent (0 … 100) of the counted values do not exceed.

    Raises ValueError where nothing was counted or `q` is out of range.
    """
    return percentiles_ns(counts, (q,))[0]


def percentiles_ns(counts: Counts, percents: Sequence[float]) -> tuple[float, ...]:
    """Several percentiles in one pass over the counts, in the order asked for; errors as `percentile_ns`."""
    indexes, reached = _reached(counts)
    return tuple(middle_of(indexes[bisect_left(reached, _place(q, reached[-1]))]) for q in percents)


def percentiles_by_coarse_ns(
    fine: Sequence[int], coarse: Sequence[int], percents: Sequence[float], first: int = 0
) -> tuple[float, ...]:
    """As `percentiles_ns`, at a tenth of the cost: `fine` has the count of every bucket, from the lowest on, and
    `coarse` the sums of `COARSE` neighbours each, from the `first` such group on.
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
    """Where a percentile divides the counts of a histogram: all buckets after this one lie above it, and a share
    of those in it.
    """

    bucket: int
    share: float


def splits_of(counts: Counts, percents: Sequence[float]) -> tuple[Split, ...]:
    """The places of several percentiles in the order asked for; errors as `percentile_ns`."""
    indexes, reached = _reached(counts)
    splits = []
    for q in percents:
        at = bisect_left(reached, _place(q, reached[-1]))
        before = reached[at - 1] if at else 0
        splits.append(Split(indexes[at], (reached[at] - q * reached[-1] / 100) / (reached[at] - before)))
    return tuple(splits)


def count_above(counts: Mapping[int, int], split: Split) -> float:
    """How many of other counts in the same buckets lie above a place."""
    beyond = sum(count for index, count in counts.items() if index > split.bucket)
    return beyond + split.share * counts.get(split.bucket, 0)


def has_few_beyond(total: int, q: float) -> bool:
    """Whether fewer than 30 of so many requests are slower than a percentile."""
    return round(total * (100 - q) / 100, 6) < FEWEST_BEYOND


def _reached(counts: Counts) -> tuple[list[int], list[int]]:
    """The buckets in order, and how many values are in each and all before it; ValueError where there are none."""
    count_at = counts if isinstance(counts, Mapping) else dict(counts)
    indexes = sorted(count_at)
    reached = list(accumulate(map(count_at.__getitem__, indexes)))
    if not reached or not reached[-1]:
        raise ValueError(NOTHING_COUNTED)
    return indexes, reached


def _place(q: float, total: int) -> int:
    """Which of so many values, in order, is a percentile; ValueError where `q` is none."""
    if not 0 <= q <= 100:
        raise ValueError(f"a percentile is between 0 and 100, not {q}")
    # Rounding first keeps 99.9 % of 1000 at the 999th value, which floating point would miss.
    return max(math.ceil(round(q * total / 100, 6)), 1)


def middle_of(index: int) -> float:
    """The middle of the values that one bucket counts, in nanoseconds."""
    low, after = bounds_of(index)
    return (low + after - 1) / 2


def latency_of(
    fine: Sequence[int], coarse: Sequence[int], sum_ns: int, max_ns: int, first: int = 0
) -> Latency | None:
    """Percentiles, maximum and mean in milliseconds, or None where nothing was counted; the counts are as for
    `percentiles_by_coarse_ns`.

    `sum_ns` and `max_ns` are exact, and so are the mean and the maximum; no percentile exceeds the maximum.
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
    """Percentiles, maximum and mean of `answered` requests, whose counts these are, and of those that had no answer.

    A figure is the least that it can be, `at_most` has the most where that is another, and `never` names those that
    no answer reached, which tell of the longest time known.
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
    """The least and the most, in nanoseconds, that each percentile of answered and unanswered requests can be.

    At the least, what timed out or was cancelled would have been answered just then; at the most, never.  What was
    dropped counts as infinitely long in both.
    """
    total = count_of(counts) + unanswered.total
    known = added(dict(counts), unanswered.bounds)
    places = [_place(q, total) for q in percents]
    return tuple(zip(_at_places(known, places), _at_places(counts, places), strict=True))


def _at_places(counts: Counts, places: Sequence[int]) -> Iterator[float]:
    """The values at some places, in order of the values; infinite beyond the last."""
    count_at = dict(counts)
    indexes = sorted(count_at)
    reached = list(accumulate(map(count_at.__getitem__, indexes)))
    for place in places:
        beyond = not reached or place > reached[-1]
        yield math.inf if beyond else middle_of(indexes[bisect_left(reached, place)])


def count_of(counts: Counts) -> int:
    """How many values were counted."""
    return sum(counts.values() if isinstance(counts, Mapping) else (count for _, count in counts))


def pairs_in(flat: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The pairs of a frame's flat histogram: index, count, index, count …; ValueError where the last has no count."""
    if len(flat) % 2:
        raise ValueError("a flat histogram has an even number of entries")
    numbers = iter(flat)
    return zip(numbers, numbers, strict=True)


def merge(a: dict[int, int], flat: Sequence[int]) -> None:
    """Add a frame's flat histogram to `a`, in place."""
    add_pairs(a, pairs_in(flat))


def add_pairs(a: dict[int, int], pairs: Iterable[tuple[int, int]]) -> None:
    """Add so many of each index to `a`, in place."""
    for index, count in pairs:
        a[index] = a.get(index, 0) + count


def added(one: Mapping[int, int], other: Mapping[int, int]) -> Mapping[int, int]:
    """The counts of both together."""
    if not one or not other:
        return one or other
    both = dict(one)
    add_pairs(both, other.items())
    return both


def coarsened(flat: Sequence[int]) -> dict[int, int]:
    """The counts of a flat histogram with one bucket, the middle one, in the place of every `COARSE`, from which the
    relative error is at most 0.9 %: enough for two digits, and far fewer to keep.
    """
    counts: dict[int, int] = {}
    for index, count in pairs_in(flat):
        middle = index - index % COARSE + COARSE // 2
        counts[middle] = counts.get(middle, 0) + count
    return counts


def flat_of(counts: Mapping[int, int]) -> tuple[int, ...]:
    """The counts as frames have them: index, count, index, count … by rising index."""
    return tuple(chain.from_iterable(sorted(counts.items())))
