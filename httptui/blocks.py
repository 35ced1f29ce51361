"""What the statistics know of a run: one record for each contender and block."""

from __future__ import annotations

from msgspec import Struct


class BlockRecord(Struct, frozen=True, kw_only=True):
    """One contender's slice in one block.

    `position` is that of its turn in the block (0 where all ran at once), `epoch` counts how often the lanes were
    started anew, `req_per_s` counts successes, and `steal` is the share of the machine's time that others took.
    """

    id: str
    block: int
    position: int = 0
    epoch: int = 0
    req_per_s: float
    cpu_us_per_request: float | None = None
    steal: float | None = None
