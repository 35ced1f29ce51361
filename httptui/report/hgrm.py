"""A contender's latencies as the percentile text (`.hgrm`) that HdrHistogram writes and its plotters read.

Columns and footer are those of HdrHistogram's `outputPercentileDistribution` (https://hdrhistogram.org), in
milliseconds with six decimals, so that no nanosecond is lost.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from httptui.engines.buckets import HALF_BITS, HIGHEST_NS, SUB_BUCKETS, bounds_of, bucket_of
from httptui.report.cells import id_of, label_of
from httptui.results.histogram import NS_PER_MS
from httptui.results.report import HistogramData, Report, ReportContender

TICKS_PER_HALF_DISTANCE = 5
BUCKETS = HIGHEST_NS.bit_length() - HALF_BITS
LONGEST_NAME = 60
MOST_COUNTED = 2**63 - 1
What = Literal["service", "response"]
TIMES: tuple[What, ...] = ("service", "response")
NOTHING = HistogramData(counts=())


def to_hgrm(contender: ReportContender, what: What = "service") -> str:
    """The percentiles of its service or response times; of none, a header and a footer of noughts."""
    return "\n".join(_lines(_histogram(_data(contender, what)))) + "\n"


def has_latencies(contender: ReportContender, what: What = "service") -> bool:
    """Whether there is anything to write of it."""
    return any(count > 0 for _, count in _data(contender, what).counts)


def hgrm_files(report: Report) -> dict[str, str]:
    """A text for each contender with latencies, by a file name such as "A-httpx-shared.hgrm", and another for its
    response times, such as "A-httpx-shared-response.hgrm", where there are any.
    """
    return {
        hgrm_name(contender, what): to_hgrm(contender, what)
        for contender in report.contenders
        for what in TIMES
        if has_latencies(contender, what)
    }


def _data(contender: ReportContender, what: What) -> HistogramData:
    """Its answers, and, by how long each was waited for, requests that timed out or were cut off."""
    answered, bounds = contender.histogram, contender.lower_bounds
    if what == "response":
        answered, bounds = contender.response_histogram or NOTHING, contender.response_lower_bounds
    return answered if bounds is None else HistogramData(counts=(*answered.counts, *bounds.counts))


def _histogram(data: HistogramData) -> list[tuple[int, int]]:
    """The last value of each bucket and its count, in order; what no lane can have counted is left out."""
    counts: Counter[int] = Counter()
    for value, count in data.counts:
        if 0 < count <= MOST_COUNTED:
            counts[bucket_of(value)] += count
    return [(bounds_of(bucket)[1] - 1, count) for bucket, count in sorted(counts.items())]


def _lines(histogram: Sequence[tuple[int, int]]) -> Iterator[str]:
    yield f"{'Value':>12} {'Percentile':>14} {'TotalCount':>10} {'1/(1-Percentile)':>14}"
    yield ""
    total = sum(count for _, count in histogram)
    for value, percent, count in _steps(histogram, total):
        part = percent / 100
        beyond = f" {1 / (1 - part):14.2f}" if part < 1 else ""
        yield f"{value / NS_PER_MS:12.6f} {part:2.12f} {count:10d}{beyond}"
    mean, deviation = _moments(histogram, total)
    largest = histogram[-1][0] if histogram else 0
    yield f"#[Mean    = {mean / NS_PER_MS:12.6f}, StdDeviation   = {deviation / NS_PER_MS:12.6f}]"
    yield f"#[Max     = {largest / NS_PER_MS:12.6f}, Total count    = {total:12d}]"
    yield f"#[Buckets = {BUCKETS:12d}, SubBuckets     = {SUB_BUCKETS:12d}]"


def _steps(histogram: Sequence[tuple[int, int]], total: int) -> Iterator[tuple[int, float, int]]:
    """Value, percentile and count up to it, at HdrHistogram's own percentiles: so many to each halving of the rest.

    Its Python port halves the rest continuously, and so has no step at 50 %.
    """
    percent = 0.0
    value = reached = 0
    for value, count in histogram:
        reached += count
        while percent <= 100 * reached / total:
            yield value, percent, reached
            if reached == total:
                break
            halvings = int(math.log2(100 / (100 - percent))) + 1
            following = percent + 100 / (TICKS_PER_HALF_DISTANCE * 2**halvings)
            # Beyond some 10**15 requests, the next step is too small for a float.
            percent = following if percent < following < 100 else math.inf
    if total:
        yield value, 100.0, reached


def _moments(histogram: Sequence[tuple[int, int]], total: int) -> tuple[float, float]:
    """Mean and standard deviation of the middles of the buckets, in nanoseconds; of none, noughts."""
    if not total:
        return 0.0, 0.0
    middles = [(sum(bounds_of(bucket_of(value))) // 2, count) for value, count in histogram]
    mean = sum(middle * count for middle, count in middles) / total
    return mean, math.sqrt(sum((middle - mean) ** 2 * count for middle, count in middles) / total)


def hgrm_name(contender: ReportContender, what: What = "service") -> str:
    """Letter and label in the few characters that every file system takes; response times are named at the end."""
    words = re.findall(r"[a-z0-9.]+", label_of(contender).lower())
    kind = "" if what == "service" else f"-{what}"
    letter = re.sub(r"[^A-Za-z0-9]", "", id_of(contender)) or "contender"
    return f"{'-'.join((letter, *words))[:LONGEST_NAME].strip('-.')}{kind}.hgrm"
