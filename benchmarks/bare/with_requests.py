"""requests' bare loop."""

from __future__ import annotations

from time import perf_counter

import requests
from requests.adapters import HTTPAdapter

from benchmarks.bare.loops import Job, SyncLoop


class Loop(SyncLoop):
    """One session, its pool as large as the concurrency, and `request`, as the engine and most programs use it."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.clear()
        self.session.mount(
            "http://", HTTPAdapter(pool_connections=1, pool_maxsize=job.in_flight, max_retries=0)
        )

    def worker(self, end: float) -> int:
        """Send until the end; `request` reads the whole body."""
        request, url, headers, count = self.session.request, self.job.url, self.job.headers, 0
        while perf_counter() < end:
            request("GET", url, headers=headers, timeout=30, allow_redirects=False)
            count += 1
        return count

    def close(self) -> None:
        """Close the session."""
        self.session.close()
