"""What the lane costs: each engine in a lane against the same client in a bare loop, on one target.

`python -m benchmarks.overhead [ENGINE …]`, a quarter of an hour on a quiet machine.  Lane and bare loop take turns
in alternating order; each pair of turns gives one ratio, and the Hodges–Lehmann estimate of their logarithms the
ratio that is printed.  Both are started anew in each epoch, for processes of one program differ by more than turns
do, and a turn is so long that its first moments, in which all workers begin at once, weigh little.  Before each
turn the target answers late for a moment, so that all connections are open: httpx searches its pool for each
request and closes what idles for 5 s, and threads that began by chance one after the other would have 6 to 64
connections and cost up to four times as much by that alone.  Exits with 1 where a ratio misses what is wanted of
it.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.bare.loops import Job
from benchmarks.runners import Bare, InLane, Runner, Turn, Wrk
from httptui.statistics import Estimate, estimate
from httptui.target.process import EmbeddedTarget

ENGINES = ("raw", "aiohttp", "httpx-aiohttp", "httpx", "httpx-sync", "requests", "urllib3", "http.client")
HEADERS = {"User-Agent": "httptui", "Accept": "*/*", "Accept-Encoding": "identity"}
WANTED = {"raw": 0.90}
WANTED_OF_OTHERS = 0.97
WANTED_OF_WRK = 0.80
WARMUP_SECONDS = 1.0
LATE_MS, LATE_SECONDS = 100, 0.2


@dataclass(frozen=True)
class Comparison:
    """Two runners' turns in pairs."""

    name: str
    wanted: float
    lane: Sequence[Turn]
    other: Sequence[Turn]

    @property
    def ratio(self) -> Estimate:
        """Requests per second of the lane over those of the other, with a 95 % interval."""
        logarithms = [
            math.log(rate([ours]) / rate([theirs]))
            for ours, theirs in zip(self.lane, self.other, strict=True)
        ]
        found = estimate(logarithms)
        low, high = (None if end is None else math.exp(end) for end in (found.low, found.high))
        return Estimate(math.exp(found.point), low, high)

    @property
    def met(self) -> bool:
        """Whether the ratio is at least what is wanted."""
        return self.ratio.point >= self.wanted


def rate(turns: Sequence[Turn]) -> float:
    """Requests per second over some turns."""
    return sum(turn.requests for turn in turns) / sum(turn.seconds for turn in turns)


def cpu_us(turns: Sequence[Turn]) -> float | None:
    """CPU microseconds per request over some turns, or None where it is not told."""
    spent = [turn.cpu_seconds for turn in turns if turn.cpu_seconds is not None]
    return 1e6 * sum(spent) / sum(turn.requests for turn in turns) if spent else None


async def compare(
    name: str, wanted: float, lane: Runner, other: Runner, target: EmbeddedTarget, pairs: int, seconds: float
) -> Comparison:
    """Let both take turns, the one and then the other first; the first turn of each is warm-up."""
    turns: dict[Runner, list[Turn]] = {lane: [], other: []}
    for runner in turns:
        await runner.turn(WARMUP_SECONDS)
    for pair in range(pairs):
        for runner in (lane, other) if pair % 2 else (other, lane):
            await target.set(latency_ms=LATE_MS)
            await runner.turn(LATE_SECONDS)
            await target.set(latency_ms=0)
            turns[runner].append(await runner.turn(seconds))
    return Comparison(name, wanted, turns[lane], turns[other])


async def weigh(engine: str, job: Job, target: EmbeddedTarget, pairs: int, seconds: float) -> Comparison:
    """One engine in its lane against its bare loop, in one pair of processes."""
    loop = "uvloop"
    lane = await InLane.start(engine, loop, job)
    try:
        bare = await Bare.start(engine, loop, job)
        try:
            wanted = WANTED.get(engine, WANTED_OF_OTHERS)
            return await compare(engine, wanted, lane, bare, target, pairs, seconds)
        finally:
            await bare.close()
    finally:
        await lane.close()


async def weigh_anew(
    engine: str, job: Job, target: EmbeddedTarget, epochs: int, pairs: int, seconds: float
) -> Comparison:
    """As `weigh`, with both processes started anew in each epoch, since processes of one program differ."""
    found = [await weigh(engine, job, target, pairs, seconds) for _ in range(epochs)]
    lane = [turn for comparison in found for turn in comparison.lane]
    bare = [turn for comparison in found for turn in comparison.other]
    return Comparison(engine, found[0].wanted, lane, bare)


async def weigh_against_wrk(job: Job, target: EmbeddedTarget, pairs: int) -> Comparison:
    """The raw engine in its lane against wrk."""
    lane = await InLane.start("raw", "uvloop", job)
    try:
        return await compare("raw against wrk", WANTED_OF_WRK, lane, Wrk(job), target, pairs, seconds=1.0)
    finally:
        await lane.close()


def line_of(comparison: Comparison) -> str:
    """One row of the table."""
    ratio = comparison.ratio
    interval = "" if ratio.low is None or ratio.high is None else f"[{ratio.low:.3f}–{ratio.high:.3f}]"
    costs = [
        "–" if cost is None else f"{cost:,.1f}" for cost in map(cpu_us, (comparison.other, comparison.lane))
    ]
    return (
        f"{comparison.name:<16}{rate(comparison.other):>12,.0f}{rate(comparison.lane):>12,.0f}"
        f"{ratio.point:>8.3f} {interval:<15}{comparison.wanted:>8.2f}  {'yes' if comparison.met else 'NO':<4}"
        f"{costs[0]:>12}{costs[1]:>12}"
    )


async def main(engines: Sequence[str], in_flight: int, epochs: int, pairs: int, seconds: float) -> int:
    """Weigh each engine, print a row for each, and return the exit code."""
    print(
        f"{in_flight} in flight, {epochs} epochs of {pairs} pairs of {seconds:g} s turns, one embedded target, "
        "uvloop for tasks"
    )
    print(
        f"{'engine':<16}{'bare req/s':>12}{'lane req/s':>12}{'ratio':>8} {'95 %':<15}{'wanted':>8}  {'met':<4}"
        f"{'bare µs/req':>12}{'lane µs/req':>12}"
    )
    target = await EmbeddedTarget.start()
    missed = []
    try:
        job = Job(f"{target.base_url(0)}/", HEADERS, in_flight)
        for engine in engines:
            comparison = await weigh_anew(engine, job, target, epochs, pairs, seconds)
            print(line_of(comparison), flush=True)
            missed += [] if comparison.met else [comparison.name]
        if "raw" in engines and shutil.which("wrk"):
            comparison = await weigh_against_wrk(job, target, epochs * pairs)
            print(line_of(comparison), flush=True)
            missed += [] if comparison.met else [comparison.name]
    finally:
        await target.stop()
    print(f"missed: {', '.join(missed)}" if missed else "every ratio is what it should be")
    return 1 if missed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("engine", nargs="*", default=ENGINES)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10, help="how often both processes are started")
    parser.add_argument("--pairs", type=int, default=2, help="of turns in an epoch")
    parser.add_argument("--seconds", type=float, default=1.5, help="of one turn")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.engine, given.in_flight, given.epochs, given.pairs, given.seconds)))
