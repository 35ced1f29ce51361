"""The axis of a sweep's levels: logarithmic where they span much, with room for a level of zero, else linear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 12
"""The axis is logarithmic where the highest level is so many times the lowest above zero."""
WIDEST = 1e9
"""Beside a level of zero, what is smaller than this part of the highest has no room of its own."""


@dataclass(frozen=True, slots=True)
class LevelAxis:
    """Where levels lie, 0 … 1 from the lowest to the highest; a level between two lies between them.

    `log`: equal factors take equal room.  Where zero is a level, it is log(1 + level / smallest above zero), which is
    nearly that and has a place for zero.
    """

    levels: tuple[float, ...]
    log: bool

    def position(self, level: float) -> float:
        """Where a level lies; one outside is held at the end."""
        low, high = self._at(self.levels[0]), self._at(self.levels[-1])
        if high <= low:
            return 0.5
        inside = min(max(level, self.levels[0]), self.levels[-1])
        return min(max((self._at(inside) - low) / (high - low), 0.0), 1.0)

    def column(self, level: float, columns: int) -> int:
        """The column in which a level is, of so many."""
        return round(self.position(level) * max(columns - 1, 0))

    def _at(self, level: float) -> float:
        if not self.log:
            return level
        if self.levels[0] > 0:
            return math.log(level)
        smallest = next(level for level in self.levels if level > 0)
        return math.log1p(level / max(smallest, self.levels[-1] / WIDEST))


def level_axis(levels: Sequence[float], *, linear: bool = False) -> LevelAxis:
    """The axis of these levels, one or more finite ones, none below zero; `linear` whatever they span."""
    ordered = tuple(sorted(set(levels)))
    smallest = next((level for level in ordered if level > 0), 0.0)
    return LevelAxis(ordered, log=not linear and smallest > 0 and ordered[-1] >= WIDE * smallest)
