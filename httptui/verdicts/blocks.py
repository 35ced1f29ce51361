"""Blocks: what each contender did in each turn, and the paired differences of two contenders inside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from httptui.statistics import condense

Blocks = Mapping[str, Mapping[int, float]]


class BlockRecord(Struct, frozen=True, kw_only=True):
    """One contender's turn in one block.

    `position` is its place in the order of the block's turns, from 0 (0 for all where they run at once); `epoch`
    the start of the processes that it belongs to; `steal` the share of CPU time that the host took, 0 … 1.
    """

    id: str
    block: int
    position: int
    epoch: int
    req_per_s: float
    cpu_us_per_request: float | None = None
    steal: float | None = None


def rates_of(records: Sequence[BlockRecord]) -> dict[str, dict[int, float]]:
    """Successful requests per second of each contender in each block."""
    return _by_id(records, lambda record: record.req_per_s)


def costs_of(records: Sequence[BlockRecord]) -> dict[str, dict[int, float]]:
    """CPU microseconds per request of each contender in each block where it is known and not zero."""
    return _by_id(records, lambda record: record.cpu_us_per_request or None)


def log_ratios(one: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    """ln(one / other) of every block that both took part in, in order of blocks; at most 60, see `condense`.

    A block in which just one of them had no success counts as the largest difference seen elsewhere, and one
    in which both had none says nothing.
    """
    shared = [(one[block], other[block]) for block in sorted(one.keys() & other.keys())]
    seen = [abs(_log_of(a, b)) for a, b in shared if a > 0 and b > 0]
    if not seen:
        return []
    largest = max(seen)
    return condense([_log_ratio(a, b, largest) for a, b in shared if a > 0 or b > 0])


def _log_ratio(a: float, b: float, largest: float) -> float:
    if a > 0 and b > 0:
        return _log_of(a, b)
    return largest if a > 0 else -largest


def _log_of(a: float, b: float) -> float:
    """ln(a / b) of two above zero, whose quotient may be beyond what a float holds."""
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
