"""The shift between two samples: against a textbook's answers, SciPy's, and every order counted one by one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from httptui.statistics import _orders_of_two, shift

# Hollander & Wolfe's permeability of human membranes (table 4.1), at term and between 12 and 26 weeks.
AT_TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLIER = [1.15, 0.88, 0.90, 0.74, 1.21]

SAMPLE = st.lists(st.integers(-50, 50), min_size=1, max_size=9)


def rank_sum_p(before: Sequence[float], after: Sequence[float]) -> float:
    """The two-sided p-value of the test that the interval inverts; ties are counted against significance."""
    above = sum(later > earlier for later in after for earlier in before)
    below = sum(later < earlier for later in after for earlier in before)
    cumulated = _orders_of_two(*sorted((len(before), len(after))))
    against = len(before) * len(after) - max(above, below)
    return min(1.0, 2 * cumulated[against] / cumulated[-1])


def test_textbook_example_has_the_textbook_answers() -> None:
    point, low, high = shift(EARLIER, AT_TERM, 0.96)
    assert point == pytest.approx(0.305)
    assert (low, high) == pytest.approx((-0.15, 0.76))
    assert rank_sum_p(EARLIER, AT_TERM) == pytest.approx(0.2544, abs=1e-4)


@pytest.mark.parametrize(("fewer", "more"), [(1, 1), (3, 5), (4, 4), (7, 20), (20, 20), (60, 45)])
def test_p_values_equal_scipys_exact_ones(fewer: int, more: int) -> None:
    source = random.Random(fewer * 100 + more)
    for distance in (0.0, 0.4, 1.0):
        before = [source.gauss(0, 1) for _ in range(fewer)]
        after = [source.gauss(distance, 1) for _ in range(more)]
        theirs = scipy.stats.mannwhitneyu(before, after, method="exact").pvalue
        assert rank_sum_p(before, after) == pytest.approx(theirs)
        assert rank_sum_p(after, before) == pytest.approx(theirs)


@given(SAMPLE, SAMPLE, st.sampled_from([0.05, 0.1, 0.01]))
def test_the_interval_leaves_out_zero_exactly_where_the_test_rejects(
    before: list[int], after: list[int], alpha: float
) -> None:
    _, low, high = shift(before, after, 1 - alpha)
    outside = low is not None and high is not None and not low <= 0 <= high
    assert outside == (rank_sum_p(before, after) <= alpha + 1e-12)


@given(SAMPLE, SAMPLE, st.integers(-100, 100))
def test_a_constant_added_to_one_sample_is_added_to_the_answer(
    before: list[int], after: list[int], constant: int
) -> None:
    point, low, high = shift(before, after)
    moved = shift(before, [value + constant for value in after])
    assert moved.point == point + constant
    assert moved.low == (None if low is None else low + constant)
    assert moved.high == (None if high is None else high + constant)


def test_swapped_samples_turn_the_answer_round() -> None:
    point, low, high = shift(EARLIER, AT_TERM)
    assert low is not None
    assert high is not None
    assert shift(AT_TERM, EARLIER) == pytest.approx((-point, -high, -low))


def test_of_all_orders_the_interval_covers_at_least_its_confidence() -> None:
    covered = []
    for chosen in combinations(range(9), 4):
        before = [float(place) for place in chosen]
        after = [float(place) for place in range(9) if place not in chosen]
        _, low, high = shift(before, after)
        assert low is not None
        assert high is not None
        covered.append(low <= 0 <= high)
    assert 0.95 <= sum(covered) / len(covered) < 1


@pytest.mark.parametrize(
    ("fewer", "more", "enough"), [(3, 3, False), (2, 7, False), (2, 8, True), (3, 5, True), (4, 4, True)]
)
def test_no_interval_where_the_samples_are_too_small_for_one(fewer: int, more: int, enough: bool) -> None:
    estimate = shift([1.0 * n for n in range(fewer)], [100.0 + n for n in range(more)])
    assert (estimate.low is not None) == enough
    assert estimate.point == pytest.approx(100 + (more - fewer) / 2, abs=1)


def test_nothing_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="no values"):
        shift([], [1.0])
