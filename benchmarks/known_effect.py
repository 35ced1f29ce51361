"""Detection and size of a known difference: a client against itself with 5 % more CPU per request.

`python -m benchmarks.known_effect [--runs 20] [--seconds 60] [--write]`. Both use the same wrapper, and the dearer
one spins for 5 % of its process's other CPU time; the time truly spun is published beside the result. Exits with 1 if
CPU per request finds the difference in fewer than nine of ten runs or ever reverses it, or if its 95 % intervals
cover the true ratio less often than chance explains.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import dearer
from benchmarks.measured import parted, ratio_over, report_of, share_interval, share_text
from benchmarks.published import Kept, command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Schedule
from httptui.results.snapshot import CpuRank, Rank

PLAIN, DEARER = (f"{Path(dearer.__file__).resolve()}:{name}" for name in ("Plain", "Dearer"))
EPOCHS = 6
WANTED, COVERED = 0.90, 0.95
COLUMNS = (
    "figure",
    "true ratio",
    "found",
    "reversed",
    "the 95 % interval holds the true ratio",
    "median ratio, dearer to plain",
    "from – to",
    "median width of the interval",
)


@dataclass(frozen=True)
class Outcome:
    """Outcome of one figure: whether the difference was found, or reversed; the dearer client's ratio to the plain
    one, with its interval, None without one.
    """

    found: bool
    reversed: bool
    ratio: float
    interval: tuple[float, float] | None

    def holds(self, truth: float) -> bool:
        """Return whether the interval covers the true ratio; a missing interval covers nothing."""
        return self.interval is not None and self.interval[0] <= truth <= self.interval[1]


@dataclass(frozen=True)
class Spun:
    """CPU time of the dearer processes of all runs, and the part that was spun, in nanoseconds."""

    spent: int
    spun: int

    @property
    def ratio(self) -> float:
        """Ratio of CPU time with the spinning to CPU time without."""
        return self.spent / (self.spent - self.spun)


def outcome_of(places: Sequence[Rank | CpuRank], plain: str, dearer_id: str) -> Outcome:
    """Extract the outcome of a ranking of two, where `plain` is truly better."""
    told = ratio_over(places, dearer_id, plain)
    first = places[0].id == plain
    found = parted(places)
    if told is None:
        shares = [place.ratio for place in places]
        ratio = shares[1] if first else 1 / shares[1]
        return Outcome(found and first, found and not first, ratio, None)
    return Outcome(found and first, found and not first, told[0], told[1:])


def row_of(figure: str, outcomes: Sequence[Outcome], truth: float | None) -> list[str]:
    """Return one row of the table; without a truth, coverage is left out."""
    ratios = [outcome.ratio for outcome in outcomes]
    widths = [high - low for low, high in (one.interval for one in outcomes if one.interval is not None)]
    holding = sum(outcome.holds(truth) for outcome in outcomes) if truth is not None else 0
    return [
        figure,
        "–" if truth is None else f"{truth:.4f}",
        share_text(sum(outcome.found for outcome in outcomes), len(outcomes)),
        share_text(sum(outcome.reversed for outcome in outcomes), len(outcomes)),
        "–" if truth is None else share_text(holding, len(outcomes)),
        f"{statistics.median(ratios):.3f}",
        f"{min(ratios):.3f} – {max(ratios):.3f}",
        f"{100 * statistics.median(widths):.1f} %" if widths else "–",
    ]


def good(outcomes: Sequence[Outcome], truth: float) -> bool:
    """Return whether the difference was found often enough, never reversed, and its size covered."""
    found = sum(outcome.found for outcome in outcomes) / len(outcomes)
    holding = sum(outcome.holds(truth) for outcome in outcomes)
    covered = share_interval(holding, len(outcomes))[1] >= COVERED
    return found >= WANTED and covered and not any(outcome.reversed for outcome in outcomes)


def plan_of(in_flight: int, seconds: float, seed: int) -> Plan:
    """Build an interleaved run of so many seconds under load, both contenders together, with frequent restarts.

    One pair of processes would differ by nearly as much as the effect.
    """
    return Plan(
        name="known effect",
        load=Load(concurrency=in_flight, seconds=seconds / 2),
        schedule=Schedule(kind="interleaved", seed=seed, epochs=EPOCHS),
        contender=(
            Contender(engine=PLAIN, label="wrapped"),
            Contender(engine=DEARER, label="wrapped, with 5 % more CPU"),
        ),
    )


async def one_run(in_flight: int, seconds: float, seed: int) -> tuple[Outcome, Outcome]:
    """Return the outcomes of one run by CPU per request and by requests per second."""
    report = await report_of(plan_of(in_flight, seconds, seed))
    plain, other = (contender.id for contender in report.contenders)
    return outcome_of(report.cpu_ranking, plain, other), outcome_of(report.ranking, plain, other)


async def measure(
    runs: int, in_flight: int, seconds: float, kept: Kept[tuple[Outcome, Outcome, Spun]]
) -> list[tuple[Outcome, Outcome, Spun]]:
    """Return the outcomes of so many runs by both figures, and the time truly spun."""
    for number in range(runs):
        if (name := f"{seconds:g} s, {in_flight} in flight, run {number + 1}") in kept.parts:
            continue
        with tempfile.TemporaryDirectory() as folder:
            os.environ[dearer.FOLDER] = folder
            cpu, rate = await one_run(in_flight, seconds, number)
            kept.keep(name, (cpu, rate, spun_in(Path(folder))))
        print(f"run {number + 1}: CPU/request {cpu}, req/s {rate}", file=sys.stderr)
    return list(kept.parts.values())


def spun_in(folder: Path) -> Spun:
    """Sum the records of the dearer processes; RuntimeError if there are none."""
    told = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    dear = [one for one in told if one["share"] > 0 and one["answers"]]
    if not dear:
        raise RuntimeError("no process has told what it spun")
    return Spun(sum(one["spent_ns"] for one in dear), sum(one["spun_ns"] for one in dear))


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "25 minutes", resumable=True)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="under load in each run, of both together"
    )
    parser.add_argument("--in-flight", type=int, default=16)
    given = parser.parse_args()
    load = load_average()
    kept = Kept("known-effect", tuple[Outcome, Outcome, Spun], resumed=given.resume)
    found = asyncio.run(measure(given.runs, given.in_flight, given.seconds, kept))
    by_cpu, by_rate = [cpu for cpu, _, _ in found], [rate for _, rate, _ in found]
    spun = Spun(sum(one.spent for _, _, one in found), sum(one.spun for _, _, one in found))
    body = "\n\n".join(
        [
            table(COLUMNS, [row_of("CPU per request", by_cpu, spun.ratio), row_of("req/s", by_rate, None)]),
            f"aiohttp · shared, wrapped, against the same with 5 % more CPU per request, {given.in_flight} in "
            f"flight, interleaved, processes started {EPOCHS} times, {given.seconds:g} s per run; the dearer "
            f"processes spun for {100 * (spun.ratio - 1):.2f} % of their other CPU time; values in parentheses are "
            f"95 % intervals of the probability. {surroundings(load)}",
        ]
    )
    publish("known effect", body, write=given.write)
    return 0 if good(by_cpu, spun.ratio) else 1


if __name__ == "__main__":
    sys.exit(main())
