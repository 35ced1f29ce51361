"""When requests are planned: arrival times of an open load, and how many workers a closed load has at a time.

A rate or a concurrency that changes is given as ramps: it goes in a straight line from the value before to the
stage's own.  All times are seconds from the turn's start.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Ramp:
    """A value that goes in a straight line from `low` at `start` to `high` at `end`."""

    start: float
    end: float
    low: float
    high: float

    @property
    def area(self) -> float:
        """The integral of the value over the ramp."""
        return (self.low + self.high) / 2 * (self.end - self.start)

    def time_of_area(self, area: float) -> float:
        """When the integral from the ramp's start reaches `area`, at most the whole."""
        if area <= 0:
            return self.start
        slope = (self.high - self.low) / (self.end - self.start)
        root = math.sqrt(max(self.low * self.low + 2 * slope * area, 0.0))
        return min(self.start + 2 * area / (self.low + root), self.end)


def ramps_of(first: float, seconds: float, stages: Sequence[tuple[float, float]]) -> tuple[Ramp, ...]:
    """The ramps of stages given as (seconds, value at their end), or one level stretch where there are none."""
    if not stages:
        return (Ramp(0.0, seconds, first, first),)
    ramps: list[Ramp] = []
    start, value = 0.0, first
    for length, reached in stages:
        ramps.append(Ramp(start, start + length, value, reached))
        start, value = start + length, reached
    return tuple(ramps)


def arrivals(ramps: Sequence[Ramp], *, poisson: bool, seed: int) -> Iterator[float]:
    """Times at which requests are planned, in order, for a rate in requests per second.

    Constant: the n-th (from 0) when the integral of the rate reaches n.  Poisson: when it reaches the sum of n + 1
    exponential times of mean 1 (time change of a unit process; Ross, Introduction to Probability Models, ch. 5).
    The same seed gives the same list.
    """
    draw = random.Random(seed)
    passed = 0.0
    areas = _unit_arrivals(draw) if poisson else map(float, count())
    wanted = next(areas)
    for ramp in ramps:
        while wanted < passed + ramp.area:
            yield ramp.time_of_area(wanted - passed)
            wanted = next(areas)
        passed += ramp.area


def windows(ramps: Sequence[Ramp], worker: int) -> Iterator[tuple[float, float]]:
    """When the worker of a number (from 0) is at work, if as many are as the value says, rounded to the nearest."""
    threshold = worker + 0.5
    begun: float | None = None
    for ramp in ramps:
        crossing = _crossing(ramp, threshold)
        if begun is None and ramp.low >= threshold:
            begun = ramp.start
        if begun is None and ramp.high >= threshold:
            begun = crossing
        elif begun is not None and ramp.high < threshold:
            yield begun, crossing
            begun = None
    if begun is not None:
        yield begun, ramps[-1].end


def _crossing(ramp: Ramp, threshold: float) -> float:
    if ramp.high == ramp.low:
        return ramp.start
    share = (threshold - ramp.low) / (ramp.high - ramp.low)
    return ramp.start + min(max(share, 0.0), 1.0) * (ramp.end - ramp.start)


def _unit_arrivals(draw: random.Random) -> Iterator[float]:
    reached = 0.0
    while True:
        reached += draw.expovariate(1.0)
        yield reached
