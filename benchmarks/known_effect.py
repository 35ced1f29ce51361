"""Whether a known difference is found: a client against itself with 5 % more CPU per request, in many real runs.

`python -m benchmarks.known_effect [--runs 20] [--seconds 60] [--write]`.  The dearer client is that of the self-test.
Exits with 1 where CPU per request finds the difference in fewer than nine runs of ten, or ever says the opposite.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measured import cost, parted, report_of, share_text, width
from benchmarks.published import command_line, load_average, publish, surroundings, table
from engines import selftest
from httptui import Contender, Load, Plan, Schedule
from httptui.snapshot import CpuRank, Rank

PLAIN = "aiohttp"
SPINNING = f"{Path(selftest.__file__).with_name('spinning.py')}:Spinning"
EPOCHS = 6
WANTED = 0.90
COLUMNS = (
    "figure",
    "found",
    "reversed",
    "median ratio, dearer to plain",
    "from – to",
    "median width of its 95 % interval",
)


@dataclass(frozen=True)
class Outcome:
    """What one figure said: parted the right way, or the wrong way; the dearer one's ratio to the plain one's,
    and how wide the interval of that is.
    """

    found: bool
    reversed: bool
    ratio: float
    width: float


def outcome_of(places: Sequence[Rank] | Sequence[CpuRank], plain: str, ratio: float) -> Outcome:
    """What a ranking of two says, where `plain` is the one that is better in truth."""
    first = places[0].id == plain
    return Outcome(parted(places) and first, parted(places) and not first, ratio, width(places))


def row_of(figure: str, outcomes: Sequence[Outcome]) -> list[str]:
    """One line of the table."""
    ratios = [outcome.ratio for outcome in outcomes]
    return [
        figure,
        share_text(sum(outcome.found for outcome in outcomes), len(outcomes)),
        share_text(sum(outcome.reversed for outcome in outcomes), len(outcomes)),
        f"{statistics.median(ratios):.3f}",
        f"{min(ratios):.3f} – {max(ratios):.3f}",
        f"{100 * statistics.median(outcome.width for outcome in outcomes):.1f} %",
    ]


def good(outcomes: Sequence[Outcome]) -> bool:
    """Whether the difference was found often enough, and never the other way round."""
    found = sum(outcome.found for outcome in outcomes) / len(outcomes)
    return found >= WANTED and not any(outcome.reversed for outcome in outcomes)


def plan_of(in_flight: int, seconds: float, seed: int) -> Plan:
    """An interleaved run of so many seconds under load, both contenders together, their processes often started anew.

    One pair of processes would differ by nearly as much as the effect.
    """
    return Plan(
        name="known effect",
        load=Load(concurrency=in_flight, seconds=seconds / 2),
        schedule=Schedule(kind="interleaved", seed=seed, epochs=EPOCHS),
        contender=(Contender(engine=PLAIN), Contender(engine=SPINNING, label="with 5 % more CPU")),
    )


async def one_run(in_flight: int, seconds: float, seed: int) -> tuple[Outcome, Outcome]:
    """What CPU per request and requests per second showed in one run."""
    report = await report_of(plan_of(in_flight, seconds, seed))
    plain, dearer = report.contenders
    return (
        outcome_of(report.cpu_ranking, plain.id, cost(dearer) / cost(plain)),
        outcome_of(report.ranking, plain.id, dearer.req_per_s / plain.req_per_s),
    )


async def measure(runs: int, in_flight: int, seconds: float) -> tuple[list[Outcome], list[Outcome]]:
    """By CPU per request and by requests per second, the outcomes of so many runs."""
    by_cpu: list[Outcome] = []
    by_rate: list[Outcome] = []
    for number in range(runs):
        cpu, rate = await one_run(in_flight, seconds, number)
        by_cpu.append(cpu)
        by_rate.append(rate)
        print(f"run {number + 1}: CPU/request {cpu}, req/s {rate}", file=sys.stderr)
    return by_cpu, by_rate


def main() -> int:
    """Measure and tell; the exit code."""
    parser = command_line(__doc__, "25 minutes")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="under load in each run, of both together"
    )
    parser.add_argument("--in-flight", type=int, default=16)
    given = parser.parse_args()
    load = load_average()
    by_cpu, by_rate = asyncio.run(measure(given.runs, given.in_flight, given.seconds))
    body = "\n\n".join(
        [
            table(COLUMNS, [row_of("CPU per request", by_cpu), row_of("req/s", by_rate)]),
            f"{PLAIN} · shared against itself with 5 % more CPU per request, "
            f"{given.in_flight} in flight, interleaved, {given.seconds:g} s a run; in brackets the 95 % interval of "
            "the probability. "
            f"{surroundings(load)}",
        ]
    )
    publish("known effect", body, write=given.write)
    return 0 if good(by_cpu) else 1


if __name__ == "__main__":
    sys.exit(main())
