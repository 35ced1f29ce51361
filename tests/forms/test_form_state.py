"""Plans as form texts, and back: what is typed is kept, and what is not touched is not changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType, structs
from plan_strategies import PLANS, SWEEPS, WORDS, swept

from httptui.plan.io import decode_plan
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Stage, Target
from httptui.presets import list_presets
from httptui.tui.forms.mapping import check, mapping_of
from httptui.tui.forms.state import FIELDS, MORE, SHOWN, FormState, state_of, with_override, with_value


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
    # A body of bytes is kept as it is, as no field can show it.
    assert set(FIELDS) == (values - {"target.body_base64"}) | own | {"load.bound", "target.source"}
    assert set(FIELDS.values()) <= set(FormState.__slots__)
    in_the_matrix = {"engine", "http", "loop"}
    assert {*SHOWN, *MORE} | in_the_matrix == set(Contender.__struct_fields__)
    smallest = state_of(Plan(contender=(Contender(engine="aiohttp"),)))
    assert (smallest.kept, smallest.contenders[0].kept) == ((), ())


def test_a_plan_without_a_probe_comes_back_from_the_form_without_one() -> None:
    plan = Plan(schedule=Schedule(probe=False), contender=(Contender(engine="aiohttp"),))
    assert check(state_of(plan)).plan == plan


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


def load_of(state: FormState) -> Load:
    plan = check(state).plan
    assert plan is not None
    return plan.load
