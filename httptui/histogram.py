"""Percentiles of a latency histogram kept in the scheme of `engines.buckets`: pure functions of its counts.

A percentile is the middle of the bucket that holds it, so its relative error is at most 0.05 %.  Percentiles
are never averaged: to pool histograms, add their counts (`merge`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain

from engines.buckets import bounds_of
from httptui.snapshot import Latency

Counts = Mapping[int, int] | Sequence[tuple[int, int]]

NS_PER_MS = 1_000_000
COARSE = 16


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
    counts: Mapping[int, int], coarse: Mapping[int, int], percents: Sequence[float]
) -> tuple[float, ...]:
    """As `percentiles_ns`, at a tenth of the cost, where the same values are counted in `coarse` buckets, too."""
    indexes, reached = _reached(coarse)
    values = []
    for q in percents:
        place = _place(q, reached[-1])
        at = bisect_left(reached, place)
        inside = range(indexes[at] - COARSE // 2, indexes[at] + COARSE // 2)
        fine = list(accumulate(counts.get(index, 0) for index in inside))
        values.append(middle_of(inside[bisect_left(fine, place - (reached[at - 1] if at else 0))]))
    return tuple(values)


def _reached(counts: Counts) -> tuple[list[int], list[int]]:
    """The buckets in order, and how many values are in each and all before it; ValueError where there are none."""
    count_at = counts if isinstance(counts, Mapping) else dict(counts)
    indexes = sorted(count_at)
    reached = list(accumulate(map(count_at.__getitem__, indexes)))
    if not reached or not reached[-1]:
        raise ValueError("an empty histogram has no percentiles")
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
    counts: Mapping[int, int], coarse: Mapping[int, int], sum_ns: int, max_ns: int
) -> Latency | None:
    """Percentiles, maximum and mean in milliseconds, or None where nothing was counted; `coarse` has the same values.

    `sum_ns` and `max_ns` are exact, and so are the mean and the maximum; no percentile exceeds the maximum.
    """
    total = count_of(coarse)
    if not total:
        return None
    percentiles = percentiles_by_coarse_ns(counts, coarse, (50.0, 90.0, 99.0, 99.9))
    p50, p90, p99, p99_9 = (min(value, max_ns) / NS_PER_MS for value in percentiles)
    return Latency(
        p50=p50, p90=p90, p99=p99, p99_9=p99_9, max=max_ns / NS_PER_MS, mean=sum_ns / total / NS_PER_MS
    )


def count_of(counts: Counts) -> int:
    """How many values were counted."""
    return sum(counts.values() if isinstance(counts, Mapping) else (count for _, count in counts))


def merge(a: dict[int, int], flat: Sequence[int]) -> None:
    """Add a frame's flat histogram (index, count, index, count …) to `a`, in place."""
    if len(flat) % 2:
        raise ValueError("a flat histogram has an even number of entries")
    for index, count in zip(flat[::2], flat[1::2], strict=True):
        a[index] = a.get(index, 0) + count


def merge_coarsely(a: dict[int, int], flat: Sequence[int]) -> None:
    """As `merge`, with one bucket in the place of every `COARSE`, from whose middle the relative error is at most
    0.9 %: enough for two digits, and far fewer to keep.
    """
    if len(flat) % 2:
        raise ValueError("a flat histogram has an even number of entries")
    for index, count in zip(flat[::2], flat[1::2], strict=True):
        middle = index - index % COARSE + COARSE // 2
        a[middle] = a.get(middle, 0) + count


def unflattened(flat: Sequence[int]) -> dict[int, int]:
    """The counts of a flat histogram by bucket index."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def flat_of(counts: Mapping[int, int]) -> tuple[int, ...]:
    """The counts as frames have them: index, count, index, count … by rising index."""
    return tuple(chain.from_iterable(sorted(counts.items())))


def pairs_of(counts: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """The counts as sorted (index, count) pairs, as snapshots carry them."""
    indexes = sorted(counts)
    return tuple(zip(indexes, map(counts.__getitem__, indexes), strict=True))
