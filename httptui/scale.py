"""Axes: "nice" ticks of the 1-2-5 series, linear from zero or logarithmic, with short labels; levels of a sweep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
LARGEST = 1e15


def nice_step(span: float, parts: int) -> float:
    """Return the smallest of 1, 2, 5 × 10ⁿ of which `parts` cover the span."""
    raw = span / max(parts, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((m * power for m in (1, 2, 5, 10) if m * power >= raw * (1 - 1e-9)), 10 * power)


def nice_125(low: float, high: float) -> list[float]:
    """Return every 1, 2, 5 × 10ⁿ from the last one at or below `low` to the first one at or above `high`."""
    exponents = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    values = [m * 10.0**e for e in exponents for m in (1, 2, 5)]
    first = max((i for i, v in enumerate(values) if v <= low * (1 + 1e-9)), default=0)
    last = min((i for i, v in enumerate(values) if v >= high * (1 - 1e-9)), default=len(values) - 1)
    return values[first : last + 1]


def short(value: float) -> str:
    """Format a tick's value in a few characters: 0, 250, 1.5k, 16k, 2M."""
    for size, suffix in SUFFIXES:
        if value >= size * 0.99995:
            return f"{value / size:.4g}{suffix}"
    return f"{value:.4g}"


def milliseconds(value: float) -> str:
    """Format a tick of a time axis: 50 µs, 2 ms, 10 s."""
    if value >= 999.95:
        return f"{value / 1000:.4g} s"
    return f"{value:.4g} ms" if value >= 0.99995 else f"{value * 1000:.4g} µs"


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to 0 … 1, with ticks; values outside are clamped."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def position(self, value: float) -> float:
        """Return the position of a value between the ends, 0 … 1."""
        if self.log:
            if value <= self.low:
                return 0.0
            return min(math.log(value / self.low) / math.log(self.high / self.low), 1.0)
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def value(self, position: float) -> float:
        """Return the value at a position of 0 … 1."""
        if self.log:
            return self.low * math.pow(self.high / self.low, position)
        return self.low + (self.high - self.low) * position


def usable(values: Sequence[float]) -> list[float]:
    """Return the finite values above zero, limited to what an axis can label."""
    return [min(v, LARGEST) for v in values if math.isfinite(v) and v > 0]


def linear_scale(values: Sequence[float], parts: int, rows: int = 1) -> Scale:
    """Build a scale from zero to at least the largest value, in at most `parts` round steps.

    Steps take the same whole number of `rows` each, if there are enough. Of the possible steps, those with few rows
    above the last tick are preferred.
    """
    top = max(max(usable(values), default=1.0), 1e-6)
    fewest = min(2, parts)
    return min((_stepped(top, count, rows) for count in range(parts, fewest - 1, -1)), key=_cost)


def _cost(scale: Scale) -> float:
    """Penalise room above the data, and few ticks."""
    return scale.high * (1 + 0.6 / (len(scale.ticks) - 1))


def _stepped(top: float, parts: int, rows: int) -> Scale:
    step = nice_step(top, parts)
    count = max(math.ceil(top / step - 1e-9), 1)
    each = (rows - 1) // count
    high = step * ((rows - 1) / each if each else count)
    return Scale(0.0, high, tuple(step * i for i in range(count + 1)))


def log_scale(values: Sequence[float], parts: int, smallest: float = 1e-6) -> Scale:
    """Build a scale between round values that enclose all values above zero.

    Ticks are thinned to about `parts`, to decades where 1-2-5 is too dense.
    """
    good = [max(v, smallest) for v in usable(values)] or [1.0]
    edges = nice_125(min(good), max(good))
    if len(edges) < 2:
        edges = [edges[0], nice_125(edges[0] * 1.5, edges[0] * 1.5)[-1]]
    low, high = edges[0], edges[-1]
    return Scale(low, high, thin_log_ticks(edges, parts), log=True)


def thin_log_ticks(edges: Sequence[float], parts: int) -> tuple[float, ...]:
    """Return all 1-2-5 ticks if they fit, otherwise decades, every n-th decade, or every other tick."""
    if len(edges) <= parts + 1:
        return tuple(edges)
    decades = [v for v in edges if abs(math.log10(v) - round(math.log10(v))) < 1e-6]
    if len(decades) < 2:
        return tuple(edges[::2]) if len(edges) <= 2 * parts + 1 else (edges[0], edges[-1])
    stride = max(math.ceil(len(decades) / (parts + 1)), 1)
    return tuple(decades[::stride])


WIDE = 12
"""Ratio of the highest level to the lowest above zero from which the axis is logarithmic."""
WIDEST = 1e9
"""Beside a level of zero, levels below this part of the highest get no room of their own."""


@dataclass(frozen=True, slots=True)
class LevelAxis:
    """Positions of levels, 0 … 1 from the lowest to the highest, and of values between them.

    `log` means that equal factors take equal room. If zero is a level, the position follows log(1 + level / smallest
    above zero), which is nearly the same and has a place for zero.
    """

    levels: tuple[float, ...]
    log: bool

    def position(self, level: float) -> float:
        """Return the position of a level; one outside is clamped to the end."""
        low, high = self._at(self.levels[0]), self._at(self.levels[-1])
        if high <= low:
            return 0.5
        inside = min(max(level, self.levels[0]), self.levels[-1])
        return min(max((self._at(inside) - low) / (high - low), 0.0), 1.0)

    def column(self, level: float, columns: int) -> int:
        """Return the column of a level."""
        return round(self.position(level) * max(columns - 1, 0))

    def _at(self, level: float) -> float:
        if not self.log:
            return level
        if self.levels[0] > 0:
            return math.log(level)
        smallest = next(level for level in self.levels if level > 0)
        return math.log1p(level / max(smallest, self.levels[-1] / WIDEST))


def level_axis(levels: Sequence[float], *, linear: bool = False) -> LevelAxis:
    """Build the axis of one or more finite levels, none below zero; `linear` whatever their range."""
    ordered = tuple(sorted(set(levels)))
    smallest = next((level for level in ordered if level > 0), 0.0)
    return LevelAxis(ordered, log=not linear and smallest > 0 and ordered[-1] >= WIDE * smallest)
