"""Universal Scalability Law, fitted to rates at several levels of concurrency, and the knee of such a curve.

X(N) = γN / (1 + α(N - 1) + βN(N - 1)): γ is the rate of one request in flight, α the loss by contention and β the
loss by coherency. Source: N. J. Gunther, "A General Theory of Computational Scalability Based on Rational Functions"
(https://arxiv.org/abs/0808.1431), and Guerrilla Capacity Planning (Springer 2007), ch. 4–6.

The fit is by least squares of logarithms, because the noise of a rate is proportional to it; every level counts
alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from msgspec import Struct

from httptui.results.judge.blocks import log_ratios
from httptui.statistics import ALPHA, FEWEST_FREEDOM, estimate, student_t

FEWEST_LEVELS = 4
"""Three parameters, plus one level to show how well they fit."""
MOST_OF_MAXIMUM = 0.95
LONGEST_OF_BASE = 2.0
ALPHA_STARTS = (0.0, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 0.6, 0.9, 1.0)
BETA_STARTS = (0.0, *(m * 10.0**e for e in range(-9, 0) for m in (1.0, 3.0)), 1.0)
MOST_STEPS = 200
HALVINGS = 30
GOLDEN = (math.sqrt(5) - 1) / 2
FARTHEST_TOP = 1e6
NEGLIGIBLE = 1e-9
"""So small a β costs less than a tenth of the rate even at ten thousand in flight, and is taken as zero."""


class UslFit(Struct, frozen=True, kw_only=True):
    """A fit of the Universal Scalability Law.

    γ is in requests per second, α and β in 0 … 1; `error` is the typical relative distance of a rate from the curve.
    `n_star` is where the curve is highest, √((1 - α) / β), at least 1, or None if β is zero and the curve has no
    maximum. `n_star_low` and `n_star_high` are its 95 % interval; `n_star_high` is None if a curve without a maximum
    fits too, and both are None with too few levels.
    """

    gamma: float
    alpha: float
    beta: float
    error: float
    n_star: float | None
    n_star_low: float | None = None
    n_star_high: float | None = None

    @property
    def n_star_within(self) -> str:
        """The interval of N* in words, " [28–35]"; "" if unknown, or if both ends round to the same number."""
        if self.n_star_low is None or self.n_star_high is None:
            return ""
        low, high = f"{self.n_star_low:.0f}", f"{self.n_star_high:.0f}"
        return f" [{low}–{high}]" if low != high else ""

    def rate(self, concurrency: float) -> float:
        """Return the curve's requests per second at a level of concurrency, 1 or more."""
        return self.gamma * concurrency / _slowing(concurrency, self.alpha, self.beta)


class CurveLevel(NamedTuple):
    """Result of a contender at a level: requests per second, in total and by block, and p99 in ms if known."""

    level: float
    req_per_s: float
    p99_ms: float | None = None
    blocks: Mapping[int, float] = {}


def fit_usl(rates: Sequence[tuple[float, float]]) -> UslFit | None:
    """Fit the law to (concurrency, requests per second), with any number of values per level; rates of zero are
    ignored.

    Returns None if fewer than four levels remain.
    """
    known = [(n, x) for n, x in rates if n >= 1 and x > 0 and math.isfinite(x)]
    if len({n for n, _ in known}) < FEWEST_LEVELS:
        return None
    problem = _Problem(known)
    alpha, beta = problem.refined(*problem.start())
    beta = 0.0 if beta < NEGLIGIBLE else beta
    n_star = max(math.sqrt((1 - alpha) / beta), 1.0) if beta else None
    low, high = _top_interval(known, n_star)
    return UslFit(
        gamma=problem.gamma(alpha, beta),
        alpha=alpha,
        beta=beta,
        error=math.sqrt(problem.cost(alpha, beta) / max(len(known) - 3, 1)),
        n_star=n_star,
        n_star_low=low,
        n_star_high=high,
    )


class Saturation(NamedTuple):
    """The smallest level with 95 % of the highest rate; the last level shown to have less; the first with as much."""

    level: float
    low: float
    high: float


def saturation(curve: Sequence[CurveLevel]) -> Saturation | None:
    """Find where the rate levels off, or None if that is not shown below the last level.

    From that level to the last, the rate must gain less than half of what concurrency gains, by the whole interval if
    blocks give one.
    """
    ordered = sorted(curve, key=lambda point: point.level)
    most = max(ordered, key=lambda point: point.req_per_s, default=None)
    if most is None or most.req_per_s <= 0:
        return None
    found = next(point for point in ordered if point.req_per_s >= MOST_OF_MAXIMUM * most.req_per_s)
    last = ordered[-1]
    if found is last or _ratio(last, found)[1] >= (1 + last.level / found.level) / 2:
        return None
    less = [point.level for point in ordered if _ratio(point, most)[1] < MOST_OF_MAXIMUM]
    enough = [point.level for point in ordered if _ratio(point, most)[0] >= MOST_OF_MAXIMUM]
    return Saturation(
        found.level,
        min(max((level for level in less if level < found.level), default=ordered[0].level), found.level),
        max(min(enough, default=last.level), found.level),
    )


def knee(curve: Sequence[CurveLevel]) -> float | None:
    """Return the smallest level with at least 95 % of the highest rate and at most twice the p99 of the lowest level.

    None if only the last level has both, if the rate is not shown to level off (`saturation`), or if the lowest
    level's p99 is unknown.
    """
    most = max((point.req_per_s for point in curve), default=0.0)
    base = min(curve, key=lambda point: point.level).p99_ms if curve else None
    if base is None or saturation(curve) is None:
        return None
    last = max(point.level for point in curve)
    good = (
        point.level
        for point in curve
        if point.req_per_s >= MOST_OF_MAXIMUM * most
        and point.p99_ms is not None
        and point.p99_ms <= LONGEST_OF_BASE * base
        and point.level < last
    )
    return min(good, default=None)


def _ratio(one: CurveLevel, other: CurveLevel) -> tuple[float, float]:
    """Return the interval of the ratio of two levels' rates, or the plain ratio twice if blocks give none."""
    point = one.req_per_s / other.req_per_s
    differences = log_ratios(one.blocks, other.blocks) if one is not other else []
    _, low, high = estimate(differences) if differences else (0.0, None, None)
    return (point, point) if low is None or high is None else (math.exp(low), math.exp(high))


def _top_interval(
    rates: Sequence[tuple[float, float]], n_star: float | None
) -> tuple[float | None, float | None]:
    """Return the interval of N* values that fit the levels' means almost as well as the best one (profile
    likelihood).

    The scatter is that of rates at one level or, if larger, that of levels about the law: the law then does not quite
    fit, which makes N* less certain.
    """
    levels: dict[float, list[float]] = defaultdict(list)
    for level, rate in rates:
        levels[level].append(math.log(rate))
    means = {level: math.fsum(logs) / len(logs) for level, logs in levels.items()}
    within = math.fsum((log - means[level]) ** 2 for level, logs in levels.items() for log in logs)
    each, freedom = len(rates) / len(levels), len(rates) - len(levels)
    problem = _Problem([(level, math.exp(mean)) for level, mean in means.items()])
    free = problem.cost(*problem.refined(*problem.start()))
    about = free / (len(levels) - 3)
    scatter = max(within / freedom / each if freedom else 0.0, about)
    if freedom + len(levels) - 3 < FEWEST_FREEDOM:
        return None, None
    limit = free + scatter * student_t(1 - ALPHA, freedom + len(levels) - 3) ** 2 + 1e-12

    def fits(top: float) -> bool:
        return problem.cost_at_top(top) <= limit

    inside = FARTHEST_TOP if n_star is None else min(n_star, FARTHEST_TOP)
    low = 1.0 if fits(1.0) else _edge(fits, inside, 1.0)
    high = None if n_star is None or fits(math.inf) else _edge(fits, inside, FARTHEST_TOP)
    return low, high


def _edge(fits: Callable[[float], bool], inside: float, outside: float) -> float:
    """Bisect between a value that fits and one that does not."""
    for _ in range(HALVINGS):
        middle = math.sqrt(inside * outside)
        inside, outside = (middle, outside) if fits(middle) else (inside, middle)
    return outside


def _slowing(n: float, alpha: float, beta: float) -> float:
    return 1 + alpha * (n - 1) + beta * n * (n - 1)


class _Problem:
    """Least squares over α and β in 0 … 1, with the best γ for each."""

    def __init__(self, rates: Sequence[tuple[float, float]]) -> None:
        self._levels = [n for n, _ in rates]
        self._logs = [math.log(x / n) for n, x in rates]

    def gamma(self, alpha: float, beta: float) -> float:
        """Return the best γ."""
        slowed = (
            y + math.log(_slowing(n, alpha, beta)) for n, y in zip(self._levels, self._logs, strict=True)
        )
        return math.exp(math.fsum(slowed) / len(self._logs))

    def cost(self, alpha: float, beta: float) -> float:
        """Return the sum of squares with the best γ."""
        return math.fsum(r * r for r in self._residuals(alpha, beta))

    def start(self) -> tuple[float, float]:
        """Return the best of some α and β as a starting point."""
        return min(product(ALPHA_STARTS, BETA_STARTS), key=lambda at: self.cost(*at))

    def cost_at_top(self, top: float) -> float:
        """Return the sum of squares with the best γ and α for a curve highest at `top`, which may be infinite."""

        def cost(alpha: float) -> float:
            return self.cost(alpha, (1 - alpha) / top**2)

        at = min(range(len(ALPHA_STARTS)), key=lambda place: cost(ALPHA_STARTS[place]))
        low, high = ALPHA_STARTS[max(at - 1, 0)], ALPHA_STARTS[min(at + 1, len(ALPHA_STARTS) - 1)]
        for _ in range(HALVINGS):
            first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
            low, high = (low, second) if cost(first) <= cost(second) else (first, high)
        return min(cost((low + high) / 2), cost(ALPHA_STARTS[at]))

    def _residuals(self, alpha: float, beta: float) -> list[float]:
        return _centred(
            [y + math.log(_slowing(n, alpha, beta)) for n, y in zip(self._levels, self._logs, strict=True)]
        )

    def refined(self, alpha: float, beta: float) -> tuple[float, float]:
        """Take Levenberg–Marquardt steps from a start, inside the bounds, until none improves."""
        cost, damping = self.cost(alpha, beta), 1e-3
        for _ in range(MOST_STEPS):
            step_alpha, step_beta = self._step(alpha, beta, damping)
            tried = _bounded(alpha + step_alpha), _bounded(beta + step_beta)
            reached = self.cost(*tried)
            if reached < cost:
                alpha, beta, cost, damping = *tried, reached, max(damping / 5, 1e-12)
            else:
                damping *= 4
                if damping > 1e12:
                    break
        return alpha, beta

    def _step(self, alpha: float, beta: float, damping: float) -> tuple[float, float]:
        """Return a damped Gauss–Newton step; a parameter at its bound stays if it would leave it."""
        slowing = [_slowing(n, alpha, beta) for n in self._levels]
        by_alpha = _centred([(n - 1) / d for n, d in zip(self._levels, slowing, strict=True)])
        by_beta = _centred([n * (n - 1) / d for n, d in zip(self._levels, slowing, strict=True)])
        residuals = self._residuals(alpha, beta)
        down_alpha, down_beta = -_product(by_alpha, residuals), -_product(by_beta, residuals)
        aa, bb = _product(by_alpha, by_alpha) * (1 + damping), _product(by_beta, by_beta) * (1 + damping)
        ab = _product(by_alpha, by_beta)
        alpha_stays, beta_stays = _leaves(alpha, down_alpha), _leaves(beta, down_beta)
        if alpha_stays or beta_stays:
            return (0.0 if alpha_stays else down_alpha / aa), (0.0 if beta_stays else down_beta / bb)
        determinant = aa * bb - ab * ab
        return (bb * down_alpha - ab * down_beta) / determinant, (
            aa * down_beta - ab * down_alpha
        ) / determinant


def _bounded(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _leaves(value: float, direction: float) -> bool:
    """Return whether a parameter is at a bound and would leave it."""
    return (value <= 0 and direction < 0) or (value >= 1 and direction > 0)


def _centred(values: list[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    return [value - mean for value in values]


def _product(one: list[float], other: list[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))
