"""A report in the forms that other programs read: CSV, the Bencher Metric Format, and HdrHistogram's percentiles.

CSV is as RFC 4180 has it: one row for each contender, best first, units in the names of the columns, a cell empty
where nothing is known; docs/exports.md explains each column.

BMF is {benchmark: {measure: {"value", "lower_value", "upper_value"}}}
(https://bencher.dev/docs/reference/bencher-metric-format).  A benchmark is a contender's label; `throughput` is
Bencher's own measure (operations per second), the others have their unit in their name.

Percentile texts (`.hgrm`) have the columns and footer of HdrHistogram's `outputPercentileDistribution`
(https://hdrhistogram.org), in milliseconds with six decimals, so that no nanosecond is lost.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from httptui.engines.buckets import HALF_BITS, HIGHEST_NS, SUB_BUCKETS, bounds_of, bucket_of
from httptui.figures import FIGURES, LATENCIES, Figure
from httptui.report.cells import LONGEST, id_of, in_order, label_of
from httptui.report.formats import indented
from httptui.results.histogram import NS_PER_MS
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import Labelled, Latency, Rank, Upstream
from httptui.safe_text import safe_text
from httptui.statistics import condense, estimate

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FIGURE_COLUMNS = {figure.csv: figure for figure in FIGURES if figure.csv}
"""Every figure that has a column, by the column's name."""
FIRST = (
    *("plan", "started", "complete", "id", "label", "engine", "reuse", "http_requested", "http_version"),
    *("loop", "pool", "concurrency", "state", "rank_low", "rank_high"),
    *("req_per_s", "ratio", "ratio_low", "ratio_high"),
    *("latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "latency_p99_9_ms", "latency_max_ms"),
    *("latency_mean_ms", "response_p50_ms", "response_p90_ms", "response_p99_ms", "response_p99_9_ms"),
    *("response_max_ms", "response_mean_ms", "late_p99_ms", "cpu_us_per_request", "connections_opened"),
    *("seconds", "requests_planned", "requests_ok", "requests_error", "requests_timeout"),
    *("requests_dropped", "requests_cancelled", "warmup_requests", "bytes"),
    *("limiter", "limiter_sentence", "cause", "processes", "requests_retried", "read", "dns_lookups"),
    *("inside", "upstream_calls", "upstream_requests", "upstream_connections", "upstream_mean_ms"),
    *("upstream_lost_ms", "offered_per_s", "own_cpu_us_per_request"),
    *("latency_censored", "latency_lower_bounds", "response_censored", "response_lower_bounds"),
)
"""In the order in which they were published, and which programs may rely on."""
COLUMNS = (*FIRST, *(name for name in FIGURE_COLUMNS if name not in FIRST))
"""The header, whatever is in the report; new columns go last."""

OWN = (
    *(
        "id",
        "label",
        "engine",
        "reuse",
        "http_requested",
        "http_version",
        "loop",
        "pool",
        "concurrency",
        "state",
    ),
    *("seconds", "warmup_requests", "bytes", "cause", "read", "processes", "inside"),
)
"""Columns that have the names of a contender's fields."""

Cell = str | int | float | None


def to_csv(report: Report) -> str:
    """Write the header and a row for each contender."""
    places = {place.id: place for place in report.ranking}
    rows = [dict(_cells(report, one, places.get(one.id))) for one in in_order(report)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_written(row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """Return text of one line that no spreadsheet takes for a formula: one that looks like it gets an apostrophe."""
    plain = safe_text(text, LONGEST)
    return f"'{plain}" if plain.lstrip().startswith(FORMULA) else plain


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else cell


def _cells(report: Report, contender: ReportContender, place: Rank | None) -> Iterator[tuple[str, Cell]]:
    """Yield a row as (column, value); the names are those of the report's JSON, with units."""
    yield "plan", str(report.plan.get("name", ""))
    yield "started", report.started
    yield "complete", str(report.complete).lower()
    for name in OWN:
        yield name, getattr(contender, name)
    for name in ("rank_low", "rank_high", "ratio", "ratio_low", "ratio_high"):
        yield name, getattr(place, name, None)
    yield from ((name, figure.of(contender)) for name, figure in FIGURE_COLUMNS.items())
    yield from _bounds("latency", contender.latency_ms)
    yield from _bounds("response", contender.response_ms)
    for name in ("planned", "error", "cancelled"):
        yield f"requests_{name}", getattr(contender.requests, name)
    yield "limiter", contender.limiter.kind
    yield "limiter_sentence", contender.limiter.sentence
    for name in Upstream.__struct_fields__:
        yield f"upstream_{name}", getattr(contender.upstream, name, None)


def _bounds(kind: str, latency: Latency | None) -> Iterator[tuple[str, Cell]]:
    yield f"{kind}_censored", None if latency is None else latency.censored
    bounds = [name for name in LATENCIES if latency is not None and latency.is_bound(name)]
    yield f"{kind}_lower_bounds", " ".join(bounds)


Metric = dict[str, float]
Measures = Mapping[str, Metric]
MEASURES = {figure.bmf: figure for figure in FIGURES if figure.bmf}
"""Every figure that is a measure, by the measure's name."""


def to_bmf(report: Report) -> bytes:
    """Encode as indented JSON, without contenders that did not finish and measures that are not known."""
    names = names_of(report.contenders)
    return indented(
        {
            names[contender.id]: _measures(contender)
            for contender in report.contenders
            if contender.state != "dnf"
        }
    )


def names_of(contenders: Sequence[Labelled]) -> dict[str, str]:
    """Return a name for each contender that is the same in every run: its label, with its letter if two share it."""
    labels = [label_of(contender) for contender in contenders]
    return {
        contender.id: label if label and labels.count(label) == 1 else f"{label} ({id_of(contender)})".strip()
        for contender, label in zip(contenders, labels, strict=True)
    }


def _measures(contender: ReportContender) -> dict[str, Metric]:
    return {
        name: _metric(value, _in_slices(figure, contender))
        for name, figure in MEASURES.items()
        if (value := figure.of(contender)) is not None
    }


def _in_slices(figure: Figure, contender: ReportContender) -> list[float]:
    if figure.of_slice is None:
        return []
    return [value for piece in contender.slices if (value := figure.of_slice(piece)) is not None]


def _metric(value: float, blocks: Sequence[float]) -> Metric:
    """Return the figure, with its 95 % interval over the blocks if they suffice, widened to contain the figure."""
    if not blocks or min(blocks) <= 0:
        return {"value": value}
    _, low, high = estimate(condense([math.log(block) for block in blocks]))
    if low is None or high is None:
        return {"value": value}
    return {
        "value": value,
        "lower_value": min(math.exp(low), value),
        "upper_value": max(math.exp(high), value),
    }


TICKS_PER_HALF_DISTANCE = 5
BUCKETS = HIGHEST_NS.bit_length() - HALF_BITS
LONGEST_NAME = 60
MOST_COUNTED = 2**63 - 1
What = Literal["service", "response"]
TIMES: tuple[What, ...] = ("service", "response")
NOTHING = HistogramData(counts=())


def to_hgrm(contender: ReportContender, what: What = "service") -> str:
    """Write the percentiles of service or response times; if there are none, a header and a footer of zeros."""
    return "\n".join(_lines(_histogram(_data(contender, what)))) + "\n"


def has_latencies(contender: ReportContender, what: What = "service") -> bool:
    """Return whether a contender has any such times."""
    return any(count > 0 for _, count in _data(contender, what).counts)


def hgrm_files(report: Report) -> dict[str, str]:
    """Return a text for each contender and kind of time that it has, by file name: "A-httpx-shared.hgrm",
    "A-httpx-shared-response.hgrm".
    """
    return {
        hgrm_name(contender, what): to_hgrm(contender, what)
        for contender in report.contenders
        for what in TIMES
        if has_latencies(contender, what)
    }


def _data(contender: ReportContender, what: What) -> HistogramData:
    """Return the times of answers, and how long requests that timed out or were cut off were waited for."""
    answered, bounds = contender.histogram, contender.lower_bounds
    if what == "response":
        answered, bounds = contender.response_histogram or NOTHING, contender.response_lower_bounds
    return answered if bounds is None else HistogramData(counts=(*answered.counts, *bounds.counts))


def _histogram(data: HistogramData) -> list[tuple[int, int]]:
    """Return the last value of each bucket and its count, in order, without counts that no lane can have."""
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
    """Yield value, percentile and count up to it at HdrHistogram's percentiles: so many for each halving of the rest.

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
    """Return mean and standard deviation of the buckets' middles, in nanoseconds; zeros if there are none."""
    if not total:
        return 0.0, 0.0
    middles = [(sum(bounds_of(bucket_of(value))) // 2, count) for value, count in histogram]
    mean = sum(middle * count for middle, count in middles) / total
    return mean, math.sqrt(sum((middle - mean) ** 2 * count for middle, count in middles) / total)


def hgrm_name(contender: ReportContender, what: What = "service") -> str:
    """Name a file by letter and label, in characters that every file system takes, and by the kind of time."""
    words = re.findall(r"[a-z0-9.]+", label_of(contender).lower())
    kind = "" if what == "service" else f"-{what}"
    letter = re.sub(r"[^A-Za-z0-9]", "", id_of(contender)) or "contender"
    return f"{'-'.join((letter, *words))[:LONGEST_NAME].strip('-.')}{kind}.hgrm"
