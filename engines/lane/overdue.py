"""The longest that a request may take, held by the lane for every client alike: to many libraries a time-out is the
longest pause between two pieces of an answer.

The socket that a thread waits for, found in what its functions have at hand: the only way to break off a call of a
sync client from outside that leaves the client whole.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import perf_counter_ns
from typing import Any, Protocol

from httptui.engines.lane.turn import FOREVER_NS, NS

GRACE_NS = 20_000_000
"""A client's own time-out, which tells more, comes first where it has one."""
AGAIN_NS = 100_000_000
"""When what was overdue is looked at again."""
IGNORED_NS = 500_000_000
"""After this time, a request that does not end though it was broken off is left behind."""
MOST_LEFT_BEHIND = 1000


class OverdueError(TimeoutError):
    """No whole answer in time."""

    def __init__(self, limit_ns: int) -> None:
        super().__init__(f"no whole answer within {limit_ns / NS:g} s")


class HangingError(RuntimeError):
    """Calls of an engine never come back."""

    def __init__(
        self, what: str = f"{MOST_LEFT_BEHIND} calls of send have not come back though their time was over"
    ) -> None:
        super().__init__(what)


def limit_ns_of(seconds: float | None) -> int:
    """A limit in nanoseconds; None is none."""
    return FOREVER_NS if seconds is None else int(seconds * NS)


def overdue_among(
    busy: Sequence[int], since: Sequence[int], limit_ns: int, now: int
) -> tuple[list[int], float]:
    """The workers whose request is overdue, and in how many seconds to look again.

    `busy` is not 0 where a worker has a request on its way, which was sent `since`.
    """
    latest = now - limit_ns - GRACE_NS
    found, following = [], limit_ns + GRACE_NS
    for worker, (planned, sent) in enumerate(zip(busy, since, strict=False)):
        if not planned:
            continue
        if sent <= latest:
            found.append(worker)
        else:
            following = min(following, sent - latest)
    if found:
        following = min(following, AGAIN_NS)
    return found, following / NS


class BrokenOff:
    """Requests that were broken off, by worker: when each was sent, when it was broken off first, and how often."""

    def __init__(self) -> None:
        self._by_worker: dict[int, tuple[int, int, int]] = {}

    def note(self, worker: int, sent: int, now: int) -> bool:
        """Keep that a request is broken off; True where it was, long enough ago, and goes on all the same."""
        before, first, times = self._by_worker.get(worker, (0, now, 0))
        if before != sent:
            first, times = now, 0
        goes_on = now - first >= IGNORED_NS
        self._by_worker[worker] = sent, first, times + (not goes_on)
        return goes_on

    def take(self, worker: int) -> int:
        """How often a worker's request was broken off, 0 for never; it is so no more."""
        return self._by_worker.pop(worker, (0, 0, 0))[2]

    def stale(self, since: Sequence[int]) -> list[int]:
        """The workers that have gone on to another request."""
        return [worker for worker, (sent, *_) in self._by_worker.items() if since[worker] != sent]


def uncancel(task: asyncio.Task[Any], times: int) -> int:
    """Take a cancellation back as often as it was asked for; how many others are left."""
    return min((task.uncancel() for _ in range(times)), default=task.cancelling())


HOLDING = ("_sock", "sock")
"""What objects call the socket they read from: `socket.SocketIO`, `http.client`, httpcore."""


def break_connection(thread: int) -> bool:
    """Shut down the connection that a thread, given by its identifier, waits for; whether there was one.

    Its client sees a connection that the server has closed, and deals with it as ever.
    """
    found = next(_sockets_of(thread), None)
    if found is None:
        return False
    with suppress(OSError):
        # Not the method of a TLS socket, which would let the client go on in plain text.
        socket.socket.shutdown(found, socket.SHUT_RDWR)
    return True


def _sockets_of(thread: int) -> Iterator[socket.socket]:
    """Innermost first."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        for value in tuple(frame.f_locals.values()):
            if isinstance(value, socket.socket):
                yield value
                continue
            # A library's object may answer with anything.
            with suppress(Exception):
                own = vars(value)
                yield from (own[name] for name in HOLDING if isinstance(own.get(name), socket.socket))
        frame = frame.f_back


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
