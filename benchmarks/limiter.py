"""Whether what limits a contender is named rightly: cases made so that the answer is known, each run many times.

`python -m benchmarks.limiter [CASE …] [--repeats 20] [--seconds 2] [--write]`.  A case's right answer counts as
right, "unknown" as not right, and any other as wrong.  Exits with 1 where fewer than 95 % are right or any is wrong.
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
from dataclasses import dataclass

from benchmarks.measured import report_of, share_text
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Schedule, Target
from httptui.snapshot import LimiterKind
from httptui.target.process import EmbeddedTarget

WANTED = 0.95
COLUMNS = ("case", "right", "was named", "right in", "wrong in")
BURNER = "import sys, time\nend = time.monotonic() + float(sys.argv[1])\nwhile time.monotonic() < end: pass"
BURNER_SECONDS = 60.0
BURNERS_PER_CORE = 2


@dataclass(frozen=True)
class Case:
    """A run whose first contender is held back by something known.  `path` is the target's; with `foreign`, the
    target is one that the run did not start, and knows nothing about; with `burning`, others keep every core busy.
    """

    name: str
    right: LimiterKind
    contenders: tuple[Contender, ...]
    concurrency: int = 64
    path: str = ""
    tls: bool = False
    foreign: bool = False
    burning: bool = False

    def plan(self, url: str, seconds: float, seed: int) -> Plan:
        """The run, with the target at a URL."""
        return Plan(
            name=self.name,
            target=Target(url=url + self.path),
            load=Load(concurrency=self.concurrency, seconds=seconds),
            schedule=Schedule(kind="sequential", seed=seed, warmup="200ms"),
            contender=self.contenders,
        )


AIOHTTP = (Contender(engine="aiohttp"),)
CASES = (
    Case("threads of requests on one core", "client CPU", (Contender(engine="requests"),)),
    Case(
        "a pool of 2 for 64 in flight",
        "pool",
        (Contender(engine="aiohttp", pool=2),),
        path="/delay/20",
    ),
    Case("a slow worker: 2 ms of CPU a request", "target", AIOHTTP, concurrency=16, path="/cpu/2"),
    Case(
        "a slow worker, on a target not started by the run",
        "target",
        AIOHTTP,
        concurrency=16,
        path="/cpu/2",
        foreign=True,
    ),
    Case("answers after 100 ms", "latency", AIOHTTP, path="/delay/100"),
    Case(
        "answers after 100 ms, on a target not started by the run",
        "latency",
        AIOHTTP,
        path="/delay/100",
        foreign=True,
    ),
    Case(
        "a connection for each request, over TLS",
        "connection set-up",
        (Contender(engine="aiohttp", reuse="per-request"), Contender(engine="aiohttp")),
        concurrency=16,
        tls=True,
    ),
    Case(
        "an app whose event loop its client blocks",
        "event loop",
        (Contender(engine="requests", inside="fastapi-async-blocking"),),
        path="/delay/20",
    ),
    Case(
        "an app with more in flight than its 40 threads",
        "thread pool",
        (Contender(engine="requests", inside="fastapi-sync"),),
        path="/delay/200",
    ),
    Case("every core kept busy by others", "machine", AIOHTTP, concurrency=16, burning=True),
    Case("answers after 100 ms, every core busy", "latency", AIOHTTP, path="/delay/100", burning=True),
)


async def named_in(case: Case, seconds: float, seed: int) -> tuple[LimiterKind, str]:
    """The kind and the sentence that one run of a case comes to."""
    with burners((os.cpu_count() or 1) * BURNERS_PER_CORE if case.burning else 0):
        async with place(case) as url:
            limiter = (await report_of(case.plan(url, seconds, seed))).contenders[0].limiter
    return limiter.kind, limiter.sentence


@asynccontextmanager
async def place(case: Case) -> AsyncIterator[str]:
    """Where the target of a case is."""
    if not case.foreign:
        yield "https://embedded" if case.tls else "http://embedded"
        return
    target = await EmbeddedTarget.start()
    try:
        yield target.base_url()
    finally:
        await target.stop()


@contextmanager
def burners(count: int) -> Iterator[None]:
    """So many processes that do nothing but use a core each, and that end by themselves, too."""
    running = [subprocess.Popen([sys.executable, "-c", BURNER, str(BURNER_SECONDS)]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in running:
            burner.kill()
            burner.wait()


def row_of(case: Case, named: Mapping[str, int]) -> list[str]:
    """One line of the table."""
    total = sum(named.values())
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(named.items(), key=lambda item: -item[1]))
    return [
        case.name,
        case.right,
        told,
        share_text(named.get(case.right, 0), total),
        str(wrong_in(case, named)),
    ]


def wrong_in(case: Case, named: Mapping[str, int]) -> int:
    """In how many runs something else was named with confidence."""
    return sum(count for kind, count in named.items() if kind not in (case.right, "unknown"))


def good(case: Case, named: Mapping[str, int]) -> bool:
    """Whether it was right often enough, and never wrong."""
    return named.get(case.right, 0) >= WANTED * sum(named.values()) and not wrong_in(case, named)


async def measure(cases: tuple[Case, ...], repeats: int, seconds: float) -> dict[Case, Counter[str]]:
    """What was named how often, the cases in an order drawn anew for every repeat."""
    found: dict[Case, Counter[str]] = {case: Counter() for case in cases}
    draw = random.Random(repeats)
    for number in range(repeats):
        for case in draw.sample(cases, len(cases)):
            kind, sentence = await named_in(case, seconds, number)
            found[case][kind] += 1
            print(f"{number + 1} {case.name}: {sentence}", file=sys.stderr)
    return found


def main() -> int:
    """Measure and tell; the exit code."""
    parser = command_line(__doc__, "15 minutes")
    parser.add_argument("case", nargs="*", help="only cases in whose name this is found")
    parser.add_argument("--repeats", type=int, default=20, help="of each case")
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="under load, of each contender in each run"
    )
    given = parser.parse_args()
    load = load_average()
    cases = tuple(case for case in CASES if not given.case or any(word in case.name for word in given.case))
    found = asyncio.run(measure(cases, given.repeats, given.seconds))
    right = sum(named[case.right] for case, named in found.items())
    total = sum(sum(named.values()) for named in found.values())
    body = "\n\n".join(
        [
            table(COLUMNS, [row_of(case, named) for case, named in found.items()], words=3),
            f"Right in {share_text(right, total)}, wrong in "
            f"{sum(wrong_in(case, named) for case, named in found.items())}; {given.seconds:g} s a run; in brackets "
            f"the 95 % interval of the probability. {surroundings(load)}",
        ]
    )
    publish("limiter", body, write=given.write)
    return 0 if all(good(case, named) for case, named in found.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
