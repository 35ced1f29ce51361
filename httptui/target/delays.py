"""Added latency: one ordered queue and one timer for all connections, so that 500 delays cost one wake-up."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

TICK = 0.001
"""Event loop timers on libuv count whole milliseconds."""


class DelayQueue:
    """Calls functions after a delay, in due order and never early."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = float("inf")

    def add(self, seconds: float, function: Callable[[], None]) -> None:
        """Call `function` once, `seconds` from now."""
        due = self._clock() + seconds
        heapq.heappush(self._heap, (due, next(self._order), function))
        if due < self._armed_for:
            self._arm(due)

    def _arm(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed_for = due
        self._timer = self._loop.call_later(max(due - self._clock(), TICK), self._fire)

    def _fire(self) -> None:
        self._timer, self._armed_for = None, float("inf")
        heap, clock = self._heap, self._clock
        now = clock()
        while heap and heap[0][0] <= now:
            heapq.heappop(heap)[2]()
            now = clock()
        if heap and heap[0][0] < self._armed_for:
            self._arm(heap[0][0])
