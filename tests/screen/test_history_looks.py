"""The look of the saved reports, of a saved run and of a comparison, recorded as SVG."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import PLAN, FakeStart
from saved_runs import NOW, fill, saved
from test_run_looks import Compare, reach
from textual.pilot import Pilot

from httptui.tui.app import HttptuiApp
from httptui.tui.screens.compare import CompareScreen
from httptui.tui.screens.history import HistoryScreen
from httptui.tui.screens.past import PastRunScreen, past_run
from httptui.tui.shown_reports import compared

pytestmark = pytest.mark.pilot

SIZES = [(200, 50), (120, 40), (80, 24), (60, 20)]
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
EARLIER, LATER = saved("2026-11-20T10:00:00+00:00"), saved("2026-11-21T10:00:00+00:00", 0.8)


@every_size
def test_the_saved_reports_look_as_recorded(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    fill(tmp_path)
    for path in tmp_path.glob("*cut.json"):
        path.unlink()
    app = HttptuiApp(PLAN, FakeStart(), out=tmp_path)
    screen = HistoryScreen(tmp_path, now=lambda: NOW)

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(screen)
        await reach(pilot, lambda: len(screen._rows) == 3)
        await pilot.press("space", "j")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=show)


@every_size
def test_a_saved_run_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = HttptuiApp(PLAN, FakeStart())

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(PastRunScreen(past_run(EARLIER), "yesterday 10:00"))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=show)


@every_size
def test_a_comparison_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = HttptuiApp(PLAN, FakeStart())

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(CompareScreen(compared(LATER, EARLIER), NOW))
        await pilot.press("j", "k")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=show)
