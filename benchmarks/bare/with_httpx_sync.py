"""The bare loop of httpx's sync client."""

from __future__ import annotations

from time import perf_counter
from types import ModuleType

import httpx

from benchmarks.bare.loops import Job, SyncLoop


class Loop(SyncLoop):
    """One client, its pool as large as the concurrency."""

    library: ModuleType = httpx

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        pool = self.library.Limits(max_connections=job.in_flight, max_keepalive_connections=job.in_flight)
        self.client = self.library.Client(headers=job.headers, limits=pool, timeout=30, trust_env=False)

    def worker(self, end: float) -> int:
        """Send until the end; `get` reads the whole body."""
        get, url, count = self.client.get, self.job.url, 0
        while perf_counter() < end:
            get(url)
            count += 1
        return count

    def close(self) -> None:
        """Close the client."""
        self.client.close()
