"""Correctness of limiters, in runs constructed so that the answer is known.

`python -m benchmarks.limiter [CASE …] [--repeats 1] [--seconds 3] [--write]`; the cases are those of
`benchmarks.limiter_cases`. Each contender of a run is right, unknown, or confidently wrong. Exits with 1 if fewer
than 90 % are right or any is wrong.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from benchmarks.limiter_cases import CASES, Case
from benchmarks.measured import share_text
from benchmarks.published import command_line, load_average, publish, surroundings, table
from benchmarks.services import serve
from httptui import Plan, Report, run
from httptui.results.snapshot import LimiterKind
from httptui.target.process import EmbeddedTarget

WANTED = 0.9
COLUMNS = ("case", "right", "was named", "right in", "unknown in", "wrong in")
BURNER = "import sys, time\nend = time.monotonic() + float(sys.argv[1])\nwhile time.monotonic() < end: pass"
BURNER_SECONDS = 60.0
BURNERS_PER_CORE = 2


async def named_in(case: Case, seconds: float, seed: int) -> list[tuple[LimiterKind, str]]:
    """Return kind and sentence of each contender's limiter in one run of a case."""
    with burners((os.cpu_count() or 1) * BURNERS_PER_CORE if case.burning else 0):
        async with place(case, seed) as (url, ca_file):
            report = await last_of(case.plan(url, ca_file, seconds, seed))
    told = report.contenders[:1] if case.first_only else report.contenders
    return [(contender.limiter.kind, contender.limiter.sentence) for contender in told]


async def last_of(plan: Plan) -> Report:
    """Return the report of a plan's run, in which requests may fail; RuntimeError without one."""
    async with run(plan) as items:
        async for item in items:
            if isinstance(item, Report):
                return item
    raise RuntimeError("a run ended without a report")


@asynccontextmanager
async def place(case: Case, seed: int) -> AsyncIterator[tuple[str, str | None]]:
    """Yield the URL of a case's target, and the certificate to trust."""
    if case.service is not None:
        async with serve(case.service, seed=seed) as served:
            yield served.url, served.ca_file
    elif not case.foreign:
        yield ("https://embedded" if case.tls else "http://embedded"), None
    else:
        target = await EmbeddedTarget.start()
        try:
            yield target.base_url(), None
        finally:
            await target.stop()


@contextmanager
def burners(count: int) -> Iterator[None]:
    """Run so many processes that each occupy a core, and that also end by themselves."""
    running = [subprocess.Popen([sys.executable, "-c", BURNER, str(BURNER_SECONDS)]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in running:
            burner.kill()
            burner.wait()


def row_of(case: Case, named: Mapping[str, int]) -> list[str]:
    """Return one row of the table."""
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(named.items(), key=lambda item: -item[1]))
    total = sum(named.values())
    right, wrong = right_in(case, named), wrong_in(case, named)
    return [
        case.name,
        " or ".join(case.right),
        told,
        f"{right} of {total}",
        str(total - right - wrong),
        str(wrong),
    ]


def right_in(case: Case, named: Mapping[str, int]) -> int:
    """Count how often the right limiter was named."""
    return sum(named.get(kind, 0) for kind in case.right)


def wrong_in(case: Case, named: Mapping[str, int]) -> int:
    """Count how often a wrong limiter was named with confidence."""
    return sum(count for kind, count in named.items() if kind not in (*case.right, "unknown"))


def good(found: Mapping[Case, Mapping[str, int]]) -> bool:
    """Return whether enough limiters were right, and none wrong."""
    total = sum(sum(named.values()) for named in found.values())
    right = sum(right_in(case, named) for case, named in found.items())
    return right >= WANTED * total and not any(wrong_in(case, named) for case, named in found.items())


async def measure(cases: tuple[Case, ...], repeats: int, seconds: float) -> dict[Case, Counter[str]]:
    """Count the named limiters by case, in a new random order for every repeat."""
    found: dict[Case, Counter[str]] = {case: Counter() for case in cases}
    draw = random.Random(repeats)
    for number in range(repeats):
        for case in draw.sample(cases, len(cases)):
            for kind, sentence in await named_in(case, seconds, number):
                found[case][kind] += 1
                grade = "right" if kind in case.right else "unknown" if kind == "unknown" else "WRONG"
                print(f"{number + 1} {grade} {case.name}: {sentence}", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Measure and publish; return the exit code."""
    parser = command_line(__doc__, "12 minutes")
    parser.add_argument("case", nargs="*", help="only cases in whose name this is found")
    parser.add_argument("--repeats", type=int, default=1, help="of each case")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="under load, of each contender in each run"
    )
    given = parser.parse_args()
    load = load_average()
    cases = tuple(case for case in CASES if not given.case or any(word in case.name for word in given.case))
    found = asyncio.run(measure(cases, given.repeats, given.seconds))
    right = sum(right_in(case, named) for case, named in found.items())
    wrong = sum(wrong_in(case, named) for case, named in found.items())
    total = sum(sum(named.values()) for named in found.values())
    body = "\n\n".join(
        [
            table(COLUMNS, [row_of(case, named) for case, named in found.items()], words=3),
            f"{len(found)} cases: right in {share_text(right, total)}, unknown in {total - right - wrong}, "
            f"confidently wrong in {wrong}; {given.seconds:g} s per run; values in parentheses are "
            f"95 % intervals of the probability. {surroundings(load)}",
        ]
    )
    publish("limiter", body, write=given.write)
    return 0 if good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
