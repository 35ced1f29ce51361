"""Upstream client of an app, created when the app starts, with every call timed.

An app has no workers of its own. A client that is not shared serves one call at a time and is then free for the next:
`per-worker` means one client per concurrent call, and `every-N` replaces each client after N calls.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from time import perf_counter_ns, process_time_ns
from typing import Any, NamedTuple

from httptui.engines.base import AsyncEngine, Reply, SyncEngine
from httptui.engines.errors import message_of
from httptui.engines.lane.clients import AsyncRotation, Clients, SyncRotation, uses_of
from httptui.engines.lane.retrying import Retries
from httptui.engines.protocol import Reading
from httptui.engines.statuses import is_success


class Ledger:
    """Counts of upstream calls, retries, name lookups, CPU time and event-loop lag.

    Any thread may add; one thread drains, in an order that cannot count a call twice.
    """

    def __init__(
        self, retries: Retries | None = None, lookups: Callable[[], int | None] = lambda: None
    ) -> None:
        self.lag_max_ns: int | None = 0
        self.foreign = 0
        self.beat_ns: int | None = None
        self._retries = retries
        self._lookups = lookups
        self._retried_before = self._foreign_before = 0
        self._answers: list[tuple[int, str]] = []
        self._failures: list[str] = []
        self._cpu_before = process_time_ns()

    def answered(self, reply: Reply, elapsed_ns: int) -> None:
        """Count an answered call, as failed if its status is no success."""
        status, _, version = reply
        if is_success(status):
            self._answers.append((elapsed_ns, version))
        else:
            self._failures.append(f"upstream answered with status {int(status)}")

    def failed(self, error: Exception) -> None:
        """Count a call that raised."""
        self._failures.append(f"upstream: {type(error).__name__}: {message_of(error)}")

    def begin(self) -> None:
        """Reset CPU time and lag: the app was idle, and the load begins."""
        self._cpu_before = process_time_ns()
        self.lag_max_ns = 0

    def drain(self) -> Reading:
        """Return everything since the last drain."""
        answers = self._answers[:]
        del self._answers[: len(answers)]
        failures = self._failures[:]
        del self._failures[: len(failures)]
        cpu, lag = process_time_ns(), self.lag_max_ns
        foreign = self.foreign
        retried = 0 if self._retries is None else self._retries.count
        reading = Reading(
            cpu_ns=cpu - self._cpu_before,
            lag_max_ns=lag,
            answered=len(answers),
            failed=len(failures),
            retried=retried - self._retried_before,
            lookups=self._lookups(),
            upstream_ns=sum(elapsed for elapsed, _ in answers),
            http=Counter(version for _, version in answers),
            message=failures[0] if failures else "",
            foreign=foreign - self._foreign_before,
        )
        self._foreign_before = foreign
        self._cpu_before, self._retried_before, self.lag_max_ns = cpu, retried, 0
        return reading


FOR_EVER = sys.maxsize


class Order(NamedTuple):
    """Use of a client: reuse strategy, source of requests, the ledger for its calls, and retries, if any."""

    reuse: str
    draw: Callable[[], Any]
    ledger: Ledger
    retries: Retries | None = None


class AwaitedUpstream:
    """An async client, whose calls are awaited."""

    def __init__(self, make: Callable[[], AsyncEngine], order: Order) -> None:
        self._clients = Clients(make)
        self._reuse, self._draw, self._ledger, retries = order
        self._send = self._once if retries is None else retries.wrap_async(self._once)
        self._shared: AsyncEngine | None = None
        self._free: list[AsyncRotation] = []

    async def open(self) -> None:
        """Create the client if it is shared."""
        if self._reuse == "shared":
            self._shared = self._clients.make()
            await self._shared.open()
            self._clients.add(self._shared)

    async def call(self) -> Reply:
        """Call the target once; raises the library's own errors."""
        began = perf_counter_ns()
        try:
            reply = await self._send(self._draw())
        except Exception as error:
            self._ledger.failed(error)
            raise
        self._ledger.answered(reply, perf_counter_ns() - began)
        return reply

    async def close(self) -> None:
        """Close every client."""
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            await client.close()

    async def _once(self, request: Any) -> Reply:
        if self._shared is not None:
            return await self._shared.send(request)
        try:
            rotation = self._free.pop()
        except IndexError:
            rotation = AsyncRotation(self._clients, uses_of(self._reuse) or FOR_EVER)
        try:
            return await rotation.send(request)
        finally:
            self._free.append(rotation)


class CalledUpstream:
    """A sync client, whose calls block the calling thread: one of a pool, or the event loop's own."""

    def __init__(self, make: Callable[[], SyncEngine], order: Order) -> None:
        self._clients = Clients(make)
        self._reuse, self._draw, self._ledger, retries = order
        self._send = self._once if retries is None else retries.wrap_sync(self._once)
        self._shared: SyncEngine | None = None
        self._free: list[SyncRotation] = []

    async def open(self) -> None:
        """Create the client if it is shared."""
        if self._reuse == "shared":
            self._shared = self._clients.make()
            self._shared.open()
            self._clients.add(self._shared)

    def call(self) -> Reply:
        """Call the target once; raises the library's own errors."""
        began = perf_counter_ns()
        try:
            reply = self._send(self._draw())
        except Exception as error:
            self._ledger.failed(error)
            raise
        self._ledger.answered(reply, perf_counter_ns() - began)
        return reply

    async def close(self) -> None:
        """Close every client."""
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            client.close()

    def _once(self, request: Any) -> Reply:
        if self._shared is not None:
            return self._shared.send(request)
        try:
            rotation = self._free.pop()
        except IndexError:
            rotation = SyncRotation(self._clients, uses_of(self._reuse) or FOR_EVER)
        try:
            return rotation.send(request)
        finally:
            self._free.append(rotation)


Upstream = AwaitedUpstream | CalledUpstream
