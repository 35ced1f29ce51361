"""Ways out of the plan form: with the plan, without it, and not before what was changed is safe."""

from __future__ import annotations

import pytest
from form_examples import PLAN, Host
from msgspec import structs
from plan_driving import edited, form, replace_text, status
from textual.pilot import Pilot
from textual.widgets import Input

pytestmark = pytest.mark.pilot


async def test_a_plan_with_problems_is_refused_the_cursor_goes_there_and_nothing_typed_is_lost() -> None:
    async with form() as (app, screen, pilot):
        await replace_text(pilot, screen.query_one("#target-url", Input), "nowhere")
        await replace_text(pilot, screen.query_one("#name", Input), "kept")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.answers == []
        assert app.screen is screen
        assert screen.focused is screen.query_one("#target-url")
        assert [notice.title for notice in app._notifications] == ["This plan cannot be used yet"]
        assert screen.state["target.url"] == "nowhere"
        await replace_text(pilot, screen.query_one("#target-url", Input), "embedded")
        await pilot.press("f5")
    assert app.answers == [edited(name="kept", target=structs.replace(PLAN.target, url="embedded"))]


async def answered(app: Host, pilot: Pilot[None]) -> None:
    """Wait until the form is left: what a click means is told in messages."""
    for _ in range(1_000):
        if app.answers:
            return
        await pilot.pause(0.01)


@pytest.mark.parametrize("way", ["escape", "button"])
async def test_escape_and_the_cancel_button_give_back_nothing(way: str) -> None:
    async with form() as (app, _, pilot):
        await (pilot.press("escape") if way == "escape" else pilot.click("#plan-cancel"))
        await answered(app, pilot)
    assert app.answers == [None]


@pytest.mark.parametrize("way", ["escape", "button"])
async def test_what_was_changed_is_lost_only_where_that_is_asked_for_twice(way: str) -> None:
    async with form() as (app, screen, pilot):
        for value in ("changed", "changed again"):
            screen.query_one("#name", Input).value = value
            await pilot.pause()
            await (pilot.press("escape") if way == "escape" else pilot.click("#plan-cancel"))
            await pilot.pause()
            assert (app.answers, screen.state["name"], app.screen) == ([], value, screen)
            assert status(screen) == "▲ Unsaved changes. Esc again discards them"
        await (pilot.press("escape") if way == "escape" else pilot.click("#plan-cancel"))
        await answered(app, pilot)
    assert app.answers == [None]


async def test_what_was_changed_back_is_left_at_once() -> None:
    async with form() as (app, screen, pilot):
        name = screen.query_one("#name", Input)
        before, name.value = name.value, "changed"
        await pilot.pause()
        name.value = before
        await pilot.pause()
        await pilot.press("escape")
    assert app.answers == [None]


async def test_enter_on_the_button_uses_the_plan() -> None:
    async with form() as (app, screen, pilot):
        screen.query_one("#plan-use").focus()
        await pilot.press("enter")
    assert app.answers == [PLAN]
