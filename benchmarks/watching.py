"""Cost of watching: the same run in the app and without a screen, alternating, compared pair by pair.

`python -m benchmarks.watching [--pairs 20] [--seconds 5] [--write]`. The app runs on a pseudo-terminal that is read
continuously, as a terminal does. Exits with 1 unless the two are shown to be equal within 2 %, by two one-sided tests
at 5 % each.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from benchmarks.pseudo_terminal import PseudoTerminal
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui.statistics import equivalent, estimate

HTTPTUI = [sys.executable, "-m", "httptui"]
DELTA = 0.02
FIRST_TEXT, LAST_TEXT = "Contenders", "✓"
SPARE_SECONDS = 60.0
COLUMNS = ("figure", "without a screen", "in the app", "ratio", "its 90 % interval", "equal within 2 %")
PLAN = """
name = "watching"
[load]
concurrency = {in_flight}
seconds = {seconds}
[schedule]
pin = {pin}
[[contender]]
engine = "{engine}"
loop = "uvloop"
"""


@dataclass(frozen=True)
class Turn:
    """Figures of one run: successful requests per second, and CPU microseconds per request."""

    req_per_s: float
    cpu_us: float


def turn_of(report: bytes) -> Turn:
    """Extract the figures of a report of one contender; RuntimeError if it did not finish."""
    loaded = json.loads(report)
    (contender,) = loaded["contenders"]
    if not loaded["complete"] or contender["state"] != "finished":
        raise RuntimeError(f"a run did not finish: {contender['state']}, {contender['cause']}")
    return Turn(contender["req_per_s"], contender["cpu_us_per_request"])


def without_screen(plan: Path, own: dict[str, str]) -> Turn:
    """Run headless once."""
    command = [*HTTPTUI, "run", str(plan), "--json", "-"]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, **own})
    return turn_of(done.stdout)


def in_app(plan: Path, seconds: float, own: dict[str, str]) -> Turn:
    """Run once in the app: started, watched to its end, saved and left by keys."""
    with tempfile.TemporaryDirectory() as out:
        command = [*HTTPTUI, "--preset", str(plan), "--out", out]
        with PseudoTerminal(command, environment=own) as terminal:
            terminal.read_until(FIRST_TEXT)
            terminal.press("r")
            terminal.read_until(LAST_TEXT, seconds + SPARE_SECONDS)
            terminal.press("w")
            reports = saved_in(Path(out), terminal)
            terminal.press("q")
            terminal.read_to_end()
        return turn_of(reports[0].read_bytes())


def saved_in(folder: Path, terminal: PseudoTerminal) -> list[Path]:
    """Return the reports saved in a folder, once there is one; TimeoutError if none appears."""
    end = monotonic() + SPARE_SECONDS
    while not (reports := list(folder.glob("*.json"))):
        if monotonic() > end:
            raise TimeoutError(f"no report was saved within {SPARE_SECONDS:g} s")
        terminal.read_for(0.1)
    return reports


def log_ratios(watched: Sequence[float], alone: Sequence[float]) -> list[float]:
    """Return ln(in the app / without a screen), pair by pair."""
    return [math.log(one / other) for one, other in zip(watched, alone, strict=True)]


def row_of(figure: str, unit: str, watched: Sequence[float], alone: Sequence[float]) -> list[str]:
    """Return one row of the table; figures are means."""
    differences = log_ratios(watched, alone)
    point, low, high = estimate(differences, 0.90)
    interval = "–" if low is None or high is None else f"{math.exp(low):.3f} – {math.exp(high):.3f}"
    return [
        figure,
        f"{sum(alone) / len(alone):,.1f}{unit}",
        f"{sum(watched) / len(watched):,.1f}{unit}",
        f"{math.exp(point):.3f}",
        interval,
        "yes" if equivalent(differences, DELTA) else "not shown",
    ]


def measure(pairs: int, seconds: float, text: str) -> tuple[list[Turn], list[Turn]]:
    """Run in the app and without a screen, alternating which comes first."""
    watched: list[Turn] = []
    alone: list[Turn] = []
    with tempfile.TemporaryDirectory() as name:
        plan = Path(name) / "watching.toml"
        plan.write_text(text)
        own = {"XDG_DATA_HOME": name, "HOME": name}
        for pair in range(pairs):
            if pair % 2:
                watched.append(in_app(plan, seconds, own))
            alone.append(without_screen(plan, own))
            if not pair % 2:
                watched.append(in_app(plan, seconds, own))
            print(f"pair {pair + 1}: in the app {watched[-1]}, without {alone[-1]}", file=sys.stderr)
    return watched, alone


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "6 minutes")
    parser.add_argument("--pairs", type=int, default=20, help="of a run in the app and one without a screen")
    parser.add_argument("--seconds", type=float, default=5.0, help="under load in each run")
    parser.add_argument("--engine", default="aiohttp")
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--free", action="store_true", help="do not pin lane and target to a core each")
    given = parser.parse_args()
    load = load_average()
    text = PLAN.format(
        in_flight=given.in_flight,
        seconds=given.seconds,
        engine=given.engine,
        pin="false" if given.free else "true",
    )
    watched, alone = measure(given.pairs, given.seconds, text)
    figures = [
        ("req/s", "", [turn.req_per_s for turn in watched], [turn.req_per_s for turn in alone]),
        ("CPU per request", " µs", [turn.cpu_us for turn in watched], [turn.cpu_us for turn in alone]),
    ]
    body = "\n\n".join(
        [
            table(COLUMNS, [row_of(*figure) for figure in figures]),
            f"{given.engine} · shared · uvloop, {given.in_flight} in flight, {given.pairs} pairs of runs of "
            f"{given.seconds:g} s{'' if given.free else ', lane and target pinned'}. {surroundings(load)}",
        ]
    )
    publish("watching", body, write=given.write)
    equal = all(equivalent(log_ratios(one, other), DELTA) for _, _, one, other in figures)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
