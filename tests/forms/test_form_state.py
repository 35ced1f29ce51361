"""Plans as form texts, and back: what is typed is kept, and what is not touched is not changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from httptui.plan import Contender, Load, Plan, Policy, Schedule, Target
from presets import list_presets
from tui.forms.mapping import Problem, check, mapping_of, problem_of
from tui.forms.state import FIELDS, state_of, with_override, with_value
from tui.forms.texts import headers_of, headers_text, number_text, real_number, whole_number

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc"]), max_size=20)
NAMES = st.text(st.sampled_from("ABCxyz-09"), min_size=1, max_size=8)
WHOLE = st.integers(1, 10_000)
SECONDS = st.floats(0.001, 3_600)


def optional(strategy: st.SearchStrategy[Any], absent: object = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(absent), strategy)


LOADS = st.one_of(
    st.builds(Load, concurrency=WHOLE, seconds=optional(SECONDS)),
    st.builds(Load, concurrency=WHOLE, requests=WHOLE),
    st.builds(Load, kind=st.just("burst"), concurrency=WHOLE),
)
CONTENDERS = st.builds(
    Contender,
    engine=st.sampled_from(["aiohttp", "httpx", "./mine.py:Mine"]),
    reuse=st.sampled_from(["shared", "per-worker", "per-request", "every-7"]),
    http=st.sampled_from(["1.1", "2"]),
    loop=optional(st.sampled_from(["asyncio", "uvloop"]), UNSET),
    pool=st.one_of(WHOLE, st.sampled_from(["concurrency", "library-defaults"])),
    concurrency=optional(WHOLE, UNSET),
    label=optional(WORDS, UNSET),
)
PLANS = st.builds(
    Plan,
    name=WORDS,
    description=WORDS,
    target=st.builds(
        Target,
        url=WORDS,
        method=WORDS,
        headers=st.dictionaries(NAMES, VALUES, max_size=4),
        body=WORDS,
        verify=st.booleans(),
        ca_file=optional(WORDS.filter(bool)),
    ),
    policy=st.builds(
        Policy, timeout=SECONDS, redirects=WHOLE, cookies=st.booleans(), trust_env=st.booleans()
    ),
    load=LOADS,
    schedule=st.builds(
        Schedule,
        kind=st.sampled_from(["concurrent", "interleaved", "sequential"]),
        rounds=WHOLE,
        blocks=optional(WHOLE),
        rest=st.floats(0, 3_600),
        seed=st.integers(0, 2**63 - 1),
        warmup=st.one_of(WHOLE, st.just("1s"), st.just("100")),
    ),
    contender=st.lists(CONTENDERS, min_size=1, max_size=26).map(tuple),
)


@given(PLANS)
def test_an_untouched_form_gives_back_the_same_plan(plan: Plan) -> None:
    mapping, problems = mapping_of(state_of(plan))
    assert problems == ()
    assert mapping.keys() == msgspec.to_builtins(plan).keys()
    assert (
        Plan(
            name=mapping["name"],
            description=mapping["description"],
            target=Target(**mapping["target"]),
            policy=Policy(**mapping["policy"]),
            load=Load(**mapping["load"]),
            schedule=Schedule(**mapping["schedule"]),
            contender=tuple(Contender(**one) for one in mapping["contender"]),
        )
        == plan
    )


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
def test_every_preset_comes_back_unchanged_through_the_form_and_the_check(preset: Any) -> None:
    assert check(state_of(preset.plan)).plan == preset.plan


@given(PLANS, st.sampled_from(sorted(FIELDS)), WORDS)
def test_whatever_is_typed_anywhere_is_kept_and_never_raises(plan: Plan, path: str, text: str) -> None:
    state = with_value(state_of(plan), path, text)
    mapping, _ = mapping_of(state)
    assert str(getattr(state, FIELDS[path])) == text
    assert mapping["target"]["body"] == state.body


def test_typing_the_text_that_stands_there_changes_nothing() -> None:
    state = state_of(PLAN)
    assert with_value(state, "schedule.warmup", "10") is state
    assert with_override(state, 1, "pool", "4") is state
    assert with_override(state, 0, "label", "") is state


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("load.concurrency", "many", "“many” is not a whole number"),
        ("load.concurrency", "", "is empty; give a whole number"),
        ("load.seconds", "nan", "“nan” is not a number"),
        ("policy.timeout", "1e999", "“1e999” is not a number"),
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


def test_only_the_chosen_bound_of_the_load_counts_and_the_other_text_stays() -> None:
    state = replace(state_of(PLAN), shape="requests", requests="100", blocks="")
    plan = check(state).plan
    assert plan is not None
    assert plan.load == Load(concurrency=8, requests=100)
    assert state.seconds == "2.5"


def test_a_line_without_a_path_is_a_problem_of_no_field() -> None:
    assert problem_of("something is wrong") == Problem("", "something is wrong")
    assert problem_of("something is wrong").field == ""
    assert problem_of("target.headers.X-A: must: not") == Problem("target.headers.X-A", "must: not")
    assert problem_of("target.headers.X-A: must: not").field == "target.headers"


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_headers_survive_as_text(headers: dict[str, str]) -> None:
    assert headers_of(headers_text(headers)) == (headers, ())


@given(st.text())
def test_no_text_of_headers_raises_or_repeats_a_value(text: str) -> None:
    headers, problems = headers_of(text)
    lines = [line for line in text.split("\n") if line.strip(" \t\r")]
    assert len(headers) + len(problems) == len(lines)


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**12), 10**12)))
def test_numbers_survive_as_text(value: float) -> None:
    assert real_number(number_text(value)) == value


@given(st.integers(-(2**63), 2**63))
def test_whole_numbers_survive_as_text(value: int) -> None:
    assert whole_number(number_text(value)) == value
