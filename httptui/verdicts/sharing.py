"""How far apart one client comes out from itself where all contenders are under load at once.

Who gets which core next to the target is settled early and may last for a whole run.  Blocks of the same run cannot
tell that from a difference between clients, however many there are, so a claim has to go beyond what sharing does.
The margins are above nearly all that real runs of one client twice have shown (`benchmarks/aa.py`).
"""

from __future__ import annotations

from typing import NamedTuple

RATE_MARGIN = 0.25
CPU_MARGIN = 0.10


class Margins(NamedTuple):
    """By how much requests per second, and CPU per request, have to differ before a claim is made; 0.1 is 10 %."""

    rate: float = 0.0
    cpu: float = 0.0


def margins_of(schedule: str) -> Margins:
    """The margins of a plan's kind of schedule: none where each contender has its turn alone."""
    return Margins(RATE_MARGIN, CPU_MARGIN) if schedule == "concurrent" else Margins()
