"""Error rates of the statistics, by simulation, as a Markdown table.

`python -m benchmarks.simulate [--runs 10000]`. Every world of `benchmarks.worlds` with every field of contenders is
simulated so many times, from a seed, in two processes, through the functions that judge real runs.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from multiprocessing import get_context

from benchmarks.worlds import FIELDS, SOUND, UNSOUND, simulated
from httptui.results.judge.blocks import Blocks, log_ratios, rates_of
from httptui.results.judge.flags import flags_of
from httptui.results.judge.ranking import Look, looks, rank, settled
from httptui.results.snapshot import Rank
from httptui.statistics import estimate

BLOCKS = 20
SEED = 20
CHUNK = 250
COLUMNS = (
    "world",
    "contenders",
    "interval covers",
    "false winner",
    "false place",
    "false winner, until decided",
    "false place, until decided",
    "all settled",
    "blocks until decided",
    "flagged",
)


def counts_of(world: str, field: str, runs: int, seed: str) -> Counter[str]:
    """Count the events of so many runs; "blocks" and "covered" are sums over runs and over pairs."""
    source = random.Random(seed)
    speeds = FIELDS[field]
    found: Counter[str] = Counter()
    for _ in range(runs):
        records = simulated(source, {**SOUND, **UNSOUND}[world], speeds, BLOCKS)
        blocks = rates_of(records)
        truth = dict(zip(blocks_order(speeds), speeds, strict=True))
        ranking = rank(rates(blocks), blocks)
        found += errors(ranking, truth, "fixed")
        found += coverage(blocks, truth)
        stopped, early = until_decided(blocks)
        found += errors(early, truth, "decided")
        found["blocks"] += stopped.block
        seen = before(blocks, stopped.block)
        found["settled"] += settled(rates(seen), seen, stopped)
        kinds = {flag.kind for flag in flags_of(records, [place.id for place in ranking])}
        found["flagged"] += bool(kinds & {"autocorrelation", "drift", "position effect"})
        if len(speeds) == 2:
            found["naive winner"] += any(
                errors(rank(rates(seen), seen), truth, "naive")
                for look in looks(BLOCKS)
                if (seen := before(blocks, look.block))
            )
    found["runs"] = runs
    return found


def until_decided(blocks: Blocks) -> tuple[Look, tuple[Rank, ...]]:
    """Return the look at which the run would stop, and the ranking that it would publish there."""
    for look in looks(BLOCKS):
        seen = before(blocks, look.block)
        if settled(rates(seen), seen, look):
            break
    return look, rank(rates(seen), seen, alpha=look.alpha)


def before(blocks: Blocks, number: int) -> dict[str, dict[int, float]]:
    """Return the blocks with a lower number."""
    return {
        key: {block: value for block, value in values.items() if block < number}
        for key, values in blocks.items()
    }


def errors(ranking: Sequence[Rank], truth: Mapping[str, float], rule: str) -> Counter[str]:
    """Count whether the first place, and whether any place, makes a false claim."""
    false = Counter[str]()
    for place in ranking:
        speed = truth[place.id]
        best = 1 + sum(other > speed for other in truth.values())
        worst = len(truth) - sum(other < speed for other in truth.values())
        if place.rank_low > best or place.rank_high < worst:
            false[f"{rule} place"] = 1
            if place.rank_high == 1:
                false[f"{rule} winner"] = 1
    return false


def coverage(blocks: Blocks, truth: Mapping[str, float]) -> Counter[str]:
    """Count the pairs whose 95 % intervals cover the true ratio, and all pairs."""
    found = Counter[str]()
    for one, other in combinations(truth, 2):
        _, low, high = estimate(log_ratios(blocks[one], blocks[other]))
        true = math.log(truth[one] / truth[other])
        found["pairs"] += 1
        found["covered"] += low is not None and high is not None and low <= true <= high
    return found


def rates(blocks: Blocks) -> list[tuple[str, float]]:
    """Return each contender's overall rate."""
    return [(key, sum(values.values()) / len(values)) for key, values in blocks.items()]


def blocks_order(speeds: Sequence[float]) -> list[str]:
    """Return the contenders' letters."""
    return [chr(65 + place) for place in range(len(speeds))]


def row_of(world: str, field: str, found: Counter[str]) -> list[str]:
    """Return one row of the table."""
    runs = found["runs"]

    def share(key: str) -> str:
        return f"{found[key] / runs:.2%}"

    return [
        world,
        field,
        f"{found['covered'] / found['pairs']:.1%}",
        share("fixed winner"),
        share("fixed place"),
        share("decided winner"),
        share("decided place"),
        share("settled"),
        f"{found['blocks'] / runs:.1f}",
        share("flagged"),
    ]


def table_of(rows: Sequence[Sequence[str]]) -> str:
    """Format rows as a Markdown table."""
    rules = ["---", "---", *["--:"] * (len(COLUMNS) - 2)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (COLUMNS, rules, *rows))


def main() -> None:
    """Simulate, and print the table and the worst figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    began = time.perf_counter()
    cases = [(world, field) for world in (*SOUND, *UNSOUND) for field in FIELDS]
    starts = [*range(0, options.runs, CHUNK), options.runs]
    jobs = [
        (world, field, end - start, f"{SEED} {world} {field} {start}")
        for world, field in cases
        for start, end in pairwise(starts)
    ]
    totals = {case: Counter[str]() for case in cases}
    with get_context("spawn").Pool(options.processes) as pool:
        for (world, field, *_), found in zip(jobs, pool.starmap(counts_of, jobs, chunksize=4), strict=True):
            totals[world, field] += found
    print(table_of([row_of(world, field, totals[world, field]) for world, field in cases]))
    sound = [found for (world, _), found in totals.items() if world in SOUND]
    worst = {
        key: max(found[key] / found["runs"] for found in sound)
        for key in ("fixed winner", "fixed place", "decided winner", "decided place", "naive winner")
    }
    spread = math.sqrt(0.05 * 0.95 / options.runs)
    print(
        f"\n{options.runs} runs a line of {BLOCKS} blocks, seed {SEED}; a true 5 % would show as 5 ± {2 * spread:.1%}"
    )
    print("worst of the sound worlds: " + ", ".join(f"{key} {share:.2%}" for key, share in worst.items()))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
