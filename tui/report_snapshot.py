"""A saved report as the last snapshot of its run, so that a screen can draw it; pure."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from msgspec.structs import replace

from httptui.engines.buckets import bucket_of
from httptui.errors import HttptuiError, PlanError
from httptui.plan.io import decode_plan
from httptui.plan.model import Plan, letter_of
from httptui.report.cells import load_of, request_of
from httptui.results.report import HistogramData, Report, ReportContender, Slice
from httptui.results.snapshot import ContenderView, Point, Snapshot
from httptui.safe_text import safe_text
from httptui.tui.panels.view import finished_snapshot

LONGEST = 2_000
NO_CONTENDER = "this report has no contender, so that there is nothing to show"
CANNOT_BE_SHOWN = (HttptuiError, OSError, ValueError, ArithmeticError)
"""What showing a file raises, whose figures may be any."""


def shown_report(report: Report) -> Report:
    """The report with every text safe to show, whoever wrote it, its contenders by their letters, and of their
    histograms only those that are drawn.  PlanError where it has no contender.
    """
    if not report.contenders:
        raise PlanError(NO_CONTENDER)
    letters = {contender.id: letter_of(index) for index, contender in enumerate(report.contenders)}
    kept = [contender.histogram for contender in report.contenders]
    empty = replace(kept[0], counts=())
    light = replace(
        report,
        contenders=tuple(
            replace(one, id=letters[one.id], histogram=empty, response_histogram=None)
            for one in report.contenders
        ),
        ranking=tuple(
            replace(place, id=letters[place.id]) for place in report.ranking if place.id in letters
        ),
        cpu_ranking=tuple(
            replace(place, id=letters[place.id]) for place in report.cpu_ranking if place.id in letters
        ),
    )
    safe = msgspec.convert(all_safe(msgspec.to_builtins(light)), Report)
    whole = zip(safe.contenders, kept, strict=True)
    return replace(safe, contenders=tuple(replace(one, histogram=counts) for one, counts in whole))


def plan_of(report: Report) -> Plan | None:
    """The plan of a report, a mask for each of its secrets, or None where it is not one of ours."""
    try:
        return decode_plan(report.plan)
    except PlanError:
        return None


def snapshot_of_report(report: Report) -> Snapshot:
    """The run at its end, with a point of the throughput for each slice; latencies over time no report keeps.

    The report's texts are shown as they are; see `shown_report`.
    """
    load, _, schedule = load_of(report).rpartition(" · ")
    pieces = [piece for contender in report.contenders for piece in contender.slices]
    ends = [point.seconds for one in report.contenders for point in _line(one.slices)]
    blocks = len({piece.block for piece in pieces})
    last = Snapshot(
        sequence=1,
        title=str(report.plan.get("name") or ""),
        target=request_of(report),
        load=load,
        schedule=schedule,
        phase="done",
        elapsed=max(ends, default=report.seconds),
        total=None,
        progress=1.0,
        block=blocks,
        blocks=blocks,
        contenders=tuple(map(_view, report.contenders)),
        marks=report.changes,
    )
    return finished_snapshot(last, report)


def _view(contender: ReportContender) -> ContenderView:
    cpu_us = sum(piece.cpu_us for piece in contender.slices)
    spent = sum(piece.seconds for piece in contender.slices)
    return ContenderView(
        id=contender.id,
        label=contender.label,
        engine=contender.engine,
        reuse=contender.reuse,
        inside=contender.inside,
        upstream=contender.upstream,
        concurrency=contender.concurrency,
        processes=contender.processes,
        state=contender.state,
        requests=contender.requests,
        warmup_requests=contender.warmup_requests,
        seconds=contender.seconds,
        req_per_s=contender.req_per_s,
        offered_per_s=contender.offered_per_s,
        live_req_per_s=contender.req_per_s,
        latency_ms=contender.latency_ms,
        response_ms=contender.response_ms,
        late_p99_ms=contender.late_p99_ms,
        cpu_us_per_request=contender.cpu_us_per_request,
        own_cpu_us_per_request=contender.own_cpu_us_per_request,
        cpu_share=cpu_us / 1e6 / spent if spent > 0 else None,
        connections_opened=contender.connections_opened,
        dns_lookups=contender.dns_lookups,
        bytes=contender.bytes,
        status=contender.status,
        errors=contender.errors,
        first_messages=contender.first_messages,
        first_answers=contender.first_answers,
        http_version=contender.http_version,
        histogram=histogram_of_report(contender.histogram),
        lower_bounds=histogram_of_report(contender.lower_bounds),
        series=_line(contender.slices),
    )


def histogram_of_report(data: HistogramData | None) -> tuple[tuple[int, int], ...]:
    """A report's histogram as (bucket index, count) by rising index."""
    counts: dict[int, int] = {}
    for value, count in () if data is None else data.counts:
        if count > 0:
            counts[bucket_of(value)] = counts.get(bucket_of(value), 0) + count
    return tuple(sorted(counts.items()))


def _line(slices: tuple[Slice, ...]) -> tuple[Point, ...]:
    """A point at the end of each slice, and one where the first began."""
    points: list[Point] = []
    for piece in sorted(slices, key=lambda one: one.start):
        start = max(piece.start, 0.0)
        if (rate := piece.req_per_s) is None or not math.isfinite(start + piece.seconds):
            continue
        points += [] if points else [Point(start, rate)]
        points.append(Point(start + piece.seconds, rate))
    return tuple(points)


def all_safe(value: Any) -> Any:
    """Plain data with every text in it safe to show, keys included."""
    if isinstance(value, str):
        return safe_text(value, LONGEST)
    if isinstance(value, dict):
        return {all_safe(key): all_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [all_safe(item) for item in value]
    return value
