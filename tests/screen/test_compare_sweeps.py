"""Two saved sweeps on one screen: marked in the history, compared level by level, and how that looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import Opened, opened
from examples import PLAN, FakeStart
from msgspec.structs import replace
from saved_runs import NOW, fill
from sweep_examples import (
    BLOCKS,
    GRID,
    KNEE,
    grid_rate,
    knee_rate,
    report_of,
    saved_sweep,
    snapshot,
)
from test_history import said
from test_run_looks import Compare
from test_sweep_screen import Swept, sweeping
from textual.pilot import Pilot

from httptui.errors import PlanError
from httptui.plan.model import Plan
from httptui.report.formats import indented
from httptui.sweeps.report import SweepReport
from httptui.tui.app import HttptuiApp
from httptui.tui.panels.changes import (
    AFTER,
    BEFORE,
    COMPARED_FIGURES,
    SweepsView,
    draw_claims,
    draw_overlay,
    draw_sweep_changes,
    letters_by_row,
)
from httptui.tui.panels.panel import PanelOf
from httptui.tui.panels.sweep_view import Levels
from httptui.tui.plots.cells import plain, row_width
from httptui.tui.screens.compare import CompareSweepsScreen
from httptui.tui.screens.history import HistoryScreen, ReportsList
from httptui.tui.shown_reports import ComparedSweeps, compared_sweeps

pytestmark = pytest.mark.pilot

SIZES = [(200, 50), (120, 40), (80, 24), (60, 20)]


def swept(plan: Plan, started: str, lost: float = 1.0) -> SweepReport:
    """A sweep in which C, or B of two, has lost so much from 16 in flight on."""
    usual, last = (knee_rate, "C") if plan is KNEE else (grid_rate, "B")

    def rate(letter: str, levels: Levels) -> float:
        return usual(letter, levels) * (lost if letter == last and levels[-1] >= 16 else 1.0)

    return replace(report_of(plan, snapshot(plan, rate, BLOCKS)), started=started)


def pair(plan: Plan = KNEE) -> tuple[SweepReport, SweepReport]:
    return swept(plan, "2026-11-20T10:00:00+00:00"), swept(plan, "2026-11-21T10:00:00+00:00", 0.7)


def shown(plan: Plan = KNEE) -> ComparedSweeps:
    return compared_sweeps(*pair(plan))


def test_the_one_that_started_later_is_the_later_one() -> None:
    earlier, later = pair()
    for found in (compared_sweeps(earlier, later), compared_sweeps(later, earlier)):
        assert found.comparison.before.started.startswith("2026-11-20")
        assert found.comparison.claims[2].change.slower == tuple((2.0**at,) for at in range(4, 9))


def test_sweeps_over_other_axes_cannot_be_compared() -> None:
    with pytest.raises(
        PlanError, match="These two cannot be compared: they are over other axes: concurrency 1"
    ):
        compared_sweeps(pair()[0], saved_sweep())


@pytest.mark.parametrize("width", [20, 60, 80, 120])
@pytest.mark.parametrize("plan", [KNEE, GRID])
@pytest.mark.parametrize("quantity", COMPARED_FIGURES)
def test_every_panel_is_exactly_as_wide_as_asked_for(plan: Plan, quantity: str, width: int) -> None:
    for chosen in ("A", "B", None):
        view = SweepsView(shown(plan), chosen, quantity)
        drawn = (
            *draw_sweep_changes(view, width),
            *draw_claims(view.shown.comparison, chosen, width),
            *draw_overlay(view, width, 12),
        )
        assert {row_width(row) for row in drawn} == {width}


def test_the_chosen_one_s_changes_stand_below_one_another_and_over_all_levels_last() -> None:
    rows = plain(draw_sweep_changes(SweepsView(shown(), "C"), 100)).splitlines()
    assert rows[0].split() == ["in", "flight", "before", "after", "change", "vs", "the", "others"]
    assert [row.split()[0] for row in rows[1:]] == [*(str(2**at) for at in range(9)), "all"]
    assert "−30 % [−31, −29]" in rows[-2]
    assert rows[-2].rstrip().endswith("*")
    assert "0.0 %" in rows[1]


def test_both_curves_are_drawn_and_tiles_tell_changes() -> None:
    curves = plain(draw_overlay(SweepsView(shown(), "C"), 80, 16))
    assert curves.count(BEFORE) >= 5
    assert curves.count(AFTER) == 9
    assert "C" in curves
    tiles = plain(draw_overlay(SweepsView(shown(GRID), "A"), 80, 20))
    assert tiles.count("−30 %") == 4 * 3
    assert tiles.count("0.0 %") == 4 * 5 + 4 * 2


def test_a_contender_is_told_on_every_row_of_its_sentence() -> None:
    comparison = shown().comparison
    letters = letters_by_row(comparison, 40)
    assert sorted(set(letters)) == ["A", "B", "C"]
    assert len(letters) == len(draw_claims(comparison, None, 40)) > 3


async def marked(it: Opened, names: list[str]) -> HistoryScreen:
    """The history, wholly read, with the files of these names marked."""
    await it.pilot.press("h")
    await it.until(lambda: isinstance(it.app.screen, HistoryScreen) and not it.app.screen._reading)
    screen = it.app.screen
    assert isinstance(screen, HistoryScreen)
    for name in names:
        screen.query_one(ReportsList).highlighted = next(
            at for at, one in enumerate(screen._rows) if one.path.name == name
        )
        await it.pilot.pause()
        await it.pilot.press("space")
    return screen


@pytest.mark.pilot
async def test_two_marked_sweeps_are_compared_and_looked_at_by_keys(tmp_path: Path) -> None:
    for name, report in zip(("one.json", "two.json"), pair(), strict=True):
        (tmp_path / name).write_bytes(indented(report))
    async with opened(out=tmp_path) as it:
        history = await marked(it, ["two.json", "one.json"])
        await it.pilot.press("c")
        await it.until(lambda: isinstance(it.app.screen, CompareSweepsScreen))
        screen = it.app.screen
        assert isinstance(screen, CompareSweepsScreen)
        await it.pilot.press("j", "down", "j", "u", "l")
        assert (screen.view.chosen, screen.view.quantity, screen.view.log) == ("C", "cpu", True)
        table = screen.query_one("#sweeps-changes", PanelOf)
        assert "CPU/req at each level · C httpx" in str(table.border_title)
        await it.pilot.click("#sweeps-claims", offset=(10, 1))
        assert screen.view.chosen == "A"
        await it.pilot.press("m")
        assert screen.maximized is not None
        await it.pilot.press("escape", "escape")
        await it.until(lambda: it.app.screen is history)


@pytest.mark.pilot
async def test_a_run_and_a_sweep_are_not_compared_and_that_is_said(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "one.json").write_bytes(indented(pair()[0]))
    (tmp_path / "two.json").write_bytes(indented(saved_sweep()))
    async with opened(out=tmp_path) as it:
        history = await marked(it, ["one.json", "20261120-100000-demo.json"])
        await it.pilot.press("c")
        assert "two of one kind can be compared" in said(history)
        history._marked = []
        history.query_one(ReportsList).focus()
        for name in ("one.json", "two.json"):
            history._marked.append(tmp_path / name)
        await it.pilot.press("c")
        await it.until(lambda: "they are over other axes" in said(history))


def last_told(it: Swept) -> str:
    """The newest notice on the screen."""
    return next((notice.message for notice in reversed(list(it.opened.app._notifications))), "")


@pytest.mark.pilot
async def test_c_compares_a_sweep_with_the_last_saved_one_of_its_plan(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "other.json").write_bytes(indented(saved_sweep()))
    async with sweeping(out=tmp_path) as it:
        await it.press("c")
        assert "has to end first" in last_told(it)
        await it.finish()
        await it.press("c")
        await it.opened.until(
            lambda: "No earlier sweep of this plan is saved; w saves this one." in last_told(it)
        )
        (tmp_path / "later.json").write_bytes(indented(swept(KNEE, "2026-11-21T10:00:01+00:00")))
        for day in (20, 19):
            name = tmp_path / f"{day}.json"
            name.write_bytes(indented(swept(KNEE, f"2026-11-{day}T10:00:00+00:00")))
        await it.press("c")
        await it.opened.until(lambda: isinstance(it.opened.app.screen, CompareSweepsScreen))
        screen = it.opened.app.screen
        assert isinstance(screen, CompareSweepsScreen)
        sides = screen.view.shown.comparison
        assert (sides.before.started[:10], sides.after.started[:10]) == ("2026-11-20", "2026-11-21")
        await it.press("escape")
        await it.opened.until(lambda: it.opened.app.screen is it.screen)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_two_sweeps_look_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert _compare(snap_compare, shown(), size, "j", "j")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_two_grids_look_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert _compare(snap_compare, shown(GRID), size)


def _compare(snap_compare: Compare, what: ComparedSweeps, size: tuple[int, int], *keys: str) -> bool:
    app = HttptuiApp(PLAN, FakeStart())

    async def show(pilot: Pilot[None]) -> None:
        await app.push_screen(CompareSweepsScreen(what, NOW))
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=show)
