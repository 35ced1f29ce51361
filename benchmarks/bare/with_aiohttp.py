"""aiohttp's bare loop."""

from __future__ import annotations

from time import perf_counter

import aiohttp

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One session, its pool as large as the concurrency."""

    async def open(self) -> None:
        """Make the session."""
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.job.in_flight),
            headers=self.job.headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=30),
        )

    async def worker(self, end: float) -> int:
        """Send until the end."""
        get, url, count = self.session.get, self.job.url, 0
        while perf_counter() < end:
            async with get(url, allow_redirects=False) as answer:
                await answer.read()
            count += 1
        return count

    async def close(self) -> None:
        """Close the session."""
        await self.session.close()
