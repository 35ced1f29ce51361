"""What is promised of comparisons, kept in simulated worlds; `benchmarks.compare_runs` is the long version."""

from __future__ import annotations

import math

import pytest

from benchmarks.compare_runs import COMPARED_FIELDS, LOST, NOISES, counts_of, missed_of
from benchmarks.worlds import SOUND

RUNS = 120


def least(share: float) -> float:
    """The promise, less three standard errors of so many runs."""
    return RUNS * (share - 3 * math.sqrt(share * (1 - share) / RUNS))


@pytest.mark.parametrize("field", COMPARED_FIELDS)
@pytest.mark.parametrize("world", SOUND)
def test_against_the_others_intervals_cover_the_truth_and_stars_are_earned(world: str, field: str) -> None:
    found = counts_of(world, field, RUNS)
    assert found["against 1.0 covered"] >= least(0.95)
    assert found[f"against {LOST} covered"] >= least(0.95)
    assert found["against 1.0 starred"] <= RUNS - least(0.95)
    assert found[f"against {LOST} starred"] > RUNS / 3


@pytest.mark.parametrize("noise", NOISES)
def test_the_readmes_threshold_fails_no_build_against_itself_but_by_the_bare_change(noise: float) -> None:
    found = missed_of(noise, 1, 0.0, RUNS)
    assert found["missed"] + found["control missed"] <= RUNS - least(0.95)
    assert found["bare"] > RUNS / 5


def test_the_readmes_threshold_finds_a_tenth_lost_on_a_quiet_machine() -> None:
    found = missed_of(0.02, 10, 0.1, RUNS)
    assert found["control missed"] > 0.7 * RUNS
    assert found["control met"] == 0


def test_the_plain_change_knows_nothing_of_a_machine_that_wanders() -> None:
    found = counts_of("wandering machine", "2 equal", RUNS)
    assert found["plain 1.0 covered"] < least(0.95)
