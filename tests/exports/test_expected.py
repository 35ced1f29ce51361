"""Reports held against what is expected of them, and how exports tell it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, report
from written import to_markdown, to_text

from httptui.plan.expectations import expectations_of
from httptui.plan.model import Contender, Load, Plan
from httptui.results.expected import judged
from httptui.results.report import ExpectationResult, Report
from httptui.results.snapshot import Latency, Rank, Requests

RESPONSE = Latency(p50=5.0, p90=7.0, p99=90.0, p99_9=95.0, max=99.0, mean=9.0)


def results(made: Report, *expect: str) -> tuple[ExpectationResult, ...]:
    plan = Plan(
        contender=(Contender(engine="httpx"), Contender(engine="aiohttp"), Contender(engine="requests")),
        load=Load(kind="open", rate=10, seconds=1),
        expect=expect,
    )
    return judged(made, expectations_of(plan))


@pytest.mark.parametrize(
    ("text", "met", "actual", "told"),
    [
        ("aiohttp.p99 < 50ms", True, 8.1, "B has 8.1 ms"),
        (
            "httpx.p99 < 50ms",
            False,
            1540.0,
            "A has 1.54 s, too few to decide: 12 of 1 296 requests lie beyond, and 30 have to",
        ),
        ("aiohttp.p99.9 <= 9", True, 9.0, "B has 9.0 ms"),
        ("aiohttp.mean < 4200us", False, 4.2, "B has 4.2 ms"),
        ("aiohttp.response_p99 < 50ms", False, 90.0, "B has 90.0 ms"),
        ("httpx.response_p99 < 50ms", False, None, "A has no such figure"),
        ("aiohttp.req_per_s > 15k", True, 15_511.0, "B has 15 511"),
        ("httpx.cpu < 1ms", False, 7_837.0, "A has 7.8 ms"),
        ("httpx.errors == 0", False, 10, "A has 10: 4 errors, 5 timeouts and 1 dropped"),
        ("httpx.timeouts <= 5", True, 5, "A has 5"),
        ("httpx.dropped < 2", True, 1, "A has 1"),
        ("httpx.error_rate < 1%", True, 10 / 1_300, "A has 0.8 %: 4 errors, 5 timeouts and 1 dropped"),
        ("httpx.connections <= 64", True, 64, "A has 64"),
        ("ratio(httpx) > 0.5", False, 0.0083, "A has 0.0083"),
        ("ratio(httpx) > 50%", False, 0.0083, "A has 0.8 %"),
        ("ratio(aiohttp) == 1", True, 1.0, "B has 1"),
        ("rank(aiohttp) == 1", True, 1, "B has rank 1"),
        ("requests.errors == 0", False, None, "C did not finish"),
        ("rank(requests) <= 3", False, None, "C did not finish"),
    ],
)
def test_each_quantity_is_read_from_the_report(text: str, met: bool, actual: float | None, told: str) -> None:
    httpx = replace(HTTPX, requests=Requests(planned=1_300, ok=1_290, error=4, timeout=5, dropped=1))
    made = report(contenders=(httpx, replace(AIOHTTP, response_ms=RESPONSE), report().contenders[2]))
    (result,) = results(made, text)
    assert result.met is met
    assert result.actual == pytest.approx(actual)
    assert result.sentence == f"{text}: {told}"
    assert result.text == text


@pytest.mark.parametrize(
    ("text", "met"),
    [("rank(A) <= 2", True), ("rank(A) == 1", False), ("rank(A) < 2", False), ("rank(A) >= 1", True)],
)
def test_a_place_left_open_meets_what_each_of_its_ranks_would(text: str, met: bool) -> None:
    places = tuple(Rank(id=key, rank_low=1, rank_high=2, req_per_s=1.0, ratio=1.0) for key in "AB")
    (result,) = results(report(ranking=places), text)
    assert (result.met, result.actual) == (met, None)
    assert result.sentence.endswith(": A has rank 1–2")


def test_without_a_contender_each_has_to_meet_it() -> None:
    found = results(report(), "p50 < 100ms", "B.p50 < 1s")
    assert [(result.text, result.id, result.met) for result in found] == [
        ("p50 < 100ms", "A", False),
        ("p50 < 100ms", "B", True),
        ("p50 < 100ms", "C", False),
        ("B.p50 < 1s", "B", True),
    ]


def test_text_and_markdown_tell_what_was_met_and_what_was_missed() -> None:
    made = report(
        expectations=results(report(), "aiohttp.p99 < 50ms", "httpx.p50 < 50ms", "httpx.p99 < 50ms")
    )
    lines = to_text(made, width=140).splitlines()
    at = lines.index("✓ met: aiohttp.p99 < 50ms: B has 8.1 ms")
    assert lines[at - 1 : at + 3] == [
        "",
        lines[at],
        "✗ missed: httpx.p50 < 50ms: A has 313 ms",
        "? not decided: httpx.p99 < 50ms: A has 1.54 s, too few to decide: 12 of 1 290 requests lie beyond, "
        "and 30 have to",
    ]
    section = to_markdown(made).partition("## Expectations\n\n")[2].partition("\n\n##")[0]
    assert section.splitlines() == [
        "- ✓ met: aiohttp.p99 &lt; 50ms: B has 8.1 ms",
        "- ✗ missed: httpx.p50 &lt; 50ms: A has 313 ms",
        "- ? not decided: httpx.p99 &lt; 50ms: A has 1.54 s, too few to decide: 12 of 1 290 requests lie beyond, "
        "and 30 have to",
    ]
    assert "Expectations" not in to_markdown(report())
