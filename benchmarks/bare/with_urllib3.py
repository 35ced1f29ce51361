"""urllib3's bare loop."""

from __future__ import annotations

from time import perf_counter

import urllib3

from benchmarks.bare.loops import Job, SyncLoop


class Loop(SyncLoop):
    """One pool manager, its pool as large as the concurrency."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.pool = urllib3.PoolManager(num_pools=1, maxsize=job.in_flight, block=True, timeout=30)

    def worker(self, end: float) -> int:
        """Send until the end; `request` reads the whole body."""
        request, url, headers, count = self.pool.request, self.job.url, self.job.headers, 0
        while perf_counter() < end:
            request("GET", url, headers=headers, retries=False, redirect=False)
            count += 1
        return count

    def close(self) -> None:
        """Close the pool."""
        self.pool.clear()
