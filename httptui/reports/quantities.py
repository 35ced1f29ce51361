"""The figures of a contender by the names that clauses use, and how each is written."""

from __future__ import annotations

from httptui.plans.clauses import LATENCIES, RESPONSE
from httptui.reports.report import ReportContender
from httptui.snapshot import Latency
from httptui.units import UNKNOWN, format_count, format_ms, format_percent, format_rate, format_us

SHARES = ("ratio", "error_rate")


def quantity_of(contender: ReportContender, quantity: str) -> float | None:
    """A figure in its quantity's own unit, or None where nothing tells; `ratio` and `rank` are no contender's own."""
    if quantity in LATENCIES:
        return _latency(contender.latency_ms, quantity)
    if quantity.startswith(RESPONSE):
        return _latency(contender.response_ms, quantity.removeprefix(RESPONSE))
    requests = contender.requests
    all_told = requests.ok + requests.failed
    figures: dict[str, float | None] = {
        "req_per_s": contender.req_per_s,
        "cpu": contender.cpu_us_per_request,
        "offered_per_s": contender.offered_per_s,
        "served_per_s": None if contender.offered_per_s is None else contender.req_per_s,
        "errors": requests.failed,
        "error_rate": requests.failed / all_told if all_told else None,
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
    if quantity in ("req_per_s", "offered_per_s", "served_per_s"):
        return format_rate(value)
    if quantity in SHARES:
        return format_percent(value)
    return format_count(round(value))


def _latency(latency: Latency | None, name: str) -> float | None:
    return None if latency is None else latency.figure(name)
