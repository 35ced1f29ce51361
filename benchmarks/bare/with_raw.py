"""The bare loop of the raw client: its connections alone, one for each worker, without its pool."""

from __future__ import annotations

import asyncio
from time import perf_counter

from benchmarks.bare.loops import AsyncLoop
from engines.base import Request
from engines.clients.raw import origin_of, serialise
from engines.clients.raw_answer import Head
from engines.clients.raw_connection import Connection


class Loop(AsyncLoop):
    """As many connections as there are workers; it is the owner that each connection asks for."""

    async def open(self) -> None:
        """Connect every worker."""
        self.heads: dict[bytes, Head] = {}
        self.timeout = 30.0
        self.idle: list[Connection] = []
        self.request = serialise(Request("GET", self.job.url, tuple(self.job.headers.items())))
        origin, loop = origin_of(self.job.url), asyncio.get_running_loop()
        for _ in range(self.job.in_flight):
            await loop.create_connection(lambda: Connection(self, loop), origin.host, origin.port)
        self.kept = list(self.idle)

    async def worker(self, end: float) -> int:
        """Send until the end."""
        connection, request, count = self.kept.pop(), self.request, 0
        while perf_counter() < end:
            await connection.exchange(request, bodiless=False)
            count += 1
        self.kept.append(connection)
        return count

    async def close(self) -> None:
        """Close every connection."""
        for connection in self.kept:
            connection.abort()

    def made(self, connection: Connection) -> None:
        """Told by a connection that it is open."""
        self.idle.append(connection)

    def give_back(self, connection: Connection) -> None:
        """Told by a connection that it is ready again; its worker holds it already."""

    def lost(self, connection: Connection) -> None:
        """Told by a connection that it is closed."""
