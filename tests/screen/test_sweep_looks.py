"""The look of a sweep's screen, recorded as SVG: curves and grids, on the way and done, at four sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from examples import FakeStart
from sweep_examples import GRID, KNEE, LATENCY, FakeSweepStart, Rate, grid_rate, knee_rate, latency_rate
from test_run_looks import SIZES, Compare, reach
from textual.pilot import Pilot

from httptui.plan.model import Plan
from httptui.tui.app import HttptuiApp
from httptui.tui.screens.sweep import SweepScreen

pytestmark = pytest.mark.pilot

PLANS = {"knee": (KNEE, knee_rate), "latency": (LATENCY, latency_rate), "grid": (GRID, grid_rate)}


def swept(
    plan: Plan, rate: Rate, *keys: str, done: bool
) -> tuple[HttptuiApp, Callable[[Pilot[None]], Awaitable[None]]]:
    """An app, and what brings it to a moment of a sweep and presses keys."""
    start = FakeSweepStart(rate)
    app = HttptuiApp(plan, FakeStart())
    app.run_screen.sweep_start = start

    async def bring(pilot: Pilot[None]) -> None:
        await pilot.pause()
        await pilot.press("r")
        await reach(pilot, lambda: isinstance(app.screen, SweepScreen))
        screen = app.screen
        assert isinstance(screen, SweepScreen)
        await reach(pilot, lambda: screen.view.snapshot.sequence == 25)
        if done:
            start.sessions[-1].go_on.set()
            await reach(pilot, lambda: screen.report is not None)
        await pilot.press(*keys)
        await pilot.pause()

    return app, bring


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", PLANS)
def test_a_sweep_looks_as_recorded(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    plan, rate = PLANS[name]
    app, bring = swept(plan, rate, done=True)
    assert snap_compare(app, terminal_size=size, run_before=bring)


@pytest.mark.parametrize("name", PLANS)
def test_a_sweep_that_is_on_looks_as_recorded(snap_compare: Compare, name: str) -> None:
    plan, rate = PLANS[name]
    app, bring = swept(plan, rate, done=False)
    assert snap_compare(app, terminal_size=(120, 40), run_before=bring)


@pytest.mark.parametrize("name", ["knee", "grid"])
def test_without_colours_it_looks_as_recorded(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plan, rate = PLANS[name]
    app, bring = swept(plan, rate, done=True)
    assert snap_compare(app, terminal_size=(120, 40), run_before=bring)


@pytest.mark.parametrize(
    "keys",
    [("u",), ("l", "down"), ("f",), ("1", "b"), ("3",)],
    ids=["CPU", "chosen and log", "frozen", "chart in blocks", "analysis"],
)
def test_its_views_look_as_recorded(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    app, bring = swept(KNEE, knee_rate, *keys, done=False)
    assert snap_compare(app, terminal_size=(120, 40), run_before=bring)
