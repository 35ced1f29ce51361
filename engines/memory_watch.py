"""Memory limit for bodies that a library reads in one opaque call, enforced by watching the process.

Apart from `httptui.engines.body_limit` because every plan imports that module, and this one needs asyncio.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from typing import TypeVar

from httptui.engines.body_limit import BodyLimit, BodyTooLargeError

T = TypeVar("T")

LOOK_SECONDS = 0.02


class MemoryWatch:
    """Cancels opaque reads of bodies when the process has grown by more than the limit since the watch began.

    Some libraries deliver a body only when it is complete; reading it in pieces would be other work than what is
    measured. While such a body is being read, the event loop checks the resident memory every 20 ms, at a cost of 5
    µs.
    """

    def __init__(self, limit: BodyLimit) -> None:
        self._limit = limit
        self._reading: set[asyncio.Task[object]] = set()
        self._given_up: set[asyncio.Task[object]] = set()
        self._most = resident_bytes() + limit.together
        self._timer: asyncio.TimerHandle | None = None

    async def whole(self, body: Awaitable[T]) -> T:
        """Await a body; BodyTooLargeError if the process exceeds the limit meanwhile."""
        task = asyncio.current_task()
        assert task is not None
        self._reading.add(task)
        if self._timer is None:
            self._look()
        try:
            return await body
        except asyncio.CancelledError:
            if task in self._given_up and not task.uncancel():
                raise BodyTooLargeError(
                    f"bodies in flight took over {self._limit.together:,} bytes of memory; raise policy.max_body"
                ) from None
            raise
        finally:
            self._reading.discard(task)
            self._given_up.discard(task)

    def check(self, size: int) -> None:
        """Raise BodyTooLargeError if a body that was read opaquely exceeds the limit."""
        if size > self._limit.largest:
            raise BodyTooLargeError(
                f"a body of {size:,} bytes came; policy.max_body is {self._limit.largest:,}"
            )

    def _look(self) -> None:
        self._timer = None
        if not self._reading:
            return
        if resident_bytes() > self._most:
            for task in self._reading - self._given_up:
                self._given_up.add(task)
                task.cancel()
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes, or 0 if the system does not report it."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
