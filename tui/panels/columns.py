"""The columns of the table of contenders: what each shows, which are shown unasked, and which give way first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from httptui.results.histogram import PERCENTS, has_few_beyond
from httptui.results.snapshot import (
    MOST_OWN_CPU,
    ContenderView,
    Latency,
    Requests,
    format_latency,
    own_cpu_share,
)
from httptui.scale import short
from httptui.units import UNKNOWN, format_count, format_ms, format_percent, format_rate, format_us

Figure = float | str | None


class Column(NamedTuple):
    """One column: name, width, a contender's figure, the figure in words, which end is the better one, meaning."""

    name: str
    width: int
    figure: Callable[[ContenderView], Figure]
    words: Callable[[Any], str]
    best: Literal["high", "low"]
    help: str
    latency: Callable[[ContenderView], Latency | None] | None = None

    def text(self, view: ContenderView) -> str:
        """The figure of a contender in words; a percentile that few requests were slower than is rough, and one that
        lies among requests without an answer is a lower bound.
        """
        figure = self.figure(view)
        if figure is None:
            return UNKNOWN
        part = self.name.removeprefix(RESPONSE)
        latency = None if self.latency is None else self.latency(view)
        if latency is not None and latency.is_bound(part):
            return format_latency(latency, part).replace("> ", ">")
        if self.name == "CPU/req" and own_cpu_share(view) > MOST_OWN_CPU:
            return f"{ROUGH}{self.words(figure)}"
        rough = latency is not None and has_few_beyond(view.requests.timed, PERCENTS.get(part, 0.0))
        return f"{ROUGH if rough else ''}{self.words(figure)}"

    def title(self, *, is_open: bool) -> str:
        """What stands above it: under an open load, the times of service are told apart from those of response."""
        return f"serv {self.name}" if is_open and self.name in SERVICE_TIMES else self.name


ROUGH = "~"
RESPONSE = "resp "
SERVICE_TIMES = ("p50", "p90", "p99", "p99.9", "max", "mean")


def answered(requests: Requests) -> int:
    """How many requests have come to an end."""
    return requests.ok + requests.error + requests.timeout


def sent_in_all(view: ContenderView) -> int:
    """How many requests were sent and came to an end, those tried again and the warm-up included."""
    return answered(view.requests) + view.requests.retried + view.warmup_requests


def connections_per_request(view: ContenderView) -> float | None:
    """Connections opened for each request sent, warm-up included."""
    sent = sent_in_all(view)
    return view.connections_opened / sent if view.connections_opened is not None and sent else None


def lookups_per_request(view: ContenderView) -> float | None:
    """Names looked up for each request sent, warm-up included."""
    sent = sent_in_all(view)
    return view.dns_lookups / sent if view.dns_lookups is not None and sent else None


def _rate(view: ContenderView) -> Figure:
    return view.req_per_s if answered(view.requests) else None


def _failed(view: ContenderView) -> Figure:
    return view.requests.error + view.requests.timeout


def _bytes_per_second(view: ContenderView) -> Figure:
    return view.bytes / view.seconds if view.seconds else None


def _limit(view: ContenderView) -> Figure:
    return None if view.limiter is None else view.limiter.kind


def _duration(name: str, figure: Callable[[ContenderView], Figure], help: str) -> Column:
    return Column(name, 8, figure, format_ms, "low", help)


def _service(part: str, help: str) -> Column:
    return _latency(part, part, lambda view: view.latency_ms, help)


def _response(part: str, help: str) -> Column:
    return _latency(f"{RESPONSE}{part}", part, lambda view: view.response_ms, f"{help}; open load")


def _latency(name: str, part: str, of: Callable[[ContenderView], Latency | None], help: str) -> Column:
    def figure(view: ContenderView) -> Figure:
        latency = of(view)
        return None if latency is None else latency.span(part)[0]

    return _duration(name, figure, help)._replace(latency=of)


COLUMNS = (
    Column("req/s", 9, _rate, format_rate, "high", "successful answers a second"),
    Column("live", 9, lambda view: view.live_req_per_s, format_rate, "high", "req/s over the last second"),
    Column("ok", 9, lambda view: view.requests.ok, format_count, "high", "successful answers"),
    Column("in flight", 9, lambda view: view.in_flight, format_count, "high", "sent, not yet answered"),
    Column(
        "offered/s", 9, lambda view: view.offered_per_s, format_rate, "high", "arrivals a second; open load"
    ),
    _response("p50", "half of all responses were faster"),
    _response("p90", "one response in 10 was slower"),
    _response("p99", "one response in 100 was slower"),
    _response("max", "the slowest response"),
    _service("p50", "half of all answers were faster"),
    _service("p90", "one answer in 10 was slower"),
    _service("p99", "one answer in 100 was slower; ~: fewer than 30 were, >: a lower bound"),
    _service("p99.9", "one answer in 1000 was slower"),
    _service("max", "the slowest answer"),
    _service("mean", "the mean of all answers"),
    _duration("late p99", lambda view: view.late_p99_ms, "how late requests started; open load"),
    Column(
        "dropped",
        8,
        lambda view: view.requests.dropped,
        format_count,
        "low",
        "not sent: in-flight limit reached",
    ),
    Column(
        "CPU/req",
        8,
        lambda view: view.cpu_us_per_request,
        format_us,
        "low",
        "client CPU per request; ~: rough",
    ),
    Column(
        "CPU", 6, lambda view: view.cpu_share, format_percent, "low", "how much of a core the client takes"
    ),
    _duration("loop lag", lambda view: view.loop_lag_ms, "how late its event loop has been at most"),
    Column("conns", 7, lambda view: view.connections_opened, format_count, "low", "connections opened"),
    Column("conns/req", 9, connections_per_request, "{:.2f}".format, "low", "connections opened per request"),
    Column("lookups", 8, lambda view: view.dns_lookups, format_count, "low", "names looked up"),
    Column("lookups/req", 11, lookups_per_request, "{:.2f}".format, "low", "names looked up per request"),
    Column("bytes/s", 8, _bytes_per_second, short, "high", "bytes of answers read a second"),
    Column("timeouts", 8, lambda view: view.requests.timeout, format_count, "low", "not answered in time"),
    Column("errors", 7, _failed, format_count, "low", "failed requests, timeouts among them"),
    Column(
        "retried", 8, lambda view: view.requests.retried, format_count, "low", "sent again after a failure"
    ),
    Column("HTTP", 5, lambda view: view.http_version, str, "high", "the version that was spoken"),
    Column("state", 9, lambda view: view.state, str, "low", "what it is doing"),
    Column("limited by", 18, _limit, str, "low", "what keeps it from going faster"),
)
"""Every column there is, from the left."""

BY_NAME = {column.name: column for column in COLUMNS}
FAILURES = ("errors", "timeouts", "dropped")
WORDS = ("HTTP", "state", "limited by")

CLOSED = ("req/s", "p50", "p99", "errors", "CPU/req", "limited by", "conns/req", "max", "ok", "p90")
OPEN = (
    *(
        "req/s",
        "resp p50",
        "resp p99",
        "dropped",
        "offered/s",
        "errors",
        "CPU/req",
        "p99",
        "late p99",
        "limited by",
        "p50",
    ),
    "conns/req",
)
"""The columns that are shown unasked, those that give way last first."""


class Picked(NamedTuple):
    """What someone wants otherwise than usual, which holds under any kind of load."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    @classmethod
    def exactly(cls, names: Iterable[str]) -> Picked:
        """Those columns and no others, under any kind of load; the usual ones where none is named."""
        wanted = frozenset(names)
        return cls(wanted, frozenset((*CLOSED, *OPEN)) - wanted) if wanted else AS_USUAL

    def names(self, *, is_open: bool) -> tuple[str, ...]:
        """The columns that may be shown, from the left."""
        wanted = {*usual(is_open=is_open), *self.added} - self.removed
        return tuple(column.name for column in COLUMNS if column.name in wanted)

    def toggled(self, name: str, *, is_open: bool) -> Picked:
        """With a column where there was none, or without it; the last one stays."""
        names = self.names(is_open=is_open)
        if names == (name,):
            return self
        if name in names:
            return Picked(self.added - {name}, self.removed | ({name} & {*CLOSED, *OPEN}))
        return Picked(self.added | ({name} - {*usual(is_open=is_open)}), self.removed - {name})


AS_USUAL = Picked()


def usual(*, is_open: bool) -> tuple[str, ...]:
    """The names of the columns that are shown unasked."""
    return OPEN if is_open else CLOSED


def ranked(picked: Iterable[str], sorted_by: str | None = None, *, is_open: bool) -> list[Column]:
    """The columns of some names, those that give way last first: what is sorted by, what nobody shows unasked and so
    must have been asked for, then the usual ones in their order.
    """
    order = usual(is_open=is_open)

    def turn(column: Column) -> tuple[int, int]:
        if column.name == sorted_by:
            return 0, 0
        return (2, order.index(column.name)) if column.name in order else (1, COLUMNS.index(column))

    names = set(picked)
    return sorted((column for column in COLUMNS if column.name in names), key=turn)


def those_that_fit(ranking: list[Column], room: int, gap: int) -> tuple[Column, ...]:
    """The columns that fit into so many cells, each after a gap, in their place; none where the first does not."""
    kept: list[Column] = []
    for column in ranking:
        if room >= column.width + gap:
            room -= column.width + gap
            kept.append(column)
    return tuple(column for column in COLUMNS if column in kept) if ranking[:1] == kept[:1] else ()


RISING, FALLING = "▲", "▼"


class Sorting(NamedTuple):
    """By the column of a name, the best figure first, or by letter where it is None; or the other way round."""

    name: str | None = None
    reverse: bool = False


BY_LETTER = Sorting()


def ordered(contenders: Sequence[ContenderView], sorting: Sorting) -> tuple[ContenderView, ...]:
    """The contenders in their order; equals stay as they were, and those without a figure come last, either way."""
    if sorting.name is None:
        return tuple(contenders[::-1] if sorting.reverse else contenders)
    column = BY_NAME[sorting.name]
    figures = [(view, _figure(view, column)) for view in contenders]
    known = [(view, figure) for view, figure in figures if figure is not None]
    known.sort(key=lambda pair: pair[1], reverse=_is_falling(sorting))
    return (*(view for view, _ in known), *(view for view, figure in figures if figure is None))


def _figure(view: ContenderView, column: Column) -> Any:
    """What it is sorted by: one that did not finish has no figures in the table."""
    return None if view.state == "dnf" else column.figure(view)


def _is_falling(sorting: Sorting) -> bool:
    best = BY_NAME[sorting.name].best if sorting.name else "low"
    return (best == "high") != sorting.reverse


def marker(sorting: Sorting, name: str | None) -> str:
    """The sign at the heading of a column (None: at the letters), and none where the table is not sorted by it, or
    stands as it always does.
    """
    if name != sorting.name or sorting == BY_LETTER:
        return ""
    return FALLING if _is_falling(sorting) else RISING


def next_sorting(sorting: Sorting, names: Sequence[str]) -> Sorting:
    """By the next of some columns, from the left, and after the last by letter again."""
    after = names.index(sorting.name) + 1 if sorting.name in names else 0
    return Sorting(names[after]) if after < len(names) else BY_LETTER


def sorted_by(sorting: Sorting, name: str | None) -> Sorting:
    """By a column that was asked for; asked for again, the other way round."""
    return sorting._replace(reverse=not sorting.reverse) if name == sorting.name else Sorting(name)
