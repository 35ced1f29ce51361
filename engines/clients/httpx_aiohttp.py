"""httpx over aiohttp: httpx's `AsyncClient` with the transport of the package httpx-aiohttp."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from httptui.engines.base import AsyncEngine
from httptui.engines.clients.aiohttp import CountedSockets, connector_for, session_for
from httptui.engines.clients.httpx_family import AsyncFamily, transport_options


class HttpxAiohttp(AsyncFamily, AsyncEngine):
    """httpx's async client over aiohttp; httpx decodes bodies and keeps cookies, aiohttp handles the environment's
    proxies.

    Header names are sent in lower case, and headers of one name on one line. The HTTP version is always reported as
    1.1. A redirected GET is sent with an empty chunked body. httpx drops Authorization on a redirect to another
    origin.
    """

    package = "httpx-aiohttp"
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    sent_once = "an idempotent request"
    library = httpx

    async def open(self) -> None:
        settings = self.settings
        transport = AiohttpTransport(**transport_options(httpx, settings))
        self._sockets: CountedSockets | None = None
        connector: aiohttp.BaseConnector | None
        if settings.pool is None:
            session = transport.get_client()
            connector = session.connector
            session.detach()
            if isinstance(connector, aiohttp.TCPConnector):
                # If aiodns is installed, the default resolver bypasses Python's.
                connector._resolver = aiohttp.ThreadedResolver()
        else:
            self._sockets = CountedSockets()
            connector = connector_for(settings, self._sockets)
        transport.client = session_for(settings, connector)
        self._client = httpx.AsyncClient(transport=transport, **self._policies())
        self._client.headers.clear()

    async def close(self) -> None:
        await super().close()
        # A closed connector shuts its TLS transports down in callbacks of the loop's next iterations.
        await asyncio.sleep(0)

    @property
    def connections_opened(self) -> int | None:
        return None if self._sockets is None else self._sockets.made
