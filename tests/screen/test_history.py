"""The saved reports on the screen: listed, searched, opened, compared and deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from driving import Opened, opened
from msgspec.structs import replace
from saved_runs import BROKEN, FIRST, NOW, SECOND, SHORT, fill, saved
from sweep_examples import saved_sweep
from textual.widgets import Input, Static

from httptui.errors import HttptuiError
from httptui.report.formats import indented
from httptui.report.saved import BrokenReport, SavedReport, delete_report, read_report, saved_reports
from httptui.tui.screens.compare import CompareScreen
from httptui.tui.screens.dialogs import DeleteReportScreen
from httptui.tui.screens.history import HistoryScreen, ReportsList, list_option
from httptui.tui.screens.past import PastRunScreen
from httptui.tui.shown_reports import compared, compared_with_last, shown_report, snapshot_of_report


@asynccontextmanager
async def history(folder: Path) -> AsyncIterator[tuple[Opened, HistoryScreen]]:
    """The list of a folder with four reports, wholly read."""
    fill(folder)
    async with opened(out=folder) as it:
        await it.pilot.press("h")
        await it.until(lambda: isinstance(it.app.screen, HistoryScreen))
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        await it.until(lambda: screen.query_one(ReportsList).option_count == 4)
        yield it, screen


def said(screen: HistoryScreen) -> str:
    return str(screen.query_one("#history-said", Static).content)


def test_the_reports_of_a_folder_are_told_with_those_that_are_broken_and_nothing_else(tmp_path: Path) -> None:
    fill(tmp_path)
    listed = {report.path.name: report for report in saved_reports(tmp_path)}
    assert set(listed) == {FIRST, SECOND, SHORT, BROKEN}
    first, short, broken = listed[FIRST], listed[SHORT], listed[BROKEN]
    assert isinstance(first, SavedReport)
    assert (first.name, first.target, first.kind) == ("demo", "GET http://127.0.0.1:8099/", "winner")
    assert [one.id for one in first.contenders] == ["A", "B", "C", "D"]
    assert isinstance(short, SavedReport)
    assert not short.complete
    assert short.name == "other\N{REPLACEMENT CHARACTER}[31m"
    assert isinstance(broken, BrokenReport)
    told = list_option(first, NOW, marked=True).plain
    assert told.startswith("✓ yesterday 10:00  demo  winner\n")
    assert "A aiohttp · shared · uvloop 15 511 req/s · 4 contenders · GET http://127.0.0.1:8099/" in told


def test_only_a_readable_report_of_the_folder_is_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    fill(folder)
    outside = tmp_path / FIRST
    outside.write_bytes((folder / FIRST).read_bytes())
    (folder / "link.json").symlink_to(outside)
    for path in (
        outside,
        folder / BROKEN,
        folder / "package.json",
        folder / "link.json",
        folder / ".." / FIRST,
    ):
        with pytest.raises(HttptuiError, match="nothing was deleted"):
            delete_report(path, folder)
        assert path.exists()
    delete_report(folder / FIRST, folder)
    assert not (folder / FIRST).exists()


def test_a_report_becomes_the_last_snapshot_of_its_run() -> None:
    report = shown_report(saved("2026-11-20T10:00:00+00:00", 0.5))
    snapshot = snapshot_of_report(report)
    first = snapshot.contenders[0]
    assert (snapshot.load, snapshot.schedule) == ("closed · 64 in flight · 10 s", "interleaved")
    assert (snapshot.elapsed, snapshot.blocks) == (10.0, 10)
    assert (first.series[0].seconds, first.series[-1].seconds, len(first.series)) == (0.0, 10.0, 11)
    assert sum(count for _, count in first.histogram) == 3000
    assert (snapshot.ranking, snapshot.verdict, snapshot.flags) == (
        report.ranking,
        report.verdict,
        report.flags,
    )
    assert snapshot.contenders[3].cause == "cannot import requests: No module named 'chardet'"


@pytest.mark.pilot
async def test_typing_searches_and_escape_takes_the_search_back(tmp_path: Path) -> None:
    async with history(tmp_path) as (it, screen):
        await it.pilot.press("slash", *"not complete", "enter")
        await it.pilot.pause()
        assert screen.query_one(ReportsList).option_count == 1
        assert screen.query_one(ReportsList).has_focus
        assert "1 of 4 reports" in str(screen.query_one("#history-title", Static).content)
        await it.pilot.press("escape")
        await it.pilot.pause()
        assert screen.query_one(Input).value == ""
        assert screen.query_one(ReportsList).option_count == 4
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is it.screen)


@pytest.mark.pilot
async def test_enter_opens_a_run_on_which_no_key_runs_anything(tmp_path: Path) -> None:
    async with history(tmp_path) as (it, screen):
        await it.pilot.press("enter")
        await it.until(lambda: isinstance(it.app.screen, PastRunScreen))
        past = it.app.screen
        assert isinstance(past, PastRunScreen)
        await it.pilot.press("r", "s", "i", "p", "e", "w", "f", "space", "x", "h", "c")
        assert it.app.screen is past
        assert it.start.asked == []
        assert past.view.snapshot.verdict == read_report(tmp_path / SECOND).verdict
        await it.pilot.press("j", "enter")
        await it.until(lambda: it.app.screen is not past)
        await it.pilot.press("escape", "escape")
        await it.until(lambda: it.app.screen is past and past.view.chosen is None)
        await it.pilot.press("escape")
        await it.until(lambda: it.app.screen is screen)


@pytest.mark.pilot
async def test_a_report_without_any_contender_is_told_and_not_opened(tmp_path: Path) -> None:
    none = replace(saved("2026-11-25T10:00:00+00:00"), contenders=(), ranking=(), cpu_ranking=())
    (tmp_path / "none.json").write_bytes(indented(none))
    (tmp_path / "sweep.json").write_bytes(
        indented(replace(saved_sweep(), started="2026-11-26T10:00:00+00:00", contenders=(), points=()))
    )
    async with opened(out=tmp_path) as it:
        await it.pilot.press("h")
        await it.until(lambda: isinstance(it.app.screen, HistoryScreen) and not it.app.screen._reading)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        for place in (0, 1):
            screen.query_one(ReportsList).highlighted = place
            await it.pilot.pause()
            await it.pilot.press("enter")
            await it.until(lambda: "has no contender" in said(screen))
            assert it.app.screen is screen


@pytest.mark.pilot
async def test_a_broken_report_is_neither_opened_nor_marked_nor_deleted(tmp_path: Path) -> None:
    async with history(tmp_path) as (it, screen):
        at = next(at for at, one in enumerate(screen._rows) if isinstance(one, BrokenReport))
        screen.query_one(ReportsList).highlighted = at
        await it.pilot.pause()
        await it.pilot.press("enter")
        assert f"{BROKEN} cannot be read" in said(screen)
        await it.pilot.press("space")
        assert "cannot be compared" in said(screen)
        await it.pilot.press("d")
        assert "stays" in said(screen)
        assert (tmp_path / BROKEN).exists()


@pytest.mark.pilot
async def test_delete_names_the_file_and_deletes_it_only_where_one_agrees(tmp_path: Path) -> None:
    async with history(tmp_path) as (it, screen):
        at = next(at for at, one in enumerate(screen._rows) if one.path.name == SECOND)
        for key, left in (("escape", 4), ("enter", 4), ("y", 3)):
            screen.query_one(ReportsList).highlighted = at
            await it.pilot.pause()
            await it.pilot.press("d")
            await it.until(lambda: isinstance(it.app.screen, DeleteReportScreen))
            assert str(it.app.screen.query_one("#delete-name", Static).content) == SECOND
            await it.pilot.press(key)
            await it.until(lambda: it.app.screen is screen)
            await it.pilot.pause()
            assert screen.query_one(ReportsList).option_count == left
        assert not (tmp_path / SECOND).exists()
        assert (tmp_path / FIRST).exists()


@pytest.mark.pilot
async def test_two_marked_reports_are_compared_the_earlier_one_first(tmp_path: Path) -> None:
    async with history(tmp_path) as (it, screen):
        await it.pilot.press("c")
        assert said(screen).startswith("▲ Mark two reports")
        for name in (SECOND, FIRST):
            screen.query_one(ReportsList).highlighted = next(
                at for at, one in enumerate(screen._rows) if one.path.name == name
            )
            await it.pilot.pause()
            await it.pilot.press("space")
        await it.pilot.press("c")
        await it.until(lambda: isinstance(it.app.screen, CompareScreen))
        comparison = it.app.screen._shown.comparison
        assert comparison.before.started.startswith("2026-11-20")
        ratio = comparison.contenders[0].figures["req_per_s"].ratio
        assert ratio is not None
        assert ratio.point == pytest.approx(0.8, rel=0.01)


@pytest.mark.pilot
async def test_c_compares_a_run_with_the_last_saved_one_of_its_plan(tmp_path: Path) -> None:
    async with opened(out=tmp_path) as it:
        await it.pilot.press("c")
        await it.run()
        await it.finish()
        fill(tmp_path)
        it.screen.control.report = saved("2026-11-22T10:00:00+00:00", 1.2)
        await it.pilot.press("c")
        await it.until(lambda: isinstance(it.app.screen, CompareScreen))
        assert it.app.screen._shown.comparison.before.started.startswith("2026-11-21")


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ("10:00:40", "yesterday 10:00:05 → yesterday 10:00:40"),
        ("10:01:05", "yesterday 10:00 → yesterday 10:01"),
    ],
)
def test_two_runs_of_one_minute_are_told_apart_by_their_seconds(later: str, told: str) -> None:
    pair = compared(saved("2026-11-20T10:00:05+00:00"), saved(f"2026-11-20T{later}+00:00"))
    assert CompareScreen(pair, NOW).title_line() == f"httptui  compare · demo · {told}"


def test_an_edited_plan_is_compared_with_its_own_last_run_or_else_with_what_it_was(tmp_path: Path) -> None:
    def before(name: str) -> tuple[str, str]:
        found = compared_with_last(saved("2026-11-25T10:00:00+00:00", name=name), tmp_path)
        assert found is not None
        return found.comparison.before.name, found.comparison.before.started[:10]

    fill(tmp_path)
    assert before("demo, edited") == ("demo", "2026-11-21")
    for day in ("22", "23"):
        edited = saved(f"2026-11-{day}T10:00:00+00:00", name="demo, edited")
        (tmp_path / f"202611{day}-100000-demo-edited.json").write_bytes(indented(edited))
    assert before("demo, edited") == ("demo, edited", "2026-11-23")
    assert before("demo") == ("demo", "2026-11-21")


@pytest.mark.pilot
@pytest.mark.parametrize("name", ["new", "file"])
async def test_an_empty_folder_and_no_folder_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    async with opened(out=tmp_path / name) as it:
        await it.pilot.press("h")
        await it.until(lambda: isinstance(it.app.screen, HistoryScreen))
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        text = screen.query_one("#history-text", Static)
        await it.until(lambda: "No report is saved yet" in str(text.content))
        if name == "file":
            await it.until(lambda: "cannot be read" in said(screen))
