"""Which client objects a lane has, how many requests each may serve, and the connections they opened."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from httptui.engines.base import AsyncEngine, Engine, Reply, SyncEngine

E = TypeVar("E", bound=Engine)


def uses_of(reuse: str) -> int | None:
    """How many requests of one worker a client serves; None where it is kept: every-N, and per-request as N = 1."""
    if reuse == "per-request":
        return 1
    return int(reuse.removeprefix("every-")) if reuse.startswith("every-") else None


class Clients(Generic[E]):
    """The clients of one lane that are open now, and what those that are not have left behind."""

    def __init__(self, make: Callable[[], E]) -> None:
        self.make = make
        """Make a client object, not opened yet."""
        self._changing = Lock()
        self._of_retired: int | None = 0
        self._last: int | None = 0
        self.open: list[E] = []

    def add(self, client: E) -> None:
        """List a client that is open: another thread asks the listed ones for their connections."""
        with self._changing:
            self.open.append(client)

    def retire(self, client: E) -> None:
        """Forget a client that is about to be closed, and keep its count of connections."""
        with self._changing:
            self.open.remove(client)
            try:
                count = client.connections_opened
            except Exception:  # noqa: BLE001 - a figure is not worth the request that the client has just done
                count = None
            self._of_retired = None if self._of_retired is None or count is None else self._of_retired + count

    def connections_opened(self) -> int | None:
        """Connections opened by all clients so far, or None where the library cannot tell.

        Another thread may be changing what a library counts, which then raises RuntimeError; the last sum stands in.
        Any other error comes from a library that is not as the engine knows it, which then cannot tell.  The frame
        that this belongs to must not be lost.
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
    """One worker's client, closed after every so many requests and made anew."""

    def __init__(self, clients: Clients[AsyncEngine], uses: int) -> None:
        self._clients = clients
        self._uses = uses
        self._left = 0
        self._client: AsyncEngine | None = None

    async def send(self, request: Any) -> Reply:
        """Send one request by the client whose turn it is."""
        if self._client is None:
            await self._renew()
        client = self._client
        assert client is not None
        self._left -= 1
        try:
            return await client.send(request)
        finally:
            if not self._left:
                self._client = None
                self._clients.retire(client)
                await client.close()

    async def _renew(self) -> None:
        client = self._clients.make()
        await client.open()
        self._clients.add(client)
        self._client, self._left = client, self._uses


class SyncRotation:
    """One worker's client, closed after every so many requests and made anew."""

    def __init__(self, clients: Clients[SyncEngine], uses: int) -> None:
        self._clients = clients
        self._uses = uses
        self._left = 0
        self._client: SyncEngine | None = None

    def send(self, request: Any) -> Reply:
        """Send one request by the client whose turn it is."""
        if self._client is None:
            self._renew()
        client = self._client
        assert client is not None
        self._left -= 1
        try:
            return client.send(request)
        finally:
            if not self._left:
                self._client = None
                self._clients.retire(client)
                client.close()

    def _renew(self) -> None:
        client = self._clients.make()
        client.open()
        self._clients.add(client)
        self._client, self._left = client, self._uses
