"""The upstream client of an app, made when the app starts, and every call of it timed.

An app has no workers of its own: a client that is not shared serves one call at a time and is then free for the next,
so `per-worker` means a client for each call under way, and `every-N` one that is made anew after N calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, NamedTuple

from httptui.engines.base import AsyncEngine, Reply, SyncEngine
from httptui.engines.inside.ledger import Ledger
from httptui.engines.lane.clients import Clients, uses_of
from httptui.engines.lane.retrying import Retries
from httptui.engines.lane.rotation import AsyncRotation, SyncRotation

FOR_EVER = sys.maxsize


class Order(NamedTuple):
    """How a client is to be used: its reuse strategy, what draws the next request, and how one is tried again, where
    it is; calls are told to the ledger.
    """

    reuse: str
    draw: Callable[[], Any]
    ledger: Ledger
    retries: Retries | None = None


class AwaitedUpstream:
    """An async client, whose calls are awaited."""

    def __init__(self, make: Callable[[], AsyncEngine], order: Order) -> None:
        self._clients = Clients(make)
        self._reuse, self._draw, self._ledger, retries = order
        self._send = self._once if retries is None else retries.of_tasks(self._once)
        self._shared: AsyncEngine | None = None
        self._free: list[AsyncRotation] = []

    async def open(self) -> None:
        """Make the client, where one is shared."""
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
    """A sync client, whose calls block the thread that makes them, be it one of a pool's or the event loop's own."""

    def __init__(self, make: Callable[[], SyncEngine], order: Order) -> None:
        self._clients = Clients(make)
        self._reuse, self._draw, self._ledger, retries = order
        self._send = self._once if retries is None else retries.of_threads(self._once)
        self._shared: SyncEngine | None = None
        self._free: list[SyncRotation] = []

    async def open(self) -> None:
        """Make the client, where one is shared."""
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
