"""The bare loop of the standard library's client."""

from __future__ import annotations

from http.client import HTTPConnection
from queue import SimpleQueue
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.bare.loops import Job, SyncLoop


class Loop(SyncLoop):
    """One connection for each thread, kept from turn to turn."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        parts = urlsplit(job.url)
        self.path = parts.path or "/"
        self.idle: SimpleQueue[HTTPConnection] = SimpleQueue()
        for _ in range(job.in_flight):
            self.idle.put(HTTPConnection(parts.hostname or "", parts.port, timeout=30))

    def worker(self, end: float) -> int:
        """Send until the end."""
        connection, path, headers, count = self.idle.get(), self.path, self.job.headers, 0
        while perf_counter() < end:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            count += 1
        self.idle.put(connection)
        return count

    def close(self) -> None:
        """Close every connection."""
        while not self.idle.empty():
            self.idle.get().close()
