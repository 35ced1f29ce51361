"""Where latency drowns the difference between clients: the level above which their throughput is the same.

With c requests in flight, L of latency injected, R for the bare round trip and s seconds of CPU a request, a client
reaches X = min(c / (L + R), 1 / s): it waits, or it computes.  The faster one waits for the network long before the
slowest does, and the gap is gone where the slowest waits too: at L* = c·s - R.  What is measured may differ, so both
are told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from httptui.statistics import ALPHA, DELTA, estimate
from httptui.units import format_ms, format_times

SMALLEST_FLOOR_MS = 0.01


class PairedLevel(NamedTuple):
    """Two contenders at one latency: ln(one / other) of their requests per second in every block that both have."""

    latency_ms: float
    differences: Sequence[float]


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


def modelled_rate(concurrency: float, latency_ms: float, cpu_us: float, floor_ms: float) -> float:
    """Requests per second of a client that needs `cpu_us` a request and one core at most, by the model."""
    waiting = concurrency / max(latency_ms + floor_ms, SMALLEST_FLOOR_MS) * 1e3
    return min(waiting, 1e6 / cpu_us) if cpu_us > 0 else waiting


def predicted_crossover(concurrency: float, slowest_cpu_us: float, floor_ms: float) -> float:
    """L* = c·s - R in milliseconds, 0 where the slowest waits for the network at any latency."""
    return max(concurrency * slowest_cpu_us / 1e3 - floor_ms, 0.0)


def crossover(
    levels: Sequence[PairedLevel],
    *,
    concurrency: float,
    slowest_cpu_us: float,
    floor_ms: float,
    delta: float = DELTA,
) -> FoundCrossover:
    """The measured and the predicted L* of two contenders.  Raises ValueError without levels.

    Measured is the smallest latency from which on the interval of the ratio, the same as for a tie (two one-sided
    tests at 5 %), lies within `delta` at every level; between the level where it does not and the first where it
    does, it is where the interval's end crosses, on the model's axis ln(L + R).
    """
    if not levels:
        raise ValueError("no levels to find a crossover in")
    ordered = sorted(levels, key=lambda level: level.latency_ms)
    limit = math.log1p(delta)
    reach = [_reach(level.differences) for level in ordered]
    first = max((at + 1 for at, distance in enumerate(reach) if distance >= limit), default=0)
    measured: float | None = None
    if first < len(ordered):
        measured = ordered[first].latency_ms
        if first and math.isfinite(reach[first - 1]):
            part = (reach[first - 1] - limit) / (reach[first - 1] - reach[first])
            measured = _between(ordered[first - 1].latency_ms, measured, part, floor_ms)
    return FoundCrossover(
        measured_ms=measured,
        predicted_ms=predicted_crossover(concurrency, slowest_cpu_us, floor_ms),
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
