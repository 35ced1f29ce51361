"""pycurl's bare loop over `AsyncCurlMulti`."""

from __future__ import annotations

from time import perf_counter

import pycurl

from benchmarks.bare.loops import AsyncLoop
from benchmarks.bare.with_pycurl import handle_for


class Loop(AsyncLoop):
    """One multi handle, and an easy one for each worker, kept from turn to turn."""

    async def open(self) -> None:
        """Make the handles."""
        self.multi = pycurl.AsyncCurlMulti()
        self.multi.setopt(pycurl.M_MAXCONNECTS, self.job.in_flight)
        self.idle = [handle_for(self.job) for _ in range(self.job.in_flight)]

    async def worker(self, end: float) -> int:
        """Send until the end."""
        easy, pieces = self.idle.pop()
        perform, count = self.multi.perform, 0
        while perf_counter() < end:
            await perform(easy)
            b"".join(pieces)
            pieces.clear()
            count += 1
        self.idle.append((easy, pieces))
        return count

    async def close(self) -> None:
        """Close the handles."""
        await self.multi.aclose()
        for easy, _ in self.idle:
            easy.close()
