"""Truth of ratios, whatever the latency and the concurrency: blocks are fed with known answers.

`python -m benchmarks.feed [--events 20000] [--simulated] [--write]`. Closed loads of known rates are simulated event
by event in the slices of the real schedule, and go through the lane's crediting, the block records and the statistics
of real runs. Then a client is measured against itself on a server that answers one of the two later. Exits with 1 if
a ratio is off by more than 0.5 %, if 95 % intervals cover the truth in fewer than 93 or more than 97 %, or if blocks
without a success are called equal.
"""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from multiprocessing import get_context
from typing import Self

from benchmarks.closed_loads import (
    Play,
    credited,
    exponential,
    jittered,
    queueing,
    sharing,
    steady,
    waiting,
)
from benchmarks.measured import report_of
from benchmarks.odd_engines import engine
from benchmarks.published import command_line, load_average, publish, surroundings, table
from benchmarks.services import Service, serve
from httptui import Contender, Load, Plan, Schedule, Target
from httptui.engines.lane.turn import spread_starts
from httptui.plan.schedule import steps_of
from httptui.results.judge.blocks import BlockRecord, log_ratios, rates_of
from httptui.statistics import FEWEST_FOR_95, equivalent, estimate
from httptui.units import format_times, listed

LATENCIES_MS = (1, 5, 20, 100, 400)
WORKERS = (1, 4, 16, 64)
APART = (0.0, 0.04, 0.2)
STEADY, MEMORYLESS = "steady latency", "memoryless latency"
MORE_EVENTS = {MEMORYLESS: 8}
"""Factors on the number of requests by kind of load: rates of memoryless answers scatter most."""
FEWEST_SECONDS, LATENCIES_IN_A_RUN = 2.0, 40
FEWEST_RUNS, MOST_RUNS = 1, 8_000
POISSON = ((20, 1.0, 0.6), (20, 3.0, 3.0), (60, 1.0, 0.6), (200, 1.0, 0.6), (20, 10.0, 9.0), (20, 40.0, 5.0))
POISSON_RUNS = FAILING_RUNS = 500
DEAD = (1, 3, 5, 10)
PAIRS = ((4, 300.0, 312.0), (16, 100.0, 107.0), (1, 350.0, 373.0))
MEASURED_SECONDS = 15.0
WANTED_BIAS = 0.005
FEWEST_FOR_ERRORS = 8
ROW_ERRORS, WORST_ERRORS = 3.0, 4.0
"""Standard errors by which chance may move one of 25 rows, and the worst of 300 pairs, from the truth."""
COVERAGE = (0.93, 0.97)


@dataclass
class Found:
    """Results of the runs of one pair: errors of the point's logarithm, and how often intervals covered the truth.

    `slack` is the tolerance for a load without noise.
    """

    slack: float = 0.0
    errors: list[float] = field(default_factory=list)
    intervals: int = 0
    covered: int = 0
    equal: int = 0

    def add(self, differences: Sequence[float], truth: float, plain: float) -> None:
        """Add a run whose true log-ratio is `truth`; `plain` is the log-ratio of the totals."""
        if len(differences) < FEWEST_FOR_95:
            self.errors.append(plain - truth)
            return
        point, low, high = estimate(differences)
        self.errors.append(point - truth)
        self.equal += equivalent(differences)
        if low is not None and high is not None:
            self.intervals += 1
            self.covered += low - self.slack <= truth <= high + self.slack

    def __iadd__(self, other: Found) -> Self:
        self.errors += other.errors
        self.intervals += other.intervals
        self.covered += other.covered
        self.equal += other.equal
        return self

    @property
    def bias(self) -> float:
        """Mean error of the log-ratio, in which halves and doubles cancel."""
        return statistics.fmean(self.errors)

    @property
    def bias_error(self) -> float:
        """Standard error of the bias."""
        return statistics.pstdev(self.errors) / math.sqrt(len(self.errors))

    def beyond(self, errors: float) -> float:
        """Return the bias that remains after subtracting so many standard errors."""
        return abs(self.bias) - errors * self.bias_error


def plan_of(workers: int, seconds: float) -> Plan:
    """Build a plan of two contenders in turns, each under load for so many seconds."""
    return Plan(
        load=Load(concurrency=workers, seconds=seconds),
        schedule=Schedule(kind="interleaved"),
        contender=(Contender(engine="raw"), Contender(engine="raw")),
    )


def run_of(
    source: random.Random,
    plays: tuple[Play, Play],
    latencies: tuple[float, float],
    workers: int,
    seconds: float,
) -> list[BlockRecord]:
    """Simulate a run's block records, given the median latencies of its warm-up."""
    records = []
    for step in steps_of(plan_of(workers, seconds), max(latencies)):
        (lane,) = step.lanes
        assert step.seconds is not None
        starts = spread_starts(workers, min(latencies[lane], step.trim_seconds / 2), source.getrandbits(32))
        lives = plays[lane](source, starts, step.seconds)
        ok, counted = credited(source, lives, step.seconds - step.tail_seconds, step.trim_seconds)
        records.append(
            BlockRecord(
                id="AB"[lane], block=step.block, position=step.position, epoch=0, ok=ok, seconds=counted
            )
        )
    return records


def judged(found: Found, records: Sequence[BlockRecord], truth: float) -> None:
    """Add the statistics of a run's records, in which the true log-ratio of A to B is `truth`."""
    rates = rates_of(records)
    one, other = (
        sum(record.ok for record in records if record.id == key)
        / sum(record.seconds for record in records if record.id == key)
        for key in "AB"
    )
    found.add(log_ratios(rates["A"], rates["B"]), truth, math.log(one / other))


FIELDS: Mapping[str, Callable[[float, int], Play]] = {
    STEADY: lambda latency, _workers: waiting(steady(latency)),
    "latency with 20 % jitter": lambda latency, _workers: waiting(jittered(latency)),
    MEMORYLESS: lambda latency, _workers: waiting(exponential(latency)),
    "client bound by its CPU": lambda latency, workers: sharing(jittered(latency / workers)),
    "target with a queue": lambda latency, workers: queueing(jittered(latency / workers)),
}


def cell(kind: str, latency_ms: float, workers: int, apart: float, events: int) -> Found:
    """Simulate runs of one pair until about `events` requests are done; B is `apart` slower."""
    source = random.Random(f"{kind} {latency_ms} {workers} {apart}")
    latency = latency_ms / 1000
    latencies = (latency, latency * (1 + apart))
    seconds = max(FEWEST_SECONDS, LATENCIES_IN_A_RUN * latencies[1])
    plays = FIELDS[kind](latencies[0], workers), FIELDS[kind](latencies[1], workers)
    median = math.log(2) if kind == MEMORYLESS else 1.0
    medians = (latencies[0] * median, latencies[1] * median)
    found = Found(WANTED_BIAS if kind == STEADY else 0.0)
    played = events * MORE_EVENTS.get(kind, 1)
    for _ in range(max(FEWEST_RUNS, min(MOST_RUNS, round(played / (2 * workers * seconds / latency))))):
        judged(found, run_of(source, plays, medians, workers, seconds), math.log1p(apart))
    return found


def poisson(source: random.Random, mean: float) -> int:
    """Draw the number of arrivals in a slice with this mean."""
    return sum(
        1 for _ in takewhile(lambda at: at < mean, accumulate(iter(lambda: source.expovariate(1.0), None)))
    )


def few_requests(blocks: int, one: float, other: float) -> Found:
    """Simulate runs with Poisson numbers of requests of these means in each block."""
    source, found = random.Random(f"{blocks} {one} {other}"), Found()
    for _ in range(POISSON_RUNS):
        counts = [[poisson(source, mean) for _ in range(blocks)] for mean in (one, other)]
        if all(map(sum, counts)):
            judged(found, records_of(counts), math.log(one / other))
    return found


def records_of(counts: Sequence[Sequence[float]]) -> list[BlockRecord]:
    """Build blocks of one second with so many successes of A and of B."""
    return [
        BlockRecord(id=key, block=block, position=0, epoch=0, ok=ok, seconds=1.0)
        for key, own in zip("AB", counts, strict=True)
        for block, ok in enumerate(own)
    ]


def failing_blocks(dead: int, blocks: int = 20) -> Found:
    """Simulate two equal contenders, of which B has no success in some blocks."""
    source, found = random.Random(dead), Found()
    for _ in range(FAILING_RUNS):
        counts: list[list[float]] = [
            [1_000 * source.lognormvariate(0, 0.01) for _ in range(blocks)] for _ in "AB"
        ]
        for block in source.sample(range(blocks), dead):
            counts[1][block] = 0.0
        judged(found, records_of(counts), 0.0)
    return found


def simulated_rows(events: int, processes: int) -> tuple[list[list[str]], list[str]]:
    """Return a row for each kind of load and latency, over all concurrencies and distances, and the failures."""
    cells = [
        (kind, latency, workers, apart, events)
        for kind in FIELDS
        for latency in LATENCIES_MS
        for workers in WORKERS
        for apart in APART
    ]
    rows: dict[tuple[str, float], list[Found]] = {}
    with get_context("spawn").Pool(processes) as pool:
        for (kind, latency, *_), found in zip(cells, pool.starmap(cell, cells, chunksize=1), strict=True):
            rows.setdefault((kind, latency), []).append(found)
    told, missed = [], []
    for (kind, of_latency), all_found in rows.items():
        pooled = Found()
        for found in all_found:
            pooled += found
        often = [found for found in all_found if len(found.errors) >= FEWEST_FOR_ERRORS]
        worst = max(often, key=lambda found: found.beyond(WORST_ERRORS), default=pooled)
        constant = kind == STEADY
        beyond = max(pooled.beyond(ROW_ERRORS), worst.beyond(0 if constant else WORST_ERRORS))
        covers = pooled.covered == pooled.intervals if constant else holds(pooled)
        if beyond > WANTED_BIAS or not covers:
            missed.append(f"{kind}, {of_latency:g} ms")
        told.append(
            [
                kind,
                f"{of_latency:g} ms",
                str(len(pooled.errors)),
                f"{pooled.bias:+.2%} ± {2 * pooled.bias_error:.2%}",
                f"{worst.bias:+.2%} ± {2 * worst.bias_error:.2%}" if often else "–",
                f"{pooled.covered / pooled.intervals:.1%}" if pooled.intervals else "–",
                f"{1 - pooled.intervals / len(pooled.errors):.0%}",
            ]
        )
    return told, missed


def holds(found: Found) -> bool:
    """Return whether the share of intervals that cover the truth is consistent with 93 to 97 %."""
    if not found.intervals:
        return True
    share, slack = found.covered / found.intervals, ROW_ERRORS * math.sqrt(0.05 * 0.95 / found.intervals)
    return COVERAGE[0] - slack <= share <= COVERAGE[1] + slack


async def measured_row(
    workers: int, one_ms: float, other_ms: float, seconds: float
) -> tuple[list[str], bool]:
    """Run a real client against itself, where a server answers the marked one later."""
    service = Service(latency_ms=one_ms, where=(("X-Client: odd", Service(latency_ms=other_ms)),))
    async with serve(service) as place:
        plan = Plan(
            target=Target(url=place.urls[0]),
            load=Load(concurrency=workers, seconds=seconds),
            schedule=Schedule(kind="interleaved"),
            contender=(Contender(engine=engine("Same")), Contender(engine=engine("Marked"))),
        )
        report = await report_of(plan)
        held = (await place.counts()).held_ms
    truth = held["X-Client: odd"] / held[""]
    first, second = report.contenders
    place_of = {place.id: place for place in report.ranking}
    slower = place_of[second.id]
    point = 1 / slower.ratio
    low = None if slower.ratio_high is None else 1 / slower.ratio_high
    high = None if not slower.ratio_low else 1 / slower.ratio_low
    off = abs(point / truth - 1)
    return [
        f"{one_ms:g} and {other_ms:g} ms",
        str(workers),
        str(len(second.slices)),
        f"{truth:.3f}",
        format_times(point, low, high),
        f"{off:.2%}",
        "not measured" if first.latency_ms is None else f"{first.latency_ms.p50:.1f} ms",
    ], off <= WANTED_BIAS


def simulated(events: int, processes: int) -> tuple[str, list[str]]:
    """Return the tables of all simulations, and the failures."""
    rows, missed = simulated_rows(events, processes)
    few = [(case, few_requests(*case)) for case in POISSON]
    failing = [(dead, failing_blocks(dead)) for dead in DEAD]
    missed += [f"few requests {case}" for case, found in few if not holds_at_least(found)]
    missed += [f"{dead} dead blocks called equal" for dead, found in failing if found.equal]
    columns = (
        "load",
        "latency",
        "runs",
        "bias",
        "worst pair's bias",
        "intervals hold the truth",
        "no interval",
    )
    few_rows = [
        [
            f"{one:g} against {other:g}",
            str(blocks),
            f"{found.covered / found.intervals:.1%}" if found.intervals else "–",
            f"{1 - found.intervals / len(found.errors):.0%}",
        ]
        for (blocks, one, other), found in few
    ]
    dead_rows = [[f"{dead} of 20", f"{found.equal / len(found.errors):.1%}"] for dead, found in failing]
    told = [
        table(columns, rows, words=2),
        table(("requests a block, Poisson", "blocks", "intervals hold the truth", "no interval"), few_rows),
        table(("blocks without a success", "called equal"), dead_rows),
    ]
    return "\n\n".join(told), missed


def holds_at_least(found: Found) -> bool:
    """Return whether intervals cover the truth often enough; with few blocks, the exact ones cover it more often."""
    if not found.intervals:
        return True
    return found.covered / found.intervals >= COVERAGE[0] - 2 * math.sqrt(0.05 * 0.95 / found.intervals)


async def measured() -> tuple[str, list[str]]:
    """Return the table of the real runs, and the failures."""
    rows, missed = [], []
    for pair in PAIRS:
        row, met = await measured_row(*pair, MEASURED_SECONDS)
        rows.append(row)
        missed += [] if met else [f"measured, {row[0]}"]
    columns = ("answers after", "in flight", "blocks", "true ratio", "told", "off by", "p50 of the quicker")
    return table(columns, rows), missed


def main() -> int:
    """Simulate, measure and publish; return the exit code."""
    parser = command_line(__doc__, "six minutes")
    parser.add_argument("--events", type=int, default=20_000, help="simulated requests for each pair")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--simulated", action="store_true", help="measure nothing")
    given = parser.parse_args()
    load, began = load_average(), time.perf_counter()
    body, missed = simulated(given.events, given.processes)
    print(f"simulated in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    if not given.simulated:
        real, missed_there = asyncio.run(measured())
        body, missed = f"{body}\n\n{real}", missed + missed_there
    told = f"Missed: {', '.join(missed)}." if missed else "All requirements are met."
    told += f" About {given.events:,} simulated requests per pair, "
    told += f"{listed([f'{times} times as many for {kind}' for kind, times in MORE_EVENTS.items()])}; "
    told += "the value after ± is two standard errors; a smaller bias is not visible."
    if given.simulated:
        told += " The pairs on a real server were left out of this run."
    publish("feed", f"{body}\n\n{told} {surroundings(load)}", write=given.write)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
