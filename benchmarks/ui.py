"""What the command and the screen cost: start-up, first paint, and CPU while eight contenders run.

`python -m benchmarks.ui`.  Prints; asserts nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

import psutil

from benchmarks.pseudo_terminal import PseudoTerminal

HTTPTUI = [sys.executable, "-m", "httptui"]
FIRST_TEXT = "Contenders"
REPEATS = 7
FRAMES_PER_SECOND = 4
SETTLE_SECONDS = 3
WATCH_SECONDS = 10
CLIENTS = ("aiohttp", "httpx", "httpx-aiohttp", "httpx-sync", "requests", "urllib3", "http.client", "raw")
PLAN = """
name = "eight"
[load]
concurrency = 8
seconds = 20
[schedule]
warmup = "0"
"""
CONTENDER = '[[contender]]\nengine = "{}"\n'


def start_up(argument: str) -> float:
    """Milliseconds of a whole process that prints something and ends, the median of several."""
    times = []
    for _ in range(REPEATS):
        start = monotonic()
        subprocess.run([*HTTPTUI, argument], check=True, capture_output=True)
        times.append(1000 * (monotonic() - start))
    return statistics.median(times)


def interpreter() -> float:
    """Milliseconds of a Python process that does nothing, the median of several."""
    times = []
    for _ in range(REPEATS):
        start = monotonic()
        subprocess.run([sys.executable, "-c", ""], check=True)
        times.append(1000 * (monotonic() - start))
    return statistics.median(times)


def first_paint(surroundings: dict[str, str]) -> float:
    """Milliseconds from the start of the process until the first panel is written, the median of several."""
    times = []
    for _ in range(REPEATS):
        with PseudoTerminal([*HTTPTUI, "--preset", "demo"], environment=surroundings) as terminal:
            times.append(1000 * terminal.read_until(FIRST_TEXT))
            terminal.read_for(0.5)
            terminal.press("q")
            terminal.read_to_end()
    return statistics.median(times)


def screen_cost(folder: Path, surroundings: dict[str, str]) -> tuple[float, float]:
    """CPU of the app's own process while eight lanes run: share of a core, and milliseconds a frame."""
    plan = folder / "eight.toml"
    plan.write_text(PLAN + "".join(CONTENDER.format(name) for name in CLIENTS))
    with PseudoTerminal([*HTTPTUI, "--preset", str(plan)], environment=surroundings) as terminal:
        terminal.read_until(FIRST_TEXT)
        terminal.press("r")
        terminal.read_until("running")
        terminal.read_for(SETTLE_SECONDS)
        app = psutil.Process(terminal.process.pid)
        before, start = app.cpu_times(), monotonic()
        terminal.read_for(WATCH_SECONDS)
        after, took = app.cpu_times(), monotonic() - start
        terminal.press("q")
        terminal.read_to_end()
    spent = after.user + after.system - before.user - before.system
    return spent / took, 1000 * spent / (took * FRAMES_PER_SECOND)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        surroundings = {"XDG_DATA_HOME": name, "HOME": name}
        print(f"{os.cpu_count()} cores, medians of {REPEATS}")
        print(f"python -c ''              {interpreter():8.0f} ms")
        print(f"httptui --version         {start_up('--version'):8.0f} ms")
        print(f"httptui --help            {start_up('--help'):8.0f} ms")
        print(f"the app's first paint     {first_paint(surroundings):8.0f} ms")
        share, frame = screen_cost(folder, surroundings)
        print(
            f"the app's own process     {100 * share:8.1f} % of a core"
            f" at {len(CLIENTS)} contenders and {FRAMES_PER_SECOND} frames a second"
        )
        print(f"the same, a frame         {frame:8.1f} ms of CPU")


if __name__ == "__main__":
    main()
