"""Correctness of sweep results on curves whose truth is known, by simulation, as a Markdown table.

`python -m benchmarks.sweep_intervals [--runs 400] [--write]`. Two contenders with the rate min(c / (L + R), 1 / s)
are swept over latencies; curves of the universal scalability law, and of a rate that levels off, over concurrency.
Levels are coarse and fine, every block has noise, and the functions are those that analyse real sweeps.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.published import publish, table
from httptui.results.scaling_laws import CurveLevel, PairedLevel, crossover, fit_usl, knee, saturation
from httptui.statistics import DELTA

PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"
BLOCKS = 6
SEED = 20
CONCURRENCY, FLOOR_MS = 16, 1.0
FAST_MS, SLOW_MS = 0.3, 2.6
"""CPU time per request of either contender; the slower one begins to wait at 40.6 ms."""
NOISE = (0.01, 0.03)
LATENCIES: Mapping[str, Sequence[float]] = {
    "coarse": (0, 1, 2, 5, 10, 20, 50, 100, 300),
    "as in scraper-latency": (0, 5, 10, 20, 30, 40, 100, 300),
    "fine": tuple(range(0, 82, 3)),
    "not far enough": (0, 5, 10, 20, 30),
}
CONCURRENCIES: Mapping[str, Sequence[float]] = {
    "coarse": (1, 4, 16, 64, 256),
    "doubled": (1, 2, 4, 8, 16, 32, 64, 128, 256),
    "fine": tuple(range(4, 124, 6)),
    "not far enough": (1, 2, 4, 8, 12, 16),
}
ALPHA, BETA = 0.02, 0.0004
N_STAR = math.sqrt((1 - ALPHA) / BETA)
FULL_AT = 40.0
"""Requests in flight from which the levelling rate no longer grows."""
EVENTS = ("told", "covered", "told beyond the last level")
Case = Callable[[random.Random, Sequence[float], float], Counter[str]]


def meeting(source: random.Random, levels: Sequence[float], noise: float) -> Counter[str]:
    """Find L* of two contenders that every block has measured at every level."""
    paired = [
        PairedLevel(
            level,
            [
                math.log(rate(level, FAST_MS) / rate(level, SLOW_MS)) + source.gauss(0, noise * math.sqrt(2))
                for _ in range(BLOCKS)
            ],
            (FAST_MS * 1e3, SLOW_MS * 1e3),
        )
        for level in levels
    ]
    found = crossover(paired, concurrency=CONCURRENCY, floor_ms=FLOOR_MS)
    truths = {
        "covered": CONCURRENCY * SLOW_MS / (1 + DELTA) - FLOOR_MS,
        "covers where the slower one waits": CONCURRENCY * SLOW_MS - FLOOR_MS,
    }
    if found.low_ms is None or found.high_ms is None:
        return Counter()
    covered = {name: int(found.low_ms <= truth <= found.high_ms) for name, truth in truths.items()}
    beyond = found.measured_ms is not None and (
        found.measured_ms > levels[-1] or truths["covered"] > levels[-1]
    )
    return Counter(told=1, **covered) + Counter({EVENTS[2]: int(beyond)})


def rate(latency_ms: float, cpu_ms: float) -> float:
    """Return the requests per second of a contender that either waits or computes."""
    return 1e3 * min(CONCURRENCY / (latency_ms + FLOOR_MS), 1 / cpu_ms)


def top_of_the_law(source: random.Random, levels: Sequence[float], noise: float) -> Counter[str]:
    """Find N* of a curve that follows the law."""
    fit = fit_usl(
        [
            (n, n / (1 + ALPHA * (n - 1) + BETA * n * (n - 1)) * source.lognormvariate(0, noise))
            for n in levels
            for _ in range(BLOCKS)
        ]
    )
    if fit is None or fit.n_star_low is None:
        return Counter()
    high = math.inf if fit.n_star_high is None else fit.n_star_high
    told = fit.n_star is not None and high <= levels[-1]
    return Counter(
        told=int(told),
        covered=int(fit.n_star_low <= N_STAR <= high),
        intervals=1,
    ) + Counter({EVENTS[2]: int(told and levels[-1] < N_STAR)})


def levelling_off(source: random.Random, levels: Sequence[float], noise: float) -> Counter[str]:
    """Find the saturation and the knee of a rate that grows in proportion up to a limit."""
    curve = []
    for n in levels:
        blocks = {block: min(n, FULL_AT) * source.lognormvariate(0, noise) for block in range(BLOCKS)}
        p99 = max(n / FULL_AT, 1.0) * source.lognormvariate(0, noise)
        curve.append(CurveLevel(n, sorted(blocks.values())[BLOCKS // 2], p99, blocks))
    off, bend = saturation(curve), knee(curve)
    beyond = any(at is not None and at >= levels[-1] for at in (bend, off and off.level))
    beyond = beyond or (off is not None and levels[-1] < FULL_AT * 0.95)
    covered = off is not None and off.low <= FULL_AT * 0.95 <= off.high
    return Counter(told=int(off is not None), covered=int(covered)) + Counter({EVENTS[2]: int(beyond)})


CASES: Mapping[str, tuple[Case, Mapping[str, Sequence[float]]]] = {
    "L* of two contenders": (meeting, LATENCIES),
    "N* of the law": (top_of_the_law, CONCURRENCIES),
    "95 % of the most, and the knee": (levelling_off, CONCURRENCIES),
}


def counts_of(case: str, grid: str, noise: float, runs: int) -> Counter[str]:
    """Count the events of so many sweeps."""
    judge, grids = CASES[case]
    source = random.Random(f"{SEED} {case} {grid} {noise}")
    found: Counter[str] = Counter()
    for _ in range(runs):
        found += judge(source, grids[grid], noise)
    return found


def row_of(case: str, grid: str, noise: float, runs: int) -> list[str]:
    """Return one row of the table: how many gave a result, and how many of their intervals cover the truth."""
    found = counts_of(case, grid, noise, runs)
    intervals = found["intervals"] or found["told"]
    covered = f"{found['covered'] / intervals:.1%}" if intervals else "–"
    return [
        case,
        grid,
        f"{noise:.0%}",
        f"{found['told'] / runs:.1%}",
        covered,
        f"{found[EVENTS[2]]} of {runs}",
    ]


def main() -> None:
    """Print the table, and write it if requested."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--write", action="store_true", help="put the result into docs/statistics.md, too")
    options = parser.parse_args()
    rows = [
        row_of(case, grid, noise, options.runs)
        for case, (_, grids) in CASES.items()
        for grid in grids
        for noise in NOISE
    ]
    columns = ("what", "levels", "noise", "told", "interval covers", "told beyond the last level")
    body = f"{table(columns, rows, words=2)}\n\n{options.runs} sweeps a line of {BLOCKS} blocks, seed {SEED}."
    publish("sweep intervals", body, write=options.write, page=PAGE)


if __name__ == "__main__":
    main()
