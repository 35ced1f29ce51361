"""Draws the README's picture: the screen three quarters through a real run of a preset, `python -m docs.pictures`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from httptui import Plan, Report, Run, Snapshot, run
from presets import load_preset
from tui.app import HttptuiApp

PRESET = "demo"
SIZE = (120, 40)
PART = 0.75
MOST_SECONDS = 120
FILE = Path(__file__).parent / "pictures" / "run.svg"


class Watched:
    """A run that sets an event once a part of it is over."""

    def __init__(self, inner: Run, reached: asyncio.Event) -> None:
        self._inner = inner
        self._reached = reached

    def __aiter__(self) -> AsyncIterator[Snapshot | Report]:
        return self._items()

    async def _items(self) -> AsyncIterator[Snapshot | Report]:
        """The run's own items."""
        async for item in self._inner:
            yield item
            if isinstance(item, Snapshot) and item.phase == "running" and item.progress >= PART:
                self._reached.set()

    def stop(self) -> None:
        """End the run."""
        self._inner.stop()

    async def aclose(self) -> None:
        """Leave nothing behind."""
        await self._inner.aclose()

    def report_now(self) -> Report:
        """The report as it stands."""
        return self._inner.report_now()


async def draw(preset: str) -> str:
    """The SVG of the screen in the middle of a run."""
    reached = asyncio.Event()

    def start(plan: Plan, *, consent: frozenset[str] = frozenset()) -> Watched:
        return Watched(run(plan, consent=consent), reached)

    app = HttptuiApp(load_preset(preset), start)
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(MOST_SECONDS):
        await pilot.press("r")
        await reached.wait()
        await pilot.pause(0.5)
        picture = app.export_screenshot(title=f"httptui · {preset}")
        await pilot.press("q")
    return picture


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(asyncio.run(draw(sys.argv[1] if len(sys.argv) > 1 else PRESET)), "utf-8")
