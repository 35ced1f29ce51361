"""Thresholds of a comparison: what they may say, and what decides them: the whole range that the data leave."""

from __future__ import annotations

import msgspec
import pytest
from compared_reports import STEADY, contender, report, scaled, with_latencies

from httptui.compare.compare import COMPARED, compare
from httptui.compare.comparison import Outcome, ThresholdResult
from httptui.compare.document import outcome_items
from httptui.compare.thresholds import judged, parse_threshold
from httptui.compare.words import method_of, undecided_line
from httptui.results.report import Report

NOISY = (400, 1600, 900, 1500, 500, 1300, 700, 1100)
ALLOWED = ", ".join(COMPARED)


def results(
    after: Report,
    *texts: str,
    control: str | None = None,
    point: bool = False,
    before: Report | None = None,
) -> tuple[ThresholdResult, ...]:
    clauses = [parse_threshold(text) for text in texts]
    return judged(compare(before or report(), after, control), clauses, point=point)


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
def test_the_bare_change_of_one_figure_is_judged_where_that_is_asked_for(text: str, outcome: Outcome) -> None:
    (result,) = results(run(aiohttp=scaled(0.9), p99=10.0), text, point=True)
    assert (result.outcome, result.label, result.text) == (outcome, "aiohttp · shared", text)
    assert (result.low, result.high) == (None, None)
    assert "relative to" not in result.sentence


def test_without_a_contender_every_one_has_to_keep_it() -> None:
    found = results(run(aiohttp=scaled(0.8)), "req_per_s > -5%")
    assert [(one.label, one.outcome) for one in found] == [
        ("aiohttp · shared", "missed"),
        ("httpx · shared", "met"),
    ]
    assert found[0].actual == pytest.approx(-0.2, abs=0.002)
    assert found[0].sentence == (
        "req_per_s > -5%: aiohttp · shared has −20 % [−21, −19], −20 % [−20, −20] * relative to the others; "
        "between runs −25 to −14 %"
    )


@pytest.mark.parametrize(
    ("blocks", "text", "outcome"),
    [
        (scaled(0.5), "req_per_s(A) > -5%", "missed"),
        (scaled(0.8, NOISY), "req_per_s(A) > -5%", "open"),
        (scaled(0.93), "req_per_s(A) > -5%", "open"),
        (scaled(0.98), "req_per_s(A) > -5%", "open"),
        (scaled(0.98), "req_per_s(A) > -10%", "met"),
        (scaled(1.1), "req_per_s(A) > -5%", "met"),
        (scaled(1.5), "req_per_s(A) < 5%", "missed"),
        (scaled(1.08), "req_per_s(A) < 5%", "open"),
        (scaled(0.5)[:1], "req_per_s(A) > -5%", "open"),
    ],
)
def test_a_threshold_is_decided_where_the_interval_and_what_runs_differ_by_agree_on_it(
    blocks: tuple[int, ...], text: str, outcome: Outcome
) -> None:
    (result,) = results(run(aiohttp=blocks), text)
    assert result.outcome == outcome


def test_one_build_twice_fails_no_threshold_and_what_is_not_decided_is_said() -> None:
    twice = compare(run(), run())
    found = msgspec.structs.replace(twice, thresholds=judged(twice, [parse_threshold("req_per_s > -5%")]))
    assert {one.outcome for one in found.thresholds} == {"open"}
    first, _ = outcome_items(found.thresholds)
    assert (first.mark, first.lead) == ("~", "not decided")
    assert first.text.startswith("req_per_s > -5%: aiohttp · shared has 0.0 %")
    (last,) = undecided_line(found.thresholds, found.kind)
    assert last.startswith(
        "2 of 2 results are NOT DECIDED: these runs neither show nor rule out a change beyond the limit"
    )


def test_what_all_lost_together_is_not_decided() -> None:
    slower = run(aiohttp=scaled(0.5), httpx=scaled(0.5))
    (result,) = results(slower, "aiohttp.req_per_s > -5%")
    assert result.outcome == "open"
    assert "has −50 % [−50, −50], 0.0 % [0.0, 0.0] relative to the others; between runs" in result.sentence


def test_who_stayed_while_the_other_got_faster_has_missed_nothing() -> None:
    (result,) = results(run(httpx=scaled(1.5)), "aiohttp.req_per_s > -5%")
    assert result.outcome == "open"


def test_a_contender_with_nothing_left_has_missed() -> None:
    (result,) = results(run(aiohttp=(0,) * 8), "aiohttp.req_per_s > -5%")
    assert (result.outcome, result.actual) == ("missed", -1.0)


def test_nothing_is_decided_without_another_contender_but_by_the_bare_change() -> None:
    alone = report(contender("A", "aiohttp", scaled(0.5)))
    (result,) = results(alone, "req_per_s > -5%")
    assert result.outcome == "open"
    assert result.sentence.endswith(
        "has −50 % [−50, −50], which may be the machine's own, because no other contender is in both"
    )
    (bare,) = results(alone, "req_per_s > -5%", point=True)
    assert bare.outcome == "missed"


def test_with_a_control_the_change_against_it_counts() -> None:
    slower = run(aiohttp=scaled(0.5), httpx=scaled(0.5))
    (result,) = results(slower, "req_per_s > -10%", control="httpx")
    assert (result.label, result.outcome) == ("aiohttp · shared", "met")
    assert " relative to httpx · shared; between runs " in result.sentence
    bare = results(slower, "req_per_s > -5%", point=True)
    assert [one.outcome for one in bare] == ["missed", "missed"]
    lost = run(aiohttp=scaled(0.5))
    (result,) = results(lost, "req_per_s > -5%", control="httpx")
    assert result.outcome == "missed"


def test_a_figure_that_is_not_there_is_a_miss() -> None:
    gone = contender("A", "aiohttp", (), state="dnf", latency_ms=None, cpu_us_per_request=None)
    found = results(report(gone, contender("B", "httpx")), "aiohttp.p99 < 5%", "aiohttp.req_per_s > -5%")
    assert [(one.outcome, one.actual) for one in found] == [("missed", None), ("missed", -1.0)]
    assert found[0].sentence == "aiohttp.p99 < 5%: aiohttp · shared has no known change"


def test_a_figure_that_no_run_can_compare_decides_nothing() -> None:
    """Such as a p99 that timeouts make a lower bound, which two runs of one build may have both."""
    unknown = report(contender("A", "aiohttp", latency_ms=None), contender("B", "httpx"))
    (result,) = results(unknown, "aiohttp.p99 < 5%", before=unknown)
    assert (result.outcome, result.actual) == ("open", None)
    (bare,) = results(unknown, "aiohttp.p99 < 5%", before=unknown, point=True)
    assert bare.outcome == "missed"


def test_a_percentile_of_reports_that_kept_none_of_its_blocks_is_not_decided() -> None:
    (result,) = results(run(p99=80.0), "aiohttp.p99 < 10%")
    assert (result.outcome, result.actual) == ("open", 9.0)
    assert result.sentence.endswith("has +900 %, +900 % relative to the others; no interval to judge it by")


@pytest.mark.parametrize(
    ("times", "text", "outcome"),
    [(2.0, "A.p99 < 10%", "missed"), (1.0, "A.p99 < 50%", "met"), (1.0, "A.p99 < 1%", "open")],
)
def test_a_percentile_is_judged_by_the_latencies_of_its_blocks(
    times: float, text: str, outcome: Outcome
) -> None:
    before, after = (
        report(
            with_latencies(contender("A", "aiohttp"), factor, seed=1),
            with_latencies(contender("B", "httpx"), 1.0, 2),
        )
        for factor in (1.0, times)
    )
    (result,) = results(after, text, before=before)
    assert result.outcome == outcome
    assert result.low is not None
    assert result.high is not None
    assert result.low < times - 1 < result.high
    assert (
        "For percentiles and means they are intervals of the quotient of the totals"
        in method_of(compare(before, after))[0]
    )


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


def test_whom_only_one_run_has_is_no_contender() -> None:
    with pytest.raises(ValueError, match='"httpx" is no contender; A "aiohttp · shared"'):
        results(report(contender("A", "aiohttp")), "httpx.req_per_s > -5%")
