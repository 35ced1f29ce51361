"""Plans as form texts, and back: what is typed is kept, and what is not touched is not changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType, structs

from httptui.plans.file import decode_plan
from httptui.plans.plan import Contender, Load, Plan, Policy, Schedule, Stage, Target
from presets import list_presets
from tui.forms.contender_state import MORE, SHOWN
from tui.forms.mapping import Problem, check, mapping_of, problem_of
from tui.forms.state import FIELDS, FormState, state_of, with_override, with_value
from tui.forms.texts import (
    headers_of,
    headers_text,
    number_text,
    real_number,
    stages_of,
    stages_text,
    whole_number,
)

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc"]), max_size=20)
NAMES = st.text(st.sampled_from("ABCxyz-09"), min_size=1, max_size=8)
WHOLE = st.integers(1, 10_000)
SECONDS = st.floats(0.001, 3_600)
REQUIREMENTS = ("h2", "httpx==0.27.2", "httpx[http2,socks]>=0.27,<1,!=0.28.0", "a.b_c~=1.0+local")


def optional(strategy: st.SearchStrategy[Any], absent: object = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(absent), strategy)


STAGES = st.lists(
    st.builds(Stage, seconds=st.floats(1e-7, 86_400), to=st.floats(0, 1e6)), min_size=1, max_size=4
).map(tuple)
THINK = st.floats(0, 3_600)
RATES = st.floats(1e-6, 1e6)
ARRIVALS = st.sampled_from(["constant", "poisson"])
LOADS = st.one_of(
    st.builds(Load, concurrency=WHOLE, seconds=optional(SECONDS), think=THINK),
    st.builds(Load, concurrency=WHOLE, requests=WHOLE, think=THINK),
    st.builds(Load, concurrency=WHOLE, stages=STAGES, think=THINK),
    st.builds(Load, kind=st.just("burst"), concurrency=WHOLE),
    st.builds(
        Load,
        kind=st.just("open"),
        concurrency=WHOLE,
        rate=RATES,
        arrivals=ARRIVALS,
        seconds=optional(SECONDS),
    ),
    st.builds(Load, kind=st.just("open"), concurrency=WHOLE, rate=RATES, arrivals=ARRIVALS, stages=STAGES),
)
LINES = WORDS.map(str.strip).filter(lambda text: bool(text) and "\n" not in text)
CONTENDERS = st.builds(
    Contender,
    engine=st.sampled_from(["aiohttp", "httpx", "./mine.py:Mine"]),
    reuse=st.sampled_from(["shared", "per-worker", "per-request", "every-7"]),
    http=st.sampled_from(["1.1", "2"]),
    loop=optional(st.sampled_from(["asyncio", "uvloop"]), UNSET),
    pool=st.one_of(WHOLE, st.sampled_from(["concurrency", "library-defaults"])),
    concurrency=optional(WHOLE, UNSET),
    processes=st.integers(1, 64),
    inside=optional(st.sampled_from(["fastapi-async", "fastapi-sync", "fastapi-ping"]), UNSET),
    read=st.sampled_from(["bytes", "text", "json", "headers"]),
    dns_ttl=optional(st.floats(0, 86_400), UNSET),
    label=optional(WORDS, UNSET),
    requires=st.lists(st.sampled_from(REQUIREMENTS), max_size=4).map(tuple),
    python=st.sampled_from(["", "3.13", "3.14t"]),
)
REQUESTS = {
    "order": st.sampled_from(["in-order", "shuffle"]),
    "dns_ms": optional(st.floats(0, 10_000)),
    "method": WORDS.map(lambda text: text[:20]),
    "headers": st.dictionaries(NAMES, VALUES, max_size=4),
    "body": WORDS,
    "verify": st.booleans(),
    "ca_file": optional(WORDS.filter(bool)),
}
TARGETS = st.one_of(
    st.builds(Target, url=WORDS, **REQUESTS),
    st.builds(Target, urls=st.lists(LINES, min_size=1, max_size=4).map(tuple), **REQUESTS),
    st.builds(Target, urls_file=WORDS.filter(str.strip), **REQUESTS),
)
PLANS = st.builds(
    Plan,
    name=WORDS,
    description=WORDS,
    expect=st.lists(LINES, max_size=3).map(tuple),
    target=TARGETS,
    policy=st.builds(
        Policy,
        timeout=SECONDS,
        redirects=st.integers(0, 20),
        retries=st.integers(0, 10),
        retry_wait=st.floats(0, 60),
        retry_on=st.lists(st.sampled_from(["connect", "timeout", "dns", "503"]), max_size=4).map(tuple),
        per_host_rate=optional(st.floats(0.001, 100_000)),
        cookies=st.booleans(),
        trust_env=st.booleans(),
    ),
    load=LOADS,
    schedule=st.builds(
        Schedule,
        kind=st.sampled_from(["concurrent", "interleaved", "sequential"]),
        rounds=st.integers(1, 1_000),
        blocks=optional(st.integers(1, 1_000)),
        rest=st.floats(0, 3_600),
        cooldown=st.floats(0, 60),
        epochs=st.integers(1, 100),
        until=st.sampled_from(["done", "decided"]),
        delta=st.floats(0.001, 0.5),
        pin=st.booleans(),
        seed=st.integers(0, 2**63 - 1),
        warmup=st.one_of(WHOLE, st.sampled_from(["auto", "1s", "100"])),
    ),
    contender=st.lists(CONTENDERS, min_size=1, max_size=26).map(tuple),
)
SWEEPS = st.dictionaries(
    st.sampled_from(["concurrency", "latency_ms", "pool", "load.rate", "contender[0].pool"]),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=9).map(tuple),
    min_size=1,
    max_size=2,
)


def swept(plan: Plan, sweep: dict[str, tuple[float, ...]]) -> Plan:
    """The plan with a sweep, and without what has no meaning in one."""
    schedule = structs.replace(plan.schedule, kind="interleaved", rounds=1, epochs=1, until="done")
    load = structs.replace(plan.load, stages=())
    return structs.replace(plan, sweep=sweep, expect=(), schedule=schedule, load=load)


@given(st.one_of(PLANS, st.builds(swept, PLANS, SWEEPS)))
def test_an_untouched_form_gives_back_the_same_plan(plan: Plan) -> None:
    mapping, problems = mapping_of(state_of(plan))
    assert problems == ()
    assert decode_plan(mapping) == plan


def test_what_a_plan_expects_is_one_line_each_and_a_wrong_line_is_told_by_its_number() -> None:
    two = (Contender(engine="aiohttp"), Contender(engine="httpx"))
    state = state_of(Plan(contender=two, expect=("aiohttp.p99 < 50ms", "httpx.p99 < 80ms")))
    assert state.expect == "aiohttp.p99 < 50ms\nhttpx.p99 < 80ms"
    more = check(with_value(state, "expect", f"\n{state.expect}\n  errors == 0 \n")).plan
    assert more is not None
    assert more.expect == ("aiohttp.p99 < 50ms", "httpx.p99 < 80ms", "errors == 0")
    fewer = check(replace(state, contenders=state.contenders[:1]))
    assert [(problem.field, problem.words.split(":")[0]) for problem in fewer.problems] == [
        ("expect", "line 2")
    ]


class _WiderPolicy(Policy, frozen=True, kw_only=True):
    novel: tuple[Stage, ...] = ()


class _WiderContender(Contender, frozen=True, kw_only=True):
    novel: str = "a"
    absent: int | UnsetType = UNSET


class _WiderPlan(Plan, frozen=True, kw_only=True):
    novel: int = 1


def test_values_that_the_form_has_no_field_for_survive_an_edit() -> None:
    plan = _WiderPlan(
        novel=2,
        policy=_WiderPolicy(novel=(Stage(seconds=1, to=2),)),
        contender=(_WiderContender(engine="httpx", novel="b"), Contender(engine="aiohttp")),
    )
    mapping, problems = mapping_of(with_value(state_of(plan), "target.url", "http://127.0.0.1/"))
    assert problems == ()
    assert mapping["novel"] == 2
    assert mapping["policy"]["novel"] == ({"seconds": 1, "to": 2},)
    assert [one.get("novel") for one in mapping["contender"]] == ["b", None]
    assert "absent" not in mapping["contender"][0]


def test_a_list_of_urls_and_how_they_are_sent_survive_an_edit() -> None:
    plan = Plan(
        target=Target(urls=("embedded/bytes/1", "embedded/items/{n}"), order="shuffle"),
        policy=Policy(retries=2, retry_wait=0.5, retry_on=("connect", "503"), per_host_rate=5.0),
        contender=(Contender(engine="aiohttp"),),
    )
    state = state_of(plan)
    assert (state.source, state.urls) == ("urls", "embedded/bytes/1\nembedded/items/{n}")
    edited = check(with_value(state, "load.concurrency", "3")).plan
    assert edited == structs.replace(plan, load=Load(concurrency=3))


def test_every_value_of_a_plan_has_a_field() -> None:
    parts = {"target": Target, "policy": Policy, "load": Load, "schedule": Schedule}
    values = {f"{name}.{field}" for name, part in parts.items() for field in part.__struct_fields__}
    own = set(Plan.__struct_fields__) - parts.keys() - {"contender"}
    assert set(FIELDS) == values | own | {"load.bound", "target.source"}
    assert set(FIELDS.values()) <= set(FormState.__slots__)
    in_the_matrix = {"engine", "http", "loop"}
    assert {*SHOWN, *MORE} | in_the_matrix == set(Contender.__struct_fields__)
    smallest = state_of(Plan(contender=(Contender(engine="aiohttp"),)))
    assert smallest.kept == smallest.contenders[0].kept == ()


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


def test_only_the_chosen_bound_of_the_load_counts_and_the_other_text_stays() -> None:
    state = replace(state_of(PLAN), bound="requests", requests="100", stages="1s:2", blocks="")
    assert load_of(state) == Load(concurrency=8, requests=100)
    assert state.seconds == "2.5"
    assert load_of(replace(state, bound="stages")) == Load(
        concurrency=8, stages=(Stage(seconds=1.0, to=2.0),)
    )


def test_only_what_means_something_in_the_kind_of_load_counts() -> None:
    typed = replace(state_of(PLAN), bound="requests", requests="9", rate="50", think="0.5", blocks="")
    typed = replace(typed, arrivals="poisson")
    assert load_of(typed) == Load(concurrency=8, requests=9, think=0.5)
    assert load_of(replace(typed, load="burst")) == Load(kind="burst", concurrency=8)
    assert load_of(replace(typed, load="open")) == Load(
        kind="open", concurrency=8, rate=50.0, arrivals="poisson", seconds=2.5
    )


def test_an_open_load_without_a_rate_is_told_so() -> None:
    problems = check(replace(state_of(PLAN), load="open")).problems
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
    checked = check(replace(state_of(PLAN), bound="stages", stages=text, schedule="concurrent", blocks=""))
    assert checked.plan is None
    assert {problem.field for problem in checked.problems} == {"load.stages"}
    assert [problem.words for problem in checked.problems] == words


def test_stages_may_be_typed_with_any_unit_and_spacing() -> None:
    typed, problems = stages_of(" 10:1,500ms : 2 ,2m:3.5, 1h:0, ")
    assert problems == ()
    assert [(stage["seconds"], stage["to"]) for stage in typed] == [(10, 1), (0.5, 2), (120, 3.5), (3600, 0)]


@given(STAGES)
def test_stages_survive_as_text(stages: tuple[Stage, ...]) -> None:
    plain, problems = stages_of(stages_text(stages))
    assert problems == ()
    assert tuple(Stage(**stage) for stage in plain) == stages


@given(st.text())
def test_no_text_of_stages_raises(text: str) -> None:
    stages, problems = stages_of(text)
    assert stages or problems


def load_of(state: FormState) -> Load:
    plan = check(state).plan
    assert plan is not None
    return plan.load


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
