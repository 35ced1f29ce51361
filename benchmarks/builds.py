"""Judgement of `report compare` on saved runs, pair by pair: an unchanged build must pass, a changed one must fail.

`python -m benchmarks.builds [--runs 8] [--seconds 2] [--resume] [--write]`. Runs of one build alternate with runs of
a build whose client is answered 20 % later. Every pair of runs is judged by the thresholds of the README: by
intervals, as by default, and by the bare figure, as with the flag `point`. Exits with 1 if more than one pair in
twenty of one build misses a threshold beyond chance.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from benchmarks.cases.checks import ODD
from benchmarks.measured import report_of, share_interval, share_text
from benchmarks.odd_engines import engine
from benchmarks.published import Kept, command_line, load_average, publish, surroundings, table
from benchmarks.services import Service, serve
from httptui import Contender, Load, Plan, Report, Schedule, Target
from httptui.compare.compare import compare
from httptui.compare.thresholds import judged, parse_threshold

THRESHOLDS = ("req_per_s > -5%", "p99 < 10%")
LATENCY_MS, LATER_MS = 10.0, 12.0
CONTROL, CLIENT = "control", "client"
ALLOWED = 0.05
COLUMNS = ("build", "threshold", "judged", "missed", "not decided", "met")

Pair = tuple[Report, Report]


def service(client_ms: float) -> Service:
    """Build a service that answers the client after `client_ms`, and the control always the same way."""
    return Service(latency_ms=LATENCY_MS, where=((ODD, Service(latency_ms=client_ms)),))


def plan_of(url: str, seconds: float, seed: int) -> Plan:
    """Build a plan of a client beside a control that no build changes."""
    return Plan(
        name="build",
        target=Target(url=url),
        load=Load(concurrency=8, seconds=seconds),
        schedule=Schedule(kind="interleaved", seed=seed, warmup="500ms"),
        contender=(
            Contender(engine=engine("Same"), label=CONTROL),
            Contender(engine=engine("Marked"), label=CLIENT),
        ),
    )


async def measure(runs: int, seconds: float, kept: Kept[Report]) -> None:
    """Run both builds so many times, alternating."""
    for number in range(runs):
        for build, client_ms in (("same", LATENCY_MS), ("later", LATER_MS)):
            if (name := f"{build} {number}") in kept.parts:
                continue
            async with serve(service(client_ms), seed=number) as place:
                kept.keep(name, await report_of(plan_of(place.url, seconds, number)))
            print(f"run {number + 1} of {runs}, {build}", file=sys.stderr)


def outcomes_of(pairs: Iterable[Pair], threshold: str, *, control: str | None, point: bool) -> Counter[str]:
    """Count the thresholds that the client missed, met, or left open."""
    counted: Counter[str] = Counter()
    for before, after in pairs:
        results = judged(compare(before, after, control), (parse_threshold(threshold),), point=point)
        counted.update(result.outcome for result in results if result.label == CLIENT)
    return counted


def rows_of(name: str, pairs: Sequence[Pair]) -> list[list[str]]:
    """Return the table's rows for one kind of pairs."""
    rows = []
    for threshold in THRESHOLDS:
        for how, control, point in (
            ("by intervals", None, False),
            ("by intervals, against the control", CONTROL, False),
            ("by the bare figure", None, True),
        ):
            counted = outcomes_of(pairs, threshold, control=control, point=point)
            total = sum(counted.values())
            shares = [share_text(counted[outcome], total) for outcome in ("missed", "open", "met")]
            rows.append([name, f"`{threshold}`", how, *shares])
    return rows


def pairs_of(reports: dict[str, Report]) -> tuple[list[Pair], list[Pair]]:
    """Return all pairs of runs of one build, and all pairs of a run before the change with one after it."""
    same = [report for name, report in reports.items() if name.startswith("same")]
    later = [report for name, report in reports.items() if name.startswith("later")]
    return list(itertools.permutations(same, 2)), list(itertools.product(same, later))


def too_often(pairs: Sequence[Pair]) -> bool:
    """Return whether over one in twenty pairs of one build misses a threshold by intervals, beyond chance."""
    for threshold in THRESHOLDS:
        counted = outcomes_of(pairs, threshold, control=None, point=False)
        total = sum(counted.values())
        if total and share_interval(counted["missed"], total)[0] > ALLOWED:
            return True
    return False


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "2 minutes", resumable=True)
    parser.add_argument("--runs", type=int, default=8, help="of each build")
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="under load, of each contender in each run"
    )
    given = parser.parse_args()
    load = load_average()
    kept = Kept("builds", Report, resumed=given.resume)
    asyncio.run(measure(given.runs, given.seconds, kept))
    same, changed = pairs_of(kept.parts)
    rows = [*rows_of("the same", same), *rows_of("answered 20 % later", changed)]
    body = "\n\n".join(
        [
            table(COLUMNS, rows, words=3),
            f"{given.runs} runs of each build, interleaved, 8 in flight, {given.seconds:g} s of each contender, "
            f"every pair of runs compared; values in parentheses are 95 % intervals of the probability. "
            f"{surroundings(load)}",
        ]
    )
    publish("builds", body, write=given.write)
    return int(too_often(same))


if __name__ == "__main__":
    sys.exit(main())
