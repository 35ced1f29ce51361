"""Saved sweeps among the saved reports: listed, opened to be looked at, and deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from driving import Opened, opened
from examples import PLAN, FakeStart
from msgspec.structs import replace
from saved_runs import NOW, fill
from sweep_examples import saved_sweep, write_sweep
from test_history import said
from test_run_looks import SIZES, Compare
from textual.pilot import Pilot

from httptui.errors import PlanError
from httptui.report.saved import BrokenReport, SavedReport, SavedSweep, delete_report, saved_reports
from httptui.sweeps.report import Axis, SweepReport
from httptui.tui.app import HttptuiApp
from httptui.tui.panels.panel import PanelOf
from httptui.tui.screens.history import HistoryScreen, ReportsList, details_of, list_option, matching
from httptui.tui.screens.past import PastSweepScreen, past_of, past_sweep
from httptui.tui.shown_reports import compared_with_last


@asynccontextmanager
async def listing(folder: Path) -> AsyncIterator[tuple[Opened, HistoryScreen]]:
    """The list of a folder with a sweep, wholly read."""
    write_sweep(folder)
    async with opened(out=folder) as it:
        await it.pilot.press("h")
        await it.until(lambda: isinstance(it.app.screen, HistoryScreen))
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        await it.until(lambda: screen.query_one(ReportsList).option_count == 1)
        yield it, screen


def listed_sweep(folder: Path) -> SavedSweep:
    """The only sweep of a folder."""
    (found,) = (one for one in saved_reports(folder) if isinstance(one, SavedSweep))
    return found


def test_a_sweep_is_listed_with_its_levels_and_the_most_of_each(tmp_path: Path) -> None:
    fill(tmp_path)
    write_sweep(tmp_path)
    assert len([one for one in saved_reports(tmp_path) if isinstance(one, SavedReport)]) == 3
    found = listed_sweep(tmp_path)
    assert (found.name, found.axes, found.complete) == ("latency", "latency_ms 0 … 300", True)
    assert [one.id for one in found.contenders] == ["A", "B", "C"]
    best = max(point.req_per_s.value for point in saved_sweep().points if point.req_per_s is not None)
    assert found.contenders[0].req_per_s == best
    assert list_option(found, NOW, marked=False).plain == (
        "  today 10:00  latency  sweep\n    latency_ms 0 … 300 · 3 contenders · GET embedded"
    )
    told = details_of(found, "", {}).plain
    assert "levels  latency_ms 0 … 300" in told
    assert "up to 10 0" in told
    assert "the whole sweep" in told
    assert matching([found], "sweep latency_ms aiohttp") == (found,)
    assert matching([found], "winner") == ()


def test_one_that_was_cut_short_or_lost_a_contender_says_so(tmp_path: Path) -> None:
    report = saved_sweep(complete=False)
    lost = replace(report.contenders[2], cause="killed")
    points = tuple(point for point in report.points if point.contender != "C")
    write_sweep(tmp_path, replace(report, contenders=(*report.contenders[:2], lost), points=points))
    found = listed_sweep(tmp_path)
    assert found.contenders[2].state == "dnf"
    assert "not complete" in list_option(found, NOW, marked=False).plain
    assert past_of(found).status == "stopped"


def test_what_is_not_all_of_a_sweep_is_broken(tmp_path: Path) -> None:
    write_sweep(tmp_path).write_text('{"schema": "httptui.sweep/1", "complete": true}')
    (found,) = saved_reports(tmp_path)
    assert isinstance(found, BrokenReport)


def test_a_sweep_is_deleted_from_its_folder(tmp_path: Path) -> None:
    path = write_sweep(tmp_path)
    delete_report(path, tmp_path)
    assert not path.exists()


def test_no_run_is_compared_with_a_sweep_of_the_same_name(tmp_path: Path) -> None:
    write_sweep(tmp_path)
    fill(tmp_path)
    from saved_runs import saved

    assert compared_with_last(saved("2026-11-22T10:00:00+00:00", name="latency"), tmp_path) is None


def test_hostile_texts_are_safe_and_letters_are_ours() -> None:
    report = saved_sweep()
    names = {"A": "x\x1b[31m", "B": "B", "C": "A"}
    data = msgspec.to_builtins(report)
    for one in data["contenders"]:
        one["id"] = names[one["id"]]
        one["label"] = "evil\x1b]0;title\x07"
    for point in data["points"]:
        point["contender"] = names[point["contender"]]
    shown = past_sweep(msgspec.convert(data, SweepReport)).snapshot
    assert [one.id for one in shown.contenders] == ["A", "B", "C"]
    assert "\x1b" not in shown.contenders[0].label
    assert {point.contender for point in shown.points} <= {"A", "B", "C"}


@pytest.mark.parametrize(
    "axes",
    [
        (),
        (Axis("a", ()),),
        (Axis("a", (1.0, 0.0)),),
        (Axis("latency_ms", (0.0, float("inf"))),),
        (Axis("a", (0.0, 1.0)), Axis("b", (0.0, 1.0)), Axis("c", (0.0, 1.0))),
    ],
)
def test_axes_that_cannot_be_drawn_are_an_error(axes: tuple[Axis, ...]) -> None:
    with pytest.raises(PlanError, match="one or two axes of finite levels"):
        past_sweep(replace(saved_sweep(), axes=axes))


def test_points_beside_the_axes_are_an_error() -> None:
    with pytest.raises(PlanError, match="on none of its levels"):
        past_sweep(replace(saved_sweep(), axes=(Axis("latency_ms", (0.0, 1.0)),)))


@pytest.mark.pilot
async def test_enter_opens_a_sweep_on_which_no_key_runs_anything(tmp_path: Path) -> None:
    async with listing(tmp_path) as (it, screen):
        await it.pilot.press("enter")
        await it.until(lambda: isinstance(it.app.screen, PastSweepScreen))
        past = it.app.screen
        assert isinstance(past, PastSweepScreen)
        await it.pilot.press("r", "s", "w", "f", "p", "e")
        assert it.app.screen is past
        assert it.start.asked == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["20261121-100000-latency.json"]
        assert past.view.verdict == saved_sweep().verdict.sentence
        await it.pilot.press("u", "l", "j", "1")
        assert (past.view.figure.name, past.view.log, past.view.chosen) == ("CPU/req", True, "A")
        header = past.query_one("#sweep-header", PanelOf)
        assert "✓ done" in header.render_line(0).text
        await it.pilot.press("escape")
        assert past.maximized is None
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is screen)


@pytest.mark.pilot
async def test_a_sweep_that_cannot_be_drawn_says_why(tmp_path: Path) -> None:
    async with listing(tmp_path) as (it, screen):
        write_sweep(tmp_path, replace(saved_sweep(), axes=(Axis("latency_ms", (0.0, 1.0)),)))
        await it.pilot.press("enter")
        await it.until(lambda: "on none of its levels" in said(screen))
        assert it.app.screen is screen


@pytest.mark.pilot
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_saved_sweep_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = HttptuiApp(PLAN, FakeStart())

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(PastSweepScreen(past_sweep(saved_sweep()), "yesterday 10:00"))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=show)
