"""Axis of a sweep's levels: logarithmic over a wide range, with room for a level of zero, otherwise linear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
