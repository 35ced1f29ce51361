"""What a form's texts cannot mean is told at the field that it belongs to, all of it at once."""

from __future__ import annotations

import pytest
from form_examples import PLAN

from httptui.tui.forms.mapping import Problem, check, problem_of
from httptui.tui.forms.state import state_of, with_override, with_value, with_values


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("load.concurrency", "many", "“many” is not a whole number"),
        ("load.concurrency", "", "is empty; give a whole number"),
        ("load.seconds", "nan", "“nan” is not a number"),
        ("policy.timeout", "1e999", "“1e999” is not a number"),
        ("schedule.cooldown", "short", "“short” is not a number"),
        ("schedule.epochs", "1.5", "“1.5” is not a whole number"),
        ("schedule.delta", "3 %", "“3 %” is not a number"),
        ("policy.retry_wait", "", "is empty; give a number"),
        ("policy.per_host_rate", "few", "“few” is not a number"),
        ("target.dns_ms", "long", "“long” is not a number"),
        ("load.think", "", "is empty; give a number"),
        ("target.headers", "no colon", "line 1 is not a header; write it as Name: value"),
        ("target.headers", "A: 1\nA: 2", "line 2 gives A a second time; keep one of them"),
    ],
)
def test_a_text_that_cannot_be_read_is_named_by_its_path(path: str, text: str, words: str) -> None:
    checked = check(with_value(state_of(PLAN), path, text))
    assert checked.plan is None
    assert checked.problems == (Problem(path, words),)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("load.concurrency", "0"),
        ("target.url", "ftp://here/"),
        ("target.method", "GE T"),
        ("target.headers", "Connection: close"),
        ("schedule.warmup", "soon"),
        ("schedule.rounds", "-1"),
        ("schedule.epochs", "0"),
        ("schedule.cooldown", "61"),
        ("schedule.delta", "0"),
        ("policy.retry_wait", "61"),
        ("policy.retry_on", "503, 200"),
        ("policy.per_host_rate", "0"),
        ("target.dns_ms", "5"),
        ("load.think", "-1"),
    ],
)
def test_what_the_plan_refuses_is_shown_at_its_field(path: str, text: str) -> None:
    problems = check(with_value(state_of(PLAN), path, text)).problems
    assert [problem.field for problem in problems] == [path]


def test_a_problem_of_a_contender_belongs_to_its_row() -> None:
    state = with_override(state_of(PLAN), 2, "concurrency", "x")
    assert check(state).problems == (Problem("contender[2].concurrency", "“x” is not a whole number"),)
    assert check(state).problems[0].field == "contender[2]"


def test_several_problems_are_all_found() -> None:
    state = with_value(with_value(state_of(PLAN), "target.url", "nowhere"), "load.concurrency", "x")
    assert {problem.path for problem in check(state).problems} == {"target.url", "load.concurrency"}


def test_an_open_load_without_a_rate_is_told_so() -> None:
    problems = check(with_values(state_of(PLAN), {"load.kind": "open"})).problems
    assert [(problem.field, problem.message.split(";")[0]) for problem in problems] == [
        ("load.rate", "missing")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["is empty; give stages such as 10s:100, 20s:500"]),
        ("10s", ["stage 1: “10s” is not a stage, such as 10s:100"]),
        ("10s:1, ,5s:2", ["stage 2: is empty; give a stage, such as 10s:100"]),
        ("10x:1", ["stage 1: “10x” is not a time such as 10s, 500ms or 2m"]),
        (":1", ["stage 1: is empty; give a time such as 10s, 500ms or 2m"]),
        ("10s:1, 5s:many", ["stage 2: “many” is not a number"]),
        ("10s:1, 5s:2.5", ["stage 2: 2.5 in flight; a whole number, at most 10000"]),
        ("0s:1", ["stage 1: 0.0 is not allowed; a number above 0 to 86400"]),
        (
            "5s:nan, nans:5",
            ["stage 1: “nan” is not a number", "stage 2: “nans” is not a time such as 10s, 500ms or 2m"],
        ),
    ],
)
def test_stages_that_cannot_be_used_are_told_by_their_number(text: str, words: list[str]) -> None:
    checked = check(
        with_values(
            state_of(PLAN),
            {
                "load.bound": "stages",
                "load.stages": text,
                "schedule.kind": "concurrent",
                "schedule.blocks": "",
            },
        )
    )
    assert checked.plan is None
    assert {problem.field for problem in checked.problems} == {"load.stages"}
    assert [problem.words for problem in checked.problems] == words


def test_a_line_without_a_path_is_a_problem_of_no_field() -> None:
    assert problem_of("something is wrong") == Problem("", "something is wrong")
    assert problem_of("something is wrong").field == ""
    assert problem_of("target.headers.X-A: must: not") == Problem("target.headers.X-A", "must: not")
    assert problem_of("target.headers.X-A: must: not").field == "target.headers"
