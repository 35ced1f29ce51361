"""The sweep's screen by its keys: it begins, is looked at, stopped, saved and left; and a real one, saved."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from driving import Opened, opened
from msgspec.structs import replace
from sweep_examples import GRID, KNEE, LATENCY, FakeSweepStart, Rate, grid_rate, knee_rate, latency_rate

from httptui.errors import ExitCode, RefusedError, TargetError
from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.sweeps.report import read_either
from httptui.tui.panels.panel import PanelOf
from httptui.tui.screens.dialogs import ConsentScreen
from httptui.tui.screens.run import RunScreen
from httptui.tui.screens.sweep import SweepScreen

pytestmark = pytest.mark.pilot


class Swept:
    """An open app on the screen of a sweep."""

    def __init__(self, app: Opened, start: FakeSweepStart) -> None:
        self.opened, self.start = app, start

    @property
    def screen(self) -> SweepScreen:
        """The sweep's screen."""
        screen = self.opened.app.run_screen.sweep_screen
        assert screen is not None
        return screen

    async def press(self, *keys: str) -> None:
        """Press keys, and let the app answer."""
        await self.opened.pilot.press(*keys)
        await self.opened.pilot.pause()

    async def finish(self) -> None:
        """Let the sweep come to its end."""
        self.start.sessions[-1].go_on.set()
        await self.opened.until(lambda: self.screen.report is not None)
        await self.opened.pilot.pause()

    def text(self, panel: str) -> str:
        """The lines that a panel shows."""
        widget = self.screen.query_one(f"#{panel}", PanelOf)
        return "\n".join(widget.render_line(y).text.rstrip() for y in range(widget.size.height))


@asynccontextmanager
async def sweeping(
    plan: Plan = KNEE, rate: Rate = knee_rate, size: tuple[int, int] = (120, 40), out: Path | None = None
) -> AsyncIterator[Swept]:
    """A sweep that is on, its first snapshot shown."""
    start = FakeSweepStart(rate)
    async with opened(plan=plan, size=size, out=out) as app:
        app.screen.sweep_start = start
        await app.pilot.press("r")
        swept = Swept(app, start)
        await app.until(lambda: app.app.screen is app.screen.sweep_screen)
        await app.until(lambda: swept.screen.view.snapshot.sequence == 25)
        await app.pilot.pause()
        yield swept


async def test_running_a_plan_with_a_sweep_sweeps_it_and_shows_every_level() -> None:
    async with sweeping() as swept:
        header, table = swept.text("sweep-header"), swept.text("sweep-table")
        assert "level 5 of 9 · block 4 of 6 · B at 16 in flight · about 50 s left" in header
        assert "● A aiohttp" in table
        assert [line.split()[0] for line in table.splitlines()[1:5]] == ["1", "2", "4", "8"]
        assert "▸        16" in table
        await swept.opened.until(lambda: "block 3 of 6 is done" in swept.text("sweep-events"))


async def test_its_end_is_told_with_intervals_and_a_last_word() -> None:
    async with sweeping() as swept:
        await swept.finish()
        assert swept.screen.view.status == "done"
        assert "✓ done · 130 s" in swept.text("sweep-header")
        assert "±" in swept.text("sweep-table") or "[" in swept.text("sweep-table")
        assert "reaches 95 % of its peak" in swept.text("sweep-notice")


async def test_the_keys_change_what_is_drawn() -> None:
    async with sweeping() as swept:
        names = []
        for _ in range(3):
            await swept.press("u")
            names.append(swept.screen.view.figure.name)
        assert names == ["CPU/req", "p99", "req/s"]
        await swept.press("l", "a", "b", "down")
        view = swept.screen.view
        assert (view.log, view.linear, view.blocks, view.chosen) == (True, True, True, "A")
        assert "log scale" in str(swept.screen.query_one("#sweep-chart").border_title)
        await swept.press("up")
        assert swept.screen.view.chosen is None


async def test_the_chosen_contender_has_its_law_dotted_and_its_top_named() -> None:
    async with sweeping() as swept:
        assert "N*" not in swept.text("sweep-chart")
        await swept.press("down", "down", "down")
        assert "N* 39" in swept.text("sweep-chart")


async def test_a_frozen_picture_stays_until_it_is_let_go() -> None:
    async with sweeping() as swept:
        await swept.press("f")
        await swept.finish()
        assert "FROZEN" in swept.text("sweep-header")
        assert swept.screen.view.snapshot.sequence == 25
        await swept.press("f")
        assert swept.screen.view.snapshot.sequence == 26


async def test_a_panel_has_the_whole_screen_at_one_press_folded_or_not() -> None:
    async with sweeping(size=(80, 24)) as swept:
        assert not swept.screen.query_one("#sweep-chart").size.height
        await swept.press("1")
        assert swept.screen.query_one("#sweep-chart").size.height > 15
        await swept.press("escape")
        assert swept.screen.maximized is None
        await swept.press("m")
        assert swept.screen.maximized is not None


async def test_a_sweep_over_latency_tells_where_the_difference_drowns() -> None:
    async with sweeping(LATENCY, latency_rate) as swept:
        await swept.finish()
        analysis = swept.text("sweep-analysis")
        assert "predicted" in analysis
        assert [line.split()[:2] for line in analysis.splitlines()[1:4]] == [
            ["A", "C"],
            ["A", "B"],
            ["B", "C"],
        ]
        assert "12.1 ms   3.1 times" in analysis
        assert "L*" in swept.text("sweep-chart")


async def test_a_grid_has_tiles_with_the_waits_for_the_pool() -> None:
    async with sweeping(GRID, grid_rate, size=(200, 60)) as swept:
        chart = swept.text("sweep-chart")
        assert "A aiohttp · shared" in chart
        assert "wait " in chart
        assert "◂" in chart
        for _ in range(3):
            await swept.press("u")
        assert swept.screen.view.figure.name == "pool wait"


async def test_stopping_keeps_what_there_is_and_goes_back_to_the_plan() -> None:
    async with sweeping() as swept:
        await swept.press("escape")
        assert swept.opened.app.screen is swept.screen
        await swept.press("s")
        await swept.opened.until(lambda: swept.screen.report is not None)
        assert swept.screen.view.status == "stopped"
        await swept.press("r")
        assert len(swept.start.sessions) == 2
        await swept.press("s")
        await swept.opened.until(lambda: swept.screen.report is not None)
        await swept.press("escape")
        assert isinstance(swept.opened.app.screen, RunScreen)
        assert swept.opened.screen.sweep_report is not None


async def test_leaving_stops_the_sweep_and_the_process_ends_as_interrupted() -> None:
    async with sweeping() as swept:
        await swept.press("ctrl+q")
        assert swept.start.sessions[-1].stopped
        await swept.opened.until(lambda: swept.opened.app.return_code is not None)
        assert swept.opened.app.return_code == ExitCode.INTERRUPTED


async def test_ctrl_c_stops_and_a_second_one_leaves() -> None:
    async with sweeping() as swept:
        await swept.opened.screen.interrupt()
        await swept.opened.until(lambda: swept.screen.report is not None)
        assert swept.opened.app.return_code is None
        await swept.opened.screen.interrupt()
        assert swept.opened.app.return_code == ExitCode.INTERRUPTED


async def test_one_that_ctrl_c_stopped_is_told_by_the_exit_code_from_the_plan_too() -> None:
    async with sweeping() as swept:
        await swept.opened.screen.interrupt()
        await swept.opened.until(lambda: swept.screen.report is not None)
        await swept.press("escape", "q")
        assert swept.opened.app.return_code == ExitCode.INTERRUPTED


async def test_one_that_s_stopped_ended_as_was_wished() -> None:
    async with sweeping() as swept:
        await swept.press("s")
        await swept.opened.until(lambda: swept.screen.report is not None)
        await swept.press("ctrl+q")
        assert swept.opened.app.return_code == ExitCode.DONE


async def test_saving_writes_the_report_its_text_and_the_picture(tmp_path: Path) -> None:
    async with sweeping(out=tmp_path) as swept:
        await swept.finish()
        await swept.press("w")
        await swept.opened.until(lambda: len(list(tmp_path.iterdir())) == 4)
        files = {path.suffix: path for path in tmp_path.iterdir()}
        assert sorted(files) == [".html", ".json", ".md", ".svg"]
        assert files[".json"].name == "20261121-100000-knee.json"
        assert json.loads(files[".json"].read_bytes())["schema"] == "httptui.sweep/1"
        assert "Throughput" in files[".svg"].read_text("utf-8").replace("&#160;", " ")
        await swept.press("4")
        await swept.opened.until(lambda: "saved 20261121-100000-knee.json" in swept.text("sweep-events"))


async def test_what_cannot_be_swept_says_why_and_a_refusal_asks_for_consent() -> None:
    start = FakeSweepStart(knee_rate, TargetError("the target does not answer"))
    async with opened(plan=KNEE) as app:
        app.screen.sweep_start = start
        await app.pilot.press("r")
        await app.until(
            lambda: app.screen.sweep_screen is not None and app.screen.sweep_screen.view.status == "failed"
        )
        assert isinstance(app.app.screen, SweepScreen)
    public = replace(KNEE, target=Target(url="http://example.org/"))
    start = FakeSweepStart(knee_rate, RefusedError("not without consent"))
    async with opened(plan=public) as app:
        app.screen.sweep_start = start
        await app.pilot.press("r")
        await app.until(lambda: isinstance(app.app.screen, ConsentScreen))


@pytest.mark.slow
async def test_a_real_sweep_is_shown_and_saved(tmp_path: Path) -> None:
    plan = Plan(
        name="tiny",
        load=Load(seconds=0.2),
        schedule=Schedule(kind="interleaved", blocks=1, warmup=5),
        sweep={"concurrency": (1, 4)},
        contender=(Contender(engine="aiohttp"),),
    )
    async with opened(plan=plan, out=tmp_path) as app:
        await app.pilot.press("r")
        for _ in range(60):
            await app.pilot.pause(0.5)
            if app.screen.sweep_report is not None:
                break
        report = app.screen.sweep_report
        assert report is not None
        assert report.complete
        assert [point.levels for point in report.points] == [(1.0,), (4.0,)]
        assert all(point.ok for point in report.points)
        await app.pilot.press("w")
        await app.until(lambda: len(list(tmp_path.iterdir())) == 4)
        saved = next(path for path in tmp_path.iterdir() if path.suffix == ".json")
        assert read_either(saved).points == report.points
