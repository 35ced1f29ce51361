"""False claims about identical contenders: one client entered twice, in many real runs of every setting.

`python -m benchmarks.aa [SETTING …] [--runs 40] [--seconds 2] [--engine aiohttp] [--epochs 1] [--resume] [--write]`.
The settings are both schedules with a fast target, and targets that are slow, that pause, and that fail. Exits with 1
if more than one run in twenty is wrong beyond chance.
"""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from benchmarks.measured import (
    parted,
    report_of,
    share_interval,
    share_text,
    width,
)
from benchmarks.published import Kept, command_line, load_average, publish, surroundings, table
from benchmarks.services import Service, serve
from httptui import Contender, Load, Plan, Report, Schedule, Target
from httptui.plan.model import ScheduleName

ALLOWED = 0.05
COLUMNS = (
    "target",
    "schedule",
    "false winner in the verdict",
    "falsely parted by req/s",
    "falsely parted by CPU/request",
    "told to be equal",
    "median width of the req/s interval",
    "median width of the CPU/request interval",
)


@dataclass(frozen=True)
class Setting:
    """Target and schedule of the runs; without a service, the embedded target."""

    name: str
    schedule: ScheduleName = "interleaved"
    service: Service | None = None

    @property
    def fails(self) -> bool:
        """True if its target fails some requests."""
        return self.service is not None and self.service.fail > 0


SETTINGS = (
    Setting("quick"),
    Setting("quick, at once", "concurrent"),
    Setting("slow: 100–300 ms", service=Service(latency_ms=200, jitter_ms=100)),
    Setting("bursty: stops for 200 ms each second", service=Service(latency_ms=2, pause_ms=200)),
    Setting("failing: 2 % answered 500 at once", service=Service(latency_ms=5, fail=0.02)),
)


@dataclass(frozen=True)
class Outcome:
    """Claims of one run about two identical contenders; widths of the ratio's 95 % interval, None without one."""

    winner: bool
    parted_by_rate: bool
    parted_by_cpu: bool
    tie: bool
    rate_width: float | None
    cpu_width: float | None


def plan_of(
    setting: Setting,
    engine: str,
    in_flight: int,
    seconds: float,
    epochs: int,
    seed: int,
    url: str = "embedded",
) -> Plan:
    """Build a plan of one client twice, each for so many seconds, or twice as many if both run at once."""
    at_once = setting.schedule == "concurrent"
    return Plan(
        name="A/A",
        target=Target(url=url),
        load=Load(concurrency=in_flight, seconds=seconds * (2 if at_once else 1)),
        schedule=Schedule(kind=setting.schedule, seed=seed, epochs=epochs, warmup="500ms"),
        contender=(Contender(engine=engine, label="one"), Contender(engine=engine, label="the same")),
    )


def outcome_of(report: Report) -> Outcome:
    """Extract the claims of a report about its two contenders; a report without a ranking makes none."""
    rates, costs = report.ranking, report.cpu_ranking
    widths = [width(places) if len(places) == 2 else math.inf for places in (rates, costs)]
    rate_width, cpu_width = (None if math.isinf(one) else one for one in widths)
    return Outcome(
        winner=report.verdict.kind == "winner",
        parted_by_rate=parted(rates),
        parted_by_cpu=parted(costs),
        tie=report.verdict.kind == "tie",
        rate_width=rate_width,
        cpu_width=cpu_width,
    )


def row_of(setting: Setting, outcomes: Sequence[Outcome]) -> list[str]:
    """Return one row of the table."""

    def share(field: str) -> str:
        return share_text(sum(getattr(outcome, field) for outcome in outcomes), len(outcomes))

    def median(field: str) -> str:
        widths = [found for outcome in outcomes if (found := getattr(outcome, field)) is not None]
        return f"{100 * statistics.median(widths):.1f} %" if widths else "–"

    return [
        setting.name.removesuffix(", at once"),
        setting.schedule,
        share("winner"),
        share("parted_by_rate"),
        share("parted_by_cpu"),
        share("tie"),
        median("rate_width"),
        median("cpu_width"),
    ]


def too_often(outcomes: Sequence[Outcome]) -> bool:
    """Return whether more than one claim in twenty is false, beyond chance."""
    wrong = (
        sum(getattr(outcome, field) for outcome in outcomes)
        for field in ("winner", "parted_by_rate", "parted_by_cpu")
    )
    return any(share_interval(count, len(outcomes))[0] > ALLOWED for count in wrong)


async def one_run(plan: Plan, setting: Setting) -> Outcome:
    """Run a setting once, with its own target."""
    return outcome_of(await report_of(plan, failures=setting.fails))


async def measure(
    settings: Sequence[Setting],
    runs: int,
    engine: str,
    in_flight: int,
    seconds: float,
    epochs: int,
    kept: Kept[list[Outcome]],
) -> None:
    """Collect the outcomes of so many runs of each setting, in a new random order for each repeat."""
    draw = random.Random(runs)
    for number in range(runs):
        for setting in draw.sample(settings, len(settings)):
            found = kept.parts.get(setting.name, [])
            if len(found) > number:
                continue
            async with AsyncExitStack() as stack:
                url = "embedded"
                if setting.service is not None:
                    url = (await stack.enter_async_context(serve(setting.service, seed=number))).url
                plan = plan_of(setting, engine, in_flight, seconds, epochs, number, url)
                kept.keep(setting.name, [*found, await one_run(plan, setting)])
            print(f"run {number + 1} {setting.name}: {kept.parts[setting.name][-1]}", file=sys.stderr)


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "20 minutes", resumable=True)
    parser.add_argument("setting", nargs="*", help="a part of a setting's name; all, unless given")
    parser.add_argument("--runs", type=int, default=40, help="of each setting")
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="under load, of each contender in each run"
    )
    parser.add_argument("--engine", default="aiohttp")
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=1, help="how often the lanes are started anew in a run")
    given = parser.parse_args()
    load = load_average()
    settings = [
        one for one in SETTINGS if not given.setting or any(word in one.name for word in given.setting)
    ]
    kept = Kept("aa", list[Outcome], resumed=given.resume)
    asyncio.run(
        measure(settings, given.runs, given.engine, given.in_flight, given.seconds, given.epochs, kept)
    )
    anew = f", lanes started {given.epochs} times" if given.epochs > 1 else ""
    rows = [row_of(one, found) for one in SETTINGS if (found := kept.parts.get(one.name))]
    body = "\n\n".join(
        [
            table(COLUMNS, rows, words=2),
            f"{given.engine} · shared against itself, {given.in_flight} in flight, {given.seconds:g} s each (twice "
            f"as long if both run at the same time){anew}; values in parentheses are 95 % intervals of "
            f"the probability. {surroundings(load)}",
        ]
    )
    publish("aa", body, write=given.write)
    return int(any(too_often(found) for found in kept.parts.values()))


if __name__ == "__main__":
    sys.exit(main())
