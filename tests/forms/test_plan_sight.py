"""What of the plan form is in sight: at every size, wherever the focus is, and secrets only where they are edited."""

from __future__ import annotations

import pytest
from form_examples import ONE, PLAN, RAMP, SIZES
from msgspec import structs
from plan_driving import form, replace_text
from textual.widgets import Input

from httptui.plan.model import Load, Target
from httptui.tui.screens.help import HelpScreen
from httptui.tui.widgets.key_lines import BoundKeys
from httptui.tui.widgets.matrix import HEADER_ROWS, ContenderMatrix

pytestmark = pytest.mark.pilot


@pytest.mark.parametrize("keys", [("f6",) * 5 + ("down",) * 9, ("f6",) * 5 + ("tab",) * 3, ("tab",) * 5])
async def test_what_has_the_focus_stays_in_sight_when_the_terminal_is_resized(keys: tuple[str, ...]) -> None:
    async with form(size=(160, 44)) as (_, screen, pilot):
        await pilot.press(*keys)
        for size in ((60, 20), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            body, focused = screen.query_one("#plan-body"), screen.focused
            assert focused is not None
            seen = body.region.intersection(focused.region)
            if isinstance(focused, ContenderMatrix):
                row = focused.region.y + HEADER_ROWS + focused.cursor[0]
                assert body.region.y <= row < body.region.bottom
            else:
                assert seen == focused.region


async def test_a_key_in_the_last_line_can_be_clicked() -> None:
    async with form(size=(60, 20)) as (app, screen, pilot):
        line = screen.query_one(BoundKeys)
        text = line.render_line(0).text
        assert text.split() == [
            *("f5", "use", "esc", "cancel", "f2", "save", "f3", "presets", "f6", "next", "f1", "help"),
        ]
        await pilot.click(line, offset=(text.index("use"), 0))
    assert app.answers == [PLAN]


async def test_the_last_line_leads_to_the_help_where_not_every_key_has_room() -> None:
    async with form(size=(60, 20)) as (_, screen, pilot):
        screen.query_one(ContenderMatrix).focus()
        await pilot.pause()
        words = screen.query_one(BoundKeys).render_line(0).text.split()
        assert words == [
            *("space", "tick", "d", "duplicate", "f7", "more", "f5", "use", "f1", "help"),
        ]


async def test_secrets_are_veiled_without_the_focus() -> None:
    target = Target(
        url="http://me:hunter22@127.0.0.1/",
        method="POST",
        headers={"Cookie": "sid=xyzzy42"},
        body="user=me&password=plugh77",
    )
    async with form(structs.replace(PLAN, target=target)) as (app, screen, pilot):
        screen.query_one("#load-concurrency").focus()
        await pilot.pause()
        picture = app.export_screenshot()
        assert "user=me" in picture
        assert not any(secret in picture for secret in ("xyzzy42", "hunter22", "plugh77"))
        screen.query_one("#target-headers").focus()
        await pilot.pause()
        assert "xyzzy42" in app.export_screenshot()
        screen.query_one("#target-body").focus()
        await pilot.pause()
        picture = app.export_screenshot()
        assert "plugh77" in picture
        assert "xyzzy42" not in picture
        screen.query_one("#target-url").focus()
        await pilot.pause()
        picture = app.export_screenshot()
        assert "xyzzy42" not in picture
        assert "hunter22" in picture
        await pilot.press("f5")
    assert app.answers[0].target == target


async def test_help_opens_over_the_form_and_the_form_is_as_it_was() -> None:
    async with form() as (app, screen, pilot):
        await replace_text(pilot, screen.query_one("#name", Input), "kept")
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is screen
        assert screen.query_one("#name", Input).value == "kept"


async def test_every_field_has_room_at_every_size() -> None:
    plan = structs.replace(PLAN, load=Load(kind="open", rate=5, stages=RAMP))
    async with form(plan) as (_, screen, pilot):
        body = screen.query_one("#plan-body")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            inside = [control for control in screen.focus_chain if body in control.ancestors]
            assert {"load-stages", "load-arrivals", "schedule-epochs"} <= {control.id for control in inside}
            for control in inside:
                assert control.region.width > 3
                assert body.region.x <= control.region.x < control.region.right <= body.region.right
                assert control.region.bottom <= body.region.y + body.virtual_size.height
            assert body.virtual_size.width <= body.size.width


async def test_tab_goes_through_every_field_and_brings_it_into_sight() -> None:
    async with form(ONE, (60, 20)) as (_, screen, pilot):
        body = screen.query_one("#plan-body").region
        visited = set()
        for _ in range(len(screen.focus_chain)):
            focused = screen.focused
            assert focused is not None
            visited.add(focused)
            if focused.id not in ("plan-use", "plan-cancel", "plan-matrix"):
                assert body.overlaps(focused.region)
            await pilot.press("tab")
        assert visited == set(screen.focus_chain)
