"""Whether memory grows with requests: the lane's and the conductor's resident set over one long run.

`python -m benchmarks.memory [--requests 10000000] [--write]`.  Exits with 1 where the lane grows by more than 1 MiB
between a hundred thousand requests and the end.
"""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

import psutil

from benchmarks.measured import check, children_running
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Report, Schedule, run
from httptui.units import format_count

FIRST = 100_000
LAST = 0.98
ALLOWED_KIB = 1024
COLUMNS = ("requests", "lane", "since the first", "conductor", "since the first")
KIB = 1024


@dataclass(frozen=True)
class Reading:
    """Resident KiB once so many requests were done."""

    requests: int
    lane: int
    conductor: int


def marks(most: int) -> list[int]:
    """At how many requests to look: 1, 2 and 5 of every decade from the first look on, and shortly before the end,
    when the lane is still there.
    """
    last = round(LAST * most)
    return [*takewhile(lambda mark: mark < last, _steps()), last]


def _steps() -> Iterator[int]:
    for power in range(round(math.log10(FIRST)), 12):
        for factor in (1, 2, 5):
            yield factor * 10**power


def resident(process: psutil.Process) -> int:
    """Resident KiB of a process."""
    return int(process.memory_info().rss) // KIB


def rows_of(readings: Sequence[Reading]) -> list[list[str]]:
    """The table's lines."""
    first = readings[0]
    return [
        [
            format_count(reading.requests),
            f"{reading.lane / KIB:.1f} MiB",
            f"{reading.lane - first.lane:+d} KiB",
            f"{reading.conductor / KIB:.1f} MiB",
            f"{reading.conductor - first.conductor:+d} KiB",
        ]
        for reading in readings
    ]


def growth(readings: Sequence[Reading]) -> int:
    """KiB that the lane has gained since the first reading, at its largest."""
    return max(reading.lane for reading in readings) - readings[0].lane


async def measure(most: int, in_flight: int, engine: str) -> list[Reading]:
    """Readings at every mark of one run of so many requests."""
    plan = Plan(
        name="memory",
        load=Load(concurrency=in_flight, requests=most),
        schedule=Schedule(warmup=1000),
        contender=(Contender(engine=engine, loop="uvloop"),),
    )
    ahead = marks(most)
    readings: list[Reading] = []
    async with run(plan) as items:
        async for item in items:
            if isinstance(item, Report):
                check(item)
            elif ahead and (done := item.contenders[0].requests.ok) >= ahead[0]:
                for lane in children_running("engines.lane"):
                    readings.append(Reading(done, resident(lane), resident(psutil.Process())))
                    print(readings[-1], file=sys.stderr)
                ahead = [mark for mark in ahead if mark > done]
    return readings


def main() -> int:
    """Measure and tell; the exit code."""
    parser = command_line(__doc__, "20 minutes")
    parser.add_argument("--requests", type=int, default=10_000_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--engine", default="raw")
    given = parser.parse_args()
    load = load_average()
    readings = asyncio.run(measure(given.requests, given.in_flight, given.engine))
    body = "\n\n".join(
        [
            table(COLUMNS, rows_of(readings), words=0),
            f"{given.engine} · shared · uvloop, {given.in_flight} in flight, one run of "
            f"{format_count(given.requests)} requests; resident memory. {surroundings(load)}",
        ]
    )
    publish("memory", body, write=given.write)
    return 0 if growth(readings) <= ALLOWED_KIB else 1


if __name__ == "__main__":
    sys.exit(main())
