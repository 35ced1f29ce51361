"""Each contender on a card of its own: what it was, and every figure of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from httptui.plans.clauses import LATENCIES
from httptui.reports.exports.html.marks import named
from httptui.reports.exports.html.markup import Html, Node, tag
from httptui.reports.exports.html.tables import items, pairs
from httptui.reports.exports.results import connections_of, cpu_of, in_order, lookups_of
from httptui.reports.report import Report, ReportContender
from httptui.snapshot import Latency
from httptui.snapshot import format_latency
from httptui.units import UNKNOWN, format_bytes, format_count, format_ms, format_rate


def details(report: Report) -> Html:
    """A card for each contender, best first."""
    cards = [
        tag("article", tag("h3", named(contender)), pairs(list(_facts(contender))))
        for contender in in_order(report)
    ]
    return tag(
        "section", tag("h2", "Contenders in detail"), tag("div", *cards, class_="cards"), class_="on-screen"
    )


def _facts(contender: ReportContender) -> Iterator[tuple[str, Node]]:
    yield "engine", f"{contender.engine} · {contender.reuse}"
    yield "HTTP", _http(contender)
    yield "event loop", contender.loop or UNKNOWN
    yield "pool", UNKNOWN if contender.pool is None else format_count(contender.pool)
    yield "in flight", format_count(contender.concurrency)
    if contender.read != "bytes":
        yield "reads", contender.read
    yield "state", "did not finish" if contender.state == "dnf" else contender.state
    yield "requests", _counts(contender)
    yield "warm-up", format_count(contender.warmup_requests)
    yield "under load", f"{contender.seconds:.2f} s"
    yield "req/s", format_rate(contender.req_per_s)
    if contender.response_ms is None:
        yield "latency", _latencies(contender.latency_ms)
    else:
        yield "service time", _latencies(contender.latency_ms)
        yield "response time", _latencies(contender.response_ms)
    if contender.late_p99_ms is not None:
        yield "sent late, p99", format_ms(contender.late_p99_ms)
    yield "CPU/req", cpu_of(contender)
    yield (
        "connections opened",
        _connections(contender),
    )
    if contender.requests.retried:
        yield "tried again", format_count(contender.requests.retried)
    if contender.dns_lookups:
        yield "names looked up", f"{format_count(contender.dns_lookups)}, {lookups_of(contender)} a request"
    yield "body bytes", format_bytes(contender.bytes)
    yield "statuses", _listed({f"{code}:": format_count(count) for code, count in contender.status.items()})
    yield "versions", _listed(contender.versions)


def _http(contender: ReportContender) -> str:
    asked, spoken = contender.http_requested, contender.http_version
    if spoken in (None, asked):
        return f"{asked} asked for, unknown spoken" if spoken is None else asked
    return f"{spoken} spoken, {asked} asked for"


def _connections(contender: ReportContender) -> str:
    if contender.connections_opened is None:
        return UNKNOWN
    return f"{format_count(contender.connections_opened)}, {connections_of(contender)} a request"


def _counts(contender: ReportContender) -> Html:
    counts = {name: getattr(contender.requests, name) for name in contender.requests.__struct_fields__}
    return items(
        f"{format_count(count)} {name}"
        for name, count in counts.items()
        if count or name in ("planned", "ok")
    )


def _latencies(latency: Latency | None) -> Html | str:
    if latency is None:
        return UNKNOWN
    return items(f"{name} {format_latency(latency, name)}" for name in LATENCIES)


def _listed(found: Mapping[str, str]) -> Html | str:
    return items(f"{name} {value}" for name, value in sorted(found.items())) if found else UNKNOWN
