"""Cost of the lane: each engine in a lane against the same client in a bare loop, on one target.

Lane and bare loop take turns in alternating order; each pair of turns gives one ratio, and the printed ratio is the
Hodges–Lehmann estimate of their logarithms. Both are restarted in each epoch, because processes of one program differ
by more than turns do, and a turn is long enough that its start, when all workers begin at once, matters little.
Before each turn the target answers late for a moment, so that all connections are open: httpx searches its pool on
each request and closes connections idle for 5 s, and threads that happened to start one by one would have 6 to 64
connections, which alone can cost up to four times as much.

A client that does nothing, in a lane, shows the lane's own cost. Exits with 1 if the whole interval of a ratio is
below the requirement; if only the ratio itself is, a busy machine has left it open.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from benchmarks.bare.loops import Job
from benchmarks.published import command_line, load_average, publish, surroundings, table
from benchmarks.runners import Bare, InLane, Runner, Turn, Wrk
from httptui.doctor.costs import NOTHING
from httptui.engines import clients
from httptui.engines.registry import engine_info, list_engines
from httptui.statistics import Estimate, estimate
from httptui.target.process import EmbeddedTarget

HEADERS = {"User-Agent": "httptui", "Accept": "*/*", "Accept-Encoding": "identity"}
WANTED_OF_FAST = 0.90
FAST = ("raw", "pycurl", "pycurl-async", "wreq", "pyreqwest")
"""Clients so cheap that a few microseconds of the lane are a few per cent of a request."""
WANTED = 0.97
WARMUP_SECONDS = 1.0
LATE_MS, LATE_SECONDS = 100, 0.2


@dataclass(frozen=True)
class Comparison:
    """Turns of two runners in pairs; `wanted` is None for a ratio that is only shown."""

    name: str
    wanted: float | None
    lane: Sequence[Turn]
    other: Sequence[Turn]

    @property
    def ratio(self) -> Estimate:
        """Ratio of requests per second, lane to other, with a 95 % interval."""
        logarithms = [
            math.log(rate([ours]) / rate([theirs]))
            for ours, theirs in zip(self.lane, self.other, strict=True)
        ]
        found = estimate(logarithms)
        low, high = (None if end is None else math.exp(end) for end in (found.low, found.high))
        return Estimate(math.exp(found.point), low, high)

    @property
    def ours_us(self) -> Estimate:
        """Additional CPU microseconds per request in the lane, from pairs."""
        pairs = zip(self.lane, self.other, strict=True)
        return estimate([cpu_us([ours]) - cpu_us([theirs]) for ours, theirs in pairs])

    @property
    def outcome(self) -> Literal["met", "open", "missed"]:
        """Comparison of the ratio and its interval with the requirement."""
        ratio = self.ratio
        if self.wanted is None or ratio.point >= self.wanted:
            return "met"
        return "missed" if ratio.high is not None and ratio.high < self.wanted else "open"


def rate(turns: Sequence[Turn]) -> float:
    """Return requests per second over some turns."""
    return sum(turn.requests for turn in turns) / sum(turn.seconds for turn in turns)


def cpu_us(turns: Sequence[Turn]) -> float:
    """Return CPU microseconds per request over some turns."""
    return 1e6 * sum(turn.cpu_seconds for turn in turns) / sum(turn.requests for turn in turns)


async def compare(
    lane: Runner, other: Runner, target: EmbeddedTarget, pairs: int, seconds: float
) -> tuple[list[Turn], list[Turn]]:
    """Let both take turns, alternating who goes first; the first turn of each is warm-up."""
    turns: dict[Runner, list[Turn]] = {lane: [], other: []}
    for runner in turns:
        await runner.turn(WARMUP_SECONDS)
    for pair in range(pairs):
        for runner in (lane, other) if pair % 2 else (other, lane):
            await target.set(latency_ms=LATE_MS)
            await runner.turn(LATE_SECONDS)
            await target.set(latency_ms=0)
            turns[runner].append(await runner.turn(seconds))
    return turns[lane], turns[other]


async def weigh(
    name: str,
    engine: str,
    other: str,
    wanted: float | None,
    job: Job,
    target: EmbeddedTarget,
    given: Namespace,
) -> Comparison:
    """Compare an engine in its lane with a bare loop, or wrk, both restarted in each epoch."""
    lanes: list[Turn] = []
    others: list[Turn] = []
    for _ in range(given.epochs):
        lane = await InLane.start(engine, "uvloop", job)
        try:
            beside: Runner = Wrk(job) if other == "wrk" else await Bare.start(other, "uvloop", job)
            try:
                ours, theirs = await compare(lane, beside, target, given.pairs, given.seconds)
            finally:
                await beside.close()
        finally:
            await lane.close()
        lanes += ours
        others += theirs
    return Comparison(name, wanted, lanes, others)


async def cost_of_lane(engine: str, job: Job, seconds: float) -> float:
    """Return CPU microseconds per request of a lane around a client that does nothing."""
    lane = await InLane.start(f"{Path(clients.__file__).with_name('nothing.py')}:{engine}", "uvloop", job)
    try:
        await lane.turn(WARMUP_SECONDS)
        return cpu_us([await lane.turn(seconds)])
    finally:
        await lane.close()


def row_of(comparison: Comparison) -> list[str]:
    """Return one row of the table."""
    ratio, wanted, ours = comparison.ratio, comparison.wanted, comparison.ours_us
    interval = "" if ratio.low is None or ratio.high is None else f" [{ratio.low:.2f}–{ratio.high:.2f}]"
    around = "" if ours.low is None or ours.high is None else f" [{ours.low:+,.1f} – {ours.high:+,.1f}]"
    return [
        comparison.name,
        f"{rate(comparison.other):,.0f}",
        f"{rate(comparison.lane):,.0f}",
        f"{ratio.point:.3f}{interval}",
        "–" if wanted is None else f"{wanted:.2f}, {comparison.outcome}",
        f"{cpu_us(comparison.other):,.1f}",
        f"{cpu_us(comparison.lane):,.1f}",
        f"{ours.point:+,.1f}{around}",
    ]


def rows_wanted(engines: Sequence[str]) -> list[tuple[str, str, str, float | None]]:
    """Return name, engine, reference and requirement of each row; wrk only if installed."""
    rows: list[tuple[str, str, str, float | None]] = [
        (name, name, name, WANTED_OF_FAST if name in FAST else WANTED) for name in engines
    ]
    if "raw" in engines and shutil.which("wrk"):
        rows.append(("raw against wrk", "raw", "wrk", WANTED_OF_FAST))
    if "pycurl-async" in engines:
        rows.append(("pycurl-async against a bare `CurlMulti`", "pycurl-async", "pycurl-multi", None))
    return rows


def versions(engines: Sequence[str]) -> str:
    """List the measured packages with their versions on one line."""
    packages = sorted({info.package for info in map(engine_info, engines) if info.package} | {"uvloop"})
    return ", ".join(f"{package} {metadata.version(package)}" for package in packages)


async def main(given: Namespace) -> int:
    """Measure each engine, publish the table, and return the exit code."""
    engines = given.engine or [info.name for info in list_engines()]
    load, target = load_average(), await EmbeddedTarget.start()
    comparisons = []
    try:
        job = Job(f"{target.base_url(0)}/", HEADERS, given.in_flight)
        for name, engine, other, wanted in rows_wanted(engines):
            comparisons.append(await weigh(name, engine, other, wanted, job, target, given))
            print(" | ".join(row_of(comparisons[-1])), file=sys.stderr, flush=True)
        own = {way: await cost_of_lane(name, job, given.seconds) for way, name in NOTHING.items()}
    finally:
        await target.stop()
    columns = (
        *("client", "bare req/s", "lane req/s", "lane / bare", "wanted"),
        *("bare µs/request", "lane µs/request", "the lane's, µs"),
    )
    costs = ", ".join(f"{cost:.1f} µs by {way}" for way, cost in own.items())
    no_wrk = "" if shutil.which("wrk") else " wrk is not installed, so `raw` was not compared with it."
    body = (
        f"{table(columns, [row_of(comparison) for comparison in comparisons])}\n\n"
        f"The CPU time of the lane itself, per request of a client that does nothing: {costs}.{no_wrk} "
        f"{given.in_flight} in flight, {given.epochs} epochs of {given.pairs} pairs of {given.seconds:g} s turns, "
        f"one embedded target, uvloop for tasks. {versions(engines)}. {surroundings(load)}"
    )
    publish("overhead", body, write=given.write)
    named = {
        outcome: ", ".join(comparison.name for comparison in comparisons if comparison.outcome == outcome)
        for outcome in ("missed", "open")
    }
    print(*(f"{outcome}: {names or 'none'}" for outcome, names in named.items()), sep="\n", file=sys.stderr)
    return 1 if named["missed"] else 0


if __name__ == "__main__":
    parser = command_line(__doc__, "12 minutes")
    parser.add_argument("engine", nargs="*", help="those to weigh; all of them as it is")
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=3, help="how often both processes are started")
    parser.add_argument("--pairs", type=int, default=2, help="of turns in an epoch")
    parser.add_argument("--seconds", type=float, default=1.5, help="of one turn")
    sys.exit(asyncio.run(main(parser.parse_args())))
