"""The look of the dialogs and lists over the main screens, at every size, and of the main screens in other colours
than the usual dark, recorded as SVG.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from examples import PLAN, FakeStart
from msgspec.structs import replace
from saved_runs import FIRST, NOW, fill, saved
from test_run_looks import Compare, looks, reach
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input
from ways import WAYS

from httptui.plan.model import Target
from httptui.tui.app import HttptuiApp
from httptui.tui.panels import contender_page
from httptui.tui.screens.compare import CompareScreen
from httptui.tui.screens.dialogs import DeleteReportScreen
from httptui.tui.screens.history import HistoryScreen
from httptui.tui.shown_reports import compared

pytestmark = pytest.mark.pilot

SIZES = [(200, 50), (120, 40), (80, 24), (60, 20)]
NO_COLOUR = "no colour"
COLOURS = ["light", "ansi-dark", NO_COLOUR]
HERE = {"ColumnsScreen", "TargetDialog", "DeleteReportScreen"}
ELSEWHERE = {
    "RunScreen": "test_run_looks",
    "ContenderScreen": "test_run_page_looks",
    "SweepScreen": "test_sweep_looks",
    "HistoryScreen": "test_history_looks",
    "PastRunScreen": "test_history_looks",
    "PastSweepScreen": "test_history_sweeps",
    "CompareScreen": "test_history_looks",
    "CompareSweepsScreen": "test_compare_sweeps",
    "CodeScreen": "test_code_looks",
    "PlanScreen": "test_form_snapshots",
    "PlanSaveScreen": "test_form_snapshots",
    "PresetsScreen": "test_form_snapshots",
    "HelpScreen": "test_form_snapshots",
    "ConsentScreen": "test_form_snapshots",
}
"""Where the others' looks are recorded."""

every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
every_colour = pytest.mark.parametrize("colour", COLOURS)
Bring = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _same_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is installed."""
    monkeypatch.setattr(contender_page, "_of_engine", lambda name: ("async", f"({name} 1.2.3)"))


def app_in(
    colour: str, monkeypatch: pytest.MonkeyPatch, start: FakeStart, out: Path | None = None
) -> HttptuiApp:
    """The app in a theme, or as `NO_COLOR` has it."""
    if colour == NO_COLOUR:
        monkeypatch.setenv("NO_COLOR", "1")
    app = HttptuiApp(PLAN, start, out=out)
    if colour != NO_COLOUR:
        app.theme = colour
    return app


def history(app: HttptuiApp, folder: Path, *keys: str) -> Bring:
    """The saved reports, and keys pressed on them."""
    fill(folder)
    screen = HistoryScreen(folder, now=lambda: NOW)

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(screen)
        await reach(pilot, lambda: len(screen._rows) == 4)
        await pilot.press(*keys)
        await pilot.pause()

    return show


def test_every_screen_is_recorded_somewhere(project: Path) -> None:
    assert WAYS.keys() == HERE | ELSEWHERE.keys()
    recorded = {path.name for path in (project / "tests").glob("*/__snapshots__/*")}
    assert recorded >= set(ELSEWHERE.values())


@every_size
def test_the_columns_look_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    keys = ("t", "t", "o", "j", "space", "j")
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, "running", *keys))


@every_size
def test_changing_the_target_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    start = FakeStart()
    app = HttptuiApp(replace(PLAN, target=Target()), start)
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, "running", "d"))


@every_size
def test_deleting_a_report_looks_as_recorded(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = HttptuiApp(PLAN, FakeStart(), out=tmp_path)
    shown = history(app, tmp_path)

    async def ask(pilot: Pilot[None]) -> None:
        await shown(pilot)
        await app.push_screen(DeleteReportScreen(FIRST, "/data/me/reports"))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ask)


@every_size
def test_the_palette_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    run = looks(app, start, "running")

    async def search(pilot: Pilot[None]) -> None:
        await run(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"run")
        await reach(pilot, lambda: app.screen.query_one(CommandList).option_count == 5)
        app.screen.query_one(Input).cursor_blink = False
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=search)


@every_size
@every_colour
def test_the_run_screen_looks_as_recorded_in_other_colours(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, colour: str, size: tuple[int, int]
) -> None:
    start = FakeStart()
    app = app_in(colour, monkeypatch, start)
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, "running"))


@every_colour
@pytest.mark.parametrize("keys", [("v",), ("j", "enter")], ids=["heat map", "page"])
def test_its_views_look_as_recorded_in_other_colours(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, colour: str, keys: tuple[str, ...]
) -> None:
    start = FakeStart()
    app = app_in(colour, monkeypatch, start)
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "running", *keys))


@every_colour
def test_the_saved_reports_look_as_recorded_in_other_colours(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, colour: str
) -> None:
    app = app_in(colour, monkeypatch, FakeStart(), out=tmp_path)
    assert snap_compare(app, terminal_size=(120, 40), run_before=history(app, tmp_path, "space", "j"))


@every_colour
def test_a_comparison_looks_as_recorded_in_other_colours(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, colour: str
) -> None:
    app = app_in(colour, monkeypatch, FakeStart())
    earlier, later = saved("2026-11-20T10:00:00+00:00"), saved("2026-11-21T10:00:00+00:00", 0.8)

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(CompareScreen(compared(later, earlier), NOW))
        await pilot.press("j", "k")
        await pilot.pause()

    assert snap_compare(app, terminal_size=(120, 40), run_before=show)
