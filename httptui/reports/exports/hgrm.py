"""A contender's latencies as the percentile text (`.hgrm`) that HdrHistogram writes and its plotters read.

Columns and footer are those of HdrHistogram's `outputPercentileDistribution` (https://hdrhistogram.org), in
milliseconds with six decimals, so that no nanosecond is lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Literal

from hdrh.histogram import HdrHistogram

from engines.buckets import HIGHEST_NS
from httptui.histogram import NS_PER_MS
from httptui.reports.exports.results import id_of, label_of
from httptui.reports.report import HistogramData, Report, ReportContender

TICKS_PER_HALF_DISTANCE = 5
LONGEST_NAME = 60
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
    return contender.histogram if what == "service" else contender.response_histogram or NOTHING


def _histogram(data: HistogramData) -> HdrHistogram:
    """Counts in the library's own histogram, which has the same buckets."""
    histogram = HdrHistogram(1, HIGHEST_NS, data.significant_digits)
    for value, count in data.counts:
        if count > 0:
            histogram.record_value(min(max(value, 0), HIGHEST_NS), count)
    return histogram


def _lines(histogram: HdrHistogram) -> Iterator[str]:
    yield f"{'Value':>12} {'Percentile':>14} {'TotalCount':>10} {'1/(1-Percentile)':>14}"
    yield ""
    for value, percent, count in _steps(histogram):
        part = percent / 100
        beyond = f" {1 / (1 - part):14.2f}" if part < 1 else ""
        yield f"{value / NS_PER_MS:12.6f} {part:2.12f} {count:10d}{beyond}"
    total = histogram.get_total_count()
    mean = histogram.get_mean_value() / NS_PER_MS if total else 0.0
    deviation = histogram.get_stddev() / NS_PER_MS if total else 0.0
    yield f"#[Mean    = {mean:12.6f}, StdDeviation   = {deviation:12.6f}]"
    yield f"#[Max     = {histogram.get_max_value() / NS_PER_MS:12.6f}, Total count    = {total:12d}]"
    yield f"#[Buckets = {histogram.bucket_count:12d}, SubBuckets     = {histogram.sub_bucket_count:12d}]"


def _steps(histogram: HdrHistogram) -> Iterator[tuple[int, float, int]]:
    """Value, percentile and count up to it, at HdrHistogram's own percentiles: so many to each halving of the rest.

    The library's iterator is not used: it halves the rest continuously, and so has no step at 50 %.
    """
    total = histogram.get_total_count()
    percent = 0.0
    value = count = 0
    for bucket in histogram.get_recorded_iterator() if total else ():
        value, count = bucket.value_iterated_to, bucket.total_count_to_this_value
        while percent <= 100 * count / total:
            yield value, percent, count
            if count == total:
                break
            halvings = int(math.log2(100 / (100 - percent))) + 1
            percent += 100 / (TICKS_PER_HALF_DISTANCE * 2**halvings)
    if total:
        yield value, 100.0, count


def hgrm_name(contender: ReportContender, what: What = "service") -> str:
    """Letter and label in the few characters that every file system takes; response times are named at the end."""
    words = re.findall(r"[a-z0-9.]+", label_of(contender).lower())
    kind = "" if what == "service" else f"-{what}"
    letter = re.sub(r"[^A-Za-z0-9]", "", id_of(contender)) or "contender"
    return f"{'-'.join((letter, *words))[:LONGEST_NAME].strip('-.')}{kind}.hgrm"
