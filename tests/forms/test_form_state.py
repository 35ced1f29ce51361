"""Plans as form texts, and back: what is typed is kept, and what is not touched is not changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from plan_strategies import PLANS, SWEEPS, WORDS, swept

from httptui.plan.field import fields_of_plan
from httptui.plan.io import decode_plan
from httptui.plan.model import CHOICES, Contender, Load, Plan, Policy, Schedule, Stage, Target
from httptui.plan.typed import OF_A_CONTENDER, PATHS
from httptui.presets import list_presets
from httptui.tui.forms.mapping import check, mapping_of
from httptui.tui.forms.state import (
    IN_THE_MATRIX,
    MORE,
    SHOWN,
    FormState,
    state_of,
    with_override,
    with_value,
    with_values,
)
from httptui.tui.screens.plan_fields import SHOWN_PATHS, UNSHOWN


@given(st.one_of(PLANS, st.builds(swept, PLANS, SWEEPS)))
def test_an_untouched_form_gives_back_the_same_plan(plan: Plan) -> None:
    mapping, problems = mapping_of(state_of(plan))
    assert problems == ()
    assert decode_plan(mapping) == plan


def test_what_a_plan_expects_is_one_line_each_and_a_wrong_line_is_told_by_its_number() -> None:
    two = (Contender(engine="aiohttp"), Contender(engine="httpx"))
    state = state_of(Plan(contender=two, expect=("aiohttp.p99 < 50ms", "httpx.p99 < 80ms")))
    assert state["expect"] == "aiohttp.p99 < 50ms\nhttpx.p99 < 80ms"
    more = check(with_value(state, "expect", "\n" + state["expect"] + "\n  errors == 0 \n")).plan
    assert more is not None
    assert more.expect == ("aiohttp.p99 < 50ms", "httpx.p99 < 80ms", "errors == 0")
    fewer = check(replace(state, contenders=state.contenders[:1]))
    assert [(problem.field, problem.words.split(":")[0]) for problem in fewer.problems] == [
        ("expect", "line 2")
    ]


def test_bytes_that_no_field_shows_survive_an_edit_and_give_way_to_a_text() -> None:
    plan = structs.replace(PLAN, target=Target(method="POST", body_base64="/w=="))
    edited = with_value(state_of(plan), "load.concurrency", "3")
    assert mapping_of(edited)[0]["target"]["body_base64"] == "/w=="
    typed = mapping_of(with_value(edited, "target.body", "x"))[0]["target"]
    assert (typed["body"], typed.get("body_base64")) == ("x", None)


def test_a_number_that_a_plan_has_as_a_text_stays_one_until_another_is_typed() -> None:
    state = state_of(structs.replace(PLAN, schedule=Schedule(warmup="100")))
    assert mapping_of(state)[0]["schedule"]["warmup"] == "100"
    other = with_value(state, "schedule.warmup", "20")
    assert mapping_of(other)[0]["schedule"]["warmup"] == 20
    assert mapping_of(with_value(other, "schedule.warmup", "100"))[0]["schedule"]["warmup"] == "100"
    assert "warmup" not in mapping_of(with_value(state, "schedule.warmup", " "))[0]["schedule"]


def test_a_list_of_urls_and_how_they_are_sent_survive_an_edit() -> None:
    plan = Plan(
        target=Target(urls=("embedded/bytes/1", "embedded/items/{n}"), order="shuffle"),
        policy=Policy(retries=2, retry_wait=0.5, retry_on=("connect", "503"), per_host_rate=5.0),
        contender=(Contender(engine="aiohttp"),),
    )
    state = state_of(plan)
    assert (state["target.source"], state["target.urls"]) == ("urls", "embedded/bytes/1\nembedded/items/{n}")
    edited = check(with_value(state, "load.concurrency", "3")).plan
    assert edited == structs.replace(plan, load=Load(concurrency=3))


def test_every_value_of_a_plan_has_a_control() -> None:
    declared = {path for path in fields_of_plan(Plan) if not path.startswith("contender.")}
    # A body of bytes is kept as it is, as no field can show it.
    assert sorted(SHOWN_PATHS) == sorted(declared - {*UNSHOWN} | {*CHOICES})
    assert set(state_of(PLAN).texts) == set(PATHS) == declared | {*CHOICES}
    assert {*IN_THE_MATRIX, *SHOWN, *MORE} == set(Contender.__struct_fields__)


def test_a_contender_is_typed_in_one_line_each() -> None:
    assert {typed.codec.kind for typed in OF_A_CONTENDER.values()} <= {"line", "choice", "box"}


def test_a_plan_without_a_probe_comes_back_from_the_form_without_one() -> None:
    plan = Plan(schedule=Schedule(probe=False), contender=(Contender(engine="aiohttp"),))
    assert check(state_of(plan)).plan == plan


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
def test_every_preset_comes_back_unchanged_through_the_form_and_the_check(preset: Any) -> None:
    assert check(state_of(preset.plan)).plan == preset.plan


@given(PLANS, st.sampled_from(sorted(PATHS)), WORDS)
def test_whatever_is_typed_anywhere_is_kept_and_never_raises(plan: Plan, path: str, text: str) -> None:
    state = with_value(state_of(plan), path, text)
    mapping, _ = mapping_of(state)
    assert state[path] == text
    assert mapping["target"]["body"] == state["target.body"]


def test_typing_the_text_that_stands_there_changes_nothing() -> None:
    state = state_of(PLAN)
    assert with_value(state, "schedule.warmup", "10") is state
    assert with_override(state, 1, "pool", "4") is state
    assert with_override(state, 0, "label", "") is state


def test_only_the_chosen_bound_of_the_load_counts_and_the_other_text_stays() -> None:
    state = with_values(
        state_of(PLAN),
        {"load.bound": "requests", "load.requests": "100", "load.stages": "1s:2", "schedule.blocks": ""},
    )
    assert load_of(state) == Load(concurrency=8, requests=100)
    assert state["load.seconds"] == "2.5"
    assert load_of(with_values(state, {"load.bound": "stages"})) == Load(
        concurrency=8, stages=(Stage(seconds=1.0, to=2.0),)
    )


def test_only_what_means_something_in_the_kind_of_load_counts() -> None:
    typed = with_values(
        state_of(PLAN),
        {
            "load.bound": "requests",
            "load.requests": "9",
            "load.rate": "50",
            "load.think": "0.5",
            "schedule.blocks": "",
        },
    )
    typed = with_values(typed, {"load.arrivals": "poisson"})
    assert load_of(typed) == Load(concurrency=8, requests=9, think=0.5)
    assert load_of(with_values(typed, {"load.kind": "burst"})) == Load(kind="burst", concurrency=8)
    assert load_of(with_values(typed, {"load.kind": "open"})) == Load(
        kind="open", concurrency=8, rate=50.0, arrivals="poisson", seconds=2.5
    )


def load_of(state: FormState) -> Load:
    plan = check(state).plan
    assert plan is not None
    return plan.load
