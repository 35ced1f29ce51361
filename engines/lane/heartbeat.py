"""How late an event loop wakes a timer."""

from __future__ import annotations

import asyncio
from time import perf_counter_ns
from typing import Protocol

from httptui.engines.lane.paces import NS

HEARTBEAT_SECONDS = 0.25
"""Each costs 100 µs and more where the lane is idle else, which at low rates is many times what a request costs."""


class Late(Protocol):
    """Whatever keeps the greatest lag since it was told last, and when the loop was last seen alive."""

    lag_max_ns: int | None
    beat_ns: int | None


async def heartbeat(late: Late) -> None:
    """Measure for ever how late the running loop wakes a timer."""
    while True:
        late.beat_ns = perf_counter_ns()
        due = late.beat_ns + int(HEARTBEAT_SECONDS * NS)
        await asyncio.sleep(HEARTBEAT_SECONDS)
        late.lag_max_ns = max(late.lag_max_ns or 0, perf_counter_ns() - due)
