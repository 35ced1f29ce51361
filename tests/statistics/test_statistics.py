from __future__ import annotations

import random
from itertools import product

import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from httptui.statistics import (
    condense,
    estimate,
    fewest_blocks,
    holm,
    signed_rank_p,
    signed_ranks,
    walsh_averages,
)

# Hollander & Wolfe's depression scores (table 3.1), differences x - y: the textbook's own example.
DEPRESSION = [0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010]

DIFFERENCES = st.lists(st.integers(-1000, 1000), min_size=1, max_size=14)


def test_textbook_example_has_the_textbook_answers() -> None:
    assert signed_ranks(DEPRESSION) == (40, 5)
    assert signed_rank_p(DEPRESSION) == pytest.approx(2 * 0.01953125)
    assert estimate(DEPRESSION).point == pytest.approx(0.46)
    wide = estimate(DEPRESSION, 1 - 2 * 0.01953125)
    assert (wide.low, wide.high) == pytest.approx((0.010, 0.786))


@pytest.mark.parametrize("size", [1, 2, 5, 6, 9, 20, 50])
def test_p_values_equal_scipys_exact_ones(size: int) -> None:
    source = random.Random(size)
    for shift in (0.0, 0.3, 1.0):
        values = [source.gauss(shift, 1) for _ in range(size)]
        theirs = scipy.stats.wilcoxon(values, method="exact").pvalue
        assert signed_rank_p(values) == pytest.approx(theirs)


@given(DIFFERENCES)
def test_signed_ranks_count_the_walsh_averages_on_each_side_of_zero(values: list[int]) -> None:
    averages = walsh_averages(values)
    assert len(averages) == len(values) * (len(values) + 1) // 2
    assert averages == sorted(averages)
    assert signed_ranks(values) == (sum(a > 0 for a in averages), sum(a < 0 for a in averages))


@given(DIFFERENCES, st.sampled_from([0.05, 0.1, 0.01]))
def test_the_interval_leaves_out_zero_exactly_where_the_test_rejects(values: list[int], alpha: float) -> None:
    _, low, high = estimate(values, 1 - alpha)
    outside = low is not None and high is not None and not low <= 0 <= high
    assert outside == (signed_rank_p(values) <= alpha + 1e-12)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
def test_ties_and_zeros_are_never_more_significant_than_however_they_are_broken(values: list[int]) -> None:
    tied = signed_rank_p(values)
    for signs in product((-1, 1), repeat=len(values)):
        broken = [v + sign * 0.01 * (i + 1) for i, (v, sign) in enumerate(zip(values, signs, strict=True))]
        assert signed_rank_p(broken) <= tied + 1e-12


@given(DIFFERENCES, st.integers(-50, 50))
def test_the_estimate_moves_with_the_differences(values: list[int], shift: int) -> None:
    assume(len(values) >= 6)
    here, there = estimate(values), estimate([value + shift for value in values])
    assert there.point == pytest.approx(here.point + shift)
    assert there.low == pytest.approx((here.low or 0) + shift)
    assert there.high == pytest.approx((here.high or 0) + shift)


@pytest.mark.parametrize(("size", "has_interval"), [(1, False), (5, False), (6, True), (7, True)])
def test_95_percent_need_six_blocks(size: int, *, has_interval: bool) -> None:
    result = estimate([float(n) for n in range(size)])
    assert (result.low is not None) == has_interval
    assert (result.high is not None) == has_interval


def test_no_differences_say_nothing() -> None:
    assert signed_rank_p([]) == 1.0
    with pytest.raises(ValueError, match="no differences"):
        estimate([])


def test_six_equal_signs_reach_the_smallest_p_of_six_blocks() -> None:
    assert signed_rank_p([1, 2, 3, 4, 5, 6]) == 2 / 64
    assert signed_rank_p([0.0] * 6) == 1.0


@pytest.mark.parametrize("size", [6, 10, 20])
@pytest.mark.parametrize("draw", ["normal", "heavy tails", "bursts"])
def test_95_percent_intervals_cover_the_truth_at_least_as_often_as_promised(size: int, draw: str) -> None:
    source = random.Random(f"{size} {draw}")
    truth, trials = 0.5, 1500

    def difference() -> float:
        noise = source.gauss(0, 1)
        if draw == "heavy tails":
            return noise / max(abs(source.gauss(0, 1)), 1e-6)
        if draw == "bursts" and source.random() < 0.15:
            return noise * 10
        return noise

    covered = 0
    for _ in range(trials):
        _, low, high = estimate([truth + difference() for _ in range(size)])
        assert low is not None
        assert high is not None
        covered += low <= truth <= high
    # Four standard errors below the promise; exactness itself allows up to 0.97 at six blocks.
    assert 0.927 <= covered / trials <= 0.985


def test_holm_rejects_step_by_step_and_stops_at_the_first_failure() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert holm([0.012, 0.016, 0.024, 0.05]) == [True, True, True, True]
    assert holm([0.013, 0.001, 0.9]) == [True, True, False]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_rejects_at_least_what_bonferroni_does_and_no_more_than_no_correction(ps: list[float]) -> None:
    for p, rejected in zip(ps, holm(ps), strict=True):
        assert rejected or p > 0.05 / len(ps)
        assert not rejected or p <= 0.05


@given(st.lists(st.floats(-5, 5), max_size=300))
def test_condensing_keeps_the_sum_of_groups_and_the_bound(values: list[float]) -> None:
    short = condense(values)
    assert len(short) <= 60
    assert len(values) <= 60 or len(short) >= 30
    if len(values) <= 60:
        assert short == values
    elif len(values) % 60 == 0:
        assert sum(short) * (len(values) / 60) == pytest.approx(sum(values), abs=1e-6)


def test_condensing_means_neighbours() -> None:
    assert condense([1, 2, 3, 4, 5], most=3) == [1.5, 3.5, 5]


@given(st.floats(1e-6, 0.5))
def test_the_fewest_blocks_are_the_first_whose_p_can_be_so_small(alpha: float) -> None:
    fewest = fewest_blocks(alpha)
    assert signed_rank_p([1.0 + block for block in range(fewest)]) <= alpha
    assert signed_rank_p([1.0 + block for block in range(fewest - 1)]) > alpha
