"""Time limit of a request, enforced by the lane for every client alike, and the check that an event loop is
responsive.

For many libraries a time-out bounds only the pause between two pieces of an answer. A call of a sync client can be
ended from outside, without damage to the client, only by shutting down its socket, which is found in the local
variables of the waiting thread.
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
"""A client's own time-out is more informative, so it gets this much time to come first."""
AGAIN_NS = 100_000_000
"""Interval after which overdue requests are checked again."""
IGNORED_NS = 500_000_000
"""Time after which a request that ignores its cancellation is left behind."""
MOST_LEFT_BEHIND = 1000


class OverdueError(TimeoutError):
    """No complete answer in time."""

    def __init__(self, limit_ns: int) -> None:
        super().__init__(f"no whole answer within {limit_ns / NS:g} s")


class HangingError(RuntimeError):
    """Calls of an engine never return."""

    def __init__(
        self, what: str = f"{MOST_LEFT_BEHIND} calls of send have not come back though their time was over"
    ) -> None:
        super().__init__(what)


def limit_ns_of(seconds: float | None) -> int:
    """Convert a limit from seconds to nanoseconds; None means no limit."""
    return FOREVER_NS if seconds is None else int(seconds * NS)


def overdue_among(
    busy: Sequence[int], since: Sequence[int], limit_ns: int, now: int
) -> tuple[list[int], float]:
    """Return the workers whose request is overdue, and the seconds until the next check.

    `busy` is non-zero for a worker with a request in flight, which was sent at `since`.
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


class Cancellations:
    """Cancelled requests by worker: when each was sent, when it was first cancelled, and how often."""

    def __init__(self) -> None:
        self._by_worker: dict[int, tuple[int, int, int]] = {}

    def note(self, worker: int, sent: int, now: int) -> bool:
        """Note a cancellation; return True if the request was cancelled long enough ago and still runs."""
        before, first, times = self._by_worker.get(worker, (0, now, 0))
        if before != sent:
            first, times = now, 0
        goes_on = now - first >= IGNORED_NS
        self._by_worker[worker] = sent, first, times + (not goes_on)
        return goes_on

    def take(self, worker: int) -> int:
        """Forget a worker's cancelled request, and return how often it was cancelled."""
        return self._by_worker.pop(worker, (0, 0, 0))[2]

    def stale(self, since: Sequence[int]) -> list[int]:
        """Return the workers that have moved on to another request."""
        return [worker for worker, (sent, *_) in self._by_worker.items() if since[worker] != sent]


def uncancel(task: asyncio.Task[Any], times: int) -> int:
    """Undo as many cancellations of a task; return how many others remain."""
    return min((task.uncancel() for _ in range(times)), default=task.cancelling())


HOLDING = ("_sock", "sock")
"""Attributes in which objects hold the socket they read from: `socket.SocketIO`, `http.client`, httpcore."""


def break_connection(thread: int) -> bool:
    """Shut down the connection that a thread, given by its identifier, waits for; return whether one was found.

    To its client this looks like a connection closed by the server, which it handles as usual.
    """
    found = next(_sockets_of(thread), None)
    if found is None:
        return False
    with suppress(OSError):
        # The method of a TLS socket would let the client continue in plain text.
        socket.socket.shutdown(found, socket.SHUT_RDWR)
    return True


def _sockets_of(thread: int) -> Iterator[socket.socket]:
    """Yield the sockets in a thread's frames, innermost first."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        for value in tuple(frame.f_locals.values()):
            if isinstance(value, socket.socket):
                yield value
                continue
            # Attribute access on a library's object may do or raise anything.
            with suppress(Exception):
                own = vars(value)
                yield from (own[name] for name in HOLDING if isinstance(own.get(name), socket.socket))
        frame = frame.f_back


HEARTBEAT_SECONDS = 0.25
"""Each beat of an otherwise idle lane costs 100 µs or more, many times the cost of a request at low rates."""


class LagHolder(Protocol):
    """Holder of the greatest lag since the last report, and of the loop's last beat."""

    lag_max_ns: int | None
    beat_ns: int | None


async def heartbeat(holder: LagHolder) -> None:
    """Measure without end how late the running loop wakes a timer."""
    while True:
        holder.beat_ns = perf_counter_ns()
        due = holder.beat_ns + int(HEARTBEAT_SECONDS * NS)
        await asyncio.sleep(HEARTBEAT_SECONDS)
        holder.lag_max_ns = max(holder.lag_max_ns or 0, perf_counter_ns() - due)
