"""How far to believe the comparison of two runs, by simulation, as a Markdown table.

`python -m benchmarks.compare_runs [--runs 1000]`.  In every world of `benchmarks.worlds` two runs that share nothing
are compared by the functions that real reports are compared by, once where nothing changed and once where the first
contender lost a fifth of its speed.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.worlds import FIELDS, SOUND, UNSOUND, World, simulated
from httptui.reports.comparisons.comparison import Ratio
from httptui.reports.comparisons.ratios import changes_of, figures_of
from httptui.reports.report import HistogramData, ReportContender, Slice
from httptui.snapshot import Limiter, Requests
from httptui.verdicts.blocks import rates_of
from httptui.verdicts.margins import PROCESSES

BLOCKS = 20
SEED = 20
LOST = 0.8
WORLDS: Mapping[str, World] = {**SOUND, **UNSOUND}
COMPARED_FIELDS = ("2 equal", "6 equal")
COLUMNS = (
    "world",
    "contenders",
    "change covered",
    "change against the others covered",
    "starred by chance",
    "a fifth lost starred",
)


def counts_of(world: str, field: str, runs: int) -> Counter[str]:
    """In how many of so many comparisons each thing happened to the first contender."""
    source = random.Random(f"{SEED} {world} {field}")
    found: Counter[str] = Counter()
    for _ in range(runs):
        before = run_of(source, WORLDS[world], FIELDS[field])
        for lost in (1.0, LOST):
            speeds = (lost * FIELDS[field][0], *FIELDS[field][1:])
            after = run_of(source, WORLDS[world], speeds)
            first, *others = (
                (figures_of(one), figures_of(other)) for one, other in zip(before, after, strict=True)
            )
            change = changes_of(first, others, PROCESSES)["req_per_s"]
            for kind, ratio in (("plain", change.ratio), ("against", change.against)):
                found += judged(kind, ratio, lost)
    return found


def judged(kind: str, ratio: Ratio | None, truth: float) -> Counter[str]:
    """Whether the interval covers the truth, and whether the change is starred."""
    if ratio is None or ratio.low is None or ratio.high is None:
        raise ValueError("a comparison of whole runs has an interval")
    covers = ratio.low <= truth <= ratio.high
    return Counter({f"{kind} {truth} covered": int(covers), f"{kind} {truth} starred": int(ratio.shown)})


def run_of(source: random.Random, world: World, speeds: Sequence[float]) -> list[ReportContender]:
    """The contenders of a run that never happened, as its report has them."""
    blocks = rates_of(simulated(source, world, speeds, BLOCKS))
    return [contender_of(key, list(rates.values())) for key, rates in sorted(blocks.items())]


def contender_of(key: str, rates: Sequence[float]) -> ReportContender:
    """A contender with these requests in each block of a second."""
    counts = [round(rate) for rate in rates]
    return ReportContender(
        id=key,
        label=key,
        engine="simulated",
        reuse="shared",
        loop=None,
        http_version=None,
        http_requested="1.1",
        pool=None,
        concurrency=1,
        requests=Requests(planned=sum(counts), ok=sum(counts)),
        warmup_requests=0,
        seconds=float(len(counts)),
        req_per_s=sum(counts) / len(counts),
        latency_ms=None,
        cpu_us_per_request=None,
        connections_opened=None,
        bytes=0,
        status={},
        errors={},
        first_messages={},
        limiter=Limiter("unknown", "simulated"),
        state="finished",
        cause=None,
        versions={},
        slices=tuple(
            Slice(block=number, start=0.0, seconds=1.0, ok=count, error=0, timeout=0, cpu_us=0.0)
            for number, count in enumerate(counts)
        ),
        histogram=HistogramData(counts=()),
    )


def row_of(world: str, field: str, runs: int) -> str:
    """A line of the table."""
    found = counts_of(world, field, runs)
    events = ("plain 1.0 covered", "against 1.0 covered", "against 1.0 starred", f"against {LOST} starred")
    shares = [f"{found[event] / runs:.1%}" for event in events]
    return f"| {' | '.join((world, field, *shares))} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    runs = parser.parse_args().runs
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"| --- | --- |{' --: |' * (len(COLUMNS) - 2)}")
    for world in WORLDS:
        for field in COMPARED_FIELDS:
            print(row_of(world, field, runs), flush=True)


if __name__ == "__main__":
    main()
