"""The bare loop of httpx's async client."""

from __future__ import annotations

from time import perf_counter

import httpx

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency."""

    async def open(self) -> None:
        """Make the client."""
        self.client = httpx.AsyncClient(
            headers=self.job.headers, transport=self.transport(), timeout=30, trust_env=False
        )

    def transport(self) -> httpx.AsyncBaseTransport:
        """What carries the requests."""
        pool = httpx.Limits(max_connections=self.job.in_flight, max_keepalive_connections=self.job.in_flight)
        return httpx.AsyncHTTPTransport(limits=pool, trust_env=False)

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
