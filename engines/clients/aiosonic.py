"""aiosonic: one `HTTPClient` over one `TCPConnector`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import aiosonic
from aiosonic.connection import Connection
from aiosonic.connectors import TCPConnector
from aiosonic.pools import PoolConfig
from aiosonic.timeout import Timeouts

from httptui.engines.base import AsyncEngine, Reply, Request, Settings, reply_of
from httptui.engines.body_limit import BodyLimit, BodyTooLargeError, Meter
from httptui.engines.redirects import leaves_origin


class BoundedConnection(Connection):  # type: ignore[misc]
    """A connection that counts a body before reading it, because aiosonic reads everything that is announced.

    It is not kept after an interim answer, which aiosonic takes for the final one.
    """

    def __init__(self, limit: BodyLimit, pool: Any) -> None:
        super().__init__(pool)
        self._meter = Meter(limit)
        self._interim = False

    async def readuntil(self, separator: bytes = b"\n") -> Any:
        """Read the status line, the only line for which aiosonic calls this method."""
        line = await super().readuntil(separator)
        self._interim = line[9:10] == b"1"
        return line

    def keep_alive(self) -> None:
        """Keep the connection, unless a final answer is still to come, which would be read as the next request's."""
        self.keep = not self._interim

    async def readexactly(self, size: int) -> Any:
        try:
            self._meter.add(max(size, 0))
        except BodyTooLargeError:
            self.keep = False
            self.close()
            raise
        return await super().readexactly(size)

    def release(self) -> None:
        self._meter.reset()
        super().release()

    def close(self) -> None:
        self._meter.reset()
        super().close()


def connector_for(settings: Settings) -> TCPConnector:
    """Create a connector from the settings; without a pool size, aiosonic's own pool stays."""
    made = partial(BoundedConnection, settings.body_limit)
    seconds = settings.timeout
    timeouts = Timeouts(
        sock_connect=seconds, sock_read=seconds, pool_acquire=seconds, request_timeout=seconds
    )
    if settings.pool is None:
        return TCPConnector(timeouts=timeouts, connection_cls=made)
    pool = PoolConfig(size=settings.pool, max_conn_requests=None)
    return TCPConnector(pool_configs={":default": pool}, timeouts=timeouts, connection_cls=made)


class Aiosonic(AsyncEngine):
    """aiosonic's `HTTPClient`, which decodes bodies. Abandoning an unread response closes the connection."""

    package = "aiosonic"
    abilities = ("redirects", "cookies")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return {
            "url": request.url,
            "method": request.method,
            "headers": list(request.headers),
            "data": request.body or None,
        }

    async def open(self) -> None:
        settings = self.settings
        hooks = {"event_hooks": {"request": [self._check_with_guard]}} if settings.redirects else {}
        self._client = aiosonic.HTTPClient(
            connector_for(settings),
            handle_cookies=settings.cookies,
            max_decompressed_size=settings.max_body,
            **hooks,
        )
        plain: dict[str, Any] = {"verify": settings.verify, "follow": settings.redirects > 0}
        if settings.redirects:
            plain["max_redirects"] = settings.redirects
        keeps_its_own = settings.pool is None and settings.ca_file is None
        tls = plain if keeps_its_own else plain | {"ssl": settings.ssl_context}
        self._options = {"http": plain, "https": tls}

    async def send(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request, **self._options[request["url"].partition(":")[0]])
        return reply_of(response.status_code, await response.content(), response.http_version, response)

    async def send_text(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        await response.text()
        return reply_of(response.status_code, await response.content(), response.http_version, response)

    async def send_json(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        await response.json()
        return reply_of(response.status_code, await response.content(), response.http_version, response)

    async def send_headers(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        await response.aclose()
        return reply_of(response.status_code, b"", response.http_version, response)

    def _check_with_guard(self, _method: str, url: str, headers: Any) -> None:
        """Hook: check the destination of each request and redirect, and drop secrets and Host for other origins."""
        guard = self.settings.guard
        guard.checked(url)
        # A request and its redirects share one headers object, so it records where they last went.
        if leaves_origin(getattr(headers, "last_url", url), url):
            headers.pop("Host", None)
        headers.last_url = url
        if not guard.may_have_secrets(url):
            for name in guard.secrets:
                headers.pop(name, None)

    async def _answer(self, request: dict[str, Any]) -> Any:
        return await self._client.request(**request, **self._options[request["url"].partition(":")[0]])

    async def close(self) -> None:
        await self._client.connector.cleanup()
        await asyncio.sleep(0)
