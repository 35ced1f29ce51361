"""The checks of the constructed cases tell right, unknown and confidently wrong apart; every case can be run."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from typing import Any

import pytest

from benchmarks import constructed
from benchmarks.cases import checks
from benchmarks.cases.checks import Case, Told
from benchmarks.services import Counts
from httptui.errors import ExitCode
from httptui.tui.cli.main import main


def place(letter: str, low: int, high: int, share: tuple[float, float] | None = None) -> dict[str, Any]:
    ratio_low, ratio_high = share or (None, None)
    return {
        "id": letter,
        "rank_low": low,
        "rank_high": high,
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
    }


def told(verdict: str, *ranking: dict[str, Any], exit_code: int = 0, **more: Any) -> Told:
    contender = {
        "id": "A",
        "label": "plain",
        "limiter": {"kind": more.pop("limiter", "latency")},
        "req_per_s": 100.0,
        "cpu_us_per_request": None,
        "latency_ms": {"mean": 300.5},
    }
    report = {
        "verdict": {"kind": verdict, "sentence": f"It is {verdict}."},
        "ranking": ranking,
        "contenders": [contender],
        "flags": [{"kind": "failures", "sentence": "2 % failed"}],
        **more,
    }
    counts = Counts(1, {}, {}, {"": 300.0, checks.ODD: 312.0}, 1, 1, 0.0)
    return Told(exit_code, report, "", counts)


A_WINS = told("winner", place("A", 1, 1), place("B", 2, 2, (0.955, 0.968)))


@pytest.mark.parametrize(
    ("check", "run", "grade"),
    [
        (checks.wins("A"), A_WINS, "right"),
        (checks.wins("B"), A_WINS, "wrong"),
        (checks.wins("A"), told("undecided"), "unknown"),
        (checks.wins("A"), told("tie"), "wrong"),
        (checks.equal(), told("tie"), "right"),
        (checks.equal(), A_WINS, "wrong"),
        (checks.equal(), told("undecided"), "unknown"),
        (checks.claims_nothing("not comparable"), told("not-comparable"), "right"),
        (checks.claims_nothing("not comparable"), told("undecided"), "unknown"),
        (checks.claims_nothing("not comparable"), A_WINS, "wrong"),
        (checks.ratio("A", "B"), A_WINS, "right"),
        (checks.ratio("A", "B", 0.75), A_WINS, "wrong"),
        (checks.ratio("A", "B", 0.75), told("undecided"), "right"),
        (checks.limited("A", "latency"), A_WINS, "right"),
        (checks.limited("A", "pool"), A_WINS, "wrong"),
        (checks.limited("A", "pool"), told("tie", limiter="unknown"), "unknown"),
        (checks.never_limited("A", "latency"), A_WINS, "wrong"),
        (checks.exits(3), A_WINS, "wrong"),
        (checks.doubts("failed", "failures"), A_WINS, "right"),
        (checks.doubts("redirect", "redirects"), A_WINS, "wrong"),
        (checks.unranked("B"), A_WINS, "wrong"),
        (checks.unranked("C"), A_WINS, "right"),
        (checks.not_cheapest("B"), told("tie", cpu_ranking=[place("B", 1, 1)]), "wrong"),
        (checks.not_cheapest("B"), told("tie", cpu_ranking=[place("B", 1, 2)]), "right"),
        (checks.costs_the_same(), told("tie", cpu_ranking=[place("B", 1, 1), place("A", 2, 2)]), "wrong"),
        (checks.figure("A", "req_per_s", 99, 101), A_WINS, "right"),
        (checks.figure("A", "req_per_s", 1, 2), A_WINS, "wrong"),
        (checks.figure("A", "cpu_us_per_request", 1, 2), A_WINS, "unknown"),
    ],
)
def test_a_check_grades_what_a_run_said(check: checks.Check, run: Told, grade: str) -> None:
    assert check(run).grade == grade


def test_a_gate_that_is_missed_in_truth_may_not_pass() -> None:
    passed = told("tie", expectations=[{"text": "errors == 0", "met": True, "sentence": "A has 0"}])
    missed = told(
        "tie", exit_code=3, expectations=[{"text": "errors == 0", "met": False, "sentence": "A has 5"}]
    )
    assert [checks.missed()(run).grade for run in (passed, missed)] == ["wrong", "right"]
    assert [checks.met()(run).grade for run in (passed, missed)] == ["right", "unknown"]
    assert checks.left_open()(missed).grade == "wrong"
    still_open = [{"text": "p99 < 1ms", "met": False, "decided": False, "sentence": "too few"}]
    assert checks.left_open()(told("tie", exit_code=3, expectations=still_open)).grade == "right"


def test_a_case_is_as_bad_as_its_worst_check() -> None:
    case = Case("all", "", (checks.wins("A"), checks.exits(3), checks.limited("A", "latency")))
    assert checks.graded(case, A_WINS).grade == "wrong"
    assert "exit 0 instead of 3" in checks.graded(case, A_WINS).why
    assert checks.graded(case, Told(1, None, "no such flag", None)).grade == "wrong"


def test_outcomes_are_summed_and_told_case_by_case() -> None:
    outcome = constructed.Outcome().with_one(checks.RIGHT).with_one(checks.Finding("wrong", "a | b"))
    assert outcome == constructed.Outcome(right=1, wrong=1, why="a | b")
    name = constructed.GROUPS["feed"][0].name
    body = constructed.body_of({name: outcome}, 0.5)
    assert body.splitlines()[2] == f"| feed | {name} | 1 | 0 | 1 | a \\| b |"
    assert "1 cases: right in 1 of 2" in body


def test_every_constructed_case_has_a_name_of_its_own_and_flags_that_exist() -> None:
    cases = [case for _, case in constructed.chosen(())]
    assert len({case.name for case in cases}) == len(cases) >= 85
    flags = {flag for case in cases for flag in case.arguments() if flag.startswith("-")}
    with redirect_stdout(io.StringIO()) as printed:
        assert main(["run", "--help"]) == ExitCode.DONE
    assert not [flag for flag in flags if not re.search(rf"(?<![\w-]){flag}\b", printed.getvalue())]


def test_cases_are_chosen_by_group_or_by_a_part_of_their_name() -> None:
    assert {group for group, _ in constructed.chosen(["gates"])} == {"gates"}
    assert [case.name for _, case in constructed.chosen(["429 storm: 50"])] == [
        "429 storm: 50 a second allowed"
    ]
