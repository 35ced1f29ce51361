"""Stability of the preset `fastapi-fanout`: the same order in every repeat, and every call of its apps counted.

`python -m benchmarks.fastapi_order [--repeats 5] [--seconds 8] [--write]`. Exits with 1 if the order by requests per
second differs between repeats, or if a route's answers, its app's upstream calls and the target's requests differ.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from benchmarks.measured import report_of
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Plan, Report
from httptui.presets import load_preset
from httptui.results.report import ReportContender
from httptui.units import format_count, format_percent, format_rate, format_us

PRESET = "fastapi-fanout"
PING = "fastapi-ping"


@dataclass(frozen=True)
class Outcome:
    """Outcome of one repeat: letters by falling req/s, req/s and CPU per request by letter, upstream calls, and
    whether all counts agree.
    """

    order: tuple[str, ...]
    rates: dict[str, float]
    costs: dict[str, float | None]
    calls: int
    equal: bool


def plan_of(seconds: float | None, seed: int) -> Plan:
    """Return the preset with its own seed, and other seconds per route if given."""
    plan = load_preset(PRESET)
    load = plan.load if seconds is None else replace(plan.load, seconds=seconds)
    return replace(plan, load=load, schedule=replace(plan.schedule, seed=seed))


def outcome_of(report: Report) -> Outcome:
    """Extract the outcome from a report."""
    fastest_first = sorted(report.contenders, key=lambda one: -one.req_per_s)
    return Outcome(
        order=tuple(one.id for one in fastest_first),
        rates={one.id: one.req_per_s for one in report.contenders},
        costs={one.id: one.cpu_us_per_request for one in report.contenders},
        calls=sum(one.upstream.calls for one in report.contenders if one.upstream is not None),
        equal=all(map(counts_agree, report.contenders)),
    )


def counts_agree(contender: ReportContender) -> bool:
    """Return whether the route's answers, with warm-up, the app's calls and the target's requests are equal."""
    upstream = contender.upstream
    answers = 0 if contender.inside == PING else contender.requests.ok + contender.warmup_requests
    return upstream is not None and upstream.calls == upstream.requests == answers


def rows_of(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Return a row for each repeat."""
    return [
        [
            str(number),
            " > ".join(outcome.order),
            *(format_rate(outcome.rates[key]) for key in sorted(outcome.rates)),
            format_count(outcome.calls),
            "yes" if outcome.equal else "no",
        ]
        for number, outcome in enumerate(outcomes, 1)
    ]


def range_of(values: Sequence[float | None]) -> str:
    """Format the least and the greatest of some CPU times, and their distance."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return "–"
    return (
        f"{format_us(known[0])} – {format_us(known[-1])} ({format_percent(known[-1] / known[0] - 1)} apart)"
    )


def body_of(outcomes: Sequence[Outcome], labels: dict[str, str], seconds: float, load: float) -> str:
    """Return the tables and their summary."""
    letters = sorted(labels)
    repeats = len(outcomes)
    same = sum(outcome.order == outcomes[0].order for outcome in outcomes)
    equal = sum(outcome.equal for outcome in outcomes)
    costs = [
        [f"{key} {labels[key]}", range_of([outcome.costs[key] for outcome in outcomes])] for key in letters
    ]
    columns = (
        "repeat",
        "order by req/s",
        *(f"{key}, req/s" for key in letters),
        "upstream calls",
        "all equal",
    )
    return "\n\n".join(
        [
            table(columns, rows_of(outcomes), words=2),
            table(("route", "the app's CPU per request, least – greatest"), costs),
            f"The order of the first repeat held in {same} of {repeats}; answers, upstream calls and requests at the "
            f"target were equal in {equal} of {repeats}. Interleaved, {seconds:g} s of each route in each repeat. "
            f"{surroundings(load)}",
        ]
    )


def good(outcomes: Sequence[Outcome]) -> bool:
    """Return whether every repeat has the same order and complete counts."""
    return len({outcome.order for outcome in outcomes}) == 1 and all(outcome.equal for outcome in outcomes)


async def measure(repeats: int, seconds: float | None) -> tuple[list[Outcome], dict[str, str]]:
    """Return the outcomes of so many repeats, and the routes' labels by letter."""
    outcomes: list[Outcome] = []
    labels: dict[str, str] = {}
    for number in range(repeats):
        report = await report_of(plan_of(seconds, number))
        outcomes.append(outcome_of(report))
        labels = {one.id: one.label for one in report.contenders}
        print(f"repeat {number + 1}: {outcomes[-1]}", file=sys.stderr)
    return outcomes, labels


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "6 minutes")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, help="under load, of each route in each repeat")
    given = parser.parse_args()
    load = load_average()
    outcomes, labels = asyncio.run(measure(given.repeats, given.seconds))
    seconds = plan_of(given.seconds, 0).load.seconds or 0.0
    publish("fastapi order", body_of(outcomes, labels, seconds, load), write=given.write)
    return 0 if good(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
