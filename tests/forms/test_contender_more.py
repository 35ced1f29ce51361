"""All that a contender may have of its own: unfolded, typed, checked field by field, and folded away again."""

from __future__ import annotations

import pytest
from form_examples import PLAN, SIZES
from msgspec import structs
from plan_driving import form, status
from textual.widgets import Input, Label, Static

from httptui.plan.model import Contender, Load, Plan, Target
from httptui.tui.screens.plan import PlanScreen
from httptui.tui.widgets.contender_list import ContenderMore, ContenderRow
from httptui.tui.widgets.controls import Choice, Field

pytestmark = pytest.mark.pilot

WHOLE = Contender(
    engine="aiohttp",
    read="headers",
    inside="fastapi-async",
    dns_ttl=0.5,
    python="3.13",
    requires=("aiohttp==3.12.0", "yarl>=1,<2"),
)


def row_of(screen: PlanScreen, index: int) -> ContenderRow:
    return list(screen.query(ContenderRow))[index]


def said(row: ContenderRow, name: str) -> str:
    """What stands below a field of an unfolded row."""
    field = next(field for field in row.query(Field) if field.path == f"contender.{name}")
    return "".join(str(one.content) for one in field.query(".field--problem").results(Static) if one.display)


def line_of(row: ContenderRow, kind: str) -> str:
    """One of the lines below a row, where it is shown."""
    line = row.query_one(f".contender--{kind}", Static)
    return str(line.content) if line.display else ""


async def test_the_key_leads_to_the_first_contender_from_anywhere_in_the_form() -> None:
    async with form(Plan(contender=(Contender(engine="aiohttp"), Contender(engine="httpx")))) as (
        _,
        screen,
        pilot,
    ):
        assert screen.focused is screen.query_one("#target-url")
        await pilot.press("f7")
        await pilot.pause()
        assert screen.focused in row_of(screen, 0).query(Choice)
        assert [contender.unfolded for contender in screen.state.contenders] == [True, False]
        await pilot.press("f7")
        await pilot.pause()
        assert not screen.state.contenders[0].unfolded


async def test_a_label_is_typed_below_the_row_where_the_row_has_no_room_for_it() -> None:
    async with form(Plan(contender=(Contender(engine="aiohttp"),)), size=(60, 20)) as (_, screen, pilot):
        await pilot.press("f7")
        await pilot.pause()
        assert not row_of(screen, 0).query_one("Horizontal > .contender--label").display
        await pilot.press("shift+tab", *"mine")
        await pilot.pause()
        assert screen.state.contenders[0]["label"] == "mine"
        assert [entry.value for entry in row_of(screen, 0).query("Input").results(Input)].count("mine") == 2


async def test_a_key_unfolds_a_contender_whose_values_are_typed_there() -> None:
    plan = Plan(load=Load(concurrency=8), contender=(Contender(engine="aiohttp"),))
    async with form(plan) as (app, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("f7")
        await pilot.pause()
        focused = screen.focused
        assert isinstance(focused, Choice)
        assert focused.name == "read"
        await pilot.press("left", "tab", "right", "tab", *"2", "tab", *"60")
        await pilot.press("tab", *"3.12", "tab", *"h2,x")
        await pilot.pause()
        assert said(row_of(screen, 0), "processes").startswith("▲ 2 for a client inside an app")
        screen.query_one(".contender--processes", Input).value = ""
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers == [
        structs.replace(
            plan,
            contender=(
                structs.replace(
                    plan.contender[0],
                    read="headers",
                    inside="fastapi-async",
                    dns_ttl=60,
                    python="3.12",
                    requires=("h2", "x"),
                ),
            ),
        )
    ]


async def test_an_untouched_contender_with_all_of_its_own_comes_back_as_it_was() -> None:
    plan = Plan(target=Target(url="embedded"), contender=(WHOLE, Contender(engine="requests", processes=4)))
    async with form(plan) as (app, screen, pilot):
        assert [line_of(row, "told") for row in screen.query(ContenderRow)] == [
            "reads headers · fastapi-async · DNS cache 0.5 s · Python 3.13 · requires aiohttp==3.12.0, yarl>=1,<2",
            "4 processes",
        ]
        screen.query_one("#plan-matrix").focus()
        await pilot.press("f7", "f5")
    assert app.answers == [plan]


async def test_a_problem_stands_below_its_field_or_below_the_row_where_that_is_folded() -> None:
    async with form(structs.replace(PLAN, contender=PLAN.contender[:1])) as (app, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("right", "f7")
        await pilot.pause()
        row = row_of(screen, 0)
        row.query_one(".contender--requires", Input).value = "h2, a b"
        row.query_one(".contender--processes", Input).value = "x"
        await pilot.pause()
        assert said(row, "requires").startswith('▲ "a b" is not allowed; a package')
        assert said(row, "processes") == "▲ “x” is not a whole number"
        assert line_of(row, "problem") == ""
        await pilot.press("f7")
        await pilot.pause()
        assert not row.query_one(ContenderMore).display
        assert screen.focused is row.query_one(".contender--concurrency")
        assert line_of(row, "problem").startswith("▲ “x” is not a whole number; ")
        assert status(screen).startswith("▲ 2 problems · contender A.processes: ")
        await pilot.press("f5")
        await pilot.pause()
        assert app.answers == []
        assert screen.focused is row.query_one(".contender--processes")
        assert line_of(row, "problem") == ""


async def test_a_click_unfolds_and_folds_and_the_sign_says_which() -> None:
    async with form(size=(120, 60)) as (_, screen, pilot):
        words = row_of(screen, 1).query_one(".contender--words", Label)
        assert str(words.content) == "▸ httpx · shared"
        await pilot.click(words)
        await pilot.pause()
        assert str(words.content) == "▾ httpx · shared"
        assert [len(row.query(ContenderMore)) for row in screen.query(ContenderRow)] == [0, 1, 0]
        await pilot.click(words)
        await pilot.pause()
        assert str(words.content) == "▸ httpx · shared"
        assert not row_of(screen, 1).query_one(ContenderMore).display


async def test_a_contender_stays_unfolded_where_it_is_moved_to() -> None:
    async with form() as (_, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("right", "f7", "tab", "tab", *"3", "shift+down")
        await pilot.pause()
        assert [one.unfolded for one in screen.state.contenders] == [False, True, False]
        shown = [row.query(ContenderMore) for row in screen.query(ContenderRow)]
        assert [any(more.display for more in found) for found in shown] == [False, True, False]
        assert row_of(screen, 1).query_one(".contender--processes", Input).value == "3"


async def test_every_value_has_room_at_every_size() -> None:
    async with form(structs.replace(PLAN, contender=(WHOLE,))) as (_, screen, pilot):
        screen.query_one("#plan-matrix").focus()
        await pilot.press("f7")
        await pilot.pause()
        more = screen.query_one(ContenderMore)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            narrow = screen.has_class("-narrow")
            for control in (*more.query(Input), *more.query(Choice)):
                if control.name == "label" and not narrow:
                    continue  # It stands in the row.
                assert control.region.width > 3
                assert more.region.x <= control.region.x < control.region.right <= more.region.right
            for choice in more.query(Choice):
                wanted = sum(len(words) + 2 for _, words in choice.options) + 2 * (len(choice.options) - 1)
                assert choice.content_region.width >= wanted
