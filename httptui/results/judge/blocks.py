"""Blocks: what each contender did in each turn, and the paired differences of two contenders inside them.

How far apart one client comes out from itself, which no number of blocks of the same processes can tell.

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from msgspec import Struct

from httptui.results.snapshot import ContenderResult
from httptui.statistics import MOST_DIFFERENCES, NO_SUCCESS, condense

Blocks = Mapping[str, Mapping[int, float]]

FEWEST_SUCCESSES = 5.0
"""How many successes the slower of two has in a block on average, before their ratio is a number to compare."""


class Counted(float):
    """A figure of a block, `amount` over `per`, with the number of `successes` behind it, so that blocks merge."""

    __slots__ = ("amount", "per", "successes")

    amount: float
    per: float
    successes: float

    @classmethod
    def of(cls, amount: float, per: float, successes: float) -> Self:
        """The figure; what is spent on nothing is infinite."""
        counted = cls(amount / per if per else math.inf)
        counted.amount, counted.per, counted.successes = amount, per, successes
        return counted


class BlockRecord(Struct, frozen=True, kw_only=True):
    """One contender's turn in one block: `ok` successes in `seconds`, each by the share of its life that lies inside.

    `position` is its place in the order of the block's turns, from 0 (0 for all where they run at once); `epoch`
    the start of the processes that it belongs to; `steal` the share of CPU time that the host took, 0 … 1.
    """

    id: str
    block: int
    position: int
    epoch: int
    ok: float
    seconds: float
    cpu_us: float | None = None
    steal: float | None = None

    @property
    def req_per_s(self) -> float:
        """Successful requests per second."""
        return self.ok / self.seconds


def rates_of(records: Sequence[BlockRecord]) -> dict[str, dict[int, float]]:
    """Successful requests per second of each contender in each block."""
    return _by_id(records, lambda record: Counted.of(record.ok, record.seconds, record.ok))


def costs_of(records: Sequence[BlockRecord]) -> dict[str, dict[int, float]]:
    """CPU microseconds per success of each contender in each block where it is known and not zero; infinite where
    nothing came of them.
    """
    return _by_id(
        records,
        lambda record: Counted.of(record.cpu_us, record.ok, record.ok) if record.cpu_us else None,
    )


def log_ratios(one: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    """ln(one / other) of every block that both took part in, in order of blocks; at most 60.

    Where figures say what they rest on, neighbouring blocks are merged, by sums and not by means of logarithms, until
    the slower one has successes enough in each; where that leaves fewer than six, nothing can be claimed.  A block in
    which just one of the two had no success counts as a ratio beyond all others (`NO_SUCCESS`), and one in which
    neither had any says nothing.
    """
    shared = [(one[block], other[block]) for block in sorted(one.keys() & other.keys())]
    merged = [(a, b) for a, b in _merged(shared) if _seen(a) or _seen(b)]
    return (
        condense([_log_ratio(a, b) for a, b in merged])
        if any(_seen(a) and _seen(b) for a, b in merged)
        else []
    )


def _merged(shared: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Neighbours made one, all of about the same number of blocks."""
    counted = [(a, b) for a, b in shared if isinstance(a, Counted) and isinstance(b, Counted)]
    if not counted or len(counted) < len(shared):
        return list(shared)
    fewest = min(sum(pair[side].successes for pair in counted) for side in (0, 1)) / len(counted)
    size = max(
        math.ceil(len(counted) / MOST_DIFFERENCES), math.ceil(FEWEST_SUCCESSES / fewest) if fewest else 1
    )
    if size <= 1:
        return list(shared)
    groups = max(len(counted) // size, 1)
    edges = [at * len(counted) // groups for at in range(groups + 1)]
    pieces = [counted[start:end] for start, end in pairwise(edges)]
    return [(_sum([a for a, _ in piece]), _sum([b for _, b in piece])) for piece in pieces]


def _sum(figures: Sequence[Counted]) -> Counted:
    return Counted.of(
        sum(one.amount for one in figures),
        sum(one.per for one in figures),
        sum(one.successes for one in figures),
    )


def _seen(figure: float) -> bool:
    """Whether a success stands behind a figure: a rate above zero, a cost that is finite."""
    return 0 < figure < math.inf


def _log_ratio(a: float, b: float) -> float:
    """ln(a / b) of two, whose quotient may be beyond what a float holds, and one of which may be of no success."""
    if not (_seen(a) and _seen(b)):
        return NO_SUCCESS if a > b else -NO_SUCCESS
    quotient = a / b
    return math.log(quotient) if 0 < quotient < math.inf else math.log(a) - math.log(b)


def _by_id(
    records: Sequence[BlockRecord], value_of: Callable[[BlockRecord], float | None]
) -> dict[str, dict[int, float]]:
    values: dict[str, dict[int, float]] = {}
    for record in records:
        if (value := value_of(record)) is not None:
            values.setdefault(record.id, {})[record.block] = value
    return values


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


def largest_body(contenders: Iterable[ContenderResult]) -> float:
    """The mean size of a contender's bodies, of the contender that has the largest; 0 without any success."""
    return max((one.bytes / one.requests.ok for one in contenders if one.requests.ok), default=0.0)
