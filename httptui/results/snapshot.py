"""A run at one moment: frozen, complete, and all that a screen or a progress line knows; and a contender's results,
which live views and saved reports share.

Rates are successful requests per second of the time of the load; latencies are service times in milliseconds (in a
closed load there is no other); histogram entries are (bucket index, count) in the scheme of
`httptui.engines.buckets`, in coarse buckets (`httptui.results.histogram`) until a contender is at its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from msgspec import UNSET, Struct, field
from msgspec.structs import replace

from httptui.plan.model import Plan, concurrency_of, label_of, letter_of
from httptui.safe_text import safe_text
from httptui.units import HARDLY, UNKNOWN, format_span

Phase = Literal["preparing", "warm-up", "running", "resting", "paused", "draining", "probing", "done"]
State = Literal["starting", "ready", "warm-up", "running", "waiting", "finished", "stopped", "dnf"]
LimiterKind = Literal[
    "rate limit",
    "politeness",
    "rate",
    "think time",
    "machine",
    "client CPU",
    "event loop",
    "thread pool",
    "pool",
    "connection set-up",
    "connection limit",
    "client",
    "target",
    "latency",
    "unknown",
]
VerdictKind = Literal["winner", "tie", "undecided", "capped", "not comparable", "invalid"]
Level = Literal["info", "warning", "error"]
FlagKind = Literal[
    "drift",
    "autocorrelation",
    "position effect",
    "steal",
    "noise",
    "short slices",
    "one epoch",
    "shared machine",
    "late starts",
    "generator-bound",
    "changed by hand",
    "failures",
    "dropped",
    "unequal work",
    "foreign load",
    "stopped by hand",
    "own CPU",
    "foreign traffic",
    "sent once",
]


class Requests(Struct, frozen=True):
    """Counts of requests: planned = ok + error + timeout + dropped + cancelled at the end of the run. `retried`
    counts attempts after the first of each request.
    """

    planned: int = 0
    ok: int = 0
    error: int = 0
    timeout: int = 0
    dropped: int = 0
    cancelled: int = 0
    retried: int = 0

    @property
    def done(self) -> int:
        """Requests that ended with an answer, an error or a time-out."""
        return self.ok + self.error + self.timeout

    @property
    def timed(self) -> int:
        """Requests that the latencies are of: answered, known to have had no answer for some time, or never sent."""
        return self.ok + self.timeout + self.cancelled + self.dropped

    @property
    def failed(self) -> int:
        """Errors, timeouts and what was dropped."""
        return self.error + self.timeout + self.dropped


class Latency(Struct, frozen=True, kw_only=True):
    """Latencies in milliseconds, of answered requests and of `censored` ones: timed out, cancelled or dropped.

    A censored request would have taken longer than it was waited for, so figures are lower bounds: `at_most` has the
    upper bound where it differs, None if there is none. A dropped request never has an answer: `never` names the
    figures that fall among those and give the longest known time.
    """

    p50: float
    p90: float
    p99: float
    p99_9: float = field(name="p99.9")
    max: float
    mean: float
    censored: int = 0
    at_most: dict[str, float | None] = {}
    never: tuple[str, ...] = ()

    def figure(self, name: str) -> float:
        """Return the figure of a name such as "p99.9"."""
        value: float = getattr(self, name.replace(".", "_"))
        return value

    def span(self, name: str) -> tuple[float, float]:
        """Return the least and the greatest possible value of a figure; infinite if no answer reached it."""
        value = self.figure(name)
        most = self.at_most.get(name, value)
        return math.inf if name in self.never else value, math.inf if most is None else most

    def is_bound(self, name: str) -> bool:
        """Return whether a figure is only known to be longer than so much."""
        least, most = self.span(name)
        return least == math.inf or most > least * (1 + HARDLY)


def format_latency(latency: Latency | None, name: str) -> str:
    """A figure of some latencies: "4.1 ms", "> 1.00 s" where it is a lower bound, "∞" where no answer reached it."""
    return UNKNOWN if latency is None else format_span(*latency.span(name))


class FirstAnswer(Struct, frozen=True, kw_only=True):
    """The first answer of one unsuccessful status: its headers, if the client gives them, the beginning of its body
    on one line, and the size of its body in `bytes`. Safe to show: secrets are masked.
    """

    status: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    bytes: int = 0

    @property
    def location(self) -> str:
        """Destination of a redirect, "" if unknown."""
        return next((value for name, value in self.headers if name.lower() == "location"), "")

    @property
    def told(self) -> str:
        """Status, where it leads, and what it says: `422: {"detail":…`, "302 → /login"."""
        leads = f"{self.status} → {self.location}" if self.location else self.status
        return f"{leads}: {self.body}" if self.body else leads


class Upstream(Struct, frozen=True, kw_only=True):
    """Work of the client inside an app, warm-up included: its `calls` as counted by the app, and the `connections`
    and `requests` counted by the embedded target, null for other targets.

    Under load, `mean_ms` is the mean time from a call to its whole answer, null if there was none, and `lost_ms` the
    time that the app adds: the mean latency of the route less `mean_ms`.
    """

    calls: int
    connections: int | None
    requests: int | None
    mean_ms: float | None
    lost_ms: float | None


class Limiter(Struct, frozen=True):
    """The reason why one contender is not faster, with its evidence."""

    kind: LimiterKind
    sentence: str


class Point(Struct, frozen=True):
    """One point of a line: seconds since the load began, successful req/s since the last one."""

    seconds: float
    req_per_s: float


class PercentilePoint(Struct, frozen=True):
    """One point of the percentile lines: seconds since the load began, and milliseconds of what was answered since
    the last one, good for two digits; response times in an open load.
    """

    seconds: float
    p50: float
    p90: float
    p99: float


class Stretch(Struct, frozen=True):
    """Latencies of what was answered from `start` to `end` seconds since the load began, response times in an open
    load: index, count, index, count … in coarse buckets (`httptui.results.histogram`).
    """

    start: float
    end: float
    counts: tuple[int, ...]


class Rank(Struct, frozen=True, kw_only=True):
    """A place in the ranking; `rank_low` equals `rank_high` if the data decide it. Ratios are relative to the leader,
    with a 95 % interval if paired blocks allow one.
    """

    id: str
    rank_low: int
    rank_high: int
    req_per_s: float
    ratio: float
    ratio_low: float | None = None
    ratio_high: float | None = None


class CpuRank(Struct, frozen=True, kw_only=True):
    """A place by client CPU microseconds per request, the cheapest first; ratios to the cheapest, 1 or more."""

    id: str
    rank_low: int
    rank_high: int
    cpu_us_per_request: float
    ratio: float
    ratio_low: float | None = None
    ratio_high: float | None = None


class Flag(Struct, frozen=True):
    """A fact that a reader must know before believing the ranking."""

    kind: FlagKind
    sentence: str


def is_shared(flags: Sequence[Flag]) -> bool:
    """Return whether all contenders together filled the machine, so that CPU per request tells more than req/s."""
    return any(flag.kind == "shared machine" for flag in flags)


class Verdict(Struct, frozen=True):
    """The verdict of a run, provisional until its end."""

    kind: VerdictKind
    sentence: str


class Event(Struct, frozen=True):
    """An event, in seconds since the run began."""

    seconds: float
    text: str
    level: Level = "info"


class Mark(Struct, frozen=True):
    """A change by the user during the run, in seconds since the load began."""

    seconds: float
    text: str


class Labelled(Struct, frozen=True, kw_only=True):
    """A contender of a run or of a sweep, live or saved: its letter and label, and what it is made of."""

    id: str
    label: str
    engine: str
    reuse: str

    if TYPE_CHECKING:

        @property
        def versions(self) -> dict[str, str]:
            """Of Python and of what its process had imported.  Each kind declares it at its own place, as files keep
            the order of their keys.
            """


class ContenderResult(Labelled, frozen=True, kw_only=True):
    """One contender's results, which live views and saved reports share: a new figure is declared here, at the end.

    `ReportContender` explains the fields, in the order of a report's keys.  The defaults are those of a contender of
    which nothing was measured yet.
    """

    inside: str | None = None
    loop: str | None = None
    http_version: str | None = None
    http_requested: str = "1.1"
    read: str = "bytes"
    pool: int | None = None
    concurrency: int
    processes: int = 1
    requests: Requests = Requests()
    warmup_requests: int = 0
    seconds: float = 0.0
    req_per_s: float = 0.0
    offered_per_s: float | None = None
    latency_ms: Latency | None = None
    response_ms: Latency | None = None
    late_p99_ms: float | None = None
    cpu_us_per_request: float | None = None
    own_cpu_us_per_request: float | None = None
    connections_opened: int | None = None
    dns_lookups: int | None = None
    upstream: Upstream | None = None
    bytes: int = 0
    status: dict[str, int] = {}
    errors: dict[str, int] = {}
    first_messages: dict[str, str] = {}
    first_answers: dict[str, FirstAnswer] = {}
    limiter: Limiter | None = None
    state: State = "starting"
    cause: str | None = None
    versions: dict[str, str] = {}


class ContenderView(ContenderResult, frozen=True, kw_only=True):
    """One contender as it stands.  `inside` an app, CPU and event loop are those of the app's process, connections
    those that its client opened, and all else is of its route.  `answered_ms` and the histogram are of successes
    alone, and `lower_bounds` are how long others had no answer.  Under load, latencies, histogram, percentiles and
    timeline are told anew in every other snapshot only; at rest, and in the last one, they are of all requests.
    """

    in_flight: int = 0
    live_req_per_s: float = 0.0
    answered_ms: Latency | None = None
    cpu_share: float | None = None
    loop_lag_ms: float | None = None
    histogram: tuple[tuple[int, int], ...] = ()
    lower_bounds: tuple[tuple[int, int], ...] = ()
    series: tuple[Point, ...] = ()
    percentiles: tuple[PercentilePoint, ...] = ()
    timeline: tuple[Stretch, ...] = ()


class Snapshot(Struct, frozen=True, kw_only=True):
    """The run as it stands.  `elapsed` and `total` are seconds under load, rests included; `total` is None
    where only requests bound the load; `progress` is 0 … 1.
    """

    sequence: int
    title: str
    target: str
    load: str
    schedule: str
    phase: Phase
    elapsed: float
    total: float | None
    progress: float
    block: int
    blocks: int
    contenders: tuple[ContenderView, ...]
    ranking: tuple[Rank, ...] = ()
    cpu_ranking: tuple[CpuRank, ...] = ()
    flags: tuple[Flag, ...] = ()
    verdict: Verdict | None = None
    events: tuple[Event, ...] = ()
    marks: tuple[Mark, ...] = ()
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Snapshot {self.sequence}: {self.phase}, {self.elapsed:.1f} s>"


AnyPoint = TypeVar("AnyPoint", Point, PercentilePoint)
Kind = TypeVar("Kind", bound=Struct)


def as_kind(kind: type[Kind], source: Struct, **own: Any) -> Kind:
    """Convert a struct to another kind, such as a view to a saved result: fields of the same name are copied, and
    `own` are the others, or replace them.
    """
    both = set(source.__struct_fields__).intersection(kind.__struct_fields__)
    return kind(**({name: getattr(source, name) for name in both} | own))


def without_timelines(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as it is sent, a fraction of its size."""
    return replace(snapshot, contenders=tuple(replace(view, timeline=()) for view in snapshot.contenders))


def without_past(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as it is kept: without timelines, and with only the last point of each line."""
    views = (
        replace(view, timeline=(), series=view.series[-1:], percentiles=view.percentiles[-1:])
        for view in snapshot.contenders
    )
    return replace(snapshot, contenders=tuple(views))


def with_past(snapshot: Snapshot, later: Snapshot) -> Snapshot:
    """Return the snapshot with the part of a later one's lines and timelines that had happened by then."""
    known = {view.id: view for view in later.contenders}
    views = (_with_past_of(view, known.get(view.id, view)) for view in snapshot.contenders)
    return replace(snapshot, contenders=tuple(views))


def _with_past_of(view: ContenderView, later: ContenderView) -> ContenderView:
    now = view.series[-1].seconds if view.series else 0.0
    return replace(
        view,
        timeline=_begun(later.timeline, now),
        series=_led_up_to(view.series, later.series),
        percentiles=_led_up_to(view.percentiles, later.percentiles),
    )


def _begun(timeline: tuple[Stretch, ...], now: float) -> tuple[Stretch, ...]:
    return tuple(stretch for stretch in timeline if stretch.start < now)


def _led_up_to(line: tuple[AnyPoint, ...], later: tuple[AnyPoint, ...]) -> tuple[AnyPoint, ...]:
    """Return the points of a later line before the last one of this line, and that one."""
    return tuple(point for point in later if line and point.seconds < line[-1].seconds) + line[-1:]


def planned_views(plan: Plan, redact: Callable[[str], str] = str) -> tuple[ContenderView, ...]:
    """Return a view of each contender before anything is measured, in the plan's order; labels pass `redact`."""
    return tuple(
        ContenderView(
            id=letter_of(index),
            label=safe_text(redact(label_of(contender))),
            engine=contender.engine,
            reuse=contender.reuse,
            inside=None if contender.inside is UNSET else contender.inside,
            http_requested=contender.http,
            read=contender.read,
            concurrency=concurrency_of(plan, contender),
            processes=contender.processes,
        )
        for index, contender in enumerate(plan.contender)
    )
