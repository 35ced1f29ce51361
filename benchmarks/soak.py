"""Growth of memory, descriptors and threads of the app, its lanes and its target while twelve contenders run.

`python -m benchmarks.soak [--minutes 20] [--write]`. The app is on a pseudo-terminal; a key is pressed now and then,
as by a user who looks at it. Every process is read every five seconds. After the first quarter of the time, in which
caches and the app's bounded history fill, the last third is compared with the middle one by medians. Exits with 1 if
the app grows by more than 5 MB or 5 %, another process by more than 3 MB or 5 %, or any of them by a thread, or by
more descriptors than come and go with connections.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import psutil

from benchmarks.pseudo_terminal import PseudoTerminal
from benchmarks.published import command_line, load_average, publish, surroundings, table

CONTENDERS = (
    *(("aiohttp", "shared"), ("aiohttp", "per-request"), ("httpx", "shared"), ("httpx", "per-worker")),
    *(
        ("httpx-aiohttp", "shared"),
        ("httpx-sync", "shared"),
        ("requests", "shared"),
        ("requests", "per-request"),
    ),
    *(("urllib3", "shared"), ("urllib3", "every-3"), ("http.client", "shared"), ("raw", "shared")),
)
LOAD = """
name = "soak"
[load]
kind = "open"
rate = 25
concurrency = 4
seconds = {seconds}
[schedule]
warmup = "0"
"""
CONTENDER = '[[contender]]\nengine = "{}"\nreuse = "{}"\n'
LOOK_SECONDS = 5.0
SETTLING = 0.25
KEYS = "vvvjjkkof"
"""Keys pressed one every few looks: other charts, other rows, columns; together they lead back to the start."""
COLUMNS = (
    "process",
    "memory, middle third",
    "last third",
    "growth",
    "largest",
    "descriptors",
    "threads",
    "flat",
)
ALLOWED_MB = {"app": 5.0, "target": 3.0}
LANE_MB = 3.0
ALLOWED_DESCRIPTORS = 8
"""Twice the requests in flight, because connections come and go. If each of thousands of requests left one open, the
number would be far higher.
"""
ALLOWED_SHARE = 0.05


class Reading(NamedTuple):
    """One process at one time: seconds since the start, resident MB, descriptors and threads."""

    seconds: float
    mb: float
    descriptors: int
    threads: int


class Judged(NamedTuple):
    """One process over the whole time: medians of the middle and the last third after settling."""

    name: str
    middle_mb: float
    last_mb: float
    most_mb: float
    descriptors: tuple[int, int]
    threads: tuple[int, int]

    @property
    def growth_mb(self) -> float:
        """Growth from the middle to the last third."""
        return self.last_mb - self.middle_mb

    @property
    def flat(self) -> bool:
        """True if nothing has grown."""
        allowed = max(ALLOWED_MB.get(self.name, LANE_MB), ALLOWED_SHARE * self.middle_mb)
        within = self.growth_mb <= allowed
        opened, started = (after - before for before, after in (self.descriptors, self.threads))
        return within and opened <= ALLOWED_DESCRIPTORS and started <= 0


def judge(name: str, readings: Sequence[Reading]) -> Judged:
    """Judge a process's readings; StatisticsError if there are too few."""
    end = readings[-1].seconds
    start = SETTLING * end
    edges = [start + (end - start) * part / 3 for part in (1, 2)]
    middle = [one for one in readings if edges[0] <= one.seconds < edges[1]]
    last = [one for one in readings if one.seconds >= edges[1]]
    return Judged(
        name,
        statistics.median(one.mb for one in middle),
        statistics.median(one.mb for one in last),
        max(one.mb for one in readings),
        _medians([one.descriptors for one in middle], [one.descriptors for one in last]),
        _medians([one.threads for one in middle], [one.threads for one in last]),
    )


def _medians(before: Sequence[int], after: Sequence[int]) -> tuple[int, int]:
    return round(statistics.median(before)), round(statistics.median(after))


def read(process: psutil.Process, seconds: float) -> Reading:
    """Read a process now; psutil.Error if it is gone."""
    with process.oneshot():
        return Reading(seconds, process.memory_info().rss / 1e6, process.num_fds(), process.num_threads())


def processes_of(app: psutil.Process) -> Iterator[tuple[str, psutil.Process]]:
    """Yield the app, its lanes in the order of their start, and its target."""
    yield "app", app
    lanes = 0
    for child in sorted(app.children(recursive=True), key=lambda one: one.pid):
        with suppress(psutil.Error):
            command = " ".join(child.cmdline())
            if "httptui.engines.lane" in command and lanes < len(CONTENDERS):
                yield " · ".join(CONTENDERS[lanes]), child
                lanes += 1
            elif "httptui.target" in command:
                yield "target", child


def soak(minutes: float) -> dict[str, list[Reading]]:
    """Return the readings of every process, by its name."""
    seconds = minutes * 60
    found: dict[str, list[Reading]] = {}
    with tempfile.TemporaryDirectory(prefix="httptui-soak-") as name:
        folder = Path(name)
        plan = folder / "soak.toml"
        plan.write_text(
            LOAD.format(seconds=seconds + 60) + "".join(CONTENDER.format(*one) for one in CONTENDERS)
        )
        home = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"), name)
        with PseudoTerminal(
            [sys.executable, "-m", "httptui", "--preset", str(plan)], environment=home
        ) as terminal:
            terminal.read_until("Contenders")
            terminal.press("r")
            terminal.read_for(2 * LOOK_SECONDS)
            start, app = monotonic(), psutil.Process(terminal.process.pid)
            processes = dict(processes_of(app))
            for look in range(int(seconds / LOOK_SECONDS)):
                if look % 4 == 3:
                    terminal.press(KEYS[look // 4 % len(KEYS)])
                terminal.read_for(LOOK_SECONDS)
                # The output is not needed here, and would be the only thing that grows.
                terminal.output = terminal.output[-10_000:]
                for label, process in processes.items():
                    with suppress(psutil.Error):
                        found.setdefault(label, []).append(read(process, monotonic() - start))
            terminal.press("\x11")
            terminal.read_to_end(60)
    return found


def row_of(one: Judged) -> list[str]:
    """Return one row of the table."""
    return [
        one.name,
        f"{one.middle_mb:.1f} MB",
        f"{one.last_mb:.1f} MB",
        f"{one.growth_mb:+.1f} MB",
        f"{one.most_mb:.1f} MB",
        " → ".join(map(str, one.descriptors)),
        " → ".join(map(str, one.threads)),
        "yes" if one.flat else "no",
    ]


def main() -> int:
    """Soak and publish; return the exit code."""
    parser = command_line(__doc__, "21 minutes")
    parser.add_argument("--minutes", type=float, default=20.0)
    given = parser.parse_args()
    load = load_average()
    judged = [judge(name, readings) for name, readings in soak(given.minutes).items()]
    flat = sum(one.flat for one in judged)
    body = "\n\n".join(
        [
            f"{flat} of {len(judged)} processes are flat over {given.minutes:g} minutes.",
            table(COLUMNS, [row_of(one) for one in judged]),
            f"Twelve contenders, open load of 25 requests a second each. {surroundings(load)}",
        ]
    )
    publish("soak", body, write=given.write)
    return 0 if flat == len(judged) == len(CONTENDERS) + 2 else 1


if __name__ == "__main__":
    sys.exit(main())
