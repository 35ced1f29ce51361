"""Any panel gets the whole screen, by key, by mouse and from the palette, and gives it back."""

from __future__ import annotations

import pytest
from driving import Opened, opened

from httptui.tui.panels.board_keys import PANEL_KEYS
from httptui.tui.panels.panel import Panel

pytestmark = pytest.mark.pilot

BOARD_PANELS = ("contenders", "throughput", "latency", "ranking", "events")


def panel(it: Opened, name: str) -> Panel:
    """A panel of the board."""
    return it.screen.query_one(f"#{name}", Panel)


@pytest.mark.parametrize("name", BOARD_PANELS)
async def test_m_gives_the_focused_panel_the_whole_screen_whichever_it_is(name: str) -> None:
    async with opened() as it:
        await it.run()
        panel(it, name).focus()
        await it.pilot.press("m")
        await it.pilot.pause()
        assert it.screen.maximized is panel(it, name)
        assert panel(it, name).outer_size == (120, 38)
        await it.pilot.press("m")
        await it.pilot.pause()
        assert it.screen.maximized is None
        assert panel(it, name).outer_size.height < 30


@pytest.mark.parametrize("name", BOARD_PANELS)
async def test_a_click_on_a_title_gives_the_whole_screen_and_another_gives_it_back(name: str) -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.click(panel(it, name), offset=(4, 0))
        await it.pilot.pause()
        assert it.screen.maximized is panel(it, name)
        assert panel(it, name).outer_size == (120, 38)
        await it.pilot.click(panel(it, name), offset=(4, 0))
        await it.pilot.pause()
        assert it.screen.maximized is None


async def test_a_click_within_a_panel_does_not_give_it_the_screen() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.click(panel(it, "throughput"), offset=(4, 3))
        await it.pilot.pause()
        assert it.screen.maximized is None


async def test_the_palette_has_every_panel() -> None:
    async with opened() as it:
        await it.run()
        commands = {command.title: command for command in it.app.get_system_commands(it.screen)}
        for key in PANEL_KEYS:
            await commands[f"{key.name} ({key.keys})"].callback()
            await it.pilot.pause()
            assert it.screen.maximized is panel(it, key.action.split("'")[1])


@pytest.mark.parametrize("number", ["1", "4"])
async def test_a_whole_table_and_ranking_can_still_be_worked_with(number: str) -> None:
    async with opened(size=(80, 24)) as it:
        await it.run()
        await it.pilot.press(number, "down", "t")
        await it.pilot.pause()
        assert it.screen.view.chosen == "A"
        assert it.screen.view.sorting.name == "req/s"
        await it.pilot.press("escape")
        assert it.screen.maximized is None
