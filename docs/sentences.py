"""Sentences of docs/results.md computed from a report's figures, so that the data support each of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from httptui.report.render_markdown import escaped
from httptui.results.report import Report
from httptui.sweeps.report import SweepReport
from httptui.units import format_ms, format_times


def cpu_along_the_levels(report: Report | SweepReport) -> str:
    """How far apart the dearest and the cheapest are in CPU per request, at the first level and the last."""
    assert isinstance(report, SweepReport)
    (axis,) = report.axes
    told = []
    for level in (axis.levels[0], axis.levels[-1]):
        costs = {
            point.contender: point.cpu_us_per_request.value
            for point in report.points
            if point.levels == (level,) and point.cpu_us_per_request is not None
        }
        dear, cheap = max(costs, key=lambda key: costs[key]), min(costs, key=lambda key: costs[key])
        told.append((level, dear, cheap, costs[dear] / costs[cheap]))
    names = {one.id: escaped(one.label) for one in report.contenders}
    (first, dear, cheap, most), (last, _, _, least) = told
    change = "stays the same" if 0.9 <= least / most <= 1.1 else "shrinks" if least < most else "grows"
    return (
        f"Equal throughput is not equal cost: at {last:g} ms the most expensive client still uses "
        f"{format_times(least)} the CPU per request of the cheapest. The difference {change}: at {first:g} ms "
        f"{names[dear]} uses {format_times(most)} that of {names[cheap]}."
    )


def crossovers_and_the_model(report: Report | SweepReport) -> str:
    """Which pair is furthest from the model's prediction, to which side, and how far the others are."""
    assert isinstance(report, SweepReport)
    names = {one.id: escaped(one.label) for one in report.contenders}
    found = [
        (one.measured_ms / one.predicted_ms, pair)
        for pair in report.analysis.crossovers
        if (one := pair.found).measured_ms and one.predicted_ms
    ]
    if not found:
        return "No pair has both a crossover that was measured and one that the model predicts."
    found.sort(key=lambda item: abs(math.log(item[0])), reverse=True)
    (furthest, pair), others = found[0], [share for share, _ in found[1:]]
    side = "higher" if furthest > 1 else "lower"
    rest = (
        f"; the other pairs are at {min(others):.2f} to {max(others):.2f} times the prediction"
        if others
        else ""
    )
    contradicted = sum(pair.found.agrees is False for _, pair in found)
    room = (
        f"The data contradict the model for {contradicted} of {len(found)} pairs: their intervals exclude it."
        if contradicted
        else f"The data contradict the model for none of {len(found)} pairs: every interval includes it."
        if all(pair.found.agrees for _, pair in found)
        else ""
    )
    return (
        "The model assumes one request at a time per client and uses only its CPU per request. The largest deviation "
        f"is that of {names[pair.faster]} and {names[pair.slower]}, at {side} latency than predicted: "
        f"{format_ms(pair.found.measured_ms)} instead of {format_ms(pair.found.predicted_ms)}{rest}. {room}".rstrip()
    )


def http2_beside_http1(report: Report | SweepReport) -> str:
    """What HTTP/2 does to the req/s of one client, beside another client over HTTP/1.1."""
    assert isinstance(report, Report)
    old, new, other = report.contenders
    return (
        f"{escaped(new.label)} serves {format_times(new.req_per_s / old.req_per_s)} the req/s of "
        f"{escaped(old.label)}, and {escaped(other.label)} serves {format_times(other.req_per_s / new.req_per_s)} as "
        "many as that: the number of connections explains neither."
    )


def blocking_beside_threads(report: Report | SweepReport) -> str:
    """How many times as many requests one Session serves in a route that runs in threads."""
    assert isinstance(report, Report)
    rates = {one.inside: one.req_per_s for one in report.contenders}
    times = format_times(rates["fastapi-sync"] / rates["fastapi-async-blocking"])
    return (
        "The blocking route misuses the client; it is not a property of requests: in a plain def route, which runs "
        f"in threads, the same Session serves {times} as many."
    )


def cost_of_being_in_flight(report: Report | SweepReport) -> str:
    """How each contender's CPU per request changes from its cheapest level to the last."""
    assert isinstance(report, SweepReport)
    last = report.axes[0].levels[-1]
    told = []
    for one in report.contenders:
        costs = {
            point.levels[0]: point.cpu_us_per_request.value
            for point in report.points
            if point.contender == one.id and point.cpu_us_per_request is not None
        }
        if last in costs:
            least = min(costs, key=lambda level: costs[level])
            told.append(
                f"{escaped(one.label)} {format_times(costs[last] / costs[least])} its minimum, which is at {least:g}"
            )
    return f"CPU per request with {last:g} in flight: {'; '.join(told)}."


COMPUTED: Final[Mapping[str, Callable[[Report | SweepReport], str]]] = {
    "CPU along the levels": cpu_along_the_levels,
    "crossovers and the model": crossovers_and_the_model,
    "HTTP/2 beside HTTP/1.1": http2_beside_http1,
    "blocking beside threads": blocking_beside_threads,
    "cost of being in flight": cost_of_being_in_flight,
}
