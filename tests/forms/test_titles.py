"""What an edited plan is called: not as the preset that it was, unless somebody says so."""

from __future__ import annotations

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from plan_driving import form, note_of, replace_text
from textual.widgets import Input, Static, TextArea

from httptui.plan.model import Target
from httptui.plan.secrets import MASK
from httptui.plan.titles import edited_name, original_name
from httptui.presets import load_preset
from httptui.presets.loader import name_saved_as
from httptui.presets.recent import recent_plans, remember
from httptui.tui.forms.mapping import is_another, titled
from httptui.tui.forms.state import FormState, state_of, with_value, with_values

ORIGIN = state_of(PLAN)
OTHER = with_value(ORIGIN, "load.concurrency", "9")


def title(state: FormState) -> tuple[str, str]:
    return state["name"], state["description"]


def test_another_plan_has_another_name_and_no_description_until_it_is_changed_back() -> None:
    edited = titled(ORIGIN, OTHER, ORIGIN)
    assert title(edited) == ("example, edited", "")
    assert titled(edited, with_value(edited, "load.seconds", "3"), ORIGIN)["name"] == "example, edited"
    assert titled(edited, with_value(edited, "load.concurrency", "8"), ORIGIN) == ORIGIN


@pytest.mark.parametrize(
    ("path", "text"),
    [("load.seconds", "2.50"), ("load.requests", "77"), ("target.headers", "Accept: */*\n\nX-Two:a: b")],
)
def test_what_makes_the_same_plan_keeps_its_name(path: str, text: str) -> None:
    same = with_value(ORIGIN, path, text)
    assert same != ORIGIN
    assert titled(ORIGIN, same, ORIGIN) == same


def test_a_name_and_a_description_that_were_typed_stay() -> None:
    named = with_values(ORIGIN, {"name": "mine", "description": "my own"})
    assert title(titled(named, with_values(named, {"schedule.rounds": "2"}), ORIGIN)) == title(named)
    edited = titled(ORIGIN, OTHER, ORIGIN)
    back = with_values(edited, {"name": "example", "description": "said again"})
    assert titled(edited, back, ORIGIN) == back
    assert titled(back, with_values(back, {"schedule.rounds": "2"}), ORIGIN) == with_values(
        back, {"schedule.rounds": "2"}
    )


@pytest.mark.parametrize("name", ["", "example, edited"])
def test_a_plan_that_claims_to_be_none_is_not_named_anew(name: str) -> None:
    origin = with_values(ORIGIN, {"name": name})
    assert titled(origin, with_values(OTHER, {"name": name}), origin) == with_values(OTHER, {"name": name})


def test_a_secret_that_is_given_anew_makes_no_other_plan() -> None:
    target = Target(
        urls=("embedded/a", f"embedded/b?token={MASK}"),
        headers={"Cookie": MASK, "X-One": "1"},
        body=f"a={MASK}&b={MASK}&c=1",
    )
    origin = state_of(structs.replace(PLAN, target=target))
    given_anew = with_values(
        origin,
        {
            "target.urls": "embedded/a\nembedded/b?token=t",
            "target.headers": "Cookie: env:SID\nX-One: 1",
            "target.body": "a=x&b=yy&c=1",
        },
    )
    assert not is_another(given_anew, origin)
    for path, text in (
        ("target.urls", "embedded/c\nembedded/b?token=t"),
        ("target.urls", "embedded/a\nembedded/b?key=t"),
        ("target.headers", "Cookie: a\nX-One: 2"),
        ("target.body", "a=x&c=1"),
        ("target.body", "a=x&b=yy&c=2"),
        ("target.body", "a=&b=&c="),
    ):
        assert is_another(with_value(given_anew, path, text), origin)


@given(st.text(max_size=200))
def test_an_edited_plan_is_told_from_its_original_by_a_name_that_a_plan_may_have(name: str) -> None:
    edited = edited_name(name)
    assert edited == edited_name(edited)
    assert len(edited) <= 200
    assert original_name(name).startswith(original_name(edited))


def test_a_saved_preset_is_called_by_its_own_name_and_no_longer_an_edit() -> None:
    assert name_saved_as("Pool of scrapers", "Pool-of-scrapers") == "Pool of scrapers"
    assert name_saved_as("Pool of scrapers", "pools") == "pools"
    assert name_saved_as("demo, edited", "demo-edited") == "demo-edited"


@pytest.mark.pilot
async def test_an_edited_preset_no_longer_claims_to_be_it_in_the_form_the_plan_and_what_is_remembered() -> (
    None
):
    demo = load_preset("demo")
    async with form(demo) as (app, screen, pilot):
        header, name = screen.query_one("#plan-title", Static), screen.query_one("#name", Input)
        about = screen.query_one("#description", TextArea)
        seconds = screen.query_one("#load-seconds", Input)
        await replace_text(pilot, seconds, "3")
        assert str(header.content).endswith(" · demo, edited")
        assert (name.value, about.text) == ("demo, edited", "")
        assert note_of(screen, "description") == "Description cleared: the plan changed."
        await replace_text(pilot, seconds, "10")
        assert (name.value, about.text, note_of(screen, "description")) == ("demo", demo.description, "")
        await replace_text(pilot, seconds, "3")
        await pilot.press("f5")
    (plan,) = app.answers
    assert plan == structs.replace(
        demo, name="demo, edited", description="", load=structs.replace(demo.load, seconds=3.0)
    )
    remember(plan)
    remember(demo)
    assert [recent.plan.name for recent in recent_plans()] == ["demo", "demo, edited"]


@pytest.mark.pilot
async def test_a_preset_that_was_saved_or_loaded_is_what_is_edited_from_then_on() -> None:
    async with form() as (_, screen, pilot):
        await replace_text(pilot, screen.query_one("#load-seconds", Input), "3")
        await pilot.press("f2")
        await pilot.pause()
        assert screen.app.screen.query_one(Input).value == "example-edited"
        await pilot.press("ctrl+u", *"own", "enter")
        await pilot.pause()
        assert screen.state["name"] == load_preset("own").name == "own"
        await replace_text(pilot, screen.query_one("#load-seconds", Input), "4")
        assert screen.state["name"] == "own, edited"
        await pilot.press("f3", *"knee", "enter")
        await pilot.pause()
        assert title(screen.state) == ("knee", load_preset("knee").description)
        await replace_text(pilot, screen.query_one("#load-seconds", Input), "2")
        assert title(screen.state) == ("knee, edited", "")
