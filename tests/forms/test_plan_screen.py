"""The plan form in use: by keyboard alone, by mouse, with mistakes, and back."""

from __future__ import annotations

import pytest
from form_examples import ENGINES, PLAN, SIZES
from msgspec import structs
from plan_driving import edited, field_of, form, replace_text, shown_of, status
from textual.widgets import Button, Input, Static, TextArea

from httptui.plans.plan import Contender, Load, Plan, Schedule, Stage, Target
from tui.forms.combinations import COLUMNS, rows_of
from tui.screens.help import HelpScreen
from tui.widgets.bound_keys import BoundKeys
from tui.widgets.choice import Choice
from tui.widgets.contender_list import ContenderRow
from tui.widgets.matrix import ContenderMatrix
from tui.widgets.matrix_cells import HEADER_ROWS, grid_for

pytestmark = pytest.mark.pilot

ONE = structs.replace(PLAN, contender=PLAN.contender[:1])


UNUSUAL = Schedule(
    kind="interleaved",
    rounds=3,
    rest=1.5,
    cooldown=0.25,
    seed=9,
    warmup="250ms",
    epochs=2,
    until="decided",
    pin=True,
)
RAMP = (Stage(seconds=0.5, to=100), Stage(seconds=2, to=0))


async def test_an_untouched_form_gives_back_a_plan_in_which_all_is_unusual() -> None:
    load = Load(kind="open", rate=12.5, arrivals="poisson", stages=RAMP)
    plan = structs.replace(PLAN, load=load, schedule=UNUSUAL)
    async with form(plan) as (app, _, pilot):
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


async def test_only_values_that_mean_something_in_the_kind_of_load_are_shown() -> None:
    of_a_load = ("bound", "seconds", "requests", "stages", "rate", "arrivals", "think", "cooldown")
    async with form() as (_, screen, pilot):
        assert shown_of(screen, *of_a_load) == {"bound", "seconds", "think", "cooldown"}
        screen.query_one("#schedule-kind", Choice).value = "concurrent"
        screen.query_one("#load-bound", Choice).value = "requests"
        await pilot.pause()
        assert shown_of(screen, *of_a_load) == {"bound", "requests", "think"}
        screen.query_one("#load-kind", Choice).value = "open"
        await pilot.pause()
        assert shown_of(screen, *of_a_load) == {"bound", "seconds", "rate", "arrivals"}
        assert screen.query_one("#load-bound", Choice).options == (
            ("seconds", "seconds"),
            ("stages", "stages"),
        )
        screen.query_one("#load-kind", Choice).value = "burst"
        await pilot.pause()
        assert shown_of(screen, *of_a_load) == set()


async def test_a_hidden_value_with_a_problem_comes_back_into_sight() -> None:
    async with form(ONE) as (_, screen, pilot):
        screen.query_one("#schedule-cooldown", Input).value = "long"
        screen.query_one("#schedule-kind", Choice).value = "sequential"
        await pilot.pause()
        assert shown_of(screen, "cooldown") == {"cooldown"}
        await pilot.press("f5")
        await pilot.pause()
        assert screen.focused is screen.query_one("#schedule-cooldown")


async def test_an_open_load_in_stages_is_filled_in_by_keyboard() -> None:
    async with form(structs.replace(PLAN, schedule=Schedule())) as (app, screen, pilot):
        await pilot.press("f6", "right", "tab", "right", "tab", "tab", *"1s:9,2:x")
        assert field_of(screen, "load.stages") == "▲ stage 2: “x” is not a number"
        assert field_of(screen, "load.rate").startswith("▲ missing; ")
        await pilot.press("backspace", "4", "tab", "tab", "5", "tab", "right")
        assert status(screen) == (
            "3 contenders · up to 9 req/s each, at most 2–8 in flight · about 3.5–4.5 s"
            " · 14 connections, fits the fd limit"
        )
        await pilot.press("f5")
    assert app.answers[0].load == Load(
        kind="open",
        concurrency=8,
        rate=5.0,
        arrivals="poisson",
        stages=(Stage(seconds=1, to=9), Stage(seconds=2, to=4)),
    )


async def test_the_form_is_filled_in_by_keyboard_alone() -> None:
    async with form(Plan(contender=(Contender(engine="httpx"),))) as (app, _, pilot):
        await pilot.press(
            "end", *"/x", "tab", "ctrl+u", *"PUT", "tab", "tab", *"A:1", "enter", *"B:2", "tab", *"hi"
        )
        await pilot.press("f6", "tab", "right", "tab", "ctrl+u", *"7", "tab", *"100")
        await pilot.press("f6", "f6", "f6", "f6", "down", "right", "space", "ctrl+right", "space")
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers == [
        Plan(
            target=Target(url="embedded/x", method="PUT", headers={"A": "1", "B": "2"}, body="hi"),
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
        await replace_text(pilot, screen.query_one("#load-concurrency", Input), "many")
        assert field_of(screen, "load.concurrency") == "▲ “many” is not a whole number"
        assert status(screen) == "▲ load.concurrency: “many” is not a whole number"
        await replace_text(pilot, screen.query_one("#load-concurrency", Input), "12")
        assert field_of(screen, "load.concurrency") == ""
        assert (
            status(screen)
            == "3 contenders · 2–12 in flight · about 7.86 s · 18 connections, fits the fd limit"
        )


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
        assert screen.state.url == "nowhere"
        await replace_text(pilot, screen.query_one("#target-url", Input), "embedded")
        await pilot.press("f5")
    assert app.answers == [edited(name="kept", target=structs.replace(PLAN.target, url="embedded"))]


async def test_a_problem_of_a_contender_names_its_letter_and_stands_below_its_row() -> None:
    async with form() as (_, screen, pilot):
        row = list(screen.query(ContenderRow))[1]
        await replace_text(pilot, row.query_one(".contender--pool", Input), "deep")
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
        await replace_text(pilot, second.query_one(".contender--concurrency", Input), "3")
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


async def test_the_cell_that_a_key_would_tick_is_told_in_words_beside_the_last_line() -> None:
    async with form(size=(60, 20)) as (_, screen, pilot):
        line = screen.query_one("#plan-cell", Static)
        assert not line.display
        screen.query_one(ContenderMatrix).focus()
        await pilot.press("down", "right", "space")
        await pilot.pause()
        assert (line.display, str(line.content)) == (True, "D  httpx · shared · HTTP/1.1 · uvloop")
        await pilot.press("down")
        await pilot.pause()
        assert str(line.content) == "requests runs in threads and has no event loop"
        await pilot.press("tab")
        await pilot.pause()
        assert not line.display


async def test_the_mouse_is_told_which_cell_it_is_over() -> None:
    async with form() as (_, screen, pilot):
        matrix = screen.query_one(ContenderMatrix)
        grid = grid_for(rows_of(ENGINES, []), matrix.size.width)
        await pilot.hover(matrix, offset=(grid.left_of(2) + 1, HEADER_ROWS))
        assert str(matrix.tooltip) == "aiohttp does not speak HTTP/2"
        await pilot.hover(matrix, offset=(1, 0))
        assert matrix.tooltip is None


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
        await pilot.press(*"./n.py:M", "enter")
        await pilot.pause()
        assert screen.state.contenders[-1].engine == "./n.py:M"
        assert status(screen).startswith("▲ contender D.engine: ")
        assert screen.query_one("#plan-own", Input).value == ""


@pytest.mark.parametrize("way", ["escape", "button"])
async def test_escape_and_the_cancel_button_give_back_nothing(way: str) -> None:
    async with form() as (app, _, pilot):
        await (pilot.press("escape") if way == "escape" else pilot.click("#plan-cancel"))
    assert app.answers == [None]


@pytest.mark.parametrize("way", ["escape", "button"])
async def test_what_was_changed_is_lost_only_where_that_is_asked_for_twice(way: str) -> None:
    async with form() as (app, screen, pilot):
        for value in ("changed", "changed again"):
            screen.query_one("#name", Input).value = value
            await pilot.pause()
            await (pilot.press("escape") if way == "escape" else pilot.click("#plan-cancel"))
            await pilot.pause()
            assert (app.answers, screen.state.name, app.screen) == ([], value, screen)
            assert status(screen) == "▲ What was changed will be lost; once more leaves"
        await (pilot.press("escape") if way == "escape" else pilot.click("#plan-cancel"))
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
