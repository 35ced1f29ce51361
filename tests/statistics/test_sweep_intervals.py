"""What sweeps tell of curves of known truth; `benchmarks.sweep_intervals` is the long version."""

from __future__ import annotations

import math

import pytest

from benchmarks.sweep_intervals import CASES, EVENTS, NOISE, counts_of

RUNS = 40
GRIDS = [(case, grid) for case, (_, grids) in CASES.items() for grid in grids]


@pytest.mark.parametrize(("case", "grid"), GRIDS)
@pytest.mark.parametrize("noise", NOISE)
def test_intervals_hold_the_truth_and_nothing_is_told_beyond_the_last_level(
    case: str, grid: str, noise: float
) -> None:
    found = counts_of(case, grid, noise, RUNS)
    intervals = found["intervals"] or found["told"]
    assert found["covered"] >= intervals * 0.95 - 3 * math.sqrt(intervals * 0.05 * 0.95)
    assert found[EVENTS[2]] == 0
    if grid == "not far enough":
        assert found["told"] == 0
    elif noise == min(NOISE):
        assert found["told"] > RUNS / 2
