"""The plan form's contenders: ticked in the matrix, and duplicated, moved and overridden in their rows."""

from __future__ import annotations

import pytest
from form_examples import ENGINES, PLAN
from msgspec import structs
from plan_driving import form, replace_text, status
from textual.widgets import Input, Static

from httptui.tui.forms.combinations import rows_of
from httptui.tui.widgets.contender_list import ContenderRow
from httptui.tui.widgets.matrix import HEADER_ROWS, ContenderMatrix, grid_for

pytestmark = pytest.mark.pilot


async def test_a_problem_of_a_contender_names_its_letter_and_stands_below_its_row() -> None:
    async with form() as (_, screen, pilot):
        row = list(screen.query(ContenderRow))[1]
        await replace_text(pilot, row.query_one(".contender--pool", Input), "deep")
        assert status(screen).startswith("▲ contender B.pool: ")
        assert row.has_class("-problem")
        assert screen.state.contenders[1]["pool"] == "deep"
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
        assert screen.state.contenders[-1]["engine"] == "./n.py:M"
        assert status(screen).startswith("▲ contender D.engine: ")
        assert screen.query_one("#plan-own", Input).value == ""
