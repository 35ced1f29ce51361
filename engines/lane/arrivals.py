"""Arrival times of an open load, and the number of workers of a closed load over time.

A changing rate or concurrency is a series of linear ramps, each from the value before to that of its stage. Times are
seconds under load since the turn's start.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice


@dataclass(frozen=True, slots=True)
class Ramp:
    """A value that changes linearly from `low` at `start` to `high` at `end`."""

    start: float
    end: float
    low: float
    high: float

    def scaled(self, factor: float) -> Ramp:
        """Return the ramp with every value multiplied by `factor`."""
        return Ramp(self.start, self.end, self.low * factor, self.high * factor)

    def split(self, at: float) -> tuple[Ramp, Ramp]:
        """Split the ramp at a time inside it."""
        middle = self.low + (self.high - self.low) * (at - self.start) / (self.end - self.start)
        return Ramp(self.start, at, self.low, middle), Ramp(at, self.end, middle, self.high)

    @property
    def area(self) -> float:
        """The integral of the value over the ramp."""
        return (self.low + self.high) / 2 * (self.end - self.start)

    def time_of_area(self, area: float) -> float:
        """Return when the integral from the ramp's start reaches `area`, at most the ramp's end."""
        if area <= 0:
            return self.start
        slope = (self.high - self.low) / (self.end - self.start)
        root = math.sqrt(max(self.low * self.low + 2 * slope * area, 0.0))
        return min(self.start + 2 * area / (self.low + root), self.end)


def ramps_of(first: float, seconds: float, stages: Sequence[tuple[float, float]]) -> tuple[Ramp, ...]:
    """Build the ramps of stages given as (seconds, value at their end); without stages, one constant ramp."""
    if not stages:
        return (Ramp(0.0, seconds, first, first),)
    ramps: list[Ramp] = []
    start, value = 0.0, first
    for length, reached in stages:
        ramps.append(Ramp(start, start + length, value, reached))
        start, value = start + length, reached
    return tuple(ramps)


class Arrivals:
    """Iterator over the planned times of requests, in order, for a rate in requests per second.

    Constant arrivals: the n-th (from 0) when the integral of the rate reaches n. Poisson arrivals: when it reaches
    the sum of n + 1 exponential times of mean 1 (time change of a unit process; Ross, Introduction to Probability
    Models, ch. 5). The same seed gives the same times. With several `parts`, each takes every `parts`-th time from
    its `part` (from 0) on.
    """

    def __init__(
        self, ramps: Sequence[Ramp], *, poisson: bool, seed: int, part: int = 0, parts: int = 1
    ) -> None:
        self._ramps = tuple(ramps)
        self._ramp = 0
        self._passed = 0.0
        areas = _unit_arrivals(random.Random(seed)) if poisson else map(float, count())
        self._areas = islice(areas, part, None, parts)
        self._again: deque[float] = deque()
        self._given: deque[tuple[float, float]] = deque()

    def __iter__(self) -> Iterator[float]:
        return self

    def __next__(self) -> float:
        wanted = self._again.popleft() if self._again else next(self._areas)
        while self._ramp < len(self._ramps):
            ramp = self._ramps[self._ramp]
            if wanted < self._passed + ramp.area:
                time = ramp.time_of_area(wanted - self._passed)
                self._given.append((time, wanted))
                return time
            self._passed += ramp.area
            self._ramp += 1
        self._again.appendleft(wanted)
        raise StopIteration

    def forget(self, until: float) -> None:
        """Drop the issued times up to `until`, which no change of rate can take back."""
        while self._given and self._given[0][0] <= until:
            self._given.popleft()

    def scale(self, factor: float, at: float) -> None:
        """Multiply the rate by `factor` from `at` on, and take back the times issued after it."""
        back = [wanted for time, wanted in self._given if time > at]
        self._given = deque(entry for entry in self._given if entry[0] <= at)
        self._again.extendleft(reversed(back))
        self._ramps = scaled_after(self._ramps, factor, at)
        self._ramp, self._passed = 0, 0.0


def spread_starts(workers: int, seconds: float, seed: int) -> list[float]:
    """Draw the start of each worker, in seconds: one at random in each of `workers` equal parts of a span."""
    draw = random.Random(seed)
    return [(part + draw.random()) / workers * seconds for part in draw.sample(range(workers), workers)]


def scaled_after(ramps: Sequence[Ramp], factor: float, at: float) -> tuple[Ramp, ...]:
    """Multiply every value after a time by `factor`."""
    changed: list[Ramp] = []
    for ramp in ramps:
        if ramp.start < at < ramp.end:
            before, after = ramp.split(at)
            changed += [before, after.scaled(factor)]
        else:
            changed.append(ramp.scaled(factor) if ramp.start >= at else ramp)
    return tuple(changed)


def windows(ramps: Sequence[Ramp], worker: int) -> Iterator[tuple[float, float]]:
    """Yield the periods in which a worker (from 0) is active, if the number of workers is the value, rounded."""
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
