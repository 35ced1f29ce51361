"""The figures of all contenders as tables: results, rounds where requests bound them, and errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from httptui.reports.exports.answers import SAID, first_answers, status_rows, whole
from httptui.reports.exports.answers import TITLE as ANSWERS
from httptui.reports.exports.html.marks import named
from httptui.reports.exports.html.markup import Html, Node, lines, tag
from httptui.reports.exports.html.tables import Heading, table
from httptui.reports.exports.inside import CAPTION, HEADINGS, TITLE, upstream_rows
from httptui.reports.exports.results import (
    MOST_ROUNDS,
    connections_of,
    cpu_of,
    failures_of,
    in_order,
    is_open,
    message_of,
    method_of,
    notes_on,
    p99_of,
    response_p99_of,
    round_seconds,
)
from httptui.reports.report import Report, ReportContender
from httptui.snapshot import Latency
from httptui.snapshot import format_latency
from httptui.units import UNKNOWN, format_count, format_rate

LATENCIES = ("p50", "p90", "p99", "max")
RESPONSE, SERVICE = ("p50", "p99", "max"), ("p50", "p99")
"""Those of an open load, whose users wait from when their requests were due."""


def results(report: Report) -> Html:
    """A row for each contender, best first, and what its figures mean."""
    contenders, opened = in_order(report), is_open(report)
    headings = [
        Heading("contender", words=True),
        *([Heading("offered/s"), Heading("served/s")] if opened else [Heading("req/s")]),
        *(_latency_headings(RESPONSE, "response time") if opened else ()),
        *(_latency_headings(SERVICE, "service time") if opened else _latency_headings(LATENCIES, "latency")),
        Heading("CPU/req"),
        Heading("conns/req"),
        Heading("ok"),
        *([Heading("dropped")] if opened else []),
        Heading("errors"),
        Heading("limited by", words=True, short=True),
    ]
    rows = [tuple(_row(contender, opened=opened)) for contender in contenders]
    marks = [tag("p", f"{note}.", class_="note") for note in notes_on(contenders)]
    return tag(
        "section",
        tag("h2", "Results"),
        table(headings, rows, "results"),
        *marks,
        tag("p", method_of(report), class_="note"),
    )


def rounds(report: Report) -> Html | None:
    """Seconds of each round and their mean, where requests bound the rounds."""
    seconds = [(contender, round_seconds(report, contender)) for contender in in_order(report)]
    count = max((len(each) for _, each in seconds), default=0)
    if not count:
        return None
    shown = count if count <= MOST_ROUNDS else 0
    headings = [
        Heading("contender", words=True),
        *(Heading(str(number + 1), group="seconds of round") for number in range(shown)),
        Heading("mean"),
    ]
    rows = []
    for contender, each in seconds:
        figures = [f"{each[at]:.3f}" if at < len(each) else UNKNOWN for at in range(shown)]
        mean = f"{sum(each) / len(each):.3f}" if each else UNKNOWN
        rows.append((named(contender), *figures, tag("strong", mean)))
    return tag("section", tag("h2", "Rounds"), table(headings, rows))


def apps(report: Report) -> Html | None:
    """What clients inside an app did upstream, where there are any."""
    rows = [(named(contender), *cells) for contender, cells in upstream_rows(report)]
    if not rows:
        return None
    headings = [Heading("contender", words=True), *map(Heading, HEADINGS)]
    return tag("section", tag("h2", TITLE), table(headings, rows), tag("p", CAPTION, class_="note"))


def errors(report: Report) -> Html | None:
    """Every kind of error of every contender, the commonest first, and why contenders did not finish."""
    rows = [row for contender in in_order(report) for row in _errors(contender)]
    if not rows:
        return None
    headings = (
        Heading("contender", words=True),
        Heading("error", words=True, short=True),
        Heading("count"),
        Heading("first message", words=True),
    )
    return tag("section", tag("h2", "Errors"), table(headings, rows))


def answers(report: Report) -> Html | None:
    """How often each status came, where not all is one success, and the first answer of each that is none."""
    rows = [
        (named(contender), status, format_count(count)) for contender, status, count in status_rows(report)
    ]
    said = first_answers(report)
    if not rows and not said:
        return None
    headings = (Heading("contender", words=True), Heading("status", words=True, short=True), Heading("count"))
    kept = [
        part
        for letters, answer in said
        for part in (tag("p", letters, class_="note"), tag("pre", lines("\n".join(whole(answer)))))
    ]
    return tag(
        "section",
        tag("h2", ANSWERS),
        table(headings, rows) if rows else None,
        tag("h3", SAID) if kept else None,
        *kept,
    )


def _latency_headings(shown: Sequence[str], group: str) -> Sequence[Heading]:
    return [Heading(name, group=group) for name in shown]


def _row(contender: ReportContender, *, opened: bool) -> Iterator[Node]:
    yield named(contender)
    if opened:
        yield format_rate(contender.offered_per_s)
    yield tag("strong", format_rate(contender.req_per_s))
    if opened:
        response = _latencies(contender.response_ms) | {"p99": response_p99_of(contender)}
        yield from (response[name] for name in RESPONSE)
    service = _latencies(contender.latency_ms) | {"p99": p99_of(contender)}
    yield from (service[name] for name in (SERVICE if opened else LATENCIES))
    yield cpu_of(contender)
    yield connections_of(contender)
    yield format_count(contender.requests.ok)
    if opened:
        yield _bad_where_any(contender.requests.dropped)
    yield _bad_where_any(failures_of(contender))
    if contender.state == "dnf":
        yield tag("span", "did not finish", class_="bad")
    else:
        yield contender.limiter.kind


def _bad_where_any(count: int) -> Html:
    return tag("span", format_count(count), class_="bad" if count else None)


def _latencies(latency: Latency | None) -> dict[str, str]:
    return {name: format_latency(latency, name) for name in LATENCIES}


def _errors(contender: ReportContender) -> Iterator[tuple[Node, ...]]:
    for kind, count in sorted(contender.errors.items(), key=lambda item: -item[1]):
        yield named(contender), kind, format_count(count), message_of(contender, kind)
    if contender.cause:
        yield named(contender), "did not finish", UNKNOWN, contender.cause
