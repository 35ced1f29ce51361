"""A run under one's hands: its keys, and the dialog about the target."""

from __future__ import annotations

import pytest
from driving import Opened, opened
from examples import PLAN
from msgspec.structs import replace
from textual.widgets import Input, Static

from httptui.plan.model import Target
from httptui.target.options import Pacing
from httptui.tui.screens.dialogs import TargetDialog
from httptui.tui.widgets.key_lines import KeysLine

pytestmark = pytest.mark.pilot

EMBEDDED = replace(PLAN, target=Target(url="embedded/?jitter_ms=3"))


def keys_shown(it: Opened) -> str:
    return it.screen.query_one(KeysLine).render_line(0).text


async def type_into(it: Opened, name: str, text: str) -> None:
    field = it.app.screen.query_one(f"#target-{name}", Input)
    field.value = text
    await it.pilot.pause()


async def test_plus_and_minus_step_the_load_of_a_run_and_tell_the_end_of_the_scale() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("minus", "minus", "plus")
        assert it.session.steps == -1
        await it.pilot.press("minus", "minus", "minus")
        assert it.session.steps == -3
        assert [notice.message for notice in it.app._notifications] == ["That is the least."]


async def test_space_pauses_and_goes_on() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("space")
        assert it.session.paused
        await it.pilot.press("space")
        assert not it.session.paused


async def test_a_run_that_is_paused_is_stopped_by_its_key() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("space", "s")
        await it.until(lambda: it.screen.report is not None)
        assert it.session.stopped


async def test_keys_that_steer_stand_in_the_place_of_those_that_begin_a_run_while_one_is_on() -> None:
    async with opened(plan=EMBEDDED, size=(160, 44)) as it:
        before = keys_shown(it)
        assert "r run" in before
        assert "space pause" not in before
        await it.run()
        during = keys_shown(it)
        for key in ("s stop", "+ more", "- less", "space pause", "d delay"):
            assert key in during
        assert "r run" not in during
        await it.finish()
        assert keys_shown(it) == before


async def test_the_load_of_no_run_cannot_be_changed() -> None:
    async with opened(plan=EMBEDDED) as it:
        await it.pilot.press("plus", "space", "d")
        assert it.app.screen is it.screen
        await it.run()
        await it.finish()
        await it.pilot.press("plus", "space", "d")
        assert (it.session.steps, it.session.paused) == (0, False)
        assert it.app.screen is it.screen


async def test_the_dialog_changes_what_is_another_number_and_shows_it_the_next_time() -> None:
    async with opened(plan=EMBEDDED) as it:
        await it.run()
        await it.pilot.press("d")
        assert isinstance(it.app.screen, TargetDialog)
        hints = " ".join(str(hint.render()) for hint in it.app.screen.query(Static))
        assert "set by the URL, which goes first" in hints
        await type_into(it, "latency_ms", "20")
        await type_into(it, "error_rate", "0.25")
        await it.pilot.press("enter")
        assert it.session.pacing == Pacing(latency_ms=20, error_rate=0.25)
        await it.pilot.press("d")
        assert it.app.screen.query_one("#target-latency_ms", Input).value == "20"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("latency_ms", "20 ms", "latency: 20 ms is not allowed; a number, 0 … 60000"),
        ("jitter_ms", "nan", "jitter: nan is not allowed"),
        ("error_rate", "1.5", "errors: 1.5 is not allowed; a number, 0 … 1"),
        ("error_rate", "", "errors: nothing is not allowed"),
    ],
)
async def test_the_dialog_says_what_cannot_be_used_and_stays(name: str, text: str, said: str) -> None:
    async with opened(plan=EMBEDDED) as it:
        await it.run()
        await it.pilot.press("d")
        await type_into(it, name, text)
        await it.pilot.press("enter")
        assert said in str(it.app.screen.query_one("#target-said", Static).render())
        assert it.session.pacing == Pacing()
        await it.pilot.press("escape")
        assert it.app.screen is it.screen
        assert it.session.pacing == Pacing()


async def test_there_is_no_dialog_about_a_target_that_is_not_ours() -> None:
    async with opened() as it:
        await it.run()
        assert "d delay" not in keys_shown(it)
        await it.pilot.press("d")
        assert it.app.screen is it.screen
