"""How often identical contenders are told apart: one client twice, in many real runs of both schedules in turn.

`python -m benchmarks.aa [--runs 40] [--seconds 6] [--engine aiohttp] [--epochs 1] [--write]`.
Exits with 1 where more than one run in twenty is wrong beyond what chance explains.
"""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measured import (
    parted,
    report_of,
    share_interval,
    share_text,
    width,
)
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Report, Schedule
from httptui.plans.plan import ScheduleName

SCHEDULES: tuple[ScheduleName, ...] = ("interleaved", "concurrent")
ALLOWED = 0.05
COLUMNS = (
    "schedule",
    "false winner in the verdict",
    "falsely parted by req/s",
    "falsely parted by CPU/request",
    "median width of the req/s interval",
    "median width of the CPU/request interval",
)


@dataclass(frozen=True)
class Outcome:
    """What one run said of two identical contenders; widths are of the ratio's 95 % interval."""

    winner: bool
    parted_by_rate: bool
    parted_by_cpu: bool
    rate_width: float
    cpu_width: float


def plan_of(
    schedule: ScheduleName, engine: str, in_flight: int, seconds: float, epochs: int, seed: int
) -> Plan:
    """One client twice, each for so many seconds."""
    return Plan(
        name="A/A",
        load=Load(concurrency=in_flight, seconds=seconds),
        schedule=Schedule(kind=schedule, seed=seed, epochs=epochs),
        contender=(Contender(engine=engine, label="one"), Contender(engine=engine, label="the same")),
    )


def outcome_of(report: Report) -> Outcome:
    """What a report says of its two contenders."""
    rates, costs = report.ranking, report.cpu_ranking
    return Outcome(
        winner=report.verdict.kind == "winner",
        parted_by_rate=parted(rates),
        parted_by_cpu=parted(costs),
        rate_width=width(rates),
        cpu_width=width(costs),
    )


def row_of(schedule: str, outcomes: Sequence[Outcome]) -> list[str]:
    """One line of the table."""

    def share(field: str) -> str:
        return share_text(sum(getattr(outcome, field) for outcome in outcomes), len(outcomes))

    def median(field: str) -> str:
        middle = statistics.median(getattr(outcome, field) for outcome in outcomes)
        return "–" if math.isinf(middle) else f"{100 * middle:.1f} %"

    return [
        schedule,
        share("winner"),
        share("parted_by_rate"),
        share("parted_by_cpu"),
        median("rate_width"),
        median("cpu_width"),
    ]


def too_often(outcomes: Sequence[Outcome]) -> bool:
    """Whether false claims are more than one in twenty beyond what chance explains."""
    wrong = (
        sum(getattr(outcome, field) for outcome in outcomes)
        for field in ("winner", "parted_by_rate", "parted_by_cpu")
    )
    return any(share_interval(count, len(outcomes))[0] > ALLOWED for count in wrong)


async def measure(
    runs: int, engine: str, in_flight: int, seconds: float, epochs: int
) -> dict[ScheduleName, list[Outcome]]:
    """The outcomes of so many runs of each schedule, in an order drawn anew for each pair of runs."""
    outcomes: dict[ScheduleName, list[Outcome]] = {schedule: [] for schedule in SCHEDULES}
    draw = random.Random(runs)
    for number in range(runs):
        for schedule in draw.sample(SCHEDULES, len(SCHEDULES)):
            report = await report_of(plan_of(schedule, engine, in_flight, seconds, epochs, number))
            outcomes[schedule].append(outcome_of(report))
            print(f"run {number + 1} {schedule}: {outcomes[schedule][-1]}", file=sys.stderr)
    return outcomes


def main() -> int:
    """Measure and tell; the exit code."""
    parser = command_line(__doc__, "20 minutes")
    parser.add_argument("--runs", type=int, default=40, help="of each schedule")
    parser.add_argument(
        "--seconds", type=float, default=6.0, help="under load, of each contender in each run"
    )
    parser.add_argument("--engine", default="aiohttp")
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=1, help="how often the lanes are started anew in a run")
    given = parser.parse_args()
    load = load_average()
    outcomes = asyncio.run(measure(given.runs, given.engine, given.in_flight, given.seconds, given.epochs))
    anew = f", lanes started {given.epochs} times" if given.epochs > 1 else ""
    body = "\n\n".join(
        [
            table(COLUMNS, [row_of(schedule, found) for schedule, found in outcomes.items()]),
            f"{given.engine} · shared against itself, {given.in_flight} in flight, {given.seconds:g} s each{anew}; "
            f"in brackets the 95 % interval of the probability. {surroundings(load)}",
        ]
    )
    publish("aa", body, write=given.write)
    return int(any(too_often(found) for found in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
