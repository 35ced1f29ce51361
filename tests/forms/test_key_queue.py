"""Keys that come all at once, as from a script or on a busy machine: none is lost, and each finds its field."""

from __future__ import annotations

import asyncio

import pytest
from form_examples import PLAN, Host
from msgspec import structs
from plan_driving import form
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from httptui.plan.model import Schedule
from httptui.presets import load_preset
from httptui.tui.toolkit import key_queue

pytestmark = pytest.mark.pilot


@pytest.fixture(autouse=True)
def _endless_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no key go on because the one before it took long: one that waits in vain would never arrive."""
    monkeypatch.setattr(key_queue, "LONGEST_TURN", 3_600.0)


async def burst(app: Host, pilot: Pilot[None], *keys: str | events.Event) -> None:
    """Send keys in one go, and wait until the last has arrived."""
    for key in keys:
        if isinstance(key, str):
            letter = key if len(key) == 1 else None
            app.post_message(events.Key(_character_to_key(key) if letter else key, letter))
        else:
            app.post_message(key)
    # Behind the keys in the app's queue: before it, none of them may have been taken from there.
    taken = asyncio.Event()
    app.call_later(taken.set)
    await taken.wait()
    for _ in range(50 * len(keys)):
        await pilot.pause()
        if not app.keys_waiting:
            break
    await pilot.pause()


async def test_what_is_typed_after_a_choice_and_a_tab_stands_in_the_next_field() -> None:
    async with form(structs.replace(PLAN, schedule=Schedule())) as (app, screen, pilot):
        await burst(app, pilot, "f6", "right", "tab", "right", "tab", "tab", *"1s:9,2s:4", "tab", "tab", "5")
        typed = (
            screen.state["load.kind"],
            screen.state["load.bound"],
            screen.state["load.stages"],
            screen.state["load.rate"],
        )
        assert typed == ("open", "stages", "1s:9,2s:4", "5")


async def test_what_is_typed_or_pasted_after_a_tab_is_not_put_into_the_field_before_it() -> None:
    async with form() as (app, screen, pilot):
        await burst(app, pilot, "tab", "ctrl+u", *"PUT", "shift+tab", events.Paste("http://127.0.0.1/b"))
        assert (screen.state["target.method"], screen.state["target.url"]) == ("PUT", "http://127.0.0.1/b")


async def test_a_screen_that_was_opened_takes_the_keys_that_follow_and_gives_them_back_when_it_is_left() -> (
    None
):
    async with form() as (app, screen, pilot):
        await burst(app, pilot, "f3", "escape", "f2", "escape", "f1", "escape")
        await burst(app, pilot, "f3", *"knee", "enter", "end", "0")
        assert app.screen is screen
        assert screen.state["target.url"] == f"{load_preset('knee').target.url}0"
        await burst(app, pilot, "f2", "ctrl+u", *"own", "enter", "f5")
    assert [plan.name for plan in app.answers] == ["own"]
