"""Registry of the figures of a contender, each declared once.

Columns of the screen, documents, CSV, Bencher's format, expectations, thresholds, comparisons, sweeps, help and
docs/figures.md follow from `FIGURES`. Results are imported for their types only, because plans, which know which
figures can be expected, are in a lower layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from httptui.scale import milliseconds, short
from httptui.statistics import has_few_beyond
from httptui.units import (
    UNKNOWN,
    format_count,
    format_ms,
    format_percent,
    format_rate,
    format_span,
    format_us,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from httptui.results.report import Slice
    from httptui.results.snapshot import ContenderResult, ContenderView, Latency, Rank

Better = Literal["high", "low"]
ROUGH = "~"
MOST_OWN_CPU = 0.10
"""Share of the tool in a CPU time above which that time is not compared."""
PERCENTS: Final = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9}
"""In the order of `httptui.results.report.SliceLatency.above`."""
LATENCIES: Final = (*PERCENTS, "max", "mean")
"""Parts of latencies that are figures."""
RESPONSE: Final = "response_"
"""Prefix of the names of response times."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Unit with its formats of a value and of a tick; `clause` maps suffixes of numbers in clauses to factors."""

    name: str
    words: Callable[[float], str]
    tick: Callable[[float], str]
    clause: Mapping[str, float]


def _whole(value: float) -> str:
    return format_count(round(value))


def _wait(value: float) -> str:
    return format_ms(value) if value else "0"


def _microseconds(value: float) -> str:
    return milliseconds(value / 1000)


_MILLISECONDS: Final = {"": 1.0, "us": 0.001, "µs": 0.001, "ms": 1.0, "s": 1_000.0}
_MICROSECONDS: Final = {"": 1.0, "us": 1.0, "µs": 1.0, "ms": 1_000.0, "s": 1_000_000.0}
_NUMBER: Final = {"": 1.0, "k": 1_000.0}
PER_SECOND: Final = Unit("per second", format_rate, short, _NUMBER)
MS: Final = Unit("ms", format_ms, milliseconds, _MILLISECONDS)
WAIT: Final = Unit("ms", _wait, milliseconds, _MILLISECONDS)
US: Final = Unit("µs", format_us, _microseconds, _MICROSECONDS)
COUNT: Final = Unit("count", _whole, short, _NUMBER)
EACH: Final = Unit("per request", "{:.2f}".format, short, _NUMBER)
SHARE: Final = Unit("share", format_percent, format_percent, {"": 1.0, "%": 0.01})
PLACE: Final = Unit("place", _whole, _whole, {"": 1.0})
BYTES: Final = Unit("bytes per second", short, short, _NUMBER)


class Shown(NamedTuple):
    """Place of a figure in the tables of documents.

    It appears from a `detail` on (1: always, 2: with over 80 columns, 3: on a page). Figures with a higher `keep`
    leave a narrow table first, those with 0 never. `if_any`: only if a contender has a value other than zero.
    `in_cards`: on a page, in the cards of the contenders.
    """

    detail: int = 1
    keep: int = 0
    if_any: bool = False
    in_cards: bool = False


def _unknown(_one: ContenderResult) -> float | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """Measured quantity of a contender.

    - `name` is used in clauses and comparisons, `heading` above the screen's column, `title` in documents (default:
      the heading); an open load can have others. `csv` and `bmf` are its names in these formats, if any.
    - `of` reads it from results, `live` from a snapshot if that differs, `of_slice` from a slice, `of_place` from the
      ranking; `swept` is its field in a point of a sweep.
    - A figure that is the `part` of some `times` can be rough or a lower bound.
    - `alarming`: any value but zero is bad. `fact`: listed among the facts of one contender. `told`: in the tables of
      comparisons. `closed` and `opened`: places in documents under a closed and an open load.
    """

    name: str
    heading: str
    help: str
    unit: Unit
    better: Better = "low"
    meaning: str = ""
    title: str = ""
    heading_if_open: str = ""
    title_if_open: str = ""
    of: Callable[[ContenderResult], float | None] = _unknown
    live: Callable[[ContenderView], float | None] | None = None
    of_slice: Callable[[Slice], float | None] | None = None
    of_place: Callable[[Rank], float] | None = None
    times: Callable[[ContenderResult], Latency | None] | None = None
    part: str = ""
    column: bool = True
    width: int = 8
    csv: str = ""
    bmf: str = ""
    swept: str = ""
    expected: bool = False
    compared: bool = False
    told: bool = False
    alarming: bool = False
    fact: bool = False
    closed: Shown | None = None
    opened: Shown | None = None

    @property
    def is_response(self) -> bool:
        """True for times since requests were due, which only an open load has."""
        return self.times is response_times

    @property
    def is_service(self) -> bool:
        """True for times since requests were sent."""
        return self.times is service_times

    @property
    def percent(self) -> float | None:
        """The percentile, or None."""
        return PERCENTS.get(self.part)

    def titled(self, *, is_open: bool) -> str:
        """Return its name in documents."""
        return (self.title_if_open if is_open else "") or self.title or self.heading

    def headed(self, *, is_open: bool) -> str:
        """Return the heading of its column on the screen."""
        return (self.heading_if_open if is_open else "") or self.heading

    def now(self, view: ContenderView) -> float | None:
        """Return the figure of a running contender."""
        return self.of(view) if self.live is None else self.live(view)

    def is_bound(self, one: ContenderResult) -> bool:
        """Return whether only a lower bound is known."""
        times = None if self.times is None else self.times(one)
        return times is not None and times.is_bound(self.part)

    def is_rough(self, one: ContenderResult) -> bool:
        """Return whether too few requests lie beyond a percentile, or too much of a CPU time is the tool's own."""
        if self is CPU:
            return own_cpu_share(one) > MOST_OWN_CPU
        return self.percent is not None and has_few_beyond(one.requests.timed, self.percent)

    def text(self, one: ContenderResult) -> str:
        """Format the figure, with a mark if it is uncertain: "8.1 ms", "~1.54 s", "> 1.00 s", "∞", "–"."""
        return self.marked(one, self.of(one))

    def marked(self, one: ContenderResult, value: float | None) -> str:
        """Format a value of it with the same marks."""
        if value is None:
            return UNKNOWN
        times = None if self.times is None else self.times(one)
        if times is not None and times.is_bound(self.part):
            return format_span(*times.span(self.part))
        return f"{ROUGH if self.is_rough(one) else ''}{self.unit.words(value)}"

    def comparable(self, one: ContenderResult) -> float | None:
        """Return the figure, or None for a lower bound and for a CPU time that is mostly the tool's."""
        if self.is_bound(one) or (self is CPU and self.is_rough(one)):
            return None
        return self.of(one)


def own_cpu_share(one: ContenderResult) -> float:
    """Return the tool's share of all CPU time, which is not in the client's."""
    own = one.own_cpu_us_per_request or 0.0
    return own / (own + (one.cpu_us_per_request or 0.0)) if own else 0.0


def compared_cpu_us(one: ContenderResult) -> float | None:
    """Return the CPU time per request, or None if the tool's share is too large for a comparison."""
    return CPU.comparable(one)


def answered(one: ContenderResult) -> int:
    """Return the number of finished requests."""
    return one.requests.ok + one.requests.error + one.requests.timeout


def sent_in_all(one: ContenderResult) -> int:
    """Return the number of finished requests with retries and warm-up."""
    return answered(one) + one.requests.retried + one.warmup_requests


def service_times(one: ContenderResult) -> Latency | None:
    """Return the times from sending a request to the end of its answer."""
    return one.latency_ms


def response_times(one: ContenderResult) -> Latency | None:
    """Return the times from when a request of an open load was due to the end of its answer."""
    return one.response_ms


def _each(one: ContenderResult, count: int | None) -> float | None:
    sent = sent_in_all(one)
    return count / sent if count is not None and sent else None


def _error_rate(one: ContenderResult) -> float | None:
    requests = one.requests
    over = requests.ok + requests.failed
    return requests.failed / over if over else None


def _bytes_per_second(one: ContenderResult) -> float | None:
    return one.bytes / one.seconds if one.seconds else None


def _rate_so_far(view: ContenderView) -> float | None:
    return view.req_per_s if answered(view) else None


def _served(one: ContenderResult) -> float | None:
    return None if one.offered_per_s is None else one.req_per_s


def _latency(
    part: str,
    explained: str,
    *,
    times: Callable[[ContenderResult], Latency | None],
    name: str,
    csv: str,
    heading: str,
    title: str,
    heading_if_open: str,
    title_if_open: str,
    **others: Any,
) -> Figure:
    """Declare a part of some latencies as a figure, by the prefixes of its names and further fields of `Figure`."""

    def figure(one: ContenderResult) -> float | None:
        found = times(one)
        return None if found is None else found.figure(part)

    def least(view: ContenderView) -> float | None:
        found = times(view)
        return None if found is None else found.span(part)[0]

    return Figure(
        name=f"{name}{part}",
        heading=f"{heading}{part}",
        title=f"{title}{part}",
        heading_if_open=f"{heading_if_open}{part}",
        title_if_open=f"{title_if_open}{part}",
        help=explained,
        unit=MS,
        of=figure,
        live=least,
        times=times,
        part=part,
        csv=f"{csv}_{part.replace('.', '_')}_ms",
        expected=True,
        compared=True,
        **others,
    )


_service: Final = partial(
    _latency,
    times=service_times,
    meaning="service time: from sending to the end of the answer",
    name="",
    csv="latency",
    heading="",
    title="",
    heading_if_open="serv ",
    title_if_open="service ",
)
_response: Final = partial(
    _latency,
    times=response_times,
    meaning="of an open load: from when it was due to the end of the answer",
    name=RESPONSE,
    csv="response",
    heading="resp ",
    title="response ",
    heading_if_open="resp ",
    title_if_open="response ",
)
REQ_PER_S: Final = Figure(
    name="req_per_s",
    heading="req/s",
    heading_if_open="served/s",
    title_if_open="served/s",
    help="successful answers a second",
    meaning="successes a second of the time of the load",
    unit=PER_SECOND,
    better="high",
    of=lambda one: one.req_per_s,
    live=_rate_so_far,
    of_slice=lambda piece: piece.req_per_s,
    width=9,
    csv="req_per_s",
    bmf="throughput",
    swept="req_per_s",
    expected=True,
    compared=True,
    told=True,
    closed=Shown(),
    opened=Shown(),
)
CPU: Final = Figure(
    name="cpu",
    heading="CPU/req",
    help="client CPU per request; ~: rough",
    meaning="CPU time of the client's process for a request, which inside an app is the app's",
    unit=US,
    of=lambda one: one.cpu_us_per_request,
    of_slice=lambda piece: piece.cpu_us_per_request,
    csv="cpu_us_per_request",
    bmf="cpu-us-per-request",
    swept="cpu_us_per_request",
    expected=True,
    compared=True,
    told=True,
    closed=Shown(),
    opened=Shown(keep=3),
)

FIGURES: Final = (
    REQ_PER_S,
    _service(
        "p50",
        "half of all answers were faster",
        bmf="latency-p50-ms",
        swept="p50_ms",
        told=True,
        closed=Shown(),
        opened=Shown(detail=2),
    ),
    _service("p90", "one answer in 10 was slower", closed=Shown(detail=3)),
    _service(
        "p99",
        "one answer in 100 was slower; ~: fewer than 30 were, >: a lower bound",
        bmf="latency-p99-ms",
        swept="p99_ms",
        told=True,
        closed=Shown(keep=1),
        opened=Shown(detail=2),
    ),
    _service("p99.9", "one answer in 1000 was slower"),
    _service("max", "the slowest answer", closed=Shown(detail=3)),
    _service("mean", "the mean of all answers"),
    _response("p50", "half of all responses were faster; open load", opened=Shown(keep=2)),
    _response("p90", "one response in 10 was slower; open load"),
    _response("p99", "one response in 100 was slower; open load", told=True, opened=Shown()),
    _response("p99.9", "one response in 1000 was slower; open load", column=False),
    _response("max", "the slowest response; open load", opened=Shown(detail=3)),
    _response("mean", "the mean of all responses; open load", column=False),
    Figure(
        name="offered_per_s",
        heading="offered/s",
        help="arrivals a second; open load",
        meaning="of an open load: arrivals a second, those dropped among them; `req_per_s` of these were served",
        unit=PER_SECOND,
        better="high",
        of=lambda one: one.offered_per_s,
        width=9,
        csv="offered_per_s",
        expected=True,
        opened=Shown(keep=1),
    ),
    Figure(
        name="served_per_s",
        heading="served/s",
        help="successful answers a second; open load",
        unit=PER_SECOND,
        better="high",
        of=_served,
        column=False,
        expected=True,
    ),
    CPU,
    Figure(
        # A gate counts among the errors what was dropped, which tables have in a column of its own.
        name="errors",
        heading="errors",
        help="failed requests, timeouts and dropped ones among them",
        unit=COUNT,
        of=lambda one: one.requests.failed,
        column=False,
        expected=True,
    ),
    Figure(
        name="error_rate",
        heading="error rate",
        help="the share of requests that failed, timed out or were dropped",
        unit=SHARE,
        of=_error_rate,
        column=False,
        expected=True,
    ),
    Figure(
        name="timeouts",
        heading="timeouts",
        help="not answered in time",
        unit=COUNT,
        of=lambda one: one.requests.timeout,
        csv="requests_timeout",
        expected=True,
        alarming=True,
    ),
    Figure(
        name="dropped",
        heading="dropped",
        help="not sent: in-flight limit reached",
        unit=COUNT,
        of=lambda one: one.requests.dropped,
        csv="requests_dropped",
        expected=True,
        alarming=True,
        opened=Shown(),
    ),
    Figure(
        name="retried",
        heading="retried",
        help="sent again after a failure",
        meaning="tries beyond each request's first",
        unit=COUNT,
        of=lambda one: one.requests.retried,
        csv="requests_retried",
        expected=True,
        closed=Shown(keep=5, if_any=True, in_cards=True),
        opened=Shown(keep=5, if_any=True, in_cards=True),
    ),
    Figure(
        name="connections",
        heading="conns",
        help="connections opened",
        meaning="connections opened by the whole run, warm-up included",
        unit=COUNT,
        of=lambda one: one.connections_opened,
        width=7,
        csv="connections_opened",
        expected=True,
    ),
    Figure(
        name="ratio",
        heading="ratio",
        help="its req/s over the leader's",
        unit=SHARE,
        better="high",
        of_place=lambda place: place.ratio,
        column=False,
        expected=True,
    ),
    Figure(
        name="rank",
        heading="rank",
        help="its place by req/s",
        unit=PLACE,
        column=False,
        expected=True,
    ),
    Figure(
        name="live",
        heading="live",
        help="req/s over the last second",
        unit=PER_SECOND,
        better="high",
        live=lambda view: view.live_req_per_s,
        width=9,
    ),
    Figure(
        name="ok",
        heading="ok",
        help="successful answers",
        unit=COUNT,
        better="high",
        of=lambda one: one.requests.ok,
        width=9,
        csv="requests_ok",
        closed=Shown(detail=3),
        opened=Shown(detail=3),
    ),
    Figure(
        name="failures",
        heading="errors",
        help="failed requests, timeouts among them",
        unit=COUNT,
        of=lambda one: one.requests.error + one.requests.timeout,
        width=7,
        alarming=True,
        closed=Shown(),
        opened=Shown(),
    ),
    Figure(
        name="in_flight",
        heading="in flight",
        help="sent, not yet answered",
        unit=COUNT,
        better="high",
        live=lambda view: view.in_flight,
        width=9,
    ),
    Figure(
        name="late_p99",
        heading="late p99",
        help="how late requests started; open load",
        meaning="of an open load: how late requests were sent",
        unit=MS,
        of=lambda one: one.late_p99_ms,
        csv="late_p99_ms",
        fact=True,
    ),
    Figure(
        name="cpu_share",
        heading="CPU",
        help="how much of a core the client takes",
        unit=SHARE,
        live=lambda view: view.cpu_share,
        width=6,
    ),
    Figure(
        name="own_cpu",
        heading="own CPU",
        help="CPU per request that the tool itself took in that process",
        meaning="CPU time for a request that the tool itself took in that process, as measured at rest; not in "
        "`cpu_us_per_request`",
        unit=US,
        of=lambda one: one.own_cpu_us_per_request,
        column=False,
        csv="own_cpu_us_per_request",
    ),
    Figure(
        name="loop_lag",
        heading="loop lag",
        help="how late its event loop has been at most",
        unit=MS,
        live=lambda view: view.loop_lag_ms,
    ),
    Figure(
        name="connections_per_request",
        heading="conns/req",
        help="connections opened per request",
        unit=EACH,
        of=lambda one: _each(one, one.connections_opened),
        width=9,
        closed=Shown(keep=3),
        opened=Shown(keep=3),
    ),
    Figure(
        name="lookups",
        heading="lookups",
        help="names looked up",
        meaning="names looked up by the whole run, warm-up included; none for clients with a resolver of their own",
        unit=COUNT,
        of=lambda one: one.dns_lookups,
        csv="dns_lookups",
    ),
    Figure(
        name="lookups_per_request",
        heading="lookups/req",
        help="names looked up per request",
        unit=EACH,
        of=lambda one: _each(one, one.dns_lookups),
        width=11,
        closed=Shown(keep=4, if_any=True, in_cards=True),
        opened=Shown(keep=4, if_any=True, in_cards=True),
    ),
    Figure(
        name="bytes_per_s",
        heading="bytes/s",
        help="bytes of answers read a second",
        unit=BYTES,
        better="high",
        of=_bytes_per_second,
    ),
    Figure(
        name="pool_wait",
        heading="pool wait",
        title="mean wait for a connection of the pool",
        help="mean wait for a connection of the pool, by Little's law",
        unit=WAIT,
        column=False,
        swept="pool_wait_ms",
    ),
)
"""In the order of clauses and comparisons; screen, documents and CSV have their own orders."""

BY_NAME: Final = {figure.name: figure for figure in FIGURES}
SWEPT: Final = {figure.swept: figure for figure in FIGURES if figure.swept}
"""Figures that sweeps measure, by their field in a turn and in a point."""


def arranged(figures: Iterable[Figure], first: Iterable[str]) -> tuple[Figure, ...]:
    """Return the figures, beginning with those named in `first`, in that order."""
    left = {figure.name: figure for figure in figures}
    chosen = [left.pop(name) for name in first if name in left]
    return (*chosen, *left.values())
