"""Where latency drowns the difference between clients: the level above which their throughput is the same.

c requests in flight go round between the network, which takes L of injected latency and R for the bare round trip
however many are on their way, and the client, which serves one at a time and needs s of CPU for each: a closed
network of a delay and one station.  Exact mean value analysis (Reiser & Lavenberg 1980) gives its throughput.  It
bends from 1 / s, where the client computes, to c / (L + R), where it waits, and two clients differ by less than delta
a good while after the slower one has begun to wait, at L > c·s - R.  What is measured may differ from that, so both
are told.
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
SMALLEST_REACH = 1e-6
STEP, HALVINGS = 1.5, 30
STEPS_MS = tuple(3.6e6 / STEP**step for step in range(60))
"""Latencies to look at, from an hour down to a tenth of a microsecond."""


class PairedLevel(NamedTuple):
    """Two contenders at one latency: ln(one / other) of their requests per second in every block that both have, and
    the CPU microseconds of a request of each.
    """

    latency_ms: float
    differences: Sequence[float]
    cpu_us: tuple[float, float]


class FoundCrossover(Struct, frozen=True, kw_only=True):
    """From which injected latency on two contenders reach the same throughput to within `delta`, in milliseconds.

    `measured_ms` is None where that was never shown, and the lowest level itself, with `is_from_start`, where they
    never differed; `highest_ms` is the highest level that was measured, `predicted_ms` the model's answer.
    """

    measured_ms: float | None
    predicted_ms: float
    highest_ms: float
    is_from_start: bool = False
    delta: float = DELTA


def modelled_rate(concurrency: int, latency_ms: float, cpu_us: float, floor_ms: float) -> float:
    """Requests per second of a client that needs `cpu_us` a request and serves one at a time, by the model."""
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
    """The latency in milliseconds above which the model's rates differ by less than `delta`; 0 where they always do.

    What a request costs at a latency lies between what it costs at the measured ones.
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
    """The measured and the predicted L* of two contenders.  Raises ValueError without levels.

    Measured is the smallest latency from which on the interval of the ratio, the same as for a tie (two one-sided
    tests at 5 %), lies within `delta` at every level; between the level where it does not and the first where it
    does, it is where the interval's end crosses, a straight line in the logarithms of difference and L + R.
    """
    if not levels:
        raise ValueError("no levels to find a crossover in")
    ordered = sorted(levels, key=lambda level: level.latency_ms)
    limit = math.log1p(delta)
    reach = [max(_reach(level.differences), SMALLEST_REACH) for level in ordered]
    first = max((at + 1 for at, distance in enumerate(reach) if distance >= limit), default=0)
    measured: float | None = None
    if first < len(ordered):
        measured = ordered[first].latency_ms
        if first and math.isfinite(reach[first - 1]):
            part = math.log(reach[first - 1] / limit) / math.log(reach[first - 1] / reach[first])
            measured = _between(ordered[first - 1].latency_ms, measured, part, floor_ms)
    return FoundCrossover(
        measured_ms=measured,
        predicted_ms=predicted_crossover(ordered, concurrency=concurrency, floor_ms=floor_ms, delta=delta),
        highest_ms=ordered[-1].latency_ms,
        is_from_start=first == 0,
        delta=delta,
    )


def crossover_sentence(found: FoundCrossover, one: str, other: str, cpu_times: float | None = None) -> str:
    """What was measured, in a sentence; `cpu_times` is by how much the CPU per request differs, 1 or more."""
    choice = f"the choice between {one} and {other}"
    within = f"{found.delta * 100:g} %"
    if found.is_from_start:
        told = f"at every latency that was measured, {choice} changes throughput by less than {within}"
    elif found.measured_ms is not None:
        told = f"above {format_ms(found.measured_ms)} of latency {choice} changes throughput by less than {within}"
    else:
        told = (
            f"at no latency up to {format_ms(found.highest_ms)} is it shown that {choice} "
            f"changes throughput by less than {within}"
        )
    still = "" if cpu_times is None else f"; CPU per request still differs {format_times(cpu_times)}"
    return told + still


def _costs_over(levels: Sequence[PairedLevel], side: int, floor_ms: float) -> Callable[[float], float]:
    """CPU microseconds a request of one of the two, as a function of latency: straight lines over ln(L + R)."""
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


def _reach(differences: Sequence[float]) -> float:
    """How far from zero the interval goes, infinitely far where there are too few blocks for one."""
    if not differences:
        return math.inf
    _, low, high = estimate(differences, 1 - 2 * ALPHA)
    return math.inf if low is None or high is None else max(abs(low), abs(high))


def _between(low_ms: float, high_ms: float, part: float, floor_ms: float) -> float:
    """The latency at a part of the way between two, on the axis ln(L + R)."""
    floor = max(floor_ms, SMALLEST_FLOOR_MS)
    return float((low_ms + floor) * ((high_ms + floor) / (low_ms + floor)) ** part - floor)
