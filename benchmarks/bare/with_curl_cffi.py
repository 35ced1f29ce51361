"""curl_cffi's bare loop."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from curl_cffi.requests import AsyncSession

from benchmarks.bare.loops import AsyncLoop


class Loop(AsyncLoop):
    """One session with as many handles as requests in flight and default headers, impersonating no browser."""

    async def open(self) -> None:
        """Make the session."""
        self.session: AsyncSession[Any] = AsyncSession(
            headers=self.job.headers,
            max_clients=self.job.in_flight,
            timeout=30,
            trust_env=False,
            default_headers=False,
            allow_redirects=False,
            discard_cookies=True,
            http_version="v1",
        )

    async def worker(self, end: float) -> int:
        """Send until the end; `get` reads the whole body."""
        get, url, count = self.session.get, self.job.url, 0
        while perf_counter() < end:
            await get(url)
            count += 1
        return count

    async def close(self) -> None:
        """Close the session."""
        await self.session.close()
