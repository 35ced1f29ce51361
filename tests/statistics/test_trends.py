from __future__ import annotations

import random
from itertools import permutations

import pytest
import scipy.stats

from httptui.results.judge.flags import lag_1, mann_kendall_p, page_p, robust_spread


@pytest.mark.parametrize("size", [2, 5, 9, 20, 60])
def test_a_trends_p_value_is_scipys_exact_one(size: int) -> None:
    source = random.Random(size)
    for slope in (0.0, 0.05, -0.5):
        values = [slope * n + source.gauss(0, 1) for n in range(size)]
        theirs = scipy.stats.kendalltau(range(size), values, method="exact").pvalue
        assert mann_kendall_p(values) == pytest.approx(theirs)


def test_all_orders_together_have_the_p_values_that_they_should() -> None:
    p_values = [mann_kendall_p(order) for order in permutations(range(6))]
    for bound in set(p_values):
        share = sum(p <= bound for p in p_values) / len(p_values)
        assert share <= bound + 1e-12


def test_equal_values_and_no_values_show_no_trend() -> None:
    assert mann_kendall_p([1.0] * 10) == 1.0
    assert mann_kendall_p([]) == 1.0
    assert mann_kendall_p(range(1_000)) < 1e-9


@pytest.mark.parametrize("columns", [2, 3, 6])
def test_a_columns_p_value_is_scipys_on_both_sides(columns: int) -> None:
    source = random.Random(columns)
    rows = [[source.gauss(0.1 * column, 1) for column in range(columns)] for _ in range(20)]
    up = page_p(rows)
    if columns > 2:
        theirs = scipy.stats.page_trend_test(rows, method="asymptotic").pvalue
        assert up == pytest.approx(2 * min(theirs, 1 - theirs))
    assert page_p([row[::-1] for row in rows]) == pytest.approx(up)
    assert page_p([[1.0] * columns] * 20) == 1.0


def test_lag_1_tells_runs_from_zigzags() -> None:
    assert lag_1([1.0, 1.0, 1.0, -1.0, -1.0, -1.0]) == pytest.approx(0.5)
    assert lag_1([1.0, -1.0] * 10) == pytest.approx(-0.95)
    assert lag_1([2.0, 2.0]) == 0.0
    assert lag_1([]) == 0.0


def test_the_robust_spread_is_the_standard_deviation_and_does_not_see_a_few_strays() -> None:
    source = random.Random(1)
    values = [source.gauss(5, 0.1) for _ in range(4_000)]
    assert robust_spread(values) == pytest.approx(0.1, rel=0.05)
    assert robust_spread([*values, *([1e6] * 40)]) == pytest.approx(0.1, rel=0.07)
