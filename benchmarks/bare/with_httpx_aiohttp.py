"""The bare loop of httpx's async client over aiohttp's transport."""

from __future__ import annotations

import httpx
from httpx_aiohttp import AiohttpTransport

from benchmarks.bare import with_httpx


class Loop(with_httpx.Loop):
    """The same client on the other transport."""

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return the transport that carries the requests."""
        pool = httpx.Limits(max_connections=self.job.in_flight, max_keepalive_connections=self.job.in_flight)
        return AiohttpTransport(limits=pool, trust_env=False)
