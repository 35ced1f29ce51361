"""The bare loop of httpx's async client over an aiohttp session, by the transport that an article published."""

from __future__ import annotations

from typing import Any

import aiohttp

from benchmarks.bare import with_httpx
from httptui.engines.body_limit import BodyLimit
from httptui.engines.clients.over_aiohttp import transport_over


class Loop(with_httpx.Loop):
    """Uses the contender's own transport, because its users write it themselves; `decompress` is its defect."""

    decompress = True

    def transport(self) -> Any:
        """Return the transport that carries the requests."""
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.job.in_flight),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=30),
        )
        return transport_over(self.library, session, BodyLimit(), decompress=self.decompress)
