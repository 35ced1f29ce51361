"""The app, opened with frozen snapshots in place of a run, and how tests drive it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from examples import PLAN, FakeSession, FakeStart
from textual.pilot import Pilot

from httptui.plan.model import Plan
from httptui.tui.app import HttptuiApp
from httptui.tui.panels.panel import Panel
from httptui.tui.screens.run import RunScreen
from httptui.tui.settings import USUAL, Settings


class Opened:
    """An open app, its screen and what started its runs."""

    def __init__(self, app: HttptuiApp, pilot: Pilot[None], start: FakeStart) -> None:
        self.app, self.pilot, self.start = app, pilot, start

    @property
    def screen(self) -> RunScreen:
        """The run screen."""
        return self.app.run_screen

    @property
    def session(self) -> FakeSession:
        """The last session that was started."""
        return self.start.sessions[-1]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let the app go on until something holds."""
        for _ in range(500):
            await self.pilot.pause(0.01)
            if holds():
                return
        raise AssertionError("it never came to hold")

    async def run(self) -> None:
        """Press r and wait for the first frame."""
        await self.pilot.press("r")
        await self.until(lambda: self.screen.view.snapshot.sequence == 25)
        await self.pilot.pause()

    async def finish(self) -> None:
        """Let the run come to its end."""
        self.session.go_on.set()
        await self.until(lambda: self.screen.report is not None)
        await self.pilot.pause()

    def text(self, panel: str) -> str:
        """The lines that a panel shows."""
        widget = self.screen.query_one(f"#{panel}", Panel)
        return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


@asynccontextmanager
async def opened(
    start: FakeStart | None = None,
    plan: Plan = PLAN,
    size: tuple[int, int] = (120, 40),
    out: Path | None = None,
    settings: Settings = USUAL,
) -> AsyncIterator[Opened]:
    """An open app of a size."""
    start = start or FakeStart()
    app = HttptuiApp(plan, start, out=out, settings=settings)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Opened(app, pilot, start)
