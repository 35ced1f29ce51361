"""Thresholds of a comparison: what they may say, what misses one, and what a miss takes to be significant."""

from __future__ import annotations

import pytest
from compared_reports import STEADY, contender, report, scaled

from httptui.reports.comparisons.compare import compare
from httptui.reports.comparisons.comparison import ThresholdResult
from httptui.reports.comparisons.ratios import COMPARED
from httptui.reports.comparisons.thresholds import judged, parse_threshold
from httptui.reports.report import Report

NOISY = (400, 1600, 900, 1500, 500, 1300, 700, 1100)
ALLOWED = ", ".join(COMPARED)


def results(
    after: Report, *texts: str, control: str | None = None, significant: bool = False
) -> tuple[ThresholdResult, ...]:
    clauses = [parse_threshold(text, significant=significant) for text in texts]
    return judged(compare(report(), after, control), clauses, significant=significant)


def run(aiohttp: tuple[int, ...] = STEADY, httpx: tuple[int, ...] = STEADY, p99: float = 8.0) -> Report:
    return report(contender("A", "aiohttp", aiohttp, p99=p99), contender("B", "httpx", httpx))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("aiohttp.req_per_s > -5%", "missed"),
        ("aiohttp.req_per_s > -15%", "met"),
        ("req_per_s(A) >= -9%", "missed"),
        ("aiohttp · shared.p99 < 20%", "missed"),
        ("aiohttp.p99 <= 25%", "met"),
        ("aiohttp.cpu < 0.5%", "met"),
    ],
)
def test_a_threshold_holds_the_change_of_one_figure(text: str, outcome: str) -> None:
    (result,) = results(run(aiohttp=scaled(0.9), p99=10.0), text)
    assert (result.outcome, result.label, result.text) == (outcome, "aiohttp · shared", text)


def test_without_a_contender_every_one_has_to_keep_it() -> None:
    found = results(run(aiohttp=scaled(0.9)), "req_per_s > -5%")
    assert [(one.label, one.outcome) for one in found] == [
        ("aiohttp · shared", "missed"),
        ("httpx · shared", "met"),
    ]
    assert found[0].actual == pytest.approx(-0.1, abs=0.002)
    assert found[0].sentence.startswith("req_per_s > -5%: aiohttp · shared has −10 % [")


@pytest.mark.parametrize(
    ("blocks", "text", "outcome"),
    [
        (scaled(0.5), "req_per_s(A) > -5%", "missed"),
        (scaled(0.8, NOISY), "req_per_s(A) > -5%", "open"),
        (scaled(0.93), "req_per_s(A) > -5%", "open"),
        (scaled(0.98), "req_per_s(A) > -5%", "met"),
        (scaled(1.5), "req_per_s(A) < 5%", "missed"),
        (scaled(1.08), "req_per_s(A) < 5%", "open"),
        (scaled(0.5)[:1], "req_per_s(A) > -5%", "open"),
    ],
)
def test_a_significant_miss_is_beyond_the_interval_against_the_others_and_the_margin(
    blocks: tuple[int, ...], text: str, outcome: str
) -> None:
    (result,) = results(run(aiohttp=blocks), text, significant=True)
    assert result.outcome == outcome
    (plain,) = results(run(aiohttp=blocks), text)
    assert plain.outcome == ("met" if outcome == "met" else "missed")


def test_what_all_lost_together_is_no_significant_miss() -> None:
    slower = run(aiohttp=scaled(0.5), httpx=scaled(0.5))
    (result,) = results(slower, "aiohttp.req_per_s > -5%", significant=True)
    assert result.outcome == "open"
    assert result.sentence.endswith("has −50 % [−50, −50], 0.0 % [0.0, 0.0] against the others")


def test_a_contender_with_nothing_left_is_a_significant_miss() -> None:
    (result,) = results(run(aiohttp=(0,) * 8), "aiohttp.req_per_s > -5%", significant=True)
    assert (result.outcome, result.actual) == ("missed", -1.0)


def test_nothing_is_significant_without_another_contender() -> None:
    with pytest.raises(ValueError, match="nothing tells a change from the machine's own"):
        results(report(contender("A", "aiohttp", scaled(0.5))), "req_per_s > -5%", significant=True)


def test_with_a_control_the_change_against_it_counts() -> None:
    slower = run(aiohttp=scaled(0.5), httpx=scaled(0.5))
    (result,) = results(slower, "req_per_s > -5%", control="httpx")
    assert (result.label, result.outcome) == ("aiohttp · shared", "met")
    assert result.sentence.endswith(" against httpx · shared")
    assert [one.outcome for one in results(slower, "req_per_s > -5%")] == ["missed", "missed"]
    lost = run(aiohttp=scaled(0.5))
    (result,) = results(lost, "req_per_s > -5%", control="httpx", significant=True)
    assert result.outcome == "missed"


def test_a_figure_that_is_not_there_is_a_miss() -> None:
    gone = contender("A", "aiohttp", (), state="dnf", latency_ms=None, cpu_us_per_request=None)
    found = results(report(gone, contender("B", "httpx")), "aiohttp.p99 < 5%", "aiohttp.req_per_s > -5%")
    assert [(one.outcome, one.actual) for one in found] == [("missed", None), ("missed", -1.0)]
    assert found[0].sentence == "aiohttp.p99 < 5%: aiohttp · shared has no change to tell"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("p98 < 5%", f'"p98" is not a quantity; allowed: {ALLOWED}; did you mean "p99"?'),
        ("errors < 5%", f'"errors" is not a quantity; allowed: {ALLOWED}'),
        ("p99 < 5ms", '"5ms" has no unit of p99; such as 5%'),
        ("p99 < 5", '"5" has no unit of p99; such as 5%'),
        ("p99 == 5%", '"p99 == 5%" asks for one exact change; <, <=, >, >='),
        ("p99", '"p99" compares nothing; QUANTITY <, <=, >, >=, == NUMBER'),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared.
        parse_threshold(text)
    assert str(caught.value) == problem


def test_what_has_no_interval_cannot_be_missed_significantly() -> None:
    with pytest.raises(
        ValueError, match='"p99" has no interval, so that no miss of it is significant; req_per_s, cpu'
    ):
        parse_threshold("p99 < 5%", significant=True)


def test_whom_only_one_run_has_is_no_contender() -> None:
    with pytest.raises(ValueError, match='"httpx" is no contender; A "aiohttp · shared"'):
        results(report(contender("A", "aiohttp")), "httpx.req_per_s > -5%")
