"""Evaluation of a report against its plan's expectations, as a pure function of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from httptui.engines.buckets import bucket_of
from httptui.figures import BY_NAME, CPU, SHARE, Figure, own_cpu_share
from httptui.plan.expectations import Clause, Expectation
from httptui.results.histogram import NS_PER_MS, Unanswered, spans_ns
from httptui.results.judge.ranking import rank_text
from httptui.results.report import ExpectationResult, HistogramData, Report, ReportContender
from httptui.results.snapshot import Latency, Rank, Requests, format_latency
from httptui.statistics import FEWEST_BEYOND, has_few_beyond
from httptui.units import format_count, format_percent, format_us, listed, plural

WITH_KINDS = ("errors", "error_rate")
"""Figures that are made of failures of several kinds."""


class Found(NamedTuple):
    """Range of a contender's figure, description, value, and the `doubt` to add if the range decides nothing."""

    least: float
    most: float
    told: str
    actual: float | None = None
    doubt: str = ""


def judged(report: Report, expectations: Sequence[Expectation]) -> tuple[ExpectationResult, ...]:
    """Evaluate every expectation for every contender that it concerns, in the plan's order.

    A contender that did not finish, or whose figure is unknown, meets none. A figure with a range meets a clause if
    its whole range does, and misses it if none of the range does; otherwise it is undecided, which counts as not met.
    Ranges occur for places left open, for percentiles with unanswered requests, and for percentiles exceeded by fewer
    than 30 requests, which are only known to be at least as long as the highest percentile with as many.
    """
    contenders = {contender.id: contender for contender in report.contenders}
    places = {place.id: place for place in report.ranking}
    return tuple(
        _result(expectation.clause, contenders[key], places.get(key))
        for expectation in expectations
        for key in expectation.ids
    )


def _result(clause: Clause, contender: ReportContender, place: Rank | None) -> ExpectationResult:
    found = "did not finish" if contender.state == "dnf" else _found(clause, contender, place)
    met, decided, told, actual = False, True, found, None
    if isinstance(found, Found):
        met, decided = _holds(clause, found.least, found.most)
        told, actual = found.told if decided else found.told + found.doubt, found.actual
    return ExpectationResult(
        text=clause.text,
        id=contender.id,
        met=met,
        decided=decided,
        actual=actual,
        sentence=f"{clause.text}: {contender.id} {told}",
    )


def _holds(clause: Clause, least: float, most: float) -> tuple[bool, bool]:
    """Return whether a figure in a range meets a clause, and whether that is decided."""
    if clause.operator == "==" and least < most:
        return False, not least <= clause.limit <= most
    ends = {clause.holds(least), clause.holds(most)}
    return ends == {True}, len(ends) == 1


def _found(clause: Clause, contender: ReportContender, place: Rank | None) -> Found | str:
    """Return the figure of a clause, or a sentence that there is none."""
    figure = BY_NAME[clause.quantity]
    if figure.name == "rank":
        if place is None:
            return "has no rank"
        rank = place.rank_low if place.rank_low == place.rank_high else None
        return Found(place.rank_low, place.rank_high, f"has rank {rank_text(place)}", rank)
    if figure.times is not None:
        latency = figure.times(contender)
        return "has no such figure" if latency is None else _time(contender, latency, figure)
    if figure is CPU and CPU.is_rough(contender):
        return _cpu(contender, own_cpu_share(contender))
    value = figure.of(contender) if place is None or figure.of_place is None else figure.of_place(place)
    if value is None:
        return "has no such figure"
    # A share is shown in the form it was asked for, 0.5 or 50 %.
    is_bare = figure.unit is SHARE and "%" not in clause.text
    told = f"has {f'{value:.3g}' if is_bare else figure.unit.words(value)}"
    if figure.name in WITH_KINDS:
        told += _kinds(contender.requests)
    return Found(value, value, told, value)


def _time(contender: ReportContender, latency: Latency, figure: Figure) -> Found:
    """Return a percentile, maximum or mean of service or response times."""
    part = figure.part
    least, most = latency.span(part)
    told, actual = f"has {format_latency(latency, part)}", latency.figure(part)
    requests = contender.requests
    if least == math.inf:
        return Found(
            least, most, f"{told}: {format_count(requests.dropped)} were dropped, never sent", actual
        )
    if latency.is_bound(part):
        told += f": {plural(latency.censored, 'request')} had no answer"
    q = figure.percent
    if q is None or not has_few_beyond(requests.timed, q):
        return Found(least, most, told, actual)
    surely = _surely_ms(contender, is_response=figure.is_response)
    slower = int(requests.timed * (100 - q) / 100)
    beyond = f"{format_count(slower)} of {plural(requests.timed, 'request')} lie beyond"
    doubt = f", too few to decide: {beyond}, and {FEWEST_BEYOND} have to"
    return Found(min(surely, least), math.inf, told, actual, doubt)


def _cpu(contender: ReportContender, own: float) -> Found | str:
    """Return CPU per request with a wide range if much of it is the tool's own, which was subtracted by estimate."""
    cost, tools = contender.cpu_us_per_request, contender.own_cpu_us_per_request
    if cost is None or tools is None:
        return "has no such figure"
    doubt = f", beside {format_percent(own)} of all CPU time that is the tool's own"
    return Found(0.0, cost + tools, f"has {format_us(cost)}", cost, doubt)


def _surely_ms(contender: ReportContender, *, is_response: bool) -> float:
    """Return the least value of the highest percentile that enough requests exceed; 0 if there is none."""
    answered = contender.response_histogram if is_response else contender.histogram
    bounds = contender.response_lower_bounds if is_response else contender.lower_bounds
    counts, unanswered = _counts(answered), Unanswered(_counts(bounds), 0, 0, contender.requests.dropped)
    total = sum(counts.values()) + unanswered.total
    if total <= FEWEST_BEYOND:
        return 0.0
    ((least, _),) = spans_ns(counts, unanswered, (100 * (1 - FEWEST_BEYOND / total),))
    return least / NS_PER_MS


def _counts(data: HistogramData | None) -> dict[int, int]:
    return {} if data is None else {bucket_of(value): count for value, count in data.counts}


def _kinds(requests: Requests) -> str:
    """Describe the composition of failures, unless they are all errors, and the requests that are not counted."""
    kinds = [
        *([plural(requests.error, "error")] if requests.error else []),
        *([plural(requests.timeout, "timeout")] if requests.timeout else []),
        *([f"{format_count(requests.dropped)} dropped"] if requests.dropped else []),
    ]
    told = f": {listed(kinds)}" if requests.timeout or requests.dropped else ""
    if requests.cancelled:
        told += f"; {format_count(requests.cancelled)} unfinished, which are not counted"
    return told
