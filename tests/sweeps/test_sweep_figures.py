"""From the reports of visits to points, and how a sweep's tally adds them up."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace
from swept_plans import CPU, plan_of, turn, visit_report, visited

from httptui.plan.model import Load, Schedule
from httptui.plan.sweep import Visit, planned_sweep_seconds, planned_visit_seconds, visits_of
from httptui.results.snapshot import Flag, Limiter, Requests
from httptui.sweeps.judging import commonest, point_of, pool_wait_ms, slice_of
from httptui.sweeps.report import Measured
from httptui.sweeps.tally import SweepTally, Timing, added

VISIT = Visit(block=2, turn=1, levels=(16.0,), seed=5)
CLOSED = Load(concurrency=16)


def test_a_turn_has_the_figures_of_its_visit():
    found = slice_of(
        visited("A", requests=Requests(planned=103, ok=100, error=2, timeout=1)), VISIT, CLOSED, start=9.0
    )
    assert found == turn(
        2,
        200.0,
        turn=1,
        position=1,
        start=9.0,
        ok=100,
        failed=3,
        warmup_requests=7,
        cpu_us_per_request=50.0,
        p50_ms=3.0,
        p99_ms=5.0,
    )


def test_one_that_did_not_finish_has_no_turn():
    assert slice_of(visited("A", state="dnf"), VISIT, CLOSED, start=0.0) is None
    assert slice_of(visited("A", slices=()), VISIT, CLOSED, start=0.0) is None


def test_the_wait_for_the_pool_is_littles():
    """16 in flight through 4 connections at 100 req/s: 12 wait, each for 12 / 100 s."""
    waiting = visited("A", pool=4, connections_opened=4)
    assert pool_wait_ms(waiting, CLOSED, 100.0) == pytest.approx(120.0)
    assert pool_wait_ms(visited("A"), CLOSED, 100.0) == 0.0


@pytest.mark.parametrize(
    ("changes", "load"),
    [
        ({"pool": None}, CLOSED),
        ({"pool": 4, "connections_opened": 5}, CLOSED),
        ({"pool": 4, "connections_opened": None}, CLOSED),
        ({"pool": 4, "connections_opened": 4, "reuse": "per-worker"}, CLOSED),
        ({"pool": 4, "connections_opened": 4, "http_version": "2"}, CLOSED),
        ({"pool": 4, "connections_opened": 4}, Load(kind="open", rate=100)),
        ({"pool": 4, "connections_opened": 4}, Load(think=0.1)),
    ],
)
def test_where_the_law_says_nothing_the_wait_is_not_known(changes: dict[str, object], load: Load):
    assert pool_wait_ms(visited("A", **changes), load, 100.0) is None


def test_a_point_has_centres_over_its_turns_and_an_interval_from_six_on():
    five = point_of((1.0,), "A", [turn(block, 100.0 + block) for block in range(5)], [CPU])
    assert five.req_per_s == Measured(102.0, None, None)
    six = point_of((1.0,), "A", [turn(block, 100.0 + block) for block in range(6)], [CPU])
    assert six.req_per_s == Measured(102.5, 100.0, 105.0)
    assert (six.ok, six.connections, six.limiter) == (sum(part.ok for part in six.slices), 96, CPU)


def test_a_figure_that_is_known_of_no_turn_is_none():
    point = point_of((1.0,), "A", [turn(0, 100.0, p99_ms=None, connections=None)], [])
    assert (point.p99_ms, point.connections, point.limiter) == (None, None, None)


def test_the_commonest_limiter_is_the_last_of_its_kind():
    early, late = Limiter("pool", "early"), Limiter("pool", "late")
    assert commonest([early, CPU, late]) == late


def test_the_targets_counts_are_added_up():
    one = {"embedded": True, "requests": 3, "contenders": [{"requests": 3}]}
    assert added(None, one) == one
    assert added(one, None) == one
    assert added(one, one) == {"embedded": True, "requests": 6, "contenders": [{"requests": 6}]}


def test_a_tally_goes_from_empty_points_to_a_whole_report():
    plan = plan_of({"concurrency": (8.0, 16.0)})
    tally = SweepTally(plan)
    assert {point.slices for point in tally.snapshot(0.0).points} == {()}
    assert [(point.levels, point.contender) for point in tally.points] == [
        ((8.0,), "A"),
        ((8.0,), "B"),
        ((16.0,), "A"),
        ((16.0,), "B"),
    ]
    for number, visit in enumerate(tally.visits):
        tally.begin(visit, 2.0 * number)
        tally.add(visit, visit_report(visited("A"), visited("B", ok=50)), 2.0 * number + 2)
        assert tally.snapshot(2.0 * number + 2).progress <= 1
    tally.end()
    report = tally.report(24.0, started="2026-01-02T03:04:05+00:00")
    assert report.complete
    assert [point.req_per_s for point in report.points] == [
        Measured(200, 200, 200),
        Measured(100, 100, 100),
    ] * 2
    assert {len(point.slices) for point in report.points} == {6}
    assert [event.text for event in report.events] == [
        f"block {number} of 6 is done" for number in range(1, 7)
    ]
    assert report.contenders[0].versions == {"aiohttp": "3.14"}
    assert (tally.snapshot(24.0).phase, tally.snapshot(24.0).progress) == ("done", 1.0)


def test_a_visit_that_was_cut_short_is_in_no_point_but_in_the_targets_counts():
    tally = SweepTally(plan_of({"concurrency": (8.0,)}, "aiohttp"))
    visit = tally.visits[0]
    tally.begin(visit, 0.0)
    target = {"embedded": True, "requests": 107, "contenders": [{"requests": 107}]}
    tally.add(visit, visit_report(visited("A"), complete=False, target=target), 1.0)
    tally.end()
    report = tally.report(1.0, started="2026-01-02T03:04:05+00:00")
    assert not report.complete
    assert report.points[0].slices == ()
    assert report.environment["target"]["requests"] == 107


def test_a_contender_that_is_lost_at_a_level_keeps_its_cause_and_its_other_points():
    tally = SweepTally(plan_of({"concurrency": (8.0, 16.0)}, "aiohttp"))
    for visit in tally.visits:
        tally.begin(visit, 0.0)
        lost = visit.levels == (16.0,)
        made = visited("A", state="dnf", cause="killed") if lost else visited("A")
        tally.add(visit, visit_report(made), 1.0)
    assert [len(point.slices) for point in tally.points] == [6, 0]
    assert tally.snapshot(1.0).contenders[0].cause == "killed"
    assert not tally.nothing_succeeded


def test_a_sweep_takes_as_long_as_its_visits_have_taken():
    plan = plan_of({"concurrency": (8.0, 16.0)}, "aiohttp")
    visits = visits_of(plan)
    timing = Timing(plan, visits)
    planned = planned_visit_seconds(plan, visits[0].levels)
    assert timing.total(0.0) == pytest.approx(12 * planned)
    timing.begin(0.0)
    timing.end(visits[0], 2 * planned)
    timing.begin(2 * planned)
    assert timing.total(2 * planned) == pytest.approx(24 * planned)


def test_a_sweep_is_planned_to_take_as_long_as_all_of_its_visits():
    plan = plan_of({"latency_ms": (0.0, 300.0), "concurrency": (8.0, 16.0)}, "aiohttp", "httpx")
    each = [planned_visit_seconds(plan, visit.levels) for visit in visits_of(plan)]
    assert planned_sweep_seconds(plan) == pytest.approx(sum(each))


def test_latency_makes_a_visit_longer():
    plan = plan_of({"latency_ms": (0.0, 300.0)}, "aiohttp")
    near, far = (planned_visit_seconds(plan, (level,)) for level in (0.0, 300.0))
    assert far - near == pytest.approx(1.8 - 0.5 + 0.6)


def test_a_level_that_was_hardly_reached_is_told():
    """Of 16 in flight 32 answers are two for each; 31 are not."""
    for ok, told in ((32, []), (31, ["A at concurrency 16 had turns with fewer than two answers"])):
        tally = SweepTally(plan_of({"concurrency": (16.0,)}, "aiohttp"))
        tally.begin(tally.visits[0], 0.0)
        tally.add(tally.visits[0], visit_report(visited("A", ok=ok)), 1.0)
        assert [warning.partition(" for each")[0] for warning in tally.warnings] == told


def test_too_few_blocks_for_intervals_are_told():
    few = plan_of({"concurrency": (8.0,)}, "aiohttp", schedule=Schedule(kind="interleaved", blocks=5))
    assert SweepTally(few).warnings == ["no figure has an interval, for which 6 blocks are needed"]
    assert SweepTally(plan_of({"concurrency": (8.0,)}, "aiohttp")).warnings == []


def test_a_warning_of_many_visits_is_told_once():
    tally = SweepTally(plan_of({"concurrency": (8.0,)}, "aiohttp"))
    tally.warn("TLS certificates are not verified")
    tally.warn("TLS certificates are not verified")
    assert tally.snapshot(0.0).warnings == ("TLS certificates are not verified",)


def test_a_turns_own_counts_are_those_of_the_whole_visit():
    whole = visited("A", requests=Requests(planned=120, ok=120))
    found = slice_of(replace(whole, requests=Requests(planned=120, ok=120)), VISIT, CLOSED, start=0.0)
    assert found is not None
    assert (found.ok, found.req_per_s) == (120, 200.0)


def test_a_p99_among_requests_without_an_answer_is_told_to_be_a_lower_bound():
    tally = SweepTally(plan_of({"concurrency": (16.0,)}, "aiohttp"))
    tally.begin(tally.visits[0], 0.0)
    whole = visited("A", ok=100)
    assert whole.latency_ms is not None
    open_ended = replace(whole.latency_ms, censored=5, at_most={"p99": None})
    tally.add(tally.visits[0], visit_report(replace(whole, latency_ms=open_ended)), 1.0)
    assert tally.warnings == [
        "A at concurrency 16 left so many requests without an answer that its p99 is a lower bound"
    ]


@pytest.mark.parametrize(("compare", "kind"), [("alike", "not comparable"), ("as-is", "measured")])
def test_curves_of_unequal_work_cross_nowhere(compare: Literal["alike", "as-is"], kind: str):
    plan = replace(plan_of({"latency_ms": (5.0,)}, "aiohttp", "httpx"), compare=compare)
    tally = SweepTally(plan)
    told = "unequal work: B got 100 bytes per answer where A got 1 000"
    for visit in tally.visits:
        tally.begin(visit, 0.0)
        tally.add(
            visit, replace(visit_report(visited("A"), visited("B")), flags=(Flag("unequal work", told),)), 1.0
        )
    tally.end()
    report = tally.report(2.0, started="")
    assert report.verdict.kind == kind
    assert bool(report.analysis.crossovers) == (compare == "as-is")
    where = "at latency_ms 5 B got 100 bytes per answer where A got 1 000"
    assert report.warnings == (f"unequal work: {where}",)
    assert report.verdict.sentence.startswith(f"Not comparable: {where}.") == (compare == "alike")
