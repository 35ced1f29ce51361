"""aiosonic's bare loop."""

from __future__ import annotations

from time import perf_counter

import aiosonic
from aiosonic.connectors import TCPConnector
from aiosonic.pools import PoolConfig

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One client, its pool as large as the concurrency."""

    async def open(self) -> None:
        """Make the client."""
        pool = PoolConfig(size=self.job.in_flight, max_conn_requests=None)
        self.client = aiosonic.HTTPClient(TCPConnector(pool_configs={":default": pool}))

    async def worker(self, end: float) -> int:
        """Send until the end."""
        get, url, headers, count = self.client.get, self.job.url, self.job.headers, 0
        while perf_counter() < end:
            answer = await get(url, headers=headers)
            await answer.content()
            count += 1
        return count

    async def close(self) -> None:
        """Close the connections."""
        await self.client.connector.cleanup()
