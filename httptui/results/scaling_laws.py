"""Two laws of a client's throughput: over concurrency (universal scalability law) and over latency (crossover).

Universal scalability law, X(N) = γN / (1 + α(N - 1) + βN(N - 1)): γ is the rate of one request in flight, α the loss
by contention and β the loss by coherency. Source: N. J. Gunther, "A General Theory of Computational Scalability Based
on Rational Functions" (https://arxiv.org/abs/0808.1431), and Guerrilla Capacity Planning (Springer 2007), ch. 4–6.
The fit is by least squares of logarithms, because the noise of a rate is proportional to it; every level counts
alike.

Crossover: the latency above which two clients have practically the same throughput. The model is a closed network of
a delay and one station, solved by exact mean value analysis (Reiser & Lavenberg 1980): c requests in flight alternate
between the network, which takes injected latency L plus bare round trip R regardless of load, and the client, which
serves one at a time for s of CPU. Throughput bends from 1 / s, where the client computes, to c / (L + R), where it
waits. Two clients differ by less than delta well after the slower one has begun to wait, at L > c·s - R. The model
ignores that threaded clients do part of their work in parallel. Measurements may differ from it, so both are
reported.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from msgspec import Struct

from httptui.results.judge.blocks import log_ratios
from httptui.statistics import ALPHA, DELTA, FEWEST_FREEDOM, estimate, student_t
from httptui.units import format_ms, format_times

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


SMALLEST_FLOOR_MS = 0.01
SMALLEST_PART = 0.1
"""Shorter distances are raised to this part of delta: one that is zero by chance would pull L* towards itself."""
STEP, BISECTIONS = 1.5, 30
STEPS_MS = tuple(3.6e6 / STEP**step for step in range(60))
"""Latencies to examine, from an hour down to a tenth of a microsecond."""


class PairedLevel(NamedTuple):
    """Two contenders at one latency: ln(one / other) of their requests per second in each shared block, and the CPU
    microseconds per request of each.
    """

    latency_ms: float
    differences: Sequence[float]
    cpu_us: tuple[float, float]


class FoundCrossover(Struct, frozen=True, kw_only=True):
    """The injected latency, in milliseconds, from which two contenders have the same throughput to within `delta`.

    `measured_ms` is the best estimate, interpolated between two levels. `low_ms` and `high_ms` are its 95 % interval,
    whose ends are levels: the last one at which the two are shown to differ by more, and the first one above it at
    which they are shown to differ by less. All are None if that was never shown, and the lowest level, with
    `is_from_start`, if they never differed. `highest_ms` is the highest measured level, `predicted_ms` the model's
    answer, and `agrees` means that the data allow it (None in older reports).
    """

    measured_ms: float | None
    predicted_ms: float
    highest_ms: float
    low_ms: float | None = None
    high_ms: float | None = None
    is_from_start: bool = False
    agrees: bool | None = None
    delta: float = DELTA


def modelled_rate(concurrency: int, latency_ms: float, cpu_us: float, floor_ms: float) -> float:
    """Return the modelled requests per second of a client that serves one at a time, for `cpu_us` each."""
    delay, service = max(latency_ms + floor_ms, SMALLEST_FLOOR_MS), cpu_us / 1e3
    waiting = rate = 0.0
    for in_flight in range(1, concurrency + 1):
        stay = service * (1 + waiting)
        rate = in_flight / (delay + stay)
        waiting = rate * stay
    return rate * 1e3


def predicted_crossover(
    levels: Sequence[PairedLevel], *, concurrency: int, floor_ms: float, delta: float = DELTA
) -> float:
    """Return the latency in ms above which the model's rates differ by less than `delta`; 0 if they always do.

    The cost of a request is interpolated between the measured latencies.
    """
    limit = math.log1p(delta)
    costs = [_costs_over(levels, side, floor_ms) for side in (0, 1)]

    def differ(latency_ms: float) -> bool:
        one, other = (modelled_rate(concurrency, latency_ms, cost(latency_ms), floor_ms) for cost in costs)
        return abs(math.log(one / other)) >= limit

    high = next((at for at in STEPS_MS if differ(at)), None)
    if high is None:
        return 0.0
    low, high = high, high * STEP
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if differ(middle) else (low, middle)
    return high


def crossover(
    levels: Sequence[PairedLevel], *, concurrency: int, floor_ms: float, delta: float = DELTA
) -> FoundCrossover:
    """Return the measured and the predicted L* of two contenders. Raises ValueError without levels.

    At L* the Hodges–Lehmann estimate of the ratio comes within `delta` for good. Between two levels it is
    interpolated on a straight line in the logarithms of difference and L + R. Because the curve may bend anywhere
    between them, the interval ends at levels: the last one at which the two are shown to differ, and the first one
    above it at which they are shown not to. A difference only shrinks with latency.
    """
    if not levels:
        raise ValueError("no levels to find a crossover in")
    ordered = sorted(levels, key=lambda level: level.latency_ms)
    latencies = [level.latency_ms for level in ordered]
    distances = [_distances(level.differences) for level in ordered]
    limit = math.log1p(delta)
    apart = [at for at, (nearest, _, _) in enumerate(distances) if limit <= nearest < math.inf]
    last_apart = max(apart, default=-1)
    equal = (at for at, (_, _, farthest) in enumerate(distances) if farthest < limit and at > last_apart)
    first = next(equal, len(latencies))
    shown = first < len(latencies)
    low, high = latencies[max(last_apart, 0)], latencies[min(first, len(latencies) - 1)]
    # A level above the interval may differ by chance, so L* is not sought there.
    points = [distance[1] for distance in distances[: first + 1]]
    measured = _where_within(latencies[: first + 1], points, limit, floor_ms) if shown else None
    predicted = predicted_crossover(ordered, concurrency=concurrency, floor_ms=floor_ms, delta=delta)
    room = (
        (low, high if first else latencies[min(1, len(latencies) - 1)])
        if shown
        else (latencies[-1], math.inf)
    )
    return FoundCrossover(
        measured_ms=measured,
        predicted_ms=predicted,
        highest_ms=latencies[-1],
        low_ms=low if shown else None,
        high_ms=high if shown else None,
        is_from_start=first == 0,
        agrees=room[0] <= predicted <= room[1],
        delta=delta,
    )


def crossover_sentence(found: FoundCrossover, one: str, other: str, cpu_times: float | None = None) -> str:
    """Describe the measured crossover in a sentence; `cpu_times` is the ratio of CPU per request, 1 or more."""
    choice = f"the choice between {one} and {other}"
    within = f"{found.delta * 100:g} %"
    if found.is_from_start:
        told = f"at every latency that was measured, {choice} changes throughput by less than {within}"
    elif found.measured_ms is not None:
        place = format_ms(found.measured_ms, found.low_ms, found.high_ms)
        told = f"above {place} of latency {choice} changes throughput by less than {within}"
    else:
        told = (
            f"at no latency up to {format_ms(found.highest_ms)} is it shown that {choice} "
            f"changes throughput by less than {within}"
        )
    if found.agrees is False:
        told += f"; the model disagrees, which by CPU per request alone predicts {predicted_text(found)}"
    still = "" if cpu_times is None else f"; CPU per request still differs {format_times(cpu_times)}"
    return told + still


def predicted_text(found: FoundCrossover) -> str:
    """Format the model's answer; beyond the highest level, only say that it is beyond."""
    beyond = found.predicted_ms > found.highest_ms
    return f"more than {format_ms(found.highest_ms)}" if beyond else format_ms(found.predicted_ms)


def _costs_over(levels: Sequence[PairedLevel], side: int, floor_ms: float) -> Callable[[float], float]:
    """Return CPU microseconds per request of one contender as a function of latency, linear over ln(L + R)."""
    floor = max(floor_ms, SMALLEST_FLOOR_MS)
    places = [math.log(level.latency_ms + floor) for level in levels]
    values = [level.cpu_us[side] for level in levels]

    def cost(latency_ms: float) -> float:
        at = math.log(latency_ms + floor)
        right = bisect_right(places, at)
        if right in (0, len(places)):
            return values[min(right, len(places) - 1)]
        part = (at - places[right - 1]) / (places[right] - places[right - 1])
        return values[right - 1] + part * (values[right] - values[right - 1])

    return cost


def _where_within(
    latencies: Sequence[float], distances: Sequence[float], limit: float, floor_ms: float
) -> float | None:
    """Return the smallest latency from which all distances are below the limit, or None if the last is not."""
    first = max((at + 1 for at, distance in enumerate(distances) if distance >= limit), default=0)
    if first == len(latencies):
        return None
    if first == 0 or math.isinf(distances[first - 1]):
        return latencies[first]
    above, below = distances[first - 1], max(distances[first], limit * SMALLEST_PART)
    part = math.log(above / limit) / math.log(above / below)
    return _between(latencies[first - 1], latencies[first], part, floor_ms)


def _distances(differences: Sequence[float]) -> tuple[float, float, float]:
    """Return the distances from zero of the interval's nearer end, the estimate and the farther end.

    All are infinite with too few blocks for an interval.
    """
    if not differences:
        return math.inf, math.inf, math.inf
    point, low, high = estimate(differences, 1 - ALPHA)
    if low is None or high is None:
        return math.inf, math.inf, math.inf
    return max(low, -high, 0.0), abs(point), max(abs(low), abs(high))


def _between(low_ms: float, high_ms: float, part: float, floor_ms: float) -> float:
    """Return the latency at a fraction of the way between two, on the axis ln(L + R)."""
    floor = max(floor_ms, SMALLEST_FLOOR_MS)
    return float((low_ms + floor) * ((high_ms + floor) / (low_ms + floor)) ** part - floor)
