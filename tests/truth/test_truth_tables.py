from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from benchmarks import aa, builds, known_effect, limiter, memory, pacing, sessions, watching
from benchmarks.measured import parted, ratio_over, share_interval, share_text, width
from docs.results import experiments, report_of
from httptui.plan.io import checked_plan
from httptui.results.report import Report
from httptui.results.snapshot import CpuRank, Rank


def rank(key: str, low: int, high: int, ratio: float = 1.0, interval: float | None = None) -> Rank:
    return Rank(
        id=key,
        rank_low=low,
        rank_high=high,
        req_per_s=100.0,
        ratio=ratio,
        ratio_low=None if interval is None else ratio - interval / 2,
        ratio_high=None if interval is None else ratio + interval / 2,
    )


def cpu_rank(key: str, place: int) -> CpuRank:
    return CpuRank(id=key, rank_low=place, rank_high=place, cpu_us_per_request=50.0, ratio=1.0)


OPEN = (rank("A", 1, 2), rank("B", 1, 2, 0.99, 0.04))
SETTLED = (rank("A", 1, 1), rank("B", 2, 2, 0.9, 0.02))


@pytest.mark.parametrize(
    ("found", "tries", "low", "high"),
    # Known answers: R's prop.test(correct = FALSE).
    [(2, 40, 0.01382, 0.16503), (0, 40, 0.0, 0.08762), (20, 20, 0.83887, 1.0)],
)
def test_the_interval_of_a_share_is_wilsons(found: int, tries: int, low: float, high: float) -> None:
    assert share_interval(found, tries) == pytest.approx((low, high), abs=1e-4)


def test_a_share_is_told_with_its_interval() -> None:
    assert share_text(2, 40) == "2 of 40 (1–17 %)"


def test_places_are_parted_where_any_is_told_from_another() -> None:
    assert parted(SETTLED)
    assert not parted(OPEN)
    assert width(OPEN) == pytest.approx(0.04)
    assert width((rank("A", 1, 2), rank("B", 1, 2))) == math.inf


def outcome(*, wrong: bool = False) -> aa.Outcome:
    return aa.Outcome(
        winner=wrong, parted_by_rate=False, parted_by_cpu=wrong, tie=not wrong, rate_width=0.1, cpu_width=0.02
    )


def test_identical_contenders_may_be_told_apart_once_in_twenty_but_not_more_often() -> None:
    rare = [outcome(wrong=number < 2) for number in range(40)]
    often = [outcome(wrong=number < 7) for number in range(40)]
    assert not aa.too_often(rare)
    assert aa.too_often(often)
    assert aa.row_of(aa.SETTINGS[1], rare) == [
        "quick",
        "concurrent",
        "2 of 40 (1–17 %)",
        "0 of 40 (0–9 %)",
        "2 of 40 (1–17 %)",
        "38 of 40 (83–99 %)",
        "10.0 %",
        "2.0 %",
    ]


def test_a_known_effect_is_found_only_where_the_plain_one_is_shown_to_be_better() -> None:
    found = known_effect.outcome_of(SETTLED, "A", "B")
    assert (found.found, found.reversed, found.ratio) == (True, False, 0.9)
    opposite = known_effect.outcome_of(SETTLED, "B", "A")
    assert (opposite.found, opposite.reversed) == (False, True)
    undecided = known_effect.outcome_of(OPEN, "A", "B")
    assert (undecided.found, undecided.reversed) == (False, False)
    assert known_effect.good([found] * 9 + [undecided], 0.9)
    assert not known_effect.good([found] * 8 + [undecided] * 2, 0.9)
    assert not known_effect.good([found] * 99 + [opposite], 0.9)


def test_a_known_effect_has_to_be_told_by_its_true_size() -> None:
    found = known_effect.outcome_of(SETTLED, "A", "B")
    assert found.interval == pytest.approx((0.89, 0.91))
    assert found.holds(0.905)
    assert not found.holds(0.92)
    assert not known_effect.good([found] * 20, 0.92)
    assert known_effect.row_of("CPU", [found] * 20, 0.905)[1:5] == [
        "0.9050",
        "20 of 20 (84–100 %)",
        "0 of 20 (0–16 %)",
        "20 of 20 (84–100 %)",
    ]
    assert not known_effect.outcome_of((cpu_rank("A", 1), cpu_rank("B", 2)), "A", "B").holds(1.0)


def test_the_truth_is_what_the_dearer_processes_have_spun(tmp_path: Path) -> None:
    for name, share, spun in (("1", 0.0, 0), ("2", 0.05, 50), ("3", 0.05, 50)):
        told = {"share": share, "answers": 9, "spent_ns": 1050, "spun_ns": spun}
        (tmp_path / f"{name}.json").write_text(json.dumps(told))
    assert known_effect.spun_in(tmp_path).ratio == pytest.approx(1.05)


def test_costs_are_told_apart_like_rates() -> None:
    assert known_effect.outcome_of((cpu_rank("A", 1), cpu_rank("B", 2)), "A", "B").found


def test_a_limiter_is_right_wrong_or_unknown() -> None:
    case = limiter.CASES[0]
    assert limiter.good({case: Counter({"client CPU": 18, "unknown": 2})})
    assert not limiter.good({case: Counter({"client CPU": 17, "unknown": 3})})
    assert not limiter.good({case: Counter({"client CPU": 99, "latency": 1})})
    assert limiter.row_of(case, Counter({"client CPU": 17, "unknown": 2, "latency": 1}))[2:] == [
        "client CPU 17, unknown 2, latency 1",
        "17 of 20",
        "2",
        "1",
    ]


def test_every_constructed_case_is_a_plan_that_can_be_run_and_has_a_name_of_its_own() -> None:
    assert len({case.name for case in limiter.CASES}) == len(limiter.CASES)
    for case in limiter.CASES:
        elsewhere = case.foreign or case.service is not None
        url = "http://127.0.0.1:9" if elsewhere else "https://embedded" if case.tls else "http://embedded"
        checked_plan(case.plan(url, None, 1.0, 1))


def test_benchmark_plans_can_be_run() -> None:
    for setting in aa.SETTINGS:
        checked_plan(aa.plan_of(setting, "aiohttp", 16, 6.0, 1, 0))
    checked_plan(known_effect.plan_of(16, 60.0, 0))
    checked_plan(pacing.plan_of(("requests", None), 500.0, 5.0, 256))


def session(date: str, ratio: float) -> sessions.Session:
    told = sessions.Ratio("httpx", "req/s", ratio, ratio * 0.99, ratio * 1.01)
    return sessions.Session(date, 30.0, "0.1.0", "", "2 cores", 0.5, 1.5, (told,))


def test_the_spread_between_sessions_stands_beside_that_within_a_run() -> None:
    rows = sessions.body_of([session("1", 0.5), session("2", 0.55), session("3", 0.605)]).splitlines()
    # ln 1.1 apart each: sd ln 1.1; t(2, 97.5 %) = 4.3027, so the mean's interval is 0.55 · 1.1^(± 4.3027/√3).
    assert rows[2] == (
        "| httpx / aiohttp, req/s | 3 | 0.550 | ± 1.0 % | 10.0 % | 0.434 – 0.697 | 0.343 – 0.883 |"
    )
    assert "load averages before: 0.50 – 0.50" in rows[-1]
    checked_plan(sessions.PLAN)


def test_a_ratio_to_the_first_contender_is_turned_where_the_ranking_has_another_first() -> None:
    places = (rank("B", 1, 1), rank("A", 2, 2, 0.5, 0.2))
    assert ratio_over(places, "B", "A") == pytest.approx((2.0, 1 / 0.6, 2.5))
    assert ratio_over(places, "A", "B") == pytest.approx((0.5, 0.4, 0.6))
    assert ratio_over(places, "A", "C") is None


def test_every_pair_of_runs_of_one_build_is_judged_and_every_change_between_two() -> None:
    saved = report_of(next(one for one in experiments() if one.preset == "leapcell-fair"))
    assert isinstance(saved, Report)
    client = msgspec.structs.replace(saved.contenders[0], label=builds.CLIENT)
    report = msgspec.structs.replace(saved, contenders=(client, *saved.contenders[1:]))
    same, changed = builds.pairs_of({"same 0": report, "same 1": report, "later 0": report})
    assert (len(same), len(changed)) == (2, 2)
    counted = builds.outcomes_of(same, "req_per_s > -5%", control=None, point=True)
    assert counted == {"met": 2}
    assert builds.outcomes_of(same, "req_per_s > 5%", control=None, point=True) == {"missed": 2}
    assert not builds.too_often(same)
    checked_plan(builds.plan_of("http://127.0.0.1:9", 2.0, 0))


def test_a_stall_is_measured_against_its_known_answer() -> None:
    assert pacing.expected_p99_ms(1.0, 10.0) == 900.0
    stall = pacing.Stall("target", 1.0, 10.0, 909.0, 5.0)
    assert stall.error == pytest.approx(0.01)
    assert pacing.stall_row(stall)[-2:] == ["+1.00 %", "5.0 ms"]


def test_memory_is_told_by_the_medians_between_marks_from_a_hundred_thousand_requests_on() -> None:
    assert memory.marks(1_000_000) == [100_000, 200_000, 500_000, 1_000_000]
    readings = [
        memory.Reading(100_000, 30_720, 40_960),
        memory.Reading(200_000, 31_744, 41_000),
        memory.Reading(300_000, 99_999, 41_000),
        memory.Reading(400_000, 31_700, 41_000),
        memory.Reading(980_000, 30_700, 41_100),
    ]
    stretches = memory.stretches_of(readings, memory.marks(1_000_000))
    assert [(one.requests, one.readings) for one in stretches] == [(200_000, 1), (500_000, 3), (1_000_000, 1)]
    assert memory.growth(stretches) == 1024
    assert memory.rows_of(stretches)[2] == ["1 000 000", "1", "30.0 MiB", "-20 KiB", "40.1 MiB", "+140 KiB"]
    assert memory.stretches_of([], memory.marks(1_000_000)) == []


def test_watching_is_free_only_where_that_is_shown() -> None:
    alone = [100.0] * 10
    assert watching.row_of("req/s", "", [101.0, 99.5] * 5, alone)[-1] == "yes"
    assert watching.row_of("req/s", "", [104.0, 96.5] * 5, alone)[-1] == "not shown"
    assert watching.row_of("req/s", "", [97.0] * 10, alone)[3:] == ["0.970", "0.970 – 0.970", "not shown"]


def test_watching_reads_the_report_of_a_whole_run_only() -> None:
    report = (
        b'{"complete": %s, "contenders": [{"state": "finished", "cause": null, "req_per_s": 5.0, '
        b'"cpu_us_per_request": 7.0}]}'
    )
    assert watching.turn_of(report % b"true") == watching.Turn(5.0, 7.0)
    with pytest.raises(RuntimeError, match="did not finish"):
        watching.turn_of(report % b"false")
