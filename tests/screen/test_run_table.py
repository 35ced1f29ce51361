"""The order and the columns of the table, under keys and mouse."""

from __future__ import annotations

import pytest
from driving import Opened, opened
from examples import FakeStart, running
from msgspec.structs import replace

from tui.panels.contenders import ContendersPanel
from tui.panels.sorting import BY_LETTER, Sorting

pytestmark = pytest.mark.pilot


def uneven() -> FakeStart:
    """Runs in which B is the fastest and C the slowest."""
    a, b, c, d = running().contenders
    return FakeStart(replace(running(), contenders=(replace(a, req_per_s=500.0), b, c, d)))


def letters(it: Opened) -> str:
    """The letters of the rows from the top."""
    return "".join(line[1] for line in it.text("contenders").splitlines()[1:] if line.strip())


def sorting(it: Opened) -> Sorting:
    """The order of the table."""
    return it.screen.view.sorting


async def click_heading(it: Opened, title: str) -> None:
    """Click on a heading of the table."""
    x = it.text("contenders").splitlines()[0].index(title) + 1
    await it.pilot.click(ContendersPanel, offset=(x, 1))
    await it.pilot.pause()


async def test_t_goes_through_the_columns_that_are_shown_and_back_to_the_letters() -> None:
    async with opened(uneven()) as it:
        await it.run()
        assert letters(it) == "ABCD"
        await it.pilot.press("t")
        assert (letters(it), sorting(it)) == ("BACD", Sorting("req/s"))
        assert " ▼req/s" in it.text("contenders")
        shown = it.screen.query_one(ContendersPanel).columns
        assert shown == ("req/s", "p50", "p99", "CPU/req", "conns/req", "errors", "limited by")
        seen = []
        for _ in shown[1:]:
            await it.pilot.press("t")
            seen.append(sorting(it).name)
        assert tuple(seen) == shown[1:]
        await it.pilot.press("t")
        assert (letters(it), sorting(it)) == ("ABCD", BY_LETTER)


async def test_capital_t_turns_the_order_round_and_who_did_not_finish_stays_last() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t", "T")
        assert letters(it) == "CABD"
        assert " ▲req/s" in it.text("contenders")
        await it.pilot.press("T")
        assert letters(it) == "BACD"


async def test_a_click_on_a_heading_sorts_and_another_turns_round() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await click_heading(it, "p99")
        assert sorting(it) == Sorting("p99")
        await click_heading(it, "p99")
        assert sorting(it) == Sorting("p99", reverse=True)
        assert letters(it) == "CBAD"
        await click_heading(it, "limited")
        assert sorting(it) == Sorting("limited by")
        await click_heading(it, "contender")
        assert sorting(it) == BY_LETTER


async def test_arrows_follow_the_order_that_is_shown() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t", "down")
        assert it.screen.view.chosen == "B"
        await it.pilot.press("j")
        assert it.screen.view.chosen == "A"
        assert it.text("contenders").splitlines()[2].startswith("▸A")


async def test_a_click_takes_the_row_that_is_shown() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t")
        await it.pilot.click(ContendersPanel, offset=(10, 2))
        await it.pilot.pause()
        assert it.screen.view.chosen == "B"


async def test_what_is_sorted_by_keeps_its_column_where_it_becomes_narrow() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await click_heading(it, "conns/req")
        await it.pilot.resize_terminal(60, 20)
        await it.pilot.pause()
        assert "▲conns/req" in it.text("contenders")
        assert "p99" not in it.text("contenders").splitlines()[0]


async def test_the_order_stays_from_run_to_run() -> None:
    async with opened(uneven()) as it:
        await it.run()
        await it.pilot.press("t")
        await it.finish()
        await it.pilot.press("r")
        await it.until(lambda: len(it.start.sessions) == 2)
        assert sorting(it) == Sorting("req/s")
