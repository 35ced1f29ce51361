"""Cost of command and screen: start-up, first paint, and, while twelve contenders run, each view's CPU, the delay of
keys and the bytes written to the terminal.

`python -m benchmarks.ui`, about two minutes. Prints requirement and measurement side by side; asserts nothing. A
view's cost is the CPU of the app's process beyond that of one that runs the same plan and takes the same snapshots
without drawing them (`benchmarks.unwatched`), measured before and after the views; the total is printed beside it.
With `--sleeping` the contenders only wait, and only the views are measured: figures that hold on a busy machine too.
Each view is accompanied by the time of a fixed piece of Python, because a shared machine's pace changes within
seconds: compare runs by the ratio of the two.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, thread_time
from typing import NamedTuple

import psutil

from benchmarks.pseudo_terminal import PseudoTerminal

HTTPTUI = [sys.executable, "-m", "httptui"]
FIRST_TEXT = "Contenders"
REPEATS = 7
FRAMES_PER_SECOND = 4
SETTLE_SECONDS = 1
WATCH_SECONDS = 8
KEY_ROUNDS = 50
YARDSTICK_ROUNDS = 8
YARDSTICK_ADDITIONS = 40_000
WIDTH, HEIGHT = 120, 40
CLIENTS = ("aiohttp", "httpx", "httpx-aiohttp", "httpx-sync", "requests", "urllib3", "http.client", "raw")
CONTENDERS = (*((name, "shared") for name in CLIENTS), *((name, "per-worker") for name in CLIENTS[:4]))
SLEEPING = tuple(("sleeping", f"every-{number}") for number in range(90, 90 + len(CONTENDERS)))
ENTRY_POINT = "[httptui.engines]\nsleeping = benchmarks.sleeping:Sleeping\n"
PLAN = """
name = "twelve"
[load]
concurrency = 8
seconds = 300
[schedule]
warmup = "0"
"""
CONTENDER = '[[contender]]\nengine = "{}"\nreuse = "{}"\n'
VIEWS = (
    ("run screen", "", ""),
    ("the same, a heat map", "v", "Latency over time"),
    ("the same, percentiles", "v", "p99 latency over time"),
    ("a contender's page", "v\r", "Measured"),
)
"""Each view's name, the keys that lead to it from the one before, and a text that shows its presence."""
FREEZING = (("f", "FROZEN"), ("f", "running"))
"""Keys that change the screen, and the texts that confirm it."""


class Result(NamedTuple):
    """A row of the table: measurement, value, unit, and the requirement, if any."""

    name: str
    measured: float
    unit: str
    most: float | None = None

    def __str__(self) -> str:
        wanted = "" if self.most is None else f"at most {self.most:4g}"
        mark = "" if self.most is None or self.measured <= self.most else "  over"
        return f"{self.name:44}{self.measured:8.1f} {self.unit:14}{wanted}{mark}".rstrip()


def median_ms(command: Sequence[str]) -> float:
    """Return the milliseconds of a whole process that prints something and ends, the median of several."""
    times = []
    for _ in range(REPEATS):
        start = monotonic()
        subprocess.run(command, check=True, capture_output=True)
        times.append(1000 * (monotonic() - start))
    return statistics.median(times)


def first_paint(surroundings: dict[str, str]) -> float:
    """Return the milliseconds from the start of the process to the first panel, the median of several."""
    times = []
    for _ in range(REPEATS):
        with PseudoTerminal([*HTTPTUI, "--preset", "demo"], environment=surroundings) as terminal:
            times.append(1000 * terminal.read_until(FIRST_TEXT))
            terminal.read_for(0.2)
            terminal.press("q")
            terminal.read_to_end()
    return statistics.median(times)


def watched(terminal: PseudoTerminal) -> tuple[float, float]:
    """Return the app's share of a core, and the kilobytes per second that it writes, while no key is pressed."""
    app = psutil.Process(terminal.process.pid)
    written, before, start = len(terminal.output), app.cpu_times(), monotonic()
    terminal.read_for(WATCH_SECONDS)
    after, took = app.cpu_times(), monotonic() - start
    spent = after.user + after.system - before.user - before.system
    return spent / took, (len(terminal.output) - written) / took / 1000


def yardstick(terminal: PseudoTerminal) -> float:
    """Return the CPU milliseconds of a fixed loop under present conditions, after pauses as between frames."""
    times = []
    for _ in range(YARDSTICK_ROUNDS):
        terminal.read_for(1 / FRAMES_PER_SECOND)
        spent, total = thread_time(), 0
        for number in range(YARDSTICK_ADDITIONS):
            total += number & 3
        times.append(1000 * (thread_time() - spent))
    return statistics.median(times)


def key_times(terminal: PseudoTerminal) -> list[float]:
    """Return the sorted milliseconds from each key to its text."""
    times = []
    for _ in range(KEY_ROUNDS):
        for key, text in FREEZING:
            terminal.read_for(0.03)
            start = monotonic()
            terminal.press(key)
            terminal.read_until(text)
            times.append(1000 * (monotonic() - start))
    return sorted(times)


def plan_in(folder: Path, contenders: Sequence[tuple[str, str]]) -> Path:
    """Write the plan of these contenders, each an engine and its reuse, and return its file."""
    plan = folder / "twelve.toml"
    plan.write_text(PLAN + "".join(CONTENDER.format(*contender) for contender in contenders))
    return plan


def lend_sleeping_engine(folder: Path) -> dict[str, str]:
    """Register the sleeping engine as an installed package, and return the environment in which it is found."""
    known = folder / "sleeping-1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: sleeping\nVersion: 1.0\n")
    (known / "entry_points.txt").write_text(ENTRY_POINT)
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parent.parent)])}


def unwatched(plan: Path, surroundings: dict[str, str]) -> float:
    """Return the share of a core of a process that runs the plan and draws nothing."""
    command = [sys.executable, "-m", "benchmarks.unwatched", str(plan), str(WATCH_SECONDS)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env={**os.environ, **surroundings})
    return float(done.stdout)


class Watched(NamedTuple):
    """A view without key presses: the app's share of a core, kilobytes written per second, and the yardstick."""

    name: str
    share: float
    kilobytes: float
    yardstick_ms: float

    def results(self, run_share: float) -> Iterator[Result]:
        """Yield the view's costs, given the share of a core that an unwatched run takes."""
        screen = self.share - run_share
        yield Result(self.name, 1000 * screen / FRAMES_PER_SECOND, "ms a frame", 12)
        yield Result("", 100 * screen, "% of a core", 5)
        yield Result("  and the run in the same process", 1000 * self.share / FRAMES_PER_SECOND, "ms a frame")
        yield Result("", self.kilobytes, "kB a second", 150)
        yield Result(f"  meanwhile, {YARDSTICK_ADDITIONS} additions", self.yardstick_ms, "ms")


def plan_form_share(terminal: PseudoTerminal) -> float:
    """Return the share of a core that the plan form takes without a run."""
    terminal.read_until(FIRST_TEXT)
    terminal.press("e")
    terminal.read_until("In flight")
    terminal.read_for(SETTLE_SECONDS)
    share, _ = watched(terminal)
    terminal.press("\x1b")
    terminal.read_for(SETTLE_SECONDS)
    return share


def views(terminal: PseudoTerminal) -> Iterator[Watched]:
    """Show every view in turn while all contenders run."""
    terminal.press("r")
    terminal.read_until("running", 60)
    for name, keys, text in VIEWS:
        for key in keys:
            terminal.read_for(0.1)
            terminal.press(key)
        terminal.read_until(text)
        terminal.read_for(SETTLE_SECONDS)
        share, kilobytes = watched(terminal)
        yield Watched(name, share, kilobytes, yardstick(terminal))
    terminal.press("\x1b")
    terminal.read_for(SETTLE_SECONDS)


def screen_results(
    command: list[str], plan: Path, surroundings: dict[str, str], *, keys_too: bool
) -> Iterator[Result]:
    """Measure the plan form, then every view between two unwatched runs of the same plan, then the keys."""
    alone = [unwatched(plan, surroundings)]
    with PseudoTerminal(command, width=WIDTH, height=HEIGHT, environment=surroundings) as terminal:
        yield Result("plan form, nothing pressed", 100 * plan_form_share(terminal), "% of a core", 5)
        seen = list(views(terminal))
        times = key_times(terminal) if keys_too else []
        terminal.press("q")
        terminal.press("q")
        terminal.read_to_end()
    alone.append(unwatched(plan, surroundings))
    run_share = statistics.mean(alone)
    for moment, share in zip(("before", "after"), alone, strict=True):
        yield Result(f"the run, not watched, {moment}", 1000 * share / FRAMES_PER_SECOND, "ms a snapshot")
    for view in seen:
        yield from view.results(run_share)
    if times:
        yield Result("from a key to what it changes, the median", statistics.median(times), "ms")
        yield Result("the same, 99 of 100 within", times[round(0.99 * len(times)) - 1], "ms", 60)


def startup_results(surroundings: dict[str, str]) -> Iterator[Result]:
    """Measure whole processes, to their end or to the first output."""
    yield Result("python -c ''", median_ms([sys.executable, "-c", ""]), "ms")
    for argument in ("--version", "--help"):
        yield Result(f"httptui {argument}", median_ms([*HTTPTUI, argument]), "ms")
    yield Result("the app's first paint", first_paint(surroundings), "ms", 500)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sleeping", action="store_true", help="contenders that send nothing; the views alone"
    )
    parser.add_argument(
        "--profile", metavar="FILE", help="have the app write there what it spends where (pstats)"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        # Modules are compiled once, like those of an installed package, rather than at every start.
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": name}
        surroundings = {"XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name, "HOME": name}
        plan = plan_in(Path(name), SLEEPING if given.sleeping else CONTENDERS)
        if given.sleeping:
            surroundings |= lend_sleeping_engine(Path(name))
        profiling = ["-m", "cProfile", "-o", given.profile] if given.profile else []
        command = [sys.executable, *profiling, "-m", "httptui", "--preset", str(plan)]
        print(f"{os.cpu_count()} cores; start-up: medians of {REPEATS}; {WIDTH} × {HEIGHT} cells")
        for result in () if given.sleeping else startup_results(surroundings):
            print(result, flush=True)
        print(f"{len(CONTENDERS)} contenders at once, {FRAMES_PER_SECOND} frames a second:")
        for result in screen_results(command, plan, surroundings, keys_too=not given.sleeping):
            print(result, flush=True)


if __name__ == "__main__":
    main()
