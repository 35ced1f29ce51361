"""Blocks: what each contender did in each turn, and the paired differences of two contenders inside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Self

from msgspec import Struct

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
