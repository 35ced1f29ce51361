"""The plan form in use: by keyboard alone, by mouse, with mistakes, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from form_examples import ENGINES, PLAN, SIZES, Host, nobody
from msgspec import structs
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Input, Static, TextArea

from httptui.plan import Contender, Load, Plan, Target
from presets import list_presets
from tui.forms.combinations import COLUMNS, rows_of
from tui.screens.help import HelpScreen
from tui.screens.plan import PlanScreen
from tui.widgets.choice import Choice
from tui.widgets.contender_list import ContenderRow
from tui.widgets.field import Field
from tui.widgets.matrix import ContenderMatrix
from tui.widgets.matrix_cells import HEADER_ROWS, grid_for

pytestmark = pytest.mark.pilot


@asynccontextmanager
async def form(
    plan: Plan = PLAN, size: tuple[int, int] = (120, 60)
) -> AsyncIterator[tuple[Host, PlanScreen, Pilot[None]]]:
    screen = PlanScreen(plan, ENGINES, nobody)
    app = Host(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, screen, pilot


async def replace_text(pilot: Pilot[None], widget: Widget, text: str) -> None:
    """Type over what stands in a field, by keys."""
    widget.focus()
    await pilot.pause()
    await pilot.press("end", "ctrl+u", *text)
    await pilot.pause()


def field_of(screen: PlanScreen, path: str) -> str:
    field = next(field for field in screen.query(Field) if field.path == path)
    said = field.query_one(".field--problem", Static)
    return str(said.content) if said.display else ""


def status(screen: PlanScreen) -> str:
    return str(screen.query_one("#plan-status", Static).content)


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
async def test_an_untouched_form_gives_back_the_preset(preset: object) -> None:
    plan: Plan = preset.plan  # type: ignore[attr-defined]
    app = Host(PlanScreen(plan))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f5")
    assert app.answers == [plan]


async def test_all_values_of_a_plan_are_shown() -> None:
    async with form() as (_, screen, _pilot):
        assert screen.query_one("#target-url", Input).value == "http://127.0.0.1:8099/"
        assert screen.query_one("#target-headers", TextArea).text == "Accept: */*\nX-Two: a: b"
        assert screen.query_one("#load-seconds", Input).value == "2.5"
        assert screen.query_one("#schedule-kind", Choice).value == "interleaved"
        assert screen.query_one("#schedule-warmup", Input).value == "10"
        rows = list(screen.query(ContenderRow))
        shown = [[entry.value for entry in row.query(Input)] for row in rows]
        assert shown == [
            ["shared", "", "concurrency", ""],
            ["shared", "", "4", "httpx, four sockets"],
            ["50", "2", "concurrency", ""],
        ]


async def test_the_form_is_filled_in_by_keyboard_alone() -> None:
    async with form(Plan(contender=(Contender(engine="httpx"),))) as (app, _, pilot):
        await pilot.press("ctrl+u", *"http://127.0.0.1:9/x")
        await pilot.press("tab", "ctrl+u", *"POST", "tab", *"X-A: 1", "enter", *"X-B: 2", "tab", *"hello")
        await pilot.press("f6", "right", "tab", "ctrl+u", *"7", "tab", *"100")
        await pilot.press("f6", "f6", "f6", "down", "right", "space", "ctrl+right", "space")
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers == [
        Plan(
            target=Target(
                url="http://127.0.0.1:9/x", method="POST", headers={"X-A": "1", "X-B": "2"}, body="hello"
            ),
            load=Load(concurrency=7, requests=100),
            contender=(
                Contender(engine="httpx"),
                Contender(engine="httpx", loop="uvloop"),
                Contender(engine="httpx", reuse="per-worker", loop="uvloop"),
            ),
        )
    ]


async def test_the_form_is_filled_in_by_mouse() -> None:
    async with form() as (app, screen, pilot):
        matrix = screen.query_one(ContenderMatrix)
        grid = grid_for(rows_of(ENGINES, []), matrix.size.width)
        await pilot.click(matrix, offset=(grid.left_of(COLUMNS.index(COLUMNS[2])) + 1, HEADER_ROWS + 1))
        await pilot.click("#target-verify")
        choice = screen.query_one("#schedule-kind", Choice)
        await pilot.click(choice, offset=(3, 0))
        await pilot.click(next(iter(screen.query(ContenderRow))).query(Button).last())
        await pilot.pause()
        assert [one.engine for one in screen.state.contenders] == ["httpx", "requests", "httpx"]
        assert screen.state.contenders[-1].http == "2"
        assert "needs an https:// target" in status(screen)
        await pilot.click(matrix, offset=(grid.left_of(2) + 1, HEADER_ROWS + 1))
        await pilot.pause()
        await pilot.click("#plan-use")
    plan = app.answers[0]
    assert plan.target.verify is False
    assert plan.schedule.kind == "concurrent"
    assert [one.engine for one in plan.contender] == ["httpx", "requests"]


async def test_a_problem_is_shown_under_its_field_and_in_the_last_line_while_one_types() -> None:
    async with form() as (_, screen, pilot):
        await replace_text(pilot, screen.query_one("#load-concurrency"), "many")
        assert field_of(screen, "load.concurrency") == "▲ “many” is not a whole number"
        assert status(screen) == "▲ load.concurrency: “many” is not a whole number"
        await replace_text(pilot, screen.query_one("#load-concurrency"), "12")
        assert field_of(screen, "load.concurrency") == ""
        assert status(screen) == "3 contenders · 2–12 in flight · about 7.5 s"


async def test_a_plan_with_problems_is_refused_the_cursor_goes_there_and_nothing_typed_is_lost() -> None:
    async with form() as (app, screen, pilot):
        await replace_text(pilot, screen.query_one("#target-url"), "nowhere")
        await replace_text(pilot, screen.query_one("#name"), "kept")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert app.answers == []
        assert app.screen is screen
        assert screen.focused is screen.query_one("#target-url")
        assert [notice.title for notice in app._notifications] == ["This plan cannot be used yet"]
        assert screen.state.url == "nowhere"
        await replace_text(pilot, screen.query_one("#target-url"), "embedded")
        await pilot.press("f5")
    assert app.answers == [
        structs.replace(PLAN, name="kept", target=structs.replace(PLAN.target, url="embedded"))
    ]


async def test_a_problem_of_a_contender_names_its_letter_and_stands_below_its_row() -> None:
    async with form() as (_, screen, pilot):
        row = list(screen.query(ContenderRow))[1]
        await replace_text(pilot, row.query_one(".contender--pool"), "deep")
        assert status(screen).startswith("▲ contender B.pool: ")
        assert row.has_class("-problem")
        assert screen.state.contenders[1].pool == "deep"
        await pilot.press("f5")
        await pilot.pause()
        assert screen.focused is row.query_one(".contender--pool")


async def test_no_contender_left_is_a_problem_and_ticking_again_brings_overrides_back() -> None:
    async with form() as (app, screen, pilot):
        screen.query_one(ContenderMatrix).focus()
        await pilot.press("right", "space", "left", "down", "space")
        screen.query(ContenderRow).last().query_one(Input).focus()
        await pilot.press("f8")
        await pilot.pause()
        assert screen.state.contenders == ()
        assert len(screen.query(ContenderRow)) == 0
        assert "contender" in status(screen)
        screen.query_one(ContenderMatrix).focus()
        await pilot.press("space")
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers[0].contender == (PLAN.contender[1],)


async def test_contenders_are_duplicated_moved_and_given_overrides_by_keys() -> None:
    async with form() as (app, screen, pilot):
        screen.query_one(ContenderMatrix).focus()
        await pilot.press("right", "d")
        await pilot.pause()
        second = list(screen.query(ContenderRow))[1]
        await replace_text(pilot, second.query_one(".contender--concurrency"), "3")
        await pilot.press("shift+down")
        await pilot.pause()
        assert screen.focused is list(screen.query(ContenderRow))[2].query_one(".contender--concurrency")
        await pilot.press("f5")
    assert app.answers[0].contender == (
        PLAN.contender[0],
        PLAN.contender[1],
        structs.replace(PLAN.contender[0], concurrency=3),
        PLAN.contender[2],
    )


async def test_a_cell_that_cannot_be_ticked_says_why_and_changes_nothing() -> None:
    async with form() as (app, screen, pilot):
        screen.query_one(ContenderMatrix).focus()
        await pilot.press("down", "down", "down", "space")
        await pilot.pause()
        assert [notice.message for notice in app._notifications] == [
            "niquests is not installed: pip install niquests"
        ]
        assert len(screen.state.contenders) == 3


async def test_an_engine_of_ones_own_joins_and_is_checked() -> None:
    async with form() as (_, screen, pilot):
        screen.query_one("#plan-own").focus()
        await pilot.press(*"./none.py:Mine", "enter")
        await pilot.pause()
        assert screen.state.contenders[-1].engine == "./none.py:Mine"
        assert status(screen).startswith("▲ contender D.engine: ")
        assert screen.query_one("#plan-own", Input).value == ""


async def test_escape_and_the_cancel_button_give_back_nothing() -> None:
    async with form() as (app, _, pilot):
        await pilot.press("x", "escape")
    assert app.answers == [None]
    async with form() as (app, _, pilot):
        await pilot.click("#plan-cancel")
    assert app.answers == [None]


async def test_enter_on_the_button_uses_the_plan() -> None:
    async with form() as (app, screen, pilot):
        screen.query_one("#plan-use").focus()
        await pilot.press("enter")
    assert app.answers == [PLAN]


async def test_a_body_with_mixed_line_ends_is_kept_unless_it_is_edited() -> None:
    plan = structs.replace(PLAN, target=structs.replace(PLAN.target, method="POST", body="a\r\nb\nc"))
    async with form(plan) as (app, _, pilot):
        await pilot.press("f6", "f6", "f5")
    assert app.answers == [plan]


async def test_secrets_are_veiled_without_the_focus() -> None:
    target = Target(url="http://me:hunter22@127.0.0.1/", headers={"Cookie": "sid=xyzzy42"})
    async with form(structs.replace(PLAN, target=target)) as (app, screen, pilot):
        screen.query_one("#load-concurrency").focus()
        await pilot.pause()
        picture = app.export_screenshot()
        assert "xyzzy42" not in picture
        assert "hunter22" not in picture
        screen.query_one("#target-headers").focus()
        await pilot.pause()
        assert "xyzzy42" in app.export_screenshot()
        screen.query_one("#target-url").focus()
        await pilot.pause()
        picture = app.export_screenshot()
        assert "xyzzy42" not in picture
        assert "hunter22" in picture
        await pilot.press("f5")
    assert app.answers[0].target == target


async def test_help_opens_over_the_form_and_the_form_is_as_it_was() -> None:
    async with form() as (app, screen, pilot):
        await replace_text(pilot, screen.query_one("#name"), "kept")
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is screen
        assert screen.query_one("#name", Input).value == "kept"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_field_can_be_reached_and_seen_at_every_size(size: tuple[int, int]) -> None:
    async with form(size=size) as (_, screen, pilot):
        body = screen.query_one("#plan-body").region
        visited = set()
        for _ in range(len(screen.focus_chain)):
            focused = screen.focused
            assert focused is not None
            visited.add(focused)
            if focused.id not in ("plan-use", "plan-cancel", "plan-matrix"):
                assert body.overlaps(focused.region)
                assert focused.region.width > 3
            await pilot.press("tab")
        assert visited == set(screen.focus_chain)
