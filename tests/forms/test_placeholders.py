"""What stands in fields that are empty: whole at every size that is promised."""

from __future__ import annotations

import pytest
from form_examples import PLAN, SIZES
from msgspec import structs
from plan_driving import form
from rich.cells import cell_len
from textual.widgets import Input

from httptui.plan.model import Load, Plan, Policy, Target
from httptui.tui.forms.state import with_folding
from httptui.tui.widgets.entry import Entry, fitting

LIST = structs.replace(PLAN, target=Target(urls=("embedded/1",)), policy=Policy(retries=2))
OPEN = structs.replace(PLAN, target=Target(urls_file="x"), load=Load(kind="open"))


def test_the_longest_words_that_have_room_are_shown() -> None:
    texts = ("none, or 1, 2, 4", "none")
    assert [fitting(texts, width) for width in (20, 16, 15, 4, 3)] == [texts[0], texts[0], "none", "none", ""]


@pytest.mark.pilot
@pytest.mark.parametrize("plan", [PLAN, LIST, OPEN], ids=["one", "list", "open"])
async def test_no_placeholder_is_cut_off_and_none_is_missing(plan: Plan) -> None:
    async with form(plan) as (_, screen, pilot):
        for entry in screen.query(Input):
            entry.value = ""
        screen._take(with_folding(screen.state, 0, unfolded=True))
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            shown = [entry for entry in screen.query(Entry) if entry in screen.focus_chain]
            assert len(shown) > 15
            for entry in shown:
                assert 0 < cell_len(entry.placeholder) <= entry.content_size.width or entry.id == "plan-every"


@pytest.mark.pilot
async def test_a_pool_as_large_as_the_load_is_told_whole() -> None:
    async with form() as (_, screen, pilot):
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            pool = screen.query(".contender--pool").last(Input)
            assert pool.value == "concurrency"
            assert pool.content_size.width > cell_len(pool.value)
