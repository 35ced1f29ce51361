"""Endurance of lanes: all clients at once, replaced all the time, by many threads, must report to the end.

`python -m benchmarks.lasting [--seconds 60] [--write]`. Each installed client is a contender in three runs: with a
client object per request, for every third request, and per worker. A lane's reporter thread meanwhile reads clients
that its other threads create and close. Exits with 1 if a contender did not finish, or if its counts do not add up.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Report, Schedule, run
from httptui.engines.registry import list_engines
from httptui.plan.model import ReuseName
from httptui.results.report import ReportContender
from httptui.units import format_count

REUSES: tuple[ReuseName, ...] = ("per-request", "every-3", "per-worker")
COLUMNS = ("contender", "state", "requests", "failed", "cancelled", "connections")


def installed() -> list[str]:
    """Return the clients that can be used."""
    return [engine.name for engine in list_engines() if engine.installed and "1.1" in engine.http_versions]


def plan_for(engines: Sequence[str], reuses: Sequence[ReuseName], seconds: float, in_flight: int) -> Plan:
    """Build a plan of all engines at once, with each reuse."""
    return Plan(
        name="lasting",
        load=Load(concurrency=in_flight, seconds=seconds),
        schedule=Schedule(warmup=0),
        contender=tuple(Contender(engine=name, reuse=reuse) for reuse in reuses for name in engines),
    )


def wrong_with(contender: ReportContender) -> str:
    """Describe the problem of a contender's row, or return ""."""
    requests = contender.requests
    done = requests.ok + requests.error + requests.timeout + requests.dropped + requests.cancelled
    if contender.state != "finished":
        return f"{contender.label} is {contender.state}: {contender.cause}"
    if done != requests.planned:
        return f"{contender.label} planned {requests.planned} requests, and {done} have an outcome"
    return "" if requests.ok else f"{contender.label} had no success: {contender.first_messages}"


async def report_of(plan: Plan) -> Report:
    """Return the report of one run."""
    async with run(plan) as items:
        return [item async for item in items if isinstance(item, Report)][-1]


def row_of(contender: ReportContender) -> list[str]:
    """Return a contender's row."""
    requests = contender.requests
    counts = (requests.planned, requests.error + requests.timeout, requests.cancelled)
    connections = contender.connections_opened
    return [
        contender.label,
        contender.state,
        *map(format_count, counts),
        "" if connections is None else format_count(connections),
    ]


def main() -> int:
    """Run and publish; return the exit code."""
    parser = command_line(__doc__, "3 minutes")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each of the three runs takes")
    parser.add_argument("--in-flight", type=int, default=8)
    parser.add_argument("--engine", action="append", help="this one only; may be given several times")
    given = parser.parse_args()
    load = load_average()
    contenders: list[ReportContender] = []
    for reuse in REUSES:
        plan = plan_for(given.engine or installed(), (reuse,), given.seconds, given.in_flight)
        contenders += asyncio.run(report_of(plan)).contenders
    told = (
        f"{given.in_flight} in flight of each for {given.seconds:g} s, embedded target. {surroundings(load)}"
    )
    publish(
        "lasting",
        "\n\n".join([table(COLUMNS, [row_of(one) for one in contenders], words=2), told]),
        write=given.write,
    )
    problems = [problem for problem in map(wrong_with, contenders) if problem]
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
