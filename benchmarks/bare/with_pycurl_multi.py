"""The fastest loop that pycurl allows: one `CurlMulti` driven by hand, without an event loop."""

from __future__ import annotations

from time import perf_counter

import pycurl

from benchmarks.bare.loops import Job, SyncLoop
from benchmarks.bare.with_pycurl import handle_for


class Loop(SyncLoop):
    """A multi handle and an easy one for each request in flight, kept from turn to turn; one worker drives all."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.workers = 1
        self.multi = pycurl.CurlMulti()
        self.multi.setopt(pycurl.M_MAXCONNECTS, job.in_flight)
        self.handles = dict(handle_for(job) for _ in range(job.in_flight))

    def worker(self, end: float) -> int:
        """Send until the end, and collect the requests then in flight."""
        multi, handles, count = self.multi, self.handles, 0
        for easy in handles:
            multi.add_handle(easy)
        left = len(handles)
        while left:
            multi.perform()
            _, answered, failed = multi.info_read(len(handles))
            if failed:
                raise RuntimeError(f"a request failed: {failed[0][2]}")
            now = perf_counter()
            for easy in answered:
                b"".join(handles[easy])
                handles[easy].clear()
                count += 1
                multi.remove_handle(easy)
                if now < end:
                    multi.add_handle(easy)
                else:
                    left -= 1
            if not answered:
                multi.select(1.0)
        return count

    def close(self) -> None:
        """Close every handle."""
        self.multi.close()
        for easy in self.handles:
            easy.close()
