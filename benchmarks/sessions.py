"""Variation of a ratio from one session to the next, which no interval within one run can show.

`python -m benchmarks.sessions` makes one session of about 25 s and appends its ratios to `docs/sessions.json`; run it
hours apart. `--write` makes none and publishes the result of all sessions; `--show` only prints it.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from scipy import stats  # type: ignore[import-untyped]

from benchmarks.measured import ratio_over, report_of
from benchmarks.published import command_line, load_average, publish, table
from httptui import Contender, Load, Plan, Report, Schedule
from httptui.report.store import write_atomically
from httptui.results.snapshot import CpuRank, Rank
from httptui.version import __version__

FILE = Path(__file__).parent.parent / "docs" / "sessions.json"
PLAN = Plan(
    name="session",
    load=Load(concurrency=16, seconds=6),
    schedule=Schedule(kind="interleaved", epochs=3, warmup="500ms"),
    contender=(Contender(engine="aiohttp"), Contender(engine="httpx"), Contender(engine="requests")),
)
FIGURES = ("req/s", "CPU per request")
FEWEST = 3
COLUMNS = (
    "ratio",
    "sessions",
    "mean of sessions",
    "95 % interval within one run, median",
    "between sessions, sd",
    "95 % interval of the mean over sessions",
    "another session would show (95 %)",
)


class Ratio(msgspec.Struct, frozen=True):
    """One contender's ratio to aiohttp in one session, with the run's own interval."""

    of: str
    figure: str
    value: float
    low: float
    high: float


class Session(msgspec.Struct, frozen=True):
    """One run of the plan, and its surroundings."""

    date: str
    seconds: float
    httptui: str
    commit: str
    machine: str
    load_before: float
    load_after: float
    ratios: tuple[Ratio, ...]


def sessions() -> tuple[Session, ...]:
    """Return all sessions so far."""
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[Session, ...]) if FILE.exists() else ()


async def new_session() -> Session:
    """Run the plan once."""
    before = load_average()
    report = await report_of(PLAN)
    return Session(
        date=f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        seconds=round(report.seconds, 1),
        httptui=__version__,
        commit=commit(),
        machine=machine_of(report),
        load_before=round(before, 2),
        load_after=round(load_average(), 2),
        ratios=tuple(ratios_of(report)),
    )


def machine_of(report: Report) -> str:
    """Describe processor, cores, system and Python in one line."""
    told = report.environment
    return (
        f"{told['cpu']['usable']} cores ({told['cpu']['model']}), {told['system']['os']} "
        f"{told['system']['release']}, {told['python']['implementation']} {told['python']['version']}"
    )


def commit() -> str:
    """Return the commit that is checked out, or ""."""
    asked = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"], cwd=FILE.parent, capture_output=True, text=True
    )
    return asked.stdout.strip()


def ratios_of(report: Report) -> list[Ratio]:
    """Return each contender's ratio to the first, by both figures, if the run has an interval."""
    first = report.contenders[0].id
    found: list[Ratio] = []
    rankings: tuple[Sequence[Rank | CpuRank], ...] = (report.ranking, report.cpu_ranking)
    for figure, places in zip(FIGURES, rankings, strict=True):
        told = ((one.engine, ratio_over(places, one.id, first)) for one in report.contenders[1:])
        found += [
            Ratio(engine, figure, *(round(part, 4) for part in ratio))
            for engine, ratio in told
            if ratio is not None
        ]
    return found


def row_of(of: str, figure: str, ratios: Sequence[Ratio]) -> list[str]:
    """Return one row of the table: the spread within runs and the spread between them."""
    logs = [math.log(ratio.value) for ratio in ratios]
    within = statistics.median(math.log(ratio.high / ratio.low) / 2 for ratio in ratios)
    mean, sd, count = statistics.fmean(logs), statistics.stdev(logs), len(logs)
    reach = float(stats.t.ppf(0.975, count - 1)) * sd
    return [
        f"{of} / {PLAN.contender[0].engine}, {figure}",
        str(count),
        f"{math.exp(mean):.3f}",
        f"± {100 * math.expm1(within):.1f} %",
        f"{100 * math.expm1(sd):.1f} %",
        between(mean, reach / math.sqrt(count)),
        between(mean, reach * math.sqrt(1 + 1 / count)),
    ]


def between(middle: float, reach: float) -> str:
    """Format an interval of logarithms as one of ratios."""
    return f"{math.exp(middle - reach):.3f} – {math.exp(middle + reach):.3f}"


def body_of(made: Sequence[Session]) -> str:
    """Return the table and summary of all sessions."""
    pairs = dict.fromkeys((ratio.of, ratio.figure) for session in made for ratio in session.ratios)
    rows = []
    for of, figure in pairs:
        found = [
            ratio for session in made for ratio in session.ratios if (ratio.of, ratio.figure) == (of, figure)
        ]
        if len(found) >= FEWEST:
            rows.append(row_of(of, figure, found))
    first, last = made[0], made[-1]
    loads = [session.load_before for session in made]
    return "\n\n".join(
        [
            table(COLUMNS, rows),
            f"{len(made)} sessions from {first.date} to {last.date}, each {PLAN.load.concurrency} in flight, "
            f"interleaved, {PLAN.load.seconds:g} s of each client, lanes started {PLAN.schedule.epochs} times; load "
            f"averages before: {min(loads):.2f} – {max(loads):.2f}. {last.machine}.",
        ]
    )


def main() -> int:
    """Make a session, or publish all; return the exit code."""
    parser = command_line(__doc__, "half a minute")
    parser.add_argument("--show", action="store_true", help="print the table of all sessions, and make none")
    given = parser.parse_args()
    if not (given.write or given.show):
        session = asyncio.run(new_session())
        write_atomically(FILE, msgspec.json.format(msgspec.json.encode((*sessions(), session)), indent=1))
        for ratio in session.ratios:
            print(f"{ratio.of}, {ratio.figure}: {ratio.value:.3f} [{ratio.low:.3f}–{ratio.high:.3f}]")
        return 0
    made = sessions()
    if len(made) < FEWEST:
        print(f"{len(made)} sessions so far; {FEWEST} are needed", file=sys.stderr)
        return 1
    publish("sessions", body_of(made), write=given.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
