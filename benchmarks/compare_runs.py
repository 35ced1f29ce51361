"""Reliability of the comparison of two runs, by simulation, as Markdown tables.

`python -m benchmarks.compare_runs [--runs 1000] [--thresholds] [--write]`. In every world of `benchmarks.worlds`, two
independent runs are compared by the functions that compare real reports, once without a change and once after the
first contender lost a fifth of its speed. With `--thresholds`, a second table shows how often the README's threshold
fails an unchanged build, and one that lost some of its speed, by noise and epochs.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.published import between_markers, table
from benchmarks.worlds import FIELDS, SOUND, UNSOUND, World, simulated
from httptui.compare.compare import changes_of, figures_of
from httptui.compare.comparison import Ratio
from httptui.compare.thresholds import outcome_of, parse_threshold, range_of
from httptui.report.store import write_atomically
from httptui.results.judge.blocks import PROCESSES, margins_of, rates_of
from httptui.results.report import HistogramData, ReportContender, Slice
from httptui.results.snapshot import Limiter, Requests

PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"
BLOCKS = 20
SEED = 20
LOST = 0.8
WORLDS: Mapping[str, World] = {**SOUND, **UNSOUND}
COMPARED_FIELDS = ("2 equal", "6 equal")
THRESHOLD = "req_per_s > -5%"
LOSSES = (0.0, 0.1, 0.2)
NOISES = (0.02, 0.05, 0.1)
EPOCHS = (1, 4, 10)
MACHINE = 0.1
COLUMNS = (
    "world",
    "contenders",
    "change covered",
    "change against the others covered",
    "starred by chance",
    "a fifth lost starred",
)


def counts_of(world: str, field: str, runs: int) -> Counter[str]:
    """Count how often each event happened to the first contender in so many comparisons."""
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
    """Count whether the interval covers the truth, and whether the change is starred."""
    if ratio is None or ratio.low is None or ratio.high is None:
        raise ValueError("a comparison of whole runs has an interval")
    covers = ratio.low <= truth <= ratio.high
    return Counter({f"{kind} {truth} covered": int(covers), f"{kind} {truth} starred": int(ratio.shown)})


def run_of(source: random.Random, world: World, speeds: Sequence[float]) -> list[ReportContender]:
    """Return the contenders of a simulated run, in the form of its report."""
    blocks = rates_of(simulated(source, world, speeds, BLOCKS))
    return [contender_of(key, list(rates.values())) for key, rates in sorted(blocks.items())]


def contender_of(key: str, rates: Sequence[float]) -> ReportContender:
    """Return a contender with these requests in each block of a second."""
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
    """Return one row of the table."""
    found = counts_of(world, field, runs)
    events = ("plain 1.0 covered", "against 1.0 covered", "against 1.0 starred", f"against {LOST} starred")
    shares = [f"{found[event] / runs:.1%}" for event in events]
    return f"| {' | '.join((world, field, *shares))} |"


def missed_of(noise: float, epochs: int, lost: float, runs: int) -> Counter[str]:
    """Count the outcomes of the threshold for the first of three contenders that lost a part of its speed.

    It is judged against the others and with a control. The machine differs by 10 % from run to run, and two processes
    of one client by the margin, which is taken as two standard errors.
    """
    source, clause = random.Random(f"{SEED} {noise} {epochs} {lost}"), parse_threshold(THRESHOLD)
    margins, found = margins_of("interleaved", epochs), Counter[str]()

    def run(kept: float) -> list[ReportContender]:
        machine = source.lognormvariate(0, MACHINE)
        contenders = []
        for key, speed in zip("ABC", (kept, 0.5, 0.2), strict=True):
            pace = 10_000 * speed * machine * source.lognormvariate(0, margins.rate / 2 / math.sqrt(2))
            contenders.append(
                contender_of(key, [pace * source.lognormvariate(0, noise) for _ in range(BLOCKS)])
            )
        return contenders

    for _ in range(runs):
        pairs = zip(run(1.0), run(1 - lost), strict=True)
        first, *others = ((figures_of(one), figures_of(other)) for one, other in pairs)
        change = changes_of(first, others, margins)["req_per_s"]
        held = changes_of(first, others[:1], margins)["req_per_s"]
        found[outcome_of(clause, change.ratio, range_of(change))] += 1
        found[f"control {outcome_of(clause, held.against, range_of(held))}"] += 1
        found["bare"] += outcome_of(clause, change.ratio, None, point=True) == "missed"
    return found


def thresholds_table(runs: int) -> str:
    """Return the second table."""
    rows = []
    for noise in NOISES:
        for epochs in EPOCHS:
            counts = [missed_of(noise, epochs, lost, runs) for lost in LOSSES]
            cells = [f"{one[f'{held}missed'] / runs:.0%}" for held in ("", "control ") for one in counts]
            rows.append([f"{noise:.0%}", str(epochs), f"{counts[0]['bare'] / runs:.0%}", *cells])
    losses = ["one build", *(f"{lost:.0%} lost" for lost in LOSSES[1:])]
    columns = [*losses, *(f"{name}, with a control" for name in losses)]
    return table(("noise of a turn", "epochs", "one build by the bare change", *columns), rows)


def main() -> None:
    """Print the requested tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--thresholds", action="store_true", help="only the table of thresholds")
    parser.add_argument("--write", action="store_true", help="put that into docs/statistics.md, too")
    given = parser.parse_args()
    runs = given.runs
    if given.thresholds:
        body = f"{thresholds_table(runs)}\n\n{runs} comparisons a cell, {BLOCKS} blocks a run, seed {SEED}."
        print(body)
        if given.write:
            write_atomically(PAGE, between_markers(PAGE.read_text(), "thresholds", body).encode())
        return
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"| --- | --- |{' --: |' * (len(COLUMNS) - 2)}")
    for world in WORLDS:
        for field in COMPARED_FIELDS:
            print(row_of(world, field, runs), flush=True)


if __name__ == "__main__":
    main()
