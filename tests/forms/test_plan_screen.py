"""The plan form in use: filled in by keyboard alone, by mouse, with mistakes, and a plan again."""

from __future__ import annotations

import pytest
from form_examples import ENGINES, ONE, PLAN, RAMP
from msgspec import structs
from plan_driving import field_of, form, replace_text, shown_of, status
from textual.widgets import Button, Input, TextArea

from httptui.plan.model import Contender, Load, Plan, Schedule, Stage, Target
from httptui.tui.forms.combinations import COLUMNS, rows_of
from httptui.tui.widgets.contender_list import ContenderRow
from httptui.tui.widgets.controls import Choice
from httptui.tui.widgets.matrix import HEADER_ROWS, ContenderMatrix, grid_for

pytestmark = pytest.mark.pilot

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
            "3 contenders · up to 9 req/s each, at most 2–8 in flight · about 3.5–4.5 s · 14 connections, OK"
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
        assert [one["engine"] for one in screen.state.contenders] == ["httpx", "requests", "httpx"]
        assert screen.state.contenders[-1]["http"] == "2"
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
        assert status(screen) == "3 contenders · 2–12 in flight · about 7.86 s · 18 connections, OK"


async def test_a_body_with_mixed_line_ends_is_kept_unless_it_is_edited() -> None:
    plan = structs.replace(PLAN, target=structs.replace(PLAN.target, method="POST", body="a\r\nb\nc"))
    async with form(plan) as (app, _, pilot):
        await pilot.press("f6", "f6", "f5")
    assert app.answers == [plan]
