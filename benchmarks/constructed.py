"""Runs whose truth is known, because target, clients and load are made for it, against which the report is graded.

`python -m benchmarks.constructed [CASE …] [--repeats 1] [--resume] [--write]`; a CASE is a part of names, or the name
of a group (feed, work, gates, failing, limits). A case is right, unknown (nothing claimed) or confidently wrong.
`--resume` keeps the outcomes of the last run: all cases that it did not reach, or those named, are run and replace
theirs. Exits with 1 if anything is confidently wrong.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import msgspec

from benchmarks.cases import failing, feed, gates, limits, work
from benchmarks.cases.checks import Case, Finding, Grade, Told, graded
from benchmarks.limiter import burners
from benchmarks.measured import share_text
from benchmarks.published import Kept, command_line, load_average, publish, surroundings, table
from benchmarks.services import Place, serve

GROUPS: dict[str, tuple[Case, ...]] = {
    "feed": feed.CASES,
    "work": work.CASES,
    "gates": gates.CASES,
    "failing": failing.CASES,
    "limits": limits.CASES,
}
LONGEST_SECONDS = 150.0
BURNERS_PER_CORE = 2
COLUMNS = ("group", "case", "right", "unknown", "confidently wrong", "what was not right")


class Outcome(msgspec.Struct, frozen=True):
    """Outcome of one case: the number of each grade, and the reason of the last one that was not right."""

    right: int = 0
    unknown: int = 0
    wrong: int = 0
    why: str = ""

    def with_one(self, finding: Finding) -> Outcome:
        """Add one repeat."""
        counts = {grade: getattr(self, grade) for grade in ("right", "unknown", "wrong")}
        counts[finding.grade] += 1
        return Outcome(**counts, why=finding.why or self.why)


async def told_of(case: Case, folder: Path) -> Told:
    """Run one case by the command, as a user would."""
    async with place_of(case) as place:
        url = (place.url if place else "http://embedded") + case.path
        file = folder / "report.json"
        file.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "httptui",
            "run",
            "--url",
            url,
            *case.arguments(),
            "--json",
            str(file),
            *(("--ca-file", place.ca_file) if place and place.ca_file else ()),
        ]
        homes = {name: str(folder / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        crowd = burners((os.cpu_count() or 1) * BURNERS_PER_CORE) if case.burning else nullcontext()
        with crowd:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **homes},
            )
            text = await ended(process, case.stop_after)
        report = msgspec.json.decode(file.read_bytes()) if file.exists() else None
        counts = None
        if place is not None and case.service is not None:
            try:
                counts = await place.counts()
            except RuntimeError:  # some services die on purpose
                counts = None
    return Told(process.returncode or 0, report, text, counts)


@asynccontextmanager
async def place_of(case: Case) -> AsyncIterator[Place | None]:
    """Serve a case and yield its address; None for the embedded target, which the run itself starts."""
    if case.service is None:
        yield None
        return
    async with serve(case.service) as place:
        yield place


async def ended(process: asyncio.subprocess.Process, stop_after: float | None) -> str:
    """Wait for a run, with Ctrl-C after a time if asked for; return its output."""
    reading = asyncio.create_task(process.communicate())
    if stop_after is not None:
        await asyncio.wait([reading], timeout=stop_after)
        if not reading.done():
            process.send_signal(signal.SIGINT)
    done, _ = await asyncio.wait([reading], timeout=LONGEST_SECONDS)
    if not done:
        process.kill()
        return (await reading)[0].decode(errors="replace") + f"\nkilled after {LONGEST_SECONDS:g} s"
    return reading.result()[0].decode(errors="replace")


async def measure(cases: Sequence[tuple[str, Case]], repeats: int, kept: Kept[Outcome]) -> None:
    """Run every case so many times, saving after each."""
    folder = Path(tempfile.mkdtemp(prefix="httptui-constructed-"))
    try:
        for number, (group, case) in enumerate(cases, 1):
            outcome, began = Outcome(), time.monotonic()
            for _ in range(repeats):
                finding = graded(case, await told_of(case, folder))
                outcome = outcome.with_one(finding)
                print(
                    f"{number}/{len(cases)} {group}: {case.name}: {finding.grade.upper()}"
                    f"{' (' + finding.why + ')' if finding.why else ''} [{time.monotonic() - began:.1f} s]",
                    file=sys.stderr,
                )
            kept.keep(case.name, outcome)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def chosen(words: Sequence[str]) -> list[tuple[str, Case]]:
    """Select cases by group or by part of a name; all of them without any word."""
    return [
        (group, case)
        for group, cases in GROUPS.items()
        for case in cases
        if not words or any(word == group or word in case.name for word in words)
    ]


def body_of(outcomes: dict[str, Outcome], load: float) -> str:
    """Return the table of all cases that were run, with sums."""
    rows = [
        [group, case.name, str(one.right), str(one.unknown), str(one.wrong), escaped(one.why)]
        for group, case in chosen(())
        if (one := outcomes.get(case.name)) is not None
    ]
    sums: Counter[Grade] = Counter()
    for outcome in outcomes.values():
        sums["right"] += outcome.right
        sums["unknown"] += outcome.unknown
        sums["wrong"] += outcome.wrong
    total = sum(sums.values())
    return "\n\n".join(
        [
            table_of(rows),
            f"{len(rows)} cases: right in {share_text(sums['right'], total)}, unknown in {sums['unknown']}, "
            f"confidently wrong in {sums['wrong']}. {surroundings(load)}",
        ]
    )


def table_of(rows: Sequence[Sequence[str]]) -> str:
    """Format a table with words aligned left and counts aligned right."""
    text = table(COLUMNS, rows, words=len(COLUMNS))
    return text.replace("| --- | --- | --- | --- | --- | --- |", "| --- | --- | --: | --: | --: | --- |", 1)


def escaped(text: str) -> str:
    """Escape a text for a table cell."""
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def main() -> int:
    """Run and publish; return the exit code."""
    parser = command_line(__doc__, "20 minutes", resumable=True)
    parser.add_argument("case", nargs="*", help="a part of a name, or a group: " + ", ".join(GROUPS))
    parser.add_argument("--repeats", type=int, default=1, help="of each case")
    given = parser.parse_args()
    load = load_average()
    cases, kept = chosen(given.case), Kept("constructed", Outcome, resumed=given.resume)
    if not given.case:
        cases = [(group, case) for group, case in cases if case.name not in kept.parts]
    asyncio.run(measure(cases, given.repeats, kept))
    outcomes = kept.parts
    publish("constructed", body_of(outcomes, load), write=given.write)
    return int(any(outcome.wrong for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
