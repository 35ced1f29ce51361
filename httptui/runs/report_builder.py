"""Makes the report of a run from its tally."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from httptui.engines.buckets import bounds_of
from httptui.plan.expectations import expectations_of
from httptui.plan.secrets import redacted_plan
from httptui.results.expected import judged
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import ContenderView, Limiter, Snapshot, Verdict, as_kind
from httptui.runs.lane_tally import LaneTally
from httptui.runs.tally import Tally

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
    report = as_kind(
        Report,
        snapshot,
        complete=complete,
        started=started,
        seconds=seconds,
        plan=redacted_plan(tally.plan),
        environment=environment,
        contenders=tuple(
            _contender(lane, view, tally.origin_ns)
            for lane, view in zip(tally.lanes, snapshot.contenders, strict=True)
        ),
        verdict=snapshot.verdict or NOT_BEGUN,
        changes=snapshot.marks,
    )
    return structs.replace(report, expectations=judged(report, expectations_of(tally.plan)))


def _contender(lane: LaneTally, view: ContenderView, origin_ns: int) -> ReportContender:
    return as_kind(
        ReportContender,
        view,
        limiter=view.limiter or NOTHING_DONE,
        slices=lane.slices(origin_ns),
        histogram=_histogram(lane.latencies.fine()),
        response_histogram=None if view.response_ms is None else _histogram(lane.response.fine()),
        lower_bounds=_histogram(view.lower_bounds) if view.lower_bounds else None,
        response_lower_bounds=_histogram(bounds) if (bounds := lane.response.bounds()) else None,
    )


def _histogram(counts: Sequence[tuple[int, int]]) -> HistogramData:
    return HistogramData(counts=tuple((bounds_of(index)[0], count) for index, count in counts))
