"""wreq's bare loop."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

from wreq import Client

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency, the headers its default ones."""

    async def open(self) -> None:
        """Make the client."""
        self.client = Client(
            headers=self.job.headers,
            timeout=timedelta(seconds=30),
            http1_only=True,
            no_proxy=True,
            pool_max_size=self.job.in_flight,
            pool_max_idle_per_host=self.job.in_flight,
        )

    async def worker(self, end: float) -> int:
        """Send until the end."""
        get, url, count = self.client.get, self.job.url, 0
        while perf_counter() < end:
            answer = await get(url)
            await answer.bytes()
            count += 1
        return count

    async def close(self) -> None:
        """Close the client."""
        self.client.close()
