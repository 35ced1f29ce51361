"""pyreqwest's bare loop."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

from pyreqwest.client import ClientBuilder

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency, the headers its default ones."""

    async def open(self) -> None:
        """Make the client."""
        builder = ClientBuilder().default_headers(self.job.headers).timeout(timedelta(seconds=30)).no_proxy()
        builder = builder.max_connections(self.job.in_flight).pool_max_idle_per_host(self.job.in_flight)
        self.client = builder.build()

    async def worker(self, end: float) -> int:
        """Send until the end."""
        get, url, count = self.client.get, self.job.url, 0
        while perf_counter() < end:
            answer = await get(url).build().send()
            await answer.bytes()
            count += 1
        return count

    async def close(self) -> None:
        """Close the client."""
        await self.client.close()
