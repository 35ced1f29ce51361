"""Delays of answers."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from random import Random

from httptui.target.answers import Route
from httptui.target.options import Pacing

_CALM = Pacing()
DRIP_SECONDS = 0.1
"""Seconds between the bytes of a dripping body."""


def draw(route: Route, pacing: Pacing, rng: Random) -> tuple[float, bool]:
    """Draw the seconds that a request waits, and whether it gets a 503; its query overrides the server's pacing."""
    if route.kind == "stats":
        pacing = _CALM
    latency = pacing.latency_ms if route.latency_ms is None else route.latency_ms
    jitter = pacing.jitter_ms if route.jitter_ms is None else route.jitter_ms
    errors = pacing.error_rate if route.error_rate is None else route.error_rate
    if jitter:
        latency = max(0.0, latency + rng.uniform(-jitter, jitter))
    return (route.delay_ms + latency) / 1000, bool(errors) and rng.random() < errors


TICK = 0.001
"""Event loop timers of libuv count whole milliseconds."""


class DelayQueue:
    """Calls functions after a delay, in order of their due time and never early."""

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
