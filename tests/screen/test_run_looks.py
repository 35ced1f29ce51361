"""The look of the run screen, recorded as SVG: before, during and after a run, at four sizes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import pytest
from examples import PLAN, SHARED, FakeStart, finished, in_open_load, running
from failed_runs import invalid
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from httptui.plan.model import Load
from httptui.tui.app import HttptuiApp

pytestmark = pytest.mark.pilot

SIZES = [(200, 50), (160, 44), (120, 40), (80, 24), (60, 20)]


class Compare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(
        self,
        app: HttptuiApp,
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool: ...


def looks(
    app: HttptuiApp, start: FakeStart, moment: str, *keys: str
) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Bring the app to a moment of its run, and press keys."""

    async def bring(pilot: Pilot[None]) -> None:
        await pilot.pause()
        if moment != "before":
            await pilot.press("r")
            await reach(pilot, lambda: app.run_screen.view.snapshot.sequence == 25)
        if moment == "done":
            start.sessions[-1].go_on.set()
            await reach(pilot, lambda: app.run_screen.report is not None)
        await pilot.press(*keys)
        await pilot.pause()
        for entry in app.screen.query(Input):
            entry.cursor_blink = False
        await pilot.pause()

    return bring


async def reach(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app go on until something holds."""
    for _ in range(500):
        await pilot.pause(0.01)
        if holds():
            return
    raise AssertionError("it never came to hold")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("moment", ["before", "running", "done"])
def test_the_run_screen_looks_as_recorded(snap_compare: Compare, moment: str, size: tuple[int, int]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, moment))


@pytest.mark.parametrize(
    "keys",
    [("l",), ("f",), ("2",), ("3",), ("down", "down", "down")],
    ids=["log", "frozen", "throughput", "latency", "chosen"],
)
def test_its_views_look_as_recorded(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "running", *keys))


@pytest.mark.parametrize("size", [(160, 44), (120, 40), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_an_open_load_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    start = FakeStart(in_open_load(running()), last=in_open_load(finished()))
    plan = replace(PLAN, load=Load(kind="open", rate=500.0, arrivals="poisson", seconds=10.0))
    app = HttptuiApp(plan, start)
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, "running"))


def test_a_shared_machine_looks_as_recorded(snap_compare: Compare) -> None:
    start = FakeStart(last=replace(finished(), flags=(SHARED,)))
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "done"))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_failed_target_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    start = FakeStart(last=invalid())
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, "done", "n"))
