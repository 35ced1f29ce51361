"""The bare loop of httpx's async client, and with another `library` of httpx2's."""

from __future__ import annotations

from time import perf_counter
from types import ModuleType
from typing import Any

import httpx

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency."""

    library: ModuleType = httpx

    async def open(self) -> None:
        """Make the client."""
        self.client = self.library.AsyncClient(
            headers=self.job.headers, transport=self.transport(), timeout=30, trust_env=False
        )

    def transport(self) -> Any:
        """Return the transport that carries the requests."""
        pool = self.library.Limits(
            max_connections=self.job.in_flight, max_keepalive_connections=self.job.in_flight
        )
        return self.library.AsyncHTTPTransport(limits=pool, trust_env=False)

    async def worker(self, end: float) -> int:
        """Send until the end; `get` reads the whole body."""
        get, url, count = self.client.get, self.job.url, 0
        while perf_counter() < end:
            await get(url)
            count += 1
        return count

    async def close(self) -> None:
        """Close the client."""
        await self.client.aclose()
