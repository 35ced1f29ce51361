"""Clients that are made anew after every so many requests: each sends one request at a time."""

from __future__ import annotations

from typing import Any

from httptui.engines.base import AsyncEngine, Reply, SyncEngine
from httptui.engines.lane.clients import Clients


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
