"""A report as CSV (RFC 4180): one row for each contender, best first, units in the names of the columns.

docs/exports.md says what each column means; a cell is empty where nothing is known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from httptui.figures import FIGURES, LATENCIES
from httptui.report.cells import LONGEST, in_order
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Latency, Rank, Upstream
from httptui.safe_text import safe_text

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FIGURE_COLUMNS = {figure.csv: figure for figure in FIGURES if figure.csv}
"""Every figure that has a column, by the column's name."""
FIRST = (
    "plan",
    "started",
    "complete",
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
    "rank_low",
    "rank_high",
    "req_per_s",
    "ratio",
    "ratio_low",
    "ratio_high",
    "latency_p50_ms",
    "latency_p90_ms",
    "latency_p99_ms",
    "latency_p99_9_ms",
    "latency_max_ms",
    "latency_mean_ms",
    "response_p50_ms",
    "response_p90_ms",
    "response_p99_ms",
    "response_p99_9_ms",
    "response_max_ms",
    "response_mean_ms",
    "late_p99_ms",
    "cpu_us_per_request",
    "connections_opened",
    "seconds",
    "requests_planned",
    "requests_ok",
    "requests_error",
    "requests_timeout",
    "requests_dropped",
    "requests_cancelled",
    "warmup_requests",
    "bytes",
    "limiter",
    "limiter_sentence",
    "cause",
    "processes",
    "requests_retried",
    "read",
    "dns_lookups",
    "inside",
    "upstream_calls",
    "upstream_requests",
    "upstream_connections",
    "upstream_mean_ms",
    "upstream_lost_ms",
    "offered_per_s",
    "own_cpu_us_per_request",
    "latency_censored",
    "latency_lower_bounds",
    "response_censored",
    "response_lower_bounds",
)
"""In the order in which they were published, and which programs may rely on."""
COLUMNS = (*FIRST, *(name for name in FIGURE_COLUMNS if name not in FIRST))
"""The header, whatever is in the report; new columns go last."""

Cell = str | int | float | None


def to_csv(report: Report) -> str:
    """The header and a row for each contender."""
    places = {place.id: place for place in report.ranking}
    rows = [dict(_cells(report, one, places.get(one.id))) for one in in_order(report)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_written(row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """Text of one line that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it."""
    plain = safe_text(text, LONGEST)
    return f"'{plain}" if plain.lstrip().startswith(FORMULA) else plain


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return harmless(cell) if isinstance(cell, str) else cell


def _cells(report: Report, contender: ReportContender, place: Rank | None) -> Iterator[tuple[str, Cell]]:
    """The row as (column, value); the names are those of the report's JSON, with units."""
    yield "plan", str(report.plan.get("name", ""))
    yield "started", report.started
    yield "complete", str(report.complete).lower()
    for name in ("id", "label", "engine", "reuse", "http_requested", "http_version", "loop", "pool"):
        yield name, getattr(contender, name)
    yield "concurrency", contender.concurrency
    yield "state", contender.state
    for name in ("rank_low", "rank_high", "ratio", "ratio_low", "ratio_high"):
        yield name, getattr(place, name, None)
    yield from ((name, figure.of(contender)) for name, figure in FIGURE_COLUMNS.items())
    yield from _bounds("latency", contender.latency_ms)
    yield from _bounds("response", contender.response_ms)
    yield "seconds", contender.seconds
    for name in ("planned", "error", "cancelled"):
        yield f"requests_{name}", getattr(contender.requests, name)
    yield "warmup_requests", contender.warmup_requests
    yield "bytes", contender.bytes
    yield "limiter", contender.limiter.kind
    yield "limiter_sentence", contender.limiter.sentence
    yield "cause", contender.cause
    yield "read", contender.read
    yield "processes", contender.processes
    yield "inside", contender.inside
    for name in Upstream.__struct_fields__:
        yield f"upstream_{name}", getattr(contender.upstream, name, None)


def _bounds(kind: str, latency: Latency | None) -> Iterator[tuple[str, Cell]]:
    yield f"{kind}_censored", None if latency is None else latency.censored
    bounds = [name for name in LATENCIES if latency is not None and latency.is_bound(name)]
    yield f"{kind}_lower_bounds", " ".join(bounds)
