"""The report a run leaves: the JSON of schema `httptui.report/1`, from which every other format is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from httptui.results.snapshot import (
    ContenderResult,
    CpuRank,
    Event,
    Flag,
    Labelled,
    Latency,
    Limiter,
    Mark,
    Rank,
    Requests,
    State,
    Verdict,
)

SCHEMA: Final = "httptui.report/1"


class SliceLatency(Struct, frozen=True, kw_only=True):
    """Latencies of one slice relative to the whole run: `above` counts those longer than the run's p50, p90, p99 and
    p99.9, in this order. A latency in the bucket of a percentile is divided between both sides.
    """

    count: int
    mean_ms: float
    above: tuple[float, float, float, float]


class Slice(Struct, frozen=True, kw_only=True):
    """One lane's part of one block: seconds, counts of requests that ended in it, and CPU microseconds.

    `credit` is the sum of its successes, each weighted by the share of its duration inside the slice; older reports
    have none. `latency` is of service times, `response` of response times in an open load.
    """

    block: int
    start: float
    seconds: float
    ok: int
    error: int
    timeout: int
    cpu_us: float
    position: int = 0
    epoch: int = 0
    steal: float | None = None
    credit: float | None = None
    latency: SliceLatency | None = None
    response: SliceLatency | None = None

    @property
    def succeeded(self) -> float:
        """Successes to compare slices by: the credit, or, where none was kept, what ended in it."""
        return self.ok if self.credit is None else self.credit

    @property
    def req_per_s(self) -> float | None:
        """Successes per second, or None where it took no time."""
        return self.succeeded / self.seconds if self.seconds > 0 else None

    @property
    def cpu_us_per_request(self) -> float | None:
        """CPU microseconds per success, or None without one or without any."""
        return self.cpu_us / self.succeeded if self.succeeded > 0 and self.cpu_us > 0 else None


class HistogramData(Struct, frozen=True, kw_only=True):
    """Counts of nanosecond latencies: (lowest value of the bucket, count), in HdrHistogram's scheme."""

    unit: Literal["ns"] = "ns"
    significant_digits: int = 3
    counts: tuple[tuple[int, int], ...]


class ReportContender(ContenderResult, frozen=True, kw_only=True):
    """The results of one contender. `concurrency` is the number of requests in flight allowed, or its mean if it
    changed. `connections_opened` and `dns_lookups` include the warm-up and are null if unknown; `read` is how
    answers were read. `seconds` is the time of the load, or the time to the last answer if the load was a number
    of requests; `requests` cover all of it, `req_per_s` only the slices. In an open load `offered_per_s` is the
    rate of arrivals, `req_per_s` the rate served. `first_answers` are the first unsuccessful answers by status,
    warm-up included.

    If the contender is `inside` an app, requests and latencies are those of its route; `cpu_us_per_request` is the
    CPU time of the app, not of its driver, and `connections_opened` are those that its client opened `upstream`. The
    CPU time of the tool in the same process, measured in an idle turn, is not included but given as
    `own_cpu_us_per_request`.

    The histograms hold answered requests. `lower_bounds` and `response_lower_bounds` hold requests that timed out or
    were cancelled: how long each had no answer; null if there were none.
    """

    # Every report has had these from the first one on, so that a file without them is none.
    loop: str | None
    http_version: str | None
    http_requested: str
    pool: int | None
    requests: Requests
    warmup_requests: int
    seconds: float
    req_per_s: float
    latency_ms: Latency | None
    cpu_us_per_request: float | None
    connections_opened: int | None
    bytes: int
    status: dict[str, int]
    errors: dict[str, int]
    first_messages: dict[str, str]
    limiter: Limiter
    state: State
    cause: str | None
    versions: dict[str, str]
    slices: tuple[Slice, ...]
    histogram: HistogramData
    response_histogram: HistogramData | None = None
    lower_bounds: HistogramData | None = None
    response_lower_bounds: HistogramData | None = None


class ExpectationResult(Struct, frozen=True, kw_only=True):
    """The result of one expectation of the plan for one contender.

    It is not `decided`, and not met, if the data leave it open. `actual` is the figure in the report's units
    (milliseconds, microseconds of CPU, shares of one), null if there is none or if a rank is open.
    """

    text: str
    id: str
    met: bool
    decided: bool = True
    actual: float | None
    sentence: str

    @property
    def outcome(self) -> str:
        """The outcome in words."""
        return "met" if self.met else "missed" if self.decided else "not decided"


class Recorded(Struct, frozen=True, kw_only=True):
    """The beginning of every report, of a run or of a sweep: schema, when it was made, of which plan and on what."""

    schema: str
    complete: bool
    started: str
    seconds: float
    plan: dict[str, Any]
    environment: dict[str, Any]

    if TYPE_CHECKING:

        @property
        def contenders(self) -> Sequence[Labelled]:
            """In the plan's order.  Each kind declares them at their own place, as files keep the order of keys."""


class Report(Recorded, frozen=True, kw_only=True):
    """The result of a run; with `complete` false, the state when it was saved or cut short.

    `changes` are the user's changes during the run, pauses included, in seconds since the load began.
    """

    schema: Literal["httptui.report/1"] = SCHEMA
    contenders: tuple[ReportContender, ...]
    ranking: tuple[Rank, ...]
    cpu_ranking: tuple[CpuRank, ...] = ()
    flags: tuple[Flag, ...] = ()
    verdict: Verdict
    expectations: tuple[ExpectationResult, ...] = ()
    warnings: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    changes: tuple[Mark, ...] = ()

    def __repr__(self) -> str:
        return f"<Report: {self.verdict.sentence}>"
