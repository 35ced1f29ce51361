"""The bare loop of the raw client, which is httptui's own: `start`, with its pool, and nothing around it."""

from __future__ import annotations

import asyncio
from time import perf_counter

from benchmarks.bare.loops import AsyncLoop
from httptui.engines.base import Reply, Request, Settings
from httptui.engines.clients.raw import Raw


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency."""

    async def open(self) -> None:
        """Make the client."""
        self.client = Raw(Settings(pool=self.job.in_flight))
        await self.client.open()

    async def worker(self, end: float) -> int:
        """Send until the end; each answer starts the next request."""
        request = Raw.prepare(Request("GET", self.job.url, tuple(self.job.headers.items())))
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        start, count = self.client.start, 0

        def done(outcome: Reply | Exception) -> None:
            nonlocal count
            if isinstance(outcome, Exception):
                over.set_exception(outcome)
                return
            count += 1
            if perf_counter() < end:
                start(request, done)
            else:
                over.set_result(None)

        start(request, done)
        await over
        return count

    async def close(self) -> None:
        """Close the client."""
        await self.client.close()
