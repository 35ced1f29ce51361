"""What was changed in the form is taken back: one value, one tick, one command or one plan at a time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from plan_driving import form, note_of, status
from textual import events
from textual.widgets import Input, TextArea

from httptui.presets import load_preset
from httptui.tui.forms.state import (
    MOST_STEPS,
    FormState,
    Past,
    Step,
    state_of,
    with_folding,
    with_override,
    with_value,
    with_values,
)

START = state_of(PLAN)


def past_of(*states: FormState) -> Past:
    """The past of a form that went through some states."""
    past = Past()
    for before, now in pairwise(states):
        past = past.with_change(Step(before, START), now)
    return past


def states_in(past: Past) -> list[FormState]:
    return [step.state for step in past.steps]


def test_what_is_typed_into_one_value_is_one_step() -> None:
    one, two = (with_value(START, "load.seconds", text) for text in ("3", "30"))
    rate = with_value(two, "load.concurrency", "9")
    again = with_value(rate, "load.seconds", "31")
    assert states_in(past_of(START, one, two, rate, again)) == [START, two, rate]
    labels = [with_override(START, 0, "label", text) for text in ("m", "mi")]
    other = with_override(labels[1], 1, "label", "x")
    assert states_in(past_of(START, *labels, other)) == [START, labels[1]]


def test_a_title_that_changes_along_is_no_step_but_a_typed_one_is() -> None:
    one = with_values(START, {"load.seconds": "3", "name": "example, edited", "description": ""})
    two = with_values(one, {"load.seconds": "31"})
    named = with_values(two, {"name": "mine"})
    assert states_in(past_of(START, one, two, named)) == [START, two]


def test_to_show_all_of_a_contender_is_no_step() -> None:
    assert past_of(START, with_folding(START, 0, unfolded=True)) == Past()


@given(st.integers(1, MOST_STEPS * 2))
def test_the_past_has_a_bound(count: int) -> None:
    states = [with_value(START, f"load.{('seconds', 'think')[n % 2]}", str(n)) for n in range(count + 1)]
    past = past_of(*states)
    assert len(past.steps) == min(count, MOST_STEPS)
    assert past.steps[-1].state == states[-2]
    assert past.without_last().value == ""


@pytest.mark.pilot
async def test_a_key_takes_back_what_was_typed_and_ticked_until_all_is_as_it_was() -> None:
    async with form() as (app, screen, pilot):
        await pilot.press("end", *"/x", "f6", "right", "tab", "tab", "tab", *"50")
        screen.query_one("#plan-matrix").focus()
        await pilot.press("space", "right", "right", "right", "f7", "tab", "tab", "2")
        await pilot.pause()
        changed = screen.state
        assert (changed["target.url"], changed["load.kind"], len(changed.contenders)) == (
            "http://127.0.0.1:8099//x",
            "open",
            4,
        )
        for _ in range(8):
            await pilot.press("ctrl+z")
            await pilot.pause()
        assert replace(screen.state, contenders=START.contenders, removed=()) == START
        assert [one["label"] for one in screen.state.contenders] == [one["label"] for one in START.contenders]
        assert screen.query_one("#target-url", Input).value == START["target.url"]
        assert status(screen) == "▲ Nothing is left to take back"
        await pilot.press("escape")
    assert app.answers == [None]


@pytest.mark.pilot
async def test_a_command_is_taken_back_whole() -> None:
    async with form() as (app, screen, pilot):
        app.post_message(events.Paste("curl -k http://127.0.0.1/a -d x=1 -H 'A: 1'"))
        await pilot.pause()
        assert note_of(screen, "target.url").splitlines()[-1] == "ctrl+z takes it back."
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert screen.state == START
        assert screen.query_one("#target-headers", TextArea).text == START["target.headers"]
        assert note_of(screen, "target.url") == ""


@pytest.mark.pilot
async def test_another_plan_is_taken_back_with_what_it_was_edited_from() -> None:
    async with form() as (_, screen, pilot):
        await pilot.press("f3", *"knee", "enter")
        await pilot.pause()
        assert screen.state == state_of(load_preset("knee"))
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert screen.state == START
        screen.query_one("#load-seconds", Input).value = "3"
        await pilot.pause()
        assert screen.state["name"] == "example, edited"


@pytest.mark.pilot
async def test_a_text_of_several_lines_takes_its_own_typing_back_first() -> None:
    async with form(structs.replace(PLAN, expect=("errors == 0",))) as (_, screen, pilot):
        screen.query_one("#load-seconds", Input).value = "3"
        await pilot.pause()
        area = screen.query_one("#expect", TextArea)
        area.focus()
        await pilot.press(*"\n# ")
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        await pilot.pause()
        assert area.text == "errors == 0"
        assert screen.query_one("#load-seconds", Input).value == "2.5"
