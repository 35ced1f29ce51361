"""pycurl's bare loop in threads."""

from __future__ import annotations

from queue import SimpleQueue
from time import perf_counter

import pycurl

from benchmarks.bare.loops import Job, SyncLoop


def handle_for(job: Job) -> tuple[pycurl.Curl, list[bytes]]:
    """Return an easy handle that sends the job's request, and the list that collects the pieces of the body."""
    easy, pieces = pycurl.Curl(), list[bytes]()
    easy.setopt(pycurl.URL, job.url)
    easy.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in job.headers.items()])
    easy.setopt(pycurl.NOSIGNAL, 1)
    easy.setopt(pycurl.NOPROXY, "*")
    easy.setopt(pycurl.TIMEOUT, 30)
    easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    easy.setopt(pycurl.WRITEFUNCTION, pieces.append)
    return easy, pieces


class Loop(SyncLoop):
    """One handle for each thread, kept from turn to turn."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.idle: SimpleQueue[tuple[pycurl.Curl, list[bytes]]] = SimpleQueue()
        for _ in range(job.in_flight):
            self.idle.put(handle_for(job))

    def worker(self, end: float) -> int:
        """Send until the end."""
        easy, pieces = self.idle.get()
        perform, count = easy.perform, 0
        while perf_counter() < end:
            perform()
            b"".join(pieces)
            pieces.clear()
            count += 1
        self.idle.put((easy, pieces))
        return count

    def close(self) -> None:
        """Close every handle."""
        while not self.idle.empty():
            self.idle.get()[0].close()
