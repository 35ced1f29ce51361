"""The figures of a contender by the names that clauses use, and how each is written."""

from __future__ import annotations

from httptui.plans.clauses import LATENCIES, RESPONSE
from httptui.reports.report import ReportContender, ReportLatency
from httptui.units import UNKNOWN, format_count, format_ms, format_percent, format_rate, format_us

_FIELDS = {"p99.9": "p99_9"}


def quantity_of(contender: ReportContender, quantity: str) -> float | None:
    """A figure in its quantity's own unit, or None where nothing tells; `ratio` and `rank` are no contender's own."""
    if quantity in LATENCIES:
        return _latency(contender.latency_ms, quantity)
    if quantity.startswith(RESPONSE):
        return _latency(contender.response_ms, quantity.removeprefix(RESPONSE))
    requests = contender.requests
    failures = requests.error + requests.timeout
    answered = requests.ok + failures
    figures: dict[str, float | None] = {
        "req_per_s": contender.req_per_s,
        "cpu": contender.cpu_us_per_request,
        "errors": failures,
        "error_rate": failures / answered if answered else None,
        "timeouts": requests.timeout,
        "dropped": requests.dropped,
        "retried": requests.retried,
        "connections": contender.connections_opened,
    }
    return figures[quantity]


def format_quantity(quantity: str, value: float | None) -> str:
    """A figure as people read it: "61.2 ms", "15 511", "0.8 %"."""
    if value is None:
        return UNKNOWN
    if quantity in LATENCIES or quantity.startswith(RESPONSE):
        return format_ms(value)
    if quantity == "cpu":
        return format_us(value)
    if quantity == "req_per_s":
        return format_rate(value)
    if quantity in ("error_rate", "ratio"):
        return format_percent(value)
    return format_count(round(value))


def _latency(latency: ReportLatency | None, name: str) -> float | None:
    value: float | None = getattr(latency, _FIELDS.get(name, name), None)
    return value
