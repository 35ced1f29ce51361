"""The bare loop of the raw client, which is httptui's own: `send`, with its pool, and nothing around it."""

from __future__ import annotations

from time import perf_counter

from benchmarks.bare.loops import AsyncLoop
from engines.base import Request, Settings
from engines.clients.raw import Raw


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency."""

    async def open(self) -> None:
        """Make the client."""
        self.client = Raw(Settings(pool=self.job.in_flight))
        await self.client.open()

    async def worker(self, end: float) -> int:
        """Send until the end; `send` reads the whole body."""
        send, count = self.client.send, 0
        request = Raw.prepare(Request("GET", self.job.url, tuple(self.job.headers.items())))
        while perf_counter() < end:
            await send(request)
            count += 1
        return count

    async def close(self) -> None:
        """Close the client."""
        await self.client.close()
