"""What five runs of one preset must have in common to be believed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.fastapi_order import Outcome, body_of, counts_agree, good, outcome_of, plan_of
from httptui.plan.io import checked_plan
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import Limiter, Requests, Upstream, Verdict


def contender(key: str, rate: float, calls: int = 110, **changes: Any) -> ReportContender:
    """100 answers of a route, 10 more in the warm-up."""
    values: dict[str, Any] = {
        "id": key,
        "label": f"route {key}",
        "engine": "aiohttp",
        "reuse": "shared",
        "inside": "fastapi-async",
        "loop": "uvloop",
        "http_version": "1.1",
        "http_requested": "1.1",
        "pool": 64,
        "concurrency": 64,
        "requests": Requests(planned=100, ok=100),
        "warmup_requests": 10,
        "seconds": 1.0,
        "req_per_s": rate,
        "latency_ms": None,
        "cpu_us_per_request": 100.0 if key == "A" else None,
        "connections_opened": 1,
        "upstream": Upstream(calls=calls, connections=1, requests=110, mean_ms=1.0, lost_ms=1.0),
        "bytes": 0,
        "status": {},
        "errors": {},
        "first_messages": {},
        "limiter": Limiter("unknown", "unknown"),
        "state": "finished",
        "cause": None,
        "versions": {},
        "slices": (),
        "histogram": HistogramData(counts=()),
    }
    return ReportContender(**(values | changes))


def outcome(*contenders: ReportContender) -> Outcome:
    report = Report(
        complete=True,
        started="",
        seconds=1.0,
        plan={},
        environment={},
        contenders=contenders,
        ranking=(),
        verdict=Verdict("undecided", "Undecided."),
    )
    return outcome_of(report)


USUAL = outcome(contender("A", 50.0), contender("B", 70.0))


def test_the_order_is_by_requests_per_second() -> None:
    assert USUAL.order == ("B", "A")
    assert (USUAL.calls, USUAL.equal) == (220, True)


@pytest.mark.parametrize("calls", [100, 109, 111])
def test_one_call_too_few_or_too_many_is_told(calls: int) -> None:
    assert not counts_agree(contender("A", 1.0, calls=calls))
    assert not outcome(contender("A", 50.0, calls=calls), contender("B", 70.0)).equal


def test_a_route_that_calls_nobody_has_no_call_to_count() -> None:
    silent = Upstream(calls=0, connections=0, requests=0, mean_ms=None, lost_ms=1.0)
    assert counts_agree(contender("A", 1.0, inside="fastapi-ping", upstream=silent))
    assert not counts_agree(contender("A", 1.0, inside="fastapi-ping"))


def test_repeats_are_good_where_order_and_counts_hold() -> None:
    other = outcome(contender("A", 80.0), contender("B", 70.0))
    lost = outcome(contender("A", 50.0, calls=109), contender("B", 70.0))
    assert good([USUAL, USUAL])
    assert not good([USUAL, other])
    assert not good([USUAL, lost])
    body = body_of([USUAL, other, lost], {"A": "slow", "B": "quick"}, 8.0, 0.5)
    assert "| 1 | B > A | 50.0 | 70.0 | 220 | yes |" in body
    assert "| 3 | B > A | 50.0 | 70.0 | 219 | no |" in body
    assert "| A slow | 100 µs – 100 µs (0 % apart) |" in body
    assert "held in 2 of 3; answers, upstream calls and requests at the target were equal in 2 of 3." in body


def test_each_repeat_is_the_preset_with_a_seed_of_its_own() -> None:
    first, second = plan_of(None, 0), checked_plan(plan_of(2.5, 1))
    assert (first.schedule.seed, second.schedule.seed, second.load.seconds) == (0, 1, 2.5)
    assert first.contender == second.contender
