"""What a self-test runs, and what it says of machines that are steady, unsteady and wrong."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from httptui.engines.registry import engine_info, list_engines
from httptui.errors import NothingFinishedError
from httptui.plan.io import checked_plan
from httptui.plan.schedule import FEWEST_BLOCKS, SHORTEST_SLICE_SECONDS, planned_seconds, steps_of
from httptui.results.report import HistogramData, Report, ReportContender
from httptui.results.snapshot import CpuRank, Limiter, Rank, Requests, Verdict
from httptui.selftest import (
    EPOCHS,
    START_SECONDS,
    Comparison,
    SelfTest,
    compared,
    effect_plan,
    judge,
    same_plan,
)

Interval = tuple[float, float, float]
EVEN: Interval = (1.004, 0.985, 1.023)
CHEAP: Interval = (0.999, 0.994, 1.003)
SLOWER: Interval = (0.955, 0.93, 0.98)
DEARER: Interval = (1.051, 1.045, 1.057)
FASTER: Interval = (1.1, 1.05, 1.15)
CHEAPER: Interval = (0.9, 0.85, 0.95)
VAGUE: Interval = (1.02, 0.8, 1.3)


def contender(letter: str, **changes: Any) -> ReportContender:
    made = ReportContender(
        id=letter,
        label=f"client {letter}",
        engine="aiohttp",
        reuse="shared",
        loop="asyncio",
        http_version="1.1",
        http_requested="1.1",
        pool=16,
        concurrency=16,
        requests=Requests(planned=10, ok=10),
        warmup_requests=0,
        seconds=1.0,
        req_per_s=10.0,
        latency_ms=None,
        cpu_us_per_request=60.0,
        connections_opened=16,
        bytes=100,
        status={"200": 10},
        errors={},
        first_messages={},
        limiter=Limiter("unknown", "unknown"),
        state="finished",
        cause=None,
        versions={},
        slices=(),
        histogram=HistogramData(counts=()),
    )
    return msgspec.structs.replace(made, **changes)


def turned(interval: Interval) -> Interval:
    ratio, low, high = interval
    return 1 / ratio, 1 / high, 1 / low


def placed(kind: type[Rank] | type[CpuRank], figure: str, interval: Interval, first: bool) -> tuple[Any, ...]:
    """A ranking in which B has this ratio to A, and the places are parted where the interval leaves 1 out."""
    parted = interval[1] > 1 or interval[2] < 1
    ratio, low, high = interval if first else turned(interval)
    leader, other = ("A", "B") if first else ("B", "A")
    last = 1 if parted else 2
    return (
        kind(id=leader, rank_low=1, rank_high=last, ratio=1.0, **{figure: 1.0}),
        kind(
            id=other,
            rank_low=3 - last,
            rank_high=2,
            ratio=ratio,
            ratio_low=low,
            ratio_high=high,
            **{figure: ratio},
        ),
    )


def report(rate: Interval = EVEN, cpu: Interval = CHEAP, **changes: Any) -> Report:
    """A report in which B has these ratios to A in req/s and CPU per request."""
    made = Report(
        complete=True,
        started="2026-01-02T03:04:05+00:00",
        seconds=1.0,
        plan={},
        environment={"python": "3.11"},
        contenders=(contender("A"), contender("B")),
        ranking=placed(Rank, "req_per_s", rate, rate[0] <= 1),
        cpu_ranking=placed(CpuRank, "cpu_us_per_request", cpu, cpu[0] >= 1),
        verdict=Verdict("undecided", "Undecided."),
    )
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize("seconds", [15, 20, 49, 60, 120, 3600])
def test_the_plans_can_be_run_and_keep_to_the_time(seconds: float):
    taken = 0.0
    for plan in (same_plan(seconds, 5), effect_plan(seconds, 5)):
        assert checked_plan(plan) == plan
        assert (plan.schedule.kind, plan.schedule.seed) == ("interleaved", 5)
        assert plan.schedule.blocks is not None
        assert plan.schedule.blocks >= FEWEST_BLOCKS
        assert plan.load.seconds is not None
        assert plan.load.seconds / plan.schedule.blocks >= SHORTEST_SLICE_SECONDS - 1e-9
        under_load = planned_seconds(steps_of(plan))
        assert under_load is not None
        taken += under_load + plan.schedule.epochs * START_SECONDS
    assert 0.85 * seconds <= taken <= 1.01 * seconds


def test_a_self_test_of_a_minute_starts_its_processes_anew():
    assert same_plan(60, 1).schedule.epochs == EPOCHS


def test_both_plans_differ_in_their_contenders_alone():
    same, effect = same_plan(60, 1), effect_plan(60, 1)
    assert msgspec.structs.replace(effect, contender=same.contender) == same
    assert len({row.engine for row in same.contender}) == 1
    assert len({row.engine for row in effect.contender}) == 2


def test_the_clients_of_the_self_test_can_be_loaded_and_are_listed_nowhere():
    for row in effect_plan(60, 1).contender:
        info = engine_info(row.engine)
        assert (info.mode, info.package, info.installed) == ("async", "aiohttp", True)
    assert not any("selftest" in info.reference for info in list_engines())


@pytest.mark.parametrize("interval", [EVEN, SLOWER, FASTER])
def test_a_comparison_is_of_the_second_to_the_first_whoever_leads(interval: Interval):
    figure = compared(report(rate=interval)).req_per_s
    assert (figure.ratio, figure.low, figure.high) == pytest.approx(interval)
    assert figure.better == {EVEN: None, SLOWER: "first", FASTER: "second"}[interval]


def test_the_better_one_has_more_requests_and_less_cpu():
    found = compared(report(rate=SLOWER, cpu=CHEAPER))
    assert (found.req_per_s.better, found.cpu_per_request.better) == ("first", "second")
    assert found.parted
    assert not compared(report()).parted


def test_the_reach_is_the_far_end_of_the_interval():
    assert Comparison(ratio=1.0, low=0.97, high=1.01, better=None).reach == pytest.approx(0.03)
    assert Comparison(ratio=1.0, low=0.99, high=1.04, better=None).reach == pytest.approx(0.04)
    assert Comparison(ratio=1.0, low=None, high=None, better=None).reach is None


def test_a_steady_machine_is_trusted_to_the_width_of_its_intervals():
    result = judge([report()], report(SLOWER, DEARER))
    assert result.trusted
    assert result.precision_req_per_s == pytest.approx(0.023)
    assert result.precision_cpu_per_request == pytest.approx(0.006)
    assert result.environment == {"python": "3.11"}
    assert result.sentences == (
        "One client against itself: no difference, as it should be "
        "(req/s 100.4 % [98.5–102.3], CPU per request 99.9 % [99.4–100.3]).",
        "The client with 5 % more CPU per request: found by CPU per request and req/s "
        "(req/s 95.5 % [93.0–98.0], CPU per request 105.1 % [104.5–105.7]).",
        "This machine can be trusted today, to ± 2.3 % in req/s and ± 0.6 % in CPU per request.",
    )


def test_not_to_see_the_fault_in_requests_per_second_is_told_and_costs_no_trust():
    result = judge([report()], report(VAGUE, DEARER))
    assert result.trusted
    assert "found by CPU per request, not found by req/s" in result.sentences[1]


def test_a_difference_between_equals_that_does_not_come_again_is_chance():
    result = judge([report(rate=SLOWER), report()], report(SLOWER, DEARER))
    assert result.trusted
    assert result.precision_req_per_s == pytest.approx(0.07)
    assert result.sentences[0].startswith(
        "One client against itself: a difference by req/s, where there is none (req/s 95.5 %"
    )
    assert "; then no difference, as it should be" in result.sentences[0]
    assert result.sentences[0].endswith("; one false difference in twenty runs is chance.")


@pytest.mark.parametrize(
    ("same", "effect", "reason"),
    [
        (
            [report(rate=SLOWER), report(cpu=DEARER)],
            report(SLOWER, DEARER),
            "it finds a difference between equals",
        ),
        (
            [report()],
            report(SLOWER, VAGUE),
            "it is too unsteady to show 5 % more CPU per request",
        ),
        ([report()], report(SLOWER, CHEAPER), "it calls the worse of two the better"),
        ([report()], report(FASTER, DEARER), "it calls the worse of two the better"),
        (
            [report(rate=SLOWER), report(rate=SLOWER)],
            report(SLOWER, VAGUE),
            "it finds a difference between equals and it is too unsteady to show 5 % more CPU per request",
        ),
    ],
)
def test_a_machine_that_is_wrong_is_not_trusted(same: list[Report], effect: Report, reason: str):
    result = judge(same, effect)
    assert not result.trusted
    assert result.sentences[-1] == f"This machine cannot be trusted today: {reason}."


def test_without_an_interval_there_is_no_trust():
    (leader, other) = report().ranking
    bare = msgspec.structs.replace(other, ratio_low=None, ratio_high=None)
    result = judge([report(ranking=(leader, bare))], report(SLOWER, DEARER))
    assert not result.trusted
    assert result.precision_req_per_s is None
    assert "the time was too short for an interval" in result.sentences[-1]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"contenders": (contender("A"), contender("B", state="dnf", cause="killed by SIGKILL"))},
            "selftest: client B did not finish: killed by SIGKILL",
        ),
        (
            {"contenders": (contender("A", requests=Requests(), first_messages={"refused": "no"}),)},
            "selftest: client A did not finish: no",
        ),
        ({"cpu_ranking": ()}, "selftest: this system does not report the CPU time of a client"),
    ],
)
def test_a_run_without_figures_cannot_be_judged(changes: dict[str, Any], told: str):
    with pytest.raises(NothingFinishedError) as caught:
        judge([report(**changes)], report(SLOWER, DEARER))
    assert str(caught.value) == told


def test_the_result_goes_through_json_and_back():
    result = judge([report()], report(SLOWER, DEARER))
    assert msgspec.json.decode(msgspec.json.encode(result), type=SelfTest) == result
