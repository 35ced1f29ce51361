"""Draws the README's pictures from a real run of a preset, `python -m docs.pictures`: the plan form, the run screen
three quarters through the run with a heat map, a contender's page, and a contender's code.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from textual.pilot import Pilot

from httptui import run
from httptui.presets import load_preset
from httptui.tui.app import HttptuiApp
from httptui.tui.toolkit.drawing import picture_of

PRESET = "demo"
SIZE = (120, 40)
PART = 0.75
POLL_SECONDS = 0.2
MOST_SECONDS = 120
FOLDER = Path(__file__).parent / "pictures"


async def draw(preset: str) -> dict[str, str]:
    """The SVG of each picture by its name."""
    app = HttptuiApp(load_preset(preset), run)
    drawn: dict[str, str] = {}

    async def press_and_keep(pilot: Pilot[None], name: str, *keys: str) -> None:
        await pilot.press(*keys)
        await pilot.pause(POLL_SECONDS)
        drawn[name] = picture_of(app, f"httptui · {preset}")

    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(MOST_SECONDS):
        await press_and_keep(pilot, "plan", "e")
        await pilot.press("escape", "r", "v")
        while (snapshot := app.run_screen.view.snapshot).phase != "running" or snapshot.progress < PART:
            await pilot.pause(POLL_SECONDS)
        await press_and_keep(pilot, "run")
        await press_and_keep(pilot, "contender", "down", "enter")
        await press_and_keep(pilot, "code", "x")
        await app.run_screen.action_leave()
        while app.run_screen.running:
            await pilot.pause(POLL_SECONDS)
    return drawn


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in asyncio.run(draw(sys.argv[1] if len(sys.argv) > 1 else PRESET)).items():
        (FOLDER / f"{name}.svg").write_text(picture, "utf-8")
