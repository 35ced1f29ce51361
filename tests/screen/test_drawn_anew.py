"""What has not changed is not drawn: a key that freezes costs one line, and a page the board below it nothing."""

from __future__ import annotations

import pytest
from driving import opened

from tui.panels.panel import Panel
from tui.plots.cells import Cells

pytestmark = pytest.mark.pilot


async def test_a_key_that_freezes_draws_the_first_line_alone() -> None:
    async with opened() as it:
        await it.run()
        panels = list(it.screen.query(Panel))
        before: dict[str | None, Cells] = {panel.id: panel._cells for panel in panels}
        await it.pilot.press("f")
        await it.pilot.pause()
        assert "FROZEN" in it.text("header")
        drawn = [panel.id for panel in panels if panel._cells is not before[panel.id]]
        assert drawn == ["header"]


async def test_the_board_is_not_to_be_seen_below_a_page_and_is_again_when_that_is_left() -> None:
    async with opened() as it:
        await it.run()
        assert it.screen.is_current
        await it.pilot.press("enter")
        await it.pilot.pause()
        assert not it.screen.is_current
        await it.pilot.press("escape")
        await it.pilot.pause()
        assert it.screen.is_current
        assert "aiohttp · shared · uvloop" in it.text("contenders")
