"""How far apart one client comes out from itself, which no number of blocks of the same processes can tell.

Two processes of one client differ for as long as they live: memory and cores fall out differently.  Where all
contenders are under load at once, who gets which core next to the target is settled early, too, and weighs more.  A
claim has to go beyond what that does.  Lanes started anew are drawn anew, so with several epochs it shrinks with the
root of their number.  The margins were chosen after real runs of one client twice; whether they are wide
enough is counted by `benchmarks/aa.py` (docs/truth.md).
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Margins(NamedTuple):
    """By how much requests per second, and CPU per request, have to differ before a claim is made; 0.1 is 10 %."""

    rate: float = 0.0
    cpu: float = 0.0


NONE = Margins()
SHARING = Margins(rate=0.40, cpu=0.35)
PROCESSES = Margins(rate=0.05, cpu=0.04)


def margins_of(schedule: str, epochs: int = 1) -> Margins:
    """The margins of a kind of schedule whose lanes live for one epoch each."""
    if schedule == "concurrent":
        return SHARING
    return Margins(*(margin / math.sqrt(epochs) for margin in PROCESSES))
