"""Makes the report of a run from its tally."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from httptui.engines.buckets import bounds_of
from httptui.plan.expectations import expectations_of
from httptui.plan.model import Plan
from httptui.plan.secrets import redacted_plan
from httptui.results.expected import judged
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import ContenderView, Limiter, Snapshot, Verdict
from httptui.runs.lane_tally import LaneTally
from httptui.runs.setup import pool_of
from httptui.runs.tally import Tally
from httptui.safe_text import safe_text

NOTHING_DONE = Limiter("unknown", "no request succeeded")
NOT_BEGUN = Verdict("undecided", "Nothing was put under load.")


def build_report(
    tally: Tally,
    snapshot: Snapshot,
    *,
    started: str,
    seconds: float,
    complete: bool,
    environment: dict[str, Any],
) -> Report:
    """The report of a run as `snapshot` shows it; `started` in ISO 8601, `seconds` of the whole run."""
    report = Report(
        complete=complete,
        started=started,
        seconds=seconds,
        plan=redacted_plan(tally.plan),
        environment=environment,
        contenders=tuple(
            _contender(tally.plan, lane, view, tally.origin_ns)
            for lane, view in zip(tally.lanes, snapshot.contenders, strict=True)
        ),
        ranking=snapshot.ranking,
        cpu_ranking=snapshot.cpu_ranking,
        flags=snapshot.flags,
        verdict=snapshot.verdict or NOT_BEGUN,
        warnings=snapshot.warnings,
        events=snapshot.events,
        changes=snapshot.marks,
    )
    return structs.replace(report, expectations=judged(report, expectations_of(tally.plan)))


def _contender(plan: Plan, lane: LaneTally, view: ContenderView, origin_ns: int) -> ReportContender:
    ready = lane.ready
    return ReportContender(
        id=view.id,
        label=safe_text(view.label),
        engine=view.engine,
        reuse=view.reuse,
        read=lane.contender.read,
        dns_lookups=view.dns_lookups,
        inside=view.inside,
        loop=None if ready is None else ready.loop,
        http_version=view.http_version,
        http_requested=lane.contender.http,
        pool=pool_of(plan, lane.contender),
        concurrency=view.concurrency,
        processes=view.processes,
        requests=view.requests,
        warmup_requests=view.warmup_requests,
        seconds=view.seconds,
        req_per_s=view.req_per_s,
        offered_per_s=view.offered_per_s,
        latency_ms=view.latency_ms,
        response_ms=view.response_ms,
        late_p99_ms=view.late_p99_ms,
        cpu_us_per_request=view.cpu_us_per_request,
        own_cpu_us_per_request=view.own_cpu_us_per_request,
        connections_opened=view.connections_opened,
        upstream=view.upstream,
        bytes=view.bytes,
        status=view.status,
        errors=view.errors,
        first_messages=view.first_messages,
        first_answers=view.first_answers,
        limiter=view.limiter or NOTHING_DONE,
        state=view.state,
        cause=view.cause,
        versions={} if ready is None else {"python": ready.python, **ready.versions},
        slices=lane.slices(origin_ns),
        histogram=_histogram(lane.latencies.fine()),
        response_histogram=None if view.response_ms is None else _histogram(lane.response.fine()),
        lower_bounds=_histogram(bounds) if (bounds := lane.latencies.bounds()) else None,
        response_lower_bounds=_histogram(bounds) if (bounds := lane.response.bounds()) else None,
    )


def _histogram(counts: Sequence[tuple[int, int]]) -> HistogramData:
    return HistogramData(counts=tuple((bounds_of(index)[0], count) for index, count in counts))
