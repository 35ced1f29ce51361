"""Crossover: the latency above which two clients have practically the same throughput.

The model is a closed network of a delay and one station, solved by exact mean value analysis (Reiser & Lavenberg
1980): c requests in flight alternate between the network, which takes injected latency L plus bare round trip R
regardless of load, and the client, which serves one at a time for s of CPU. Throughput bends from 1 / s, where the
client computes, to c / (L + R), where it waits. Two clients differ by less than delta well after the slower one has
begun to wait, at L > c·s - R. The model ignores that threaded clients do part of their work in parallel. Measurements
may differ from it, so both are reported.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import Struct

from httptui.statistics import ALPHA, DELTA, estimate
from httptui.units import format_ms, format_times

SMALLEST_FLOOR_MS = 0.01
SMALLEST_PART = 0.1
"""Shorter distances are raised to this part of delta: one that is zero by chance would pull L* towards itself."""
STEP, HALVINGS = 1.5, 30
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
    for _ in range(HALVINGS):
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
