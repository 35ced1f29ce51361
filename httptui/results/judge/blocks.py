"""Blocks: each contender's results per turn, the paired differences of two contenders, and the margins of claims.

A margin is the difference that one client can show from itself, which no number of blocks of the same processes
reveals. Two processes of one client differ for as long as they live, because memory and cores fall out differently.
If all contenders are under load at once, their cores relative to the target are settled early too, and matter more. A
claim has to exceed the margin. Restarted lanes are drawn again, so with several epochs it shrinks with the square
root of their number. The margins were chosen after real runs of one client against itself; `benchmarks/aa.py` counts
whether they are wide enough (docs/truth.md).

Large bodies matter most: depending on its heap, a process either keeps the memory of the last answer, or returns it
and faults it in again with every request. aiohttp against itself, in ten interleaved runs with bodies of 64 to 200
kB, had ratios of 0.60 to 1.01 in requests per second and up to 1.71 in CPU per request; with 20 kB, 0.94 to 1.01 and
up to 1.05.
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
"""Successes per block that the slower of two needs on average before their ratio is meaningful."""


class Counted(float):
    """A figure of a block, `amount` / `per`, based on a number of `successes`, so that blocks can be merged."""

    __slots__ = ("amount", "per", "successes")

    amount: float
    per: float
    successes: float

    @classmethod
    def of(cls, amount: float, per: float, successes: float) -> Self:
        """Create the figure; a cost without any success is infinite."""
        counted = cls(amount / per if per else math.inf)
        counted.amount, counted.per, counted.successes = amount, per, successes
        return counted


class BlockRecord(Struct, frozen=True, kw_only=True):
    """One contender's turn in one block: `ok` successes in `seconds`, each counted by the share of its life inside.

    `position` is its place in the order of the block's turns, from 0 (0 for all that run at once); `epoch` the start
    of processes that it belongs to; `steal` the stolen share of CPU time, 0 … 1.
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
    """Return each contender's successful requests per second by block."""
    return _by_id(records, lambda record: Counted.of(record.ok, record.seconds, record.ok))


def costs_of(records: Sequence[BlockRecord]) -> dict[str, dict[int, float]]:
    """Return each contender's CPU µs per success by block, where known and not zero; infinite without a success."""
    return _by_id(
        records,
        lambda record: Counted.of(record.cpu_us, record.ok, record.ok) if record.cpu_us else None,
    )


def log_ratios(one: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    """Return ln(one / other) of every block that both took part in, in order of blocks; at most 60 values.

    Neighbouring blocks of `Counted` figures are merged, by sums rather than means of logarithms, until the slower
    side has enough successes in each; fewer than six merged blocks allow no claim. A block in which only one side had
    a success counts as a ratio beyond all others (`NO_SUCCESS`); one in which neither had any is skipped.
    """
    shared = [(one[block], other[block]) for block in sorted(one.keys() & other.keys())]
    merged = [(a, b) for a, b in _merged(shared) if _seen(a) or _seen(b)]
    return (
        condense([_log_ratio(a, b) for a, b in merged])
        if any(_seen(a) and _seen(b) for a, b in merged)
        else []
    )


def _merged(shared: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Merge neighbours into groups of about the same number of blocks."""
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
    """Return whether a figure rests on a success: a rate above zero, or a finite cost."""
    return 0 < figure < math.inf


def _log_ratio(a: float, b: float) -> float:
    """Return ln(a / b), even if the quotient overflows a float or one side has no success."""
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
    """Differences in requests per second and in CPU per request that a claim must exceed; 0.1 is 10 %."""

    rate: float = 0.0
    cpu: float = 0.0


NONE = Margins()
SHARING = Margins(rate=0.40, cpu=0.35)
PROCESSES = Margins(rate=0.05, cpu=0.04)
LARGE_BODIES = Margins(rate=0.70, cpu=0.75)
LARGE_BYTES = 32 * 1024


def margins_of(schedule: str, epochs: int = 1, body_bytes: float = 0.0) -> Margins:
    """Return the margins for a kind of schedule with so many epochs, whose answers have bodies of this mean size."""
    large = body_bytes > LARGE_BYTES
    if schedule == "concurrent":
        return LARGE_BODIES if large else SHARING
    return Margins(*(margin / math.sqrt(epochs) for margin in (LARGE_BODIES if large else PROCESSES)))


def largest_body(contenders: Iterable[ContenderResult]) -> float:
    """Return the largest mean body size of any contender; 0 without a success."""
    return max((one.bytes / one.requests.ok for one in contenders if one.requests.ok), default=0.0)
