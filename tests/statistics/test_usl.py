"""The scalability law's fit: known curves are found again, and SciPy's least squares agree."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from httptui.results.scaling_laws import CurveLevel, UslFit, fit_usl, knee, saturation

LEVELS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
CURVES = [
    (1000.0, 0.02, 0.0005),
    (250.0, 0.3, 0.002),
    (7000.0, 0.85, 0.0001),
    (12.5, 0.001, 0.00002),
    (3000.0, 0.5, 0.03),
    (90.0, 0.0, 0.001),
]
"""γ, α and β."""


def law(n: float, gamma: float, alpha: float, beta: float) -> float:
    """Gunther's own formula."""
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def rates(gamma: float, alpha: float, beta: float) -> list[tuple[float, float]]:
    """The curve at the usual levels."""
    return [(n, law(n, gamma, alpha, beta)) for n in LEVELS]


def noisy(
    curve: tuple[float, float, float], seed: int, sigma: float = 0.02, blocks: int = 6
) -> list[tuple[float, float]]:
    """The curve, measured with log-normal noise in several blocks."""
    source = random.Random(seed)
    return [(n, x * source.lognormvariate(0, sigma)) for n, x in rates(*curve) for _ in range(blocks)]


def found(points: list[tuple[float, float]]) -> UslFit:
    """The fit that there must be."""
    fit = fit_usl(points)
    assert fit is not None
    return fit


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_without_noise_is_found_again(curve: tuple[float, float, float]) -> None:
    fit = found(rates(*curve))
    assert (fit.gamma, fit.alpha, fit.beta) == pytest.approx(curve, rel=1e-4, abs=1e-7)
    assert fit.error < 1e-6
    assert fit.n_star == pytest.approx(math.sqrt((1 - curve[1]) / curve[2]), rel=1e-4)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("curve", [curve for curve in CURVES if curve[1] >= 0.02])
def test_a_noisy_curve_is_found_again_to_five_per_cent(curve: tuple[float, float, float], seed: int) -> None:
    fit = found(noisy(curve, seed, sigma=0.01))
    if curve[1] < 0.8:  # Above, the top is so flat that one per cent of noise hides where it is.
        assert fit.n_star == pytest.approx(math.sqrt((1 - curve[1]) / curve[2]), rel=0.05)
    for n, true in rates(*curve):
        assert fit.rate(n) == pytest.approx(true, rel=0.05)
    assert fit.error == pytest.approx(0.01, rel=0.4)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("curve", CURVES)
def test_no_parameters_within_the_bounds_fit_better_than_scipys(
    curve: tuple[float, float, float], seed: int
) -> None:
    points = noisy(curve, seed, sigma=0.05)
    fit = found(points)
    levels, logs = np.array([n for n, _ in points]), np.array([math.log(x) for _, x in points])

    def log_law(n: np.ndarray, log_gamma: float, alpha: float, beta: float) -> np.ndarray:
        return log_gamma + np.log(n) - np.log(1 + alpha * (n - 1) + beta * n * (n - 1))

    start = (math.log(curve[0]), curve[1], curve[2])
    bounds = ((-math.inf, 0, 0), (math.inf, 1, math.inf))
    theirs, _ = curve_fit(
        log_law, levels, logs, start, bounds=bounds, x_scale=(1, 0.1, 1e-3), xtol=1e-14, ftol=1e-14
    )
    cost = float(np.sum((log_law(levels, *theirs) - logs) ** 2))
    own = float(np.sum((log_law(levels, math.log(fit.gamma), fit.alpha, fit.beta) - logs) ** 2))
    assert own <= cost * (1 + 1e-6)
    for n in LEVELS:
        assert math.log(fit.rate(n)) == pytest.approx(float(log_law(np.array([n]), *theirs)[0]), abs=2e-3)


def test_a_curve_that_only_levels_off_has_no_top() -> None:
    fit = found(rates(500.0, 0.1, 0.0))
    assert fit.beta == 0
    assert fit.n_star is None
    assert fit.alpha == pytest.approx(0.1, rel=1e-3)


def test_one_that_rises_faster_than_its_level_is_held_at_straight() -> None:
    fit = found([(n, 100.0 * n**1.1) for n in LEVELS])
    assert (fit.alpha, fit.beta, fit.n_star) == (0, 0, None)


def test_one_that_falls_from_the_start_is_highest_at_one() -> None:
    fit = found([(n, 1000.0 / n) for n in LEVELS])
    assert fit.n_star == 1
    assert fit.rate(256) < fit.rate(1)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(1, 10.0)],
        [(1, 10.0), (2, 18.0), (4, 30.0)],
        [(1, 10.0), (2, 0.0), (4, 30.0), (8, 40.0), (8, 41.0)],
    ],
)
def test_too_few_levels_give_no_fit(points: list[tuple[float, float]]) -> None:
    assert fit_usl(points) is None


@given(
    st.lists(
        st.tuples(st.integers(1, 10_000), st.floats(1e-3, 1e7)),
        min_size=4,
        max_size=20,
        unique_by=lambda p: p[0],
    ),
    st.floats(1e-3, 1e3),
)
def test_whatever_the_rates_the_fit_is_within_its_bounds_and_has_their_unit(
    points: list[tuple[float, float]], factor: float
) -> None:
    fit = found(points)
    assert fit.gamma > 0
    assert 0 <= fit.alpha <= 1
    assert fit.beta >= 0
    assert fit.n_star is None or fit.n_star >= 1
    scaled = found([(n, x * factor) for n, x in points])
    assert scaled.rate(7) == pytest.approx(fit.rate(7) * factor, rel=1e-3)


@given(st.floats(10, 1e5), st.floats(0, 0.99), st.floats(1e-6, 0.1))
def test_the_top_of_the_curve_is_where_it_is_said_to_be(gamma: float, alpha: float, beta: float) -> None:
    fit = found(rates(gamma, alpha, beta))
    assert fit.n_star is not None
    assert fit.rate(fit.n_star) >= max(fit.rate(fit.n_star * 1.05), fit.rate(max(fit.n_star / 1.05, 1)))


CURVE = [
    CurveLevel(1, 100.0, 10.0),
    CurveLevel(2, 190.0, 11.0),
    CurveLevel(4, 340.0, 13.0),
    CurveLevel(8, 480.0, 18.0),
    CurveLevel(16, 500.0, 40.0),
]


def test_the_knee_has_nearly_the_highest_rate_and_not_twice_the_base_latency() -> None:
    assert knee(CURVE) == 8
    assert saturation(CURVE) == (8, 4, 8)


def test_there_is_no_knee_where_latency_grows_before_the_rate_does() -> None:
    slow = [point._replace(p99_ms=point.level * 10) for point in CURVE]
    assert knee(slow) is None
    assert saturation(slow) == (8, 4, 8)


def test_nothing_is_told_of_the_last_level_or_of_a_rate_that_still_grows() -> None:
    assert (knee(CURVE[:4]), saturation(CURVE[:4])) == (None, None)
    rising = [CurveLevel(n, float(n), 1.0) for n in (100, 110, 115, 120)]
    assert (knee(rising), saturation(rising)) == (None, None)
    flat = [*rising, CurveLevel(125, 120.0, 1.0), CurveLevel(150, 120.0, 1.0)]
    assert saturation(flat) == (115, 110, 115)


def test_the_interval_of_the_top_holds_the_best_fit_and_is_open_where_there_is_none() -> None:
    fit = found(noisy((1000.0, 0.02, 0.0005), 1, sigma=0.03))
    assert fit.n_star is not None
    assert fit.n_star_low is not None
    assert fit.n_star_high is not None
    assert fit.n_star_low < fit.n_star < fit.n_star_high
    level = found(noisy((500.0, 0.1, 0.0), 1, sigma=0.01))
    assert level.n_star_high is None
    assert level.n_star_low is not None
    assert level.n_star_low > LEVELS[-1] / 2
    assert found([(1, 10.0), (2, 18.0), (4, 30.0), (8, 40.0)]).n_star_low is None


def test_a_latency_that_is_not_known_makes_no_knee() -> None:
    assert knee([point._replace(p99_ms=None) for point in CURVE]) is None
    assert knee([CURVE[0], *(point._replace(p99_ms=None) for point in CURVE[1:4]), CURVE[4]]) is None


def test_nothing_answered_has_neither() -> None:
    assert (knee([]), saturation([])) == (None, None)
    assert (knee([CurveLevel(1, 0.0, 1.0)]), saturation([CurveLevel(1, 0.0, 1.0)])) == (None, None)
