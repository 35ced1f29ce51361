"""Delays of answers, and deliberate faults."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import socket
import struct
import time
from collections.abc import Callable
from random import Random

from httptui.target.answers import KIB, Answer, Route
from httptui.target.http1_bytes import head_bytes
from httptui.target.options import Pacing

_CALM = Pacing()


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


DRIP_SECONDS = 0.1
MALFORMED = b"HTTP/1.1 banana\r\nContent-Length: minus one\r\n:::\x00\r\n\r\nnot HTTP at all"

Send = Callable[[bytes], None]


def begin_fault(name: str, seconds: float, transport: asyncio.Transport, send: Send) -> None:
    """Start a fault.

    close: no answer, and the connection ends. reset: the same by RST. truncate: half of the announced body.
    malformed: bytes that are not HTTP. hang: silence for `seconds`. drip: a body of one byte each 0.1 s for
    `seconds`.
    """
    if name == "reset":
        _reset(transport)
    elif name == "hang":
        asyncio.get_running_loop().call_later(seconds, transport.close)
    elif name == "drip":
        total = max(1, round(seconds / DRIP_SECONDS))
        send(head_bytes(Answer(200, filler=total), "1.1", keep_alive=False))
        _drip(total, transport, send)
    else:
        if name == "truncate":
            send(head_bytes(Answer(200, body=KIB), "1.1", keep_alive=False) + KIB[: len(KIB) // 2])
        elif name == "malformed":
            send(MALFORMED)
        transport.close()


def _reset(transport: asyncio.Transport) -> None:
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _drip(left: int, transport: asyncio.Transport, send: Send) -> None:
    if transport.is_closing():
        return
    if left == 0:
        transport.close()
        return
    send(b".")
    asyncio.get_running_loop().call_later(DRIP_SECONDS, _drip, left - 1, transport, send)
