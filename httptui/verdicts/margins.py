"""How far apart one client comes out from itself, which no number of blocks of the same processes can tell.

Two processes of one client differ for as long as they live: memory and cores fall out differently.  Where all
contenders are under load at once, who gets which core next to the target is settled early, too, and weighs more.  A
claim has to go beyond what that does.  Lanes started anew are drawn anew, so with several epochs it shrinks with the
root of their number.  The margins were chosen after real runs of one client twice; whether they are wide
enough is counted by `benchmarks/aa.py` (docs/truth.md).

Large bodies weigh most: a process either keeps the memory of the last answer or gives it back and faults it in again
with every request, as its heap happens to lie.  aiohttp against itself, in ten interleaved runs with bodies of 64 to
200 kB, had ratios of 0.60 to 1.01 in requests per second and up to 1.71 in CPU per request; with 20 kB, 0.94 to 1.01
and up to 1.05.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from httptui.snapshot import Requests


class Margins(NamedTuple):
    """By how much requests per second, and CPU per request, have to differ before a claim is made; 0.1 is 10 %."""

    rate: float = 0.0
    cpu: float = 0.0


NONE = Margins()
SHARING = Margins(rate=0.40, cpu=0.35)
PROCESSES = Margins(rate=0.05, cpu=0.04)
LARGE_BODIES = Margins(rate=0.70, cpu=0.75)
LARGE_BYTES = 32 * 1024


def margins_of(schedule: str, epochs: int = 1, body_bytes: float = 0.0) -> Margins:
    """The margins of a kind of schedule whose lanes live for one epoch each, where successes have bodies of so many
    bytes on average.
    """
    large = body_bytes > LARGE_BYTES
    if schedule == "concurrent":
        return LARGE_BODIES if large else SHARING
    return Margins(*(margin / math.sqrt(epochs) for margin in (LARGE_BODIES if large else PROCESSES)))


class Answered(Protocol):
    """A contender, live or saved."""

    @property
    def bytes(self) -> int:
        """Body bytes of all answers."""

    @property
    def requests(self) -> Requests:
        """Counts of its requests."""


def largest_body(contenders: Iterable[Answered]) -> float:
    """The mean size of a contender's bodies, of the contender that has the largest; 0 without any success."""
    return max((one.bytes / one.requests.ok for one in contenders if one.requests.ok), default=0.0)
