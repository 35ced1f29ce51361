"""Client objects of a lane: how many requests each serves, and the connections they have opened."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from httptui.engines.base import AsyncEngine, Engine, Reply, SyncEngine

E = TypeVar("E", bound=Engine)


def uses_of(reuse: str) -> int | None:
    """Return after how many requests of a worker its client is replaced (per-request: 1), or None if it is kept."""
    if reuse == "per-request":
        return 1
    return int(reuse.removeprefix("every-")) if reuse.startswith("every-") else None


class Clients(Generic[E]):
    """The open clients of one lane, and the connection counts of those already closed."""

    def __init__(self, make: Callable[[], E]) -> None:
        self.make = make
        """Create a client object, not yet opened."""
        self._changing = Lock()
        self._of_retired: int | None = 0
        self._last: int | None = 0
        self.open: list[E] = []

    def add(self, client: E) -> None:
        """Register an open client. Registered clients may be read from another thread."""
        with self._changing:
            self.open.append(client)

    def retire(self, client: E) -> None:
        """Unregister a client that is about to be closed, and keep its connection count."""
        with self._changing:
            self.open.remove(client)
            try:
                count = client.connections_opened
            except Exception:  # noqa: BLE001 - a figure is not worth the request that the client has just done
                count = None
            self._of_retired = None if self._of_retired is None or count is None else self._of_retired + count

    def connections_opened(self) -> int | None:
        """Connections opened by all clients so far, or None if the library does not report them.

        Never raises, because the frame that this belongs to must not be lost. RuntimeError means that another thread
        is changing what the library counts; the last sum is returned. Any other error means an unexpected version of
        the library.
        """
        with self._changing:
            try:
                counts = [self._of_retired, *(client.connections_opened for client in self.open)]
            except RuntimeError:
                return self._last
            except Exception:  # noqa: BLE001 - a library may be replaced by another of its name
                return None
            known = [count for count in counts if count is not None]
            self._last = sum(known) if len(known) == len(counts) else None
            return self._last


class AsyncRotation:
    """One worker's client, replaced after every `uses` requests."""

    def __init__(self, clients: Clients[AsyncEngine], uses: int) -> None:
        self._clients = clients
        self._uses = uses
        self._left = 0
        self._client: AsyncEngine | None = None

    async def send(self, request: Any) -> Reply:
        if self._client is None:
            client = self._clients.make()
            await client.open()
            self._clients.add(client)
            self._client, self._left = client, self._uses
        client = self._client
        self._left -= 1
        try:
            return await client.send(request)
        finally:
            if not self._left:
                self._client = None
                self._clients.retire(client)
                await client.close()


class SyncRotation:
    """One worker's client, replaced after every `uses` requests."""

    def __init__(self, clients: Clients[SyncEngine], uses: int) -> None:
        self._clients = clients
        self._uses = uses
        self._left = 0
        self._client: SyncEngine | None = None

    def send(self, request: Any) -> Reply:
        if self._client is None:
            client = self._clients.make()
            client.open()
            self._clients.add(client)
            self._client, self._left = client, self._uses
        client = self._client
        self._left -= 1
        try:
            return client.send(request)
        finally:
            if not self._left:
                self._client = None
                self._clients.retire(client)
                client.close()
