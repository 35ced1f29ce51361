"""A plan taken from elsewhere and given away: curl commands, presets, recent plans, and a preset of one's own."""

from __future__ import annotations

import pytest
from form_examples import PLAN, Host
from msgspec import structs
from plan_driving import edited, field_of, form, note_of, status
from textual import events
from textual.widgets import Button, Input, Static, TextArea

from httptui.plan.model import Contender, Load, Plan, Target
from httptui.presets import load_preset, user_presets_folder
from httptui.presets.recent import remember
from httptui.tui.screens.dialogs import REPLACE, PlanSaveScreen
from httptui.tui.screens.presets import PresetList, PresetsScreen
from httptui.tui.widgets.controls import LoadShape

pytestmark = pytest.mark.pilot

COMMAND = """curl 'http://127.0.0.1:8099/form' \\
  -X PUT \\
  -H 'X-One: 1' \\
  -H 'Connection: keep-alive' \\
  -b 'sid=xyzzy42' \\
  --data-raw $'it\\'s' --insecure"""


def said(app: Host) -> list[tuple[str, str]]:
    return [(notice.title, notice.message) for notice in app._notifications]


async def test_a_whole_pasted_command_fills_the_target_and_what_was_left_out_is_told() -> None:
    async with form() as (app, screen, pilot):
        app.post_message(events.Paste(COMMAND))
        await pilot.pause()
        assert screen.query_one("#target-url", Input).value == "http://127.0.0.1:8099/form"
        assert "Content-Type" in screen.query_one("#target-headers", TextArea).text
        assert note_of(screen, "target.url").splitlines() == [
            "Took over PUT, 3 headers, a body of 4 bytes and unverified TLS.",
            "▲ left out Connection: clients set these themselves",
            "ctrl+z takes it back.",
        ]
        await pilot.press("f5")
    headers = {"X-One": "1", "Cookie": "sid=xyzzy42", "Content-Type": "application/x-www-form-urlencoded"}
    target = Target(
        url="http://127.0.0.1:8099/form", method="PUT", headers=headers, body="it's", verify=False
    )
    assert app.answers == [edited(target=target)]


async def test_a_command_that_cannot_be_followed_changes_nothing_and_says_why() -> None:
    async with form() as (app, screen, pilot):
        before = screen.state
        app.post_message(events.Paste("curl -F file=@x http://127.0.0.1/"))
        await pilot.pause()
        assert screen.state == before
        words = (
            "▲ Nothing was taken from the curl command: -F sends a multipart form, which a plan cannot hold."
        )
        assert note_of(screen, "target.url") == words
        await pilot.press("x")
        await pilot.pause()
        assert note_of(screen, "target.url") == ""


async def test_a_command_may_be_typed_and_entered_or_pasted_from_the_app_itself() -> None:
    async with form() as (app, screen, pilot):
        url = screen.query_one("#target-url", Input)
        url.value = "curl -I http://127.0.0.1/a"
        await pilot.press("enter")
        await pilot.pause()
        assert (screen.state["target.url"], screen.state["target.method"]) == ("http://127.0.0.1/a", "HEAD")
        app.copy_to_clipboard("curl http://127.0.0.1/b")
        await pilot.press("ctrl+v")
        await pilot.pause()
        assert (screen.state["target.url"], screen.state["target.method"]) == ("http://127.0.0.1/b", "GET")
        assert screen.focused is url


async def test_lines_that_are_no_command_are_refused_and_an_address_among_blanks_is_taken() -> None:
    async with form() as (app, screen, pilot):
        before = screen.state
        app.post_message(events.Paste('fetch("https://api.example.com/", {\n  "method": "POST"\n});'))
        await pilot.pause()
        assert screen.state == before
        assert "Copy the request as cURL (bash)" in note_of(screen, "target.url")
        app.post_message(events.Paste("\n  http://127.0.0.1:8099/x \n"))
        await pilot.pause()
        assert screen.state["target.url"] == "http://127.0.0.1:8099/x"
        assert note_of(screen, "target.url") == ""


async def test_an_address_is_pasted_as_ever() -> None:
    async with form() as (app, screen, pilot):
        await pilot.press("end", "ctrl+u")
        app.post_message(events.Paste("http://127.0.0.1/c"))
        await pilot.pause()
        assert screen.state["target.url"] == "http://127.0.0.1/c"


async def test_the_shape_follows_what_is_typed() -> None:
    async with form() as (_, screen, pilot):
        drawing = screen.query_one(LoadShape)
        before = drawing.render_line(0).text
        assert before.startswith("Shape      8 ┤")
        screen.query_one("#load-concurrency", Input).value = "500"
        await pilot.pause()
        assert drawing.render_line(0).text.startswith("Shape      500 ┤")
        screen.query_one("#load-concurrency", Input).value = "x"
        await pilot.pause()
        assert "no valid load yet" in drawing.render_line(0).text


async def test_what_must_hold_is_edited_one_on_each_line() -> None:
    async with form(structs.replace(PLAN, expect=("errors == 0",))) as (app, screen, pilot):
        area = screen.query_one("#expect", TextArea)
        assert area.text == "errors == 0"
        area.text = "errors == 0\np99 < soon"
        await pilot.pause()
        assert field_of(screen, "expect").startswith("▲ line 2: ")
        area.text = "errors == 0\nA.p99 < 50ms\n"
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers[0].expect == ("errors == 0", "A.p99 < 50ms")


async def test_a_key_leads_from_the_matrix_to_the_contenders_own_values() -> None:
    async with form() as (_, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("right", "o", "ctrl+u", "9")
        await pilot.pause()
        assert screen.state.contenders[0]["pool"] == "9"


@pytest.mark.parametrize(
    ("keys", "attribute", "text"),
    [(("o", "ctrl+u", "9"), "pool", "9"), (("f7", "tab", "tab", "9"), "processes", "9")],
)
async def test_that_key_ticks_a_cell_that_is_not_ticked(
    keys: tuple[str, ...], attribute: str, text: str
) -> None:
    async with form() as (_, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press(*keys)
        await pilot.pause()
        assert [one["engine"] for one in screen.state.contenders] == [
            "aiohttp",
            "httpx",
            "requests",
            "aiohttp",
        ]
        assert screen.state.contenders[3][attribute] == text


async def test_duplicate_ticks_a_cell_that_is_not_ticked() -> None:
    async with form() as (_, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("d")
        await pilot.pause()
        assert [one["loop"] for one in screen.state.contenders] == ["uvloop", "", "", ""]


@pytest.mark.parametrize("key", ["space", "d", "o", "f7"])
async def test_a_way_that_a_ticked_engine_does_not_have_is_refused_as_well(key: str) -> None:
    async with form() as (app, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("right", "right", key)
        await pilot.pause()
        assert [message for _, message in said(app)] == ["aiohttp does not speak HTTP/2"]
        assert len(screen.state.contenders) == 3


async def test_a_plan_is_saved_as_a_preset_and_listed_at_once() -> None:
    async with form() as (app, screen, pilot):
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, PlanSaveScreen)
        assert app.screen.query_one(Input).value == "example"
        await pilot.press("ctrl+u", *"my-own", "enter")
        await pilot.pause()
        assert load_preset("my-own") == structs.replace(PLAN, name="my-own")
        assert screen.query_one("#name", Input).value == screen.state["name"] == "my-own"
        assert said(app) == [("Saved as the preset my-own", str(user_presets_folder() / "my-own.toml"))]
        await pilot.press("f3", *"my-own")
        await pilot.pause()
        assert app.screen.query_one(PresetList).option_count == 1


def where(app: Host) -> tuple[str, str]:
    return tuple(str(app.screen.query_one(f"#save-{part}", Static).content) for part in ("where", "said"))  # type: ignore[return-value]


async def test_an_existing_preset_is_replaced_only_after_a_question() -> None:
    async with form(structs.replace(PLAN, description="new")) as (app, _, pilot):
        user_presets_folder().mkdir(parents=True)
        (user_presets_folder() / "example.toml").write_text("old")
        await pilot.press("f2")
        await pilot.pause()
        assert where(app)[1] == "▲ A preset of this name exists already."
        await pilot.press("enter")
        await pilot.pause()
        assert where(app)[1] == f"▲ {REPLACE}"
        assert str(app.screen.query_one("#save-yes", Button).label) == "Replace"
        assert (user_presets_folder() / "example.toml").read_text() == "old"
        await pilot.press("end", "2", "backspace", "enter")
        await pilot.pause()
        assert (user_presets_folder() / "example.toml").read_text() == "old"
        await pilot.press("enter")
        await pilot.pause()
        assert load_preset("example").description == "new"


async def test_a_name_that_can_be_none_is_told_and_nothing_is_written() -> None:
    async with form() as (app, screen, pilot):
        await pilot.press("f2")
        await pilot.pause()
        await pilot.press("ctrl+u", *"../up", "enter")
        await pilot.pause()
        assert '"../up" is no name of a preset' in where(app)[1]
        await pilot.press("ctrl+u", *"demo")
        await pilot.pause()
        assert where(app)[1] == "▲ It will be used instead of the built-in preset demo."
        await pilot.click("#save-no")
        await pilot.pause()
        assert app.screen is screen
        assert not user_presets_folder().exists()


async def test_a_secret_in_the_plan_is_warned_of_before_it_is_saved() -> None:
    secret = structs.replace(PLAN, target=Target(url="embedded", headers={"Authorization": "Bearer xyzzy42"}))
    async with form(secret) as (app, _, pilot):
        await pilot.press("f2")
        await pilot.pause()
        assert len(app.screen.query("#save-secret")) == 1
        await pilot.press("escape")
        assert app.answers == []
    async with form() as (app, _, pilot):
        await pilot.press("f2")
        await pilot.pause()
        assert len(app.screen.query("#save-secret")) == 0


async def test_a_plan_with_problems_is_not_saved_and_says_where_they_are() -> None:
    async with form() as (app, screen, pilot):
        screen.query_one("#target-url", Input).value = "nowhere"
        await pilot.pause()
        await pilot.press("f2")
        await pilot.pause()
        assert app.screen is screen
        assert said(app)[0][0] == "This plan cannot be saved yet"


async def test_a_preset_fills_the_whole_form() -> None:
    async with form(Plan(load=Load(kind="burst"), contender=(Contender(engine="httpx", http="2"),))) as (
        app,
        screen,
        pilot,
    ):
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(app.screen, PresetsScreen)
        await pilot.press(*"fanout", "enter")
        await pilot.pause()
        assert app.screen is screen
        assert str(screen.query_one("#name", Input).value) == "fanout-512"
        await pilot.press("f5")
    assert app.answers == [load_preset("fanout-512")]


async def test_a_recent_plan_without_its_secrets_comes_into_the_form_and_asks_for_them() -> None:
    remember(
        structs.replace(PLAN, name="shop", target=Target(url="embedded", headers={"Cookie": "sid=xyzzy42"}))
    )
    async with form() as (app, screen, pilot):
        await pilot.press("f3", "f3", "enter")
        await pilot.pause()
        assert screen.state["name"] == "shop"
        assert field_of(screen, "target.headers") == (
            "▲ holds *** in place of a secret, which is not saved; enter it again"
        )
        assert status(screen).startswith("▲ target.headers.Cookie: holds ***")
        screen.query_one("#target-headers", TextArea).text = "Cookie: env:SID"
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers[0].target.headers == {"Cookie": "env:SID"}
