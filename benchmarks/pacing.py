"""Punctuality of an open load, and the visibility of a stall in response times, as two tables.

`python -m benchmarks.pacing [--seconds 5] [--repeats 3] [--stalls 5] [--write]`. First, for every engine and loop,
the delay of requests at a constant rate. Then the target, or the lane, is suspended for D s inside T s: the response
p99 has to be D - 0.01 T. Exits with 1 if starts are too late or a stall is off by more than 2 %.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import psutil

from benchmarks.measured import check, children_running, report_of
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Report, Schedule, run
from httptui.engines.registry import list_engines
from httptui.plan.model import LoopName
from httptui.results.report import ReportContender

LATEST_MS = 2.0
ALLOWED_ERROR = 0.02
STALL_AFTER_SECONDS = 0.3
STALL_RATE = 200.0
PACING_COLUMNS = (
    "engine",
    "loop",
    "late p99, median of runs",
    "worst",
    "service p99",
    "response p99",
    "dropped",
)
STALL_COLUMNS = ("stopped", "s", "of s", "expected response p99", "measured", "error", "service p99")
Way = tuple[str, LoopName | None]


@dataclass(frozen=True)
class Stall:
    """Result of a run with a stall of `seconds` inside `total` seconds, in milliseconds."""

    stopped: str
    seconds: float
    total: float
    response_p99: float
    service_p99: float

    @property
    def expected(self) -> float:
        """Expected response p99 of a constant rate: D / T of all arrivals wait for the stall, from D down to 0."""
        return expected_p99_ms(self.seconds, self.total)

    @property
    def error(self) -> float:
        """Relative error of the measured response p99."""
        return self.response_p99 / self.expected - 1


def expected_p99_ms(stall: float, total: float) -> float:
    """Return the response p99 in milliseconds if nothing is answered for `stall` of `total` seconds."""
    return 1000 * (stall - 0.01 * total)


def ways() -> list[Way]:
    """Return every installed engine with each of its loops; None for threads."""
    return [
        (info.name, loop)
        for info in list_engines()
        if info.installed
        for loop in (("asyncio", "uvloop") if info.mode == "async" else (None,))
    ]


def plan_of(way: Way, rate: float, seconds: float, most: int, warmup: str | int = "300ms") -> Plan:
    """Build a plan of a constant rate on one engine; a warm-up of n requests opens n connections."""
    engine, loop = way
    contender = Contender(engine=engine) if loop is None else Contender(engine=engine, loop=loop)
    return Plan(
        name="pacing",
        load=Load(kind="open", rate=rate, seconds=seconds, concurrency=most),
        schedule=Schedule(warmup=warmup),
        contender=(contender,),
    )


async def pace(
    chosen: Sequence[Way], rate: float, seconds: float, repeats: int
) -> dict[Way, list[ReportContender]]:
    """Run each engine and loop, in a new random order for every repeat."""
    found: dict[Way, list[ReportContender]] = {way: [] for way in chosen}
    draw = random.Random(repeats)
    for _ in range(repeats):
        for way in draw.sample(chosen, len(chosen)):
            (contender,) = (await report_of(plan_of(way, rate, seconds, 256))).contenders
            found[way].append(contender)
            print(f"{way}: late p99 {contender.late_p99_ms} ms", file=sys.stderr)
    return found


def pacing_row(way: Way, runs: Sequence[ReportContender]) -> list[str]:
    """Return one row of the first table."""
    late = [run.late_p99_ms or 0.0 for run in runs]

    def middle(values: Sequence[float]) -> str:
        return f"{statistics.median(values):.2f} ms"

    return [
        way[0],
        way[1] or "threads",
        middle(late),
        f"{max(late):.2f} ms",
        middle([run.latency_ms.p99 for run in runs if run.latency_ms]),
        middle([run.response_ms.p99 for run in runs if run.response_ms]),
        str(sum(run.requests.dropped for run in runs)),
    ]


async def stalled(stopped: str, seconds: float, total: float) -> Stall:
    """Run a constant rate on `raw`, and suspend the target, or the lane, for a while."""
    # Enough connections are opened before, because opening them is not part of the stall.
    waiting = round(2 * STALL_RATE * seconds)
    plan = plan_of(("raw", "uvloop"), STALL_RATE, total, round(STALL_RATE * total), waiting)
    module = {"target": "httptui.target", "lane": "httptui.engines.lane"}[stopped]
    stalling: asyncio.Task[float] | None = None
    report: Report | None = None
    async with run(plan) as items:
        async for item in items:
            if isinstance(item, Report):
                report = item
            elif stalling is None and item.contenders[0].requests.ok > STALL_AFTER_SECONDS * STALL_RATE:
                (process,) = children_running(module)
                stalling = asyncio.create_task(stop_for(process, seconds))
    assert stalling is not None
    assert report is not None
    took = await stalling
    check(report)
    (contender,) = report.contenders
    assert contender.response_ms is not None
    assert contender.latency_ms is not None
    return Stall(stopped, took, total, contender.response_ms.p99, contender.latency_ms.p99)


async def stop_for(process: psutil.Process, seconds: float) -> float:
    """Suspend a process for so long, and return the true seconds."""
    begun = monotonic()
    os.kill(process.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    return monotonic() - begun


def stall_row(stall: Stall) -> list[str]:
    """Return one row of the second table."""
    return [
        stall.stopped,
        f"{stall.seconds:.3f}",
        f"{stall.total:g}",
        f"{stall.expected:.1f} ms",
        f"{stall.response_p99:.1f} ms",
        f"{100 * stall.error:+.2f} %",
        f"{stall.service_p99:.1f} ms",
    ]


def on_time(found: Mapping[Way, Sequence[ReportContender]]) -> bool:
    """Return whether starts were punctual with every engine and loop, at the median of its runs."""
    return all(
        statistics.median(run.late_p99_ms or 0.0 for run in runs) <= LATEST_MS for runs in found.values()
    )


async def measure(
    chosen: Sequence[Way], rate: float, seconds: float, repeats: int, stalls: int
) -> tuple[dict[Way, list[ReportContender]], list[Stall]]:
    """Measure the contents of both tables."""
    paced = await pace(chosen, rate, seconds, repeats)
    found = []
    for stopped, length, total in (("target", 1.0, 10.0), ("lane", 0.5, 5.0)):
        for _ in range(stalls):
            found.append(await stalled(stopped, length, total))
            print(found[-1], file=sys.stderr)
    return paced, found


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "8 minutes")
    parser.add_argument("engine", nargs="*", help="only these engines")
    parser.add_argument("--rate", type=float, default=500.0, help="arrivals per second")
    parser.add_argument("--seconds", type=float, default=5.0, help="of load in each run of the first table")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each engine and loop")
    parser.add_argument("--stalls", type=int, default=5, help="runs with each kind of stall")
    given = parser.parse_args()
    load = load_average()
    chosen = [way for way in ways() if not given.engine or way[0] in given.engine]
    paced, found = asyncio.run(measure(chosen, given.rate, given.seconds, given.repeats, given.stalls))
    body = "\n\n".join(
        [
            table(PACING_COLUMNS, [pacing_row(way, runs) for way, runs in paced.items()], words=2),
            f"{given.rate:g} arrivals/s, evenly, {given.repeats} runs of {given.seconds:g} s each. "
            f"{surroundings(load)}",
            table(STALL_COLUMNS, [stall_row(stall) for stall in found]),
            f"raw · shared at {STALL_RATE:g} arrivals/s; the lane or the target is stopped once in each run.",
        ]
    )
    publish("pacing", body, write=given.write)
    return 0 if on_time(paced) and all(abs(stall.error) <= ALLOWED_ERROR for stall in found) else 1


if __name__ == "__main__":
    sys.exit(main())
