"""What has not changed is not drawn: a key that freezes costs one line, and a page the board below it nothing."""

from __future__ import annotations

import pytest
from driving import opened
from examples import running
from msgspec.structs import replace

from httptui.tui.panels.contender_page import MeasuredPanel, OwnLatencyPanel, SettingsPanel
from httptui.tui.panels.errors import ErrorsPanel
from httptui.tui.panels.latency import PercentileTable
from httptui.tui.panels.panel import Panel
from httptui.tui.plots.cells import Cells

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


async def test_a_page_draws_anew_only_what_the_next_snapshot_tells_anew() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("enter")
        await it.pilot.pause()
        names = (MeasuredPanel, OwnLatencyPanel, PercentileTable, SettingsPanel)
        panels = [it.app.screen.query_one(name) for name in names]
        before = [panel._cells for panel in panels]
        newer = replace(it.screen.view.snapshot, sequence=26)
        it.screen.control.take(newer)
        await it.until(lambda: it.screen.view.snapshot is newer)
        drawn = [panel._cells is not cells for panel, cells in zip(panels, before, strict=True)]
        assert drawn == [True, False, False, False]


async def test_the_errors_are_not_drawn_while_they_are_hidden_and_are_as_they_stand_once_they_are_shown() -> (
    None
):
    async with opened() as it:
        await it.run()
        errors = it.screen.query_one(ErrorsPanel)
        newer = replace(running(), sequence=26)
        it.screen.control.take(newer)
        await it.until(lambda: it.screen.view.snapshot is newer)
        assert not errors.display
        assert errors._parts is None
        await it.pilot.press("n")
        await it.until(lambda: errors.display and "first message" in it.text("errors"))
        assert errors.border_title == errors.title(it.screen.view)
