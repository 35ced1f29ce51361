"""Growth of memory with requests: the resident sets of lane and conductor over one long run.

`python -m benchmarks.memory [--requests 10000000] [--write]`. They are read at every snapshot, and published as
medians between marks, because the memory of a frame comes and goes. Exits with 1 if the lane grows by more than 1 MiB
between a hundred thousand requests and the end.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise, takewhile

import psutil

from benchmarks.measured import check, children_running
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Report, Schedule, run
from httptui.units import format_count

FIRST = 100_000
ALLOWED_KIB = 1024
COLUMNS = ("requests, up to", "readings", "lane", "since the first", "conductor", "since the first")
KIB = 1024


@dataclass(frozen=True)
class Reading:
    """Resident KiB after so many requests."""

    requests: int
    lane: int
    conductor: int


@dataclass(frozen=True)
class Stretch:
    """Medians of `readings` readings up to so many requests, in KiB."""

    requests: int
    readings: int
    lane: int
    conductor: int


def marks(most: int) -> list[int]:
    """Return the ends of the stretches: 1, 2 and 5 of every decade from the first look on, and the end."""
    return [*takewhile(lambda mark: mark < most, _steps()), most]


def _steps() -> Iterator[int]:
    for power in range(round(math.log10(FIRST)), 12):
        for factor in (1, 2, 5):
            yield factor * 10**power


def resident(process: psutil.Process) -> int:
    """Return the resident KiB of a process."""
    return int(process.memory_info().rss) // KIB


def stretches_of(readings: Sequence[Reading], ends: Sequence[int]) -> list[Stretch]:
    """Summarise the readings between marks; stretches without a reading are left out."""
    stretches = []
    for start, end in pairwise(ends):
        within = [reading for reading in readings if start <= reading.requests < end]
        if within:
            lane, conductor = (
                round(statistics.median(values))
                for values in zip(*((one.lane, one.conductor) for one in within), strict=True)
            )
            stretches.append(Stretch(end, len(within), lane, conductor))
    return stretches


def rows_of(stretches: Sequence[Stretch]) -> list[list[str]]:
    """Return the rows of the table."""
    first = stretches[0]
    return [
        [
            format_count(stretch.requests),
            format_count(stretch.readings),
            f"{stretch.lane / KIB:.1f} MiB",
            f"{stretch.lane - first.lane:+d} KiB",
            f"{stretch.conductor / KIB:.1f} MiB",
            f"{stretch.conductor - first.conductor:+d} KiB",
        ]
        for stretch in stretches
    ]


def growth(stretches: Sequence[Stretch]) -> int:
    """Return the KiB that the lane has gained since the first stretch, at its largest."""
    return max(stretch.lane for stretch in stretches) - stretches[0].lane


async def measure(most: int, in_flight: int, engine: str) -> list[Reading]:
    """Read memory at every snapshot of one run of so many requests, from the first mark on."""
    plan = Plan(
        name="memory",
        load=Load(concurrency=in_flight, requests=most),
        schedule=Schedule(warmup=1000),
        contender=(Contender(engine=engine, loop="uvloop"),),
    )
    readings: list[Reading] = []
    async with run(plan) as items:
        async for item in items:
            if isinstance(item, Report):
                check(item)
            elif (done := item.contenders[0].requests.ok) >= FIRST:
                with suppress(psutil.NoSuchProcess):  # A lane may end while it is being read.
                    readings += [
                        Reading(done, resident(lane), resident(psutil.Process()))
                        for lane in children_running("httptui.engines.lane")
                    ]
    return readings


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "3 minutes")
    parser.add_argument("--requests", type=int, default=10_000_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--engine", default="raw")
    given = parser.parse_args()
    load = load_average()
    readings = asyncio.run(measure(given.requests, given.in_flight, given.engine))
    stretches = stretches_of(readings, marks(given.requests))
    body = "\n\n".join(
        [
            table(COLUMNS, rows_of(stretches), words=0),
            f"{given.engine} · shared · uvloop, {given.in_flight} in flight, one run of "
            f"{format_count(given.requests)} requests; medians of resident memory. {surroundings(load)}",
        ]
    )
    publish("memory", body, write=given.write)
    return 0 if growth(stretches) <= ALLOWED_KIB else 1


if __name__ == "__main__":
    sys.exit(main())
