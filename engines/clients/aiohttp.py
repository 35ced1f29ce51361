"""aiohttp: one `ClientSession` over one `TCPConnector`."""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import Any

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from httptui.engines.base import AsyncEngine, Reply, Request, Settings, reply_of
from httptui.engines.body_limit import BodyLimit, BodyTooLargeError
from httptui.engines.errors import BODILESS_STATUSES
from httptui.engines.redirects import leaves_origin

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, Any]
VERSIONS = {aiohttp.HttpVersion11: "1.1", aiohttp.HttpVersion10: "1.0", None: "1.1"}
ADDED = ("User-Agent", "Accept", "Accept-Encoding")
"""Headers that aiohttp adds by itself, besides a body's Content-Type. Suppressing them costs 10 % of a request."""


class CountedSockets:
    """A socket factory for `TCPConnector` that counts the sockets it made, one per connection attempt."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, address: AddressInfo) -> socket.socket:
        self.made += 1
        return socket.socket(address[0], address[1], address[2])


def connector_for(settings: Settings, sockets: CountedSockets) -> aiohttp.TCPConnector:
    """Create a connector from the settings; without a pool size, aiohttp's own pool and TLS settings stay."""
    # By default aiohttp uses a resolver that bypasses Python's if aiodns is installed.
    options: dict[str, Any] = {"socket_factory": sockets, "resolver": aiohttp.ThreadedResolver()}
    if settings.pool is not None:
        options |= {"limit": settings.pool, "ssl": settings.ssl_context}
    else:
        options["ssl"] = settings.verify if settings.ca_file is None else settings.ssl_context
    if settings.dns_ttl is not None:
        options |= {"use_dns_cache": settings.dns_ttl > 0, "ttl_dns_cache": settings.dns_ttl}
    return aiohttp.TCPConnector(**options)


def header_map(headers: tuple[tuple[str, str], ...]) -> CIMultiDict[str]:
    """Build the header map with one spelling per name: aiohttp treats other spellings of a name as replacements."""
    spelt: dict[str, str] = {}
    return CIMultiDict((spelt.setdefault(name.lower(), name), value) for name, value in headers)


async def check_with_guard(
    settings: Settings, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Middleware: check the destination of each request, redirects included, and drop secrets for other origins."""
    url = str(request.url)
    settings.guard.checked(url)
    if not settings.guard.may_have_secrets(url):
        for name in settings.guard.secrets:
            request.headers.popall(name, None)
    return await send(request)


async def drop_foreign_host(
    _session: object, _context: object, redirected: aiohttp.TraceRequestRedirectParams
) -> None:
    """Remove the plan's own Host header from a redirect to another origin; these are the next request's headers."""
    told = redirected.response.headers
    location = told.get(hdrs.LOCATION) or told.get(hdrs.URI) or ""
    if leaves_origin(str(redirected.url), location):
        redirected.headers.popall(hdrs.HOST, None)


def traces_of(settings: Settings) -> list[aiohttp.TraceConfig]:
    """Return a trace of redirects, only if the plan has a Host header that some redirects must not carry."""
    if not settings.redirects or "host" not in settings.headers:
        return []
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(drop_foreign_host)
    return [trace]


def session_for(
    settings: Settings,
    connector: aiohttp.BaseConnector | None,
    traces: list[aiohttp.TraceConfig] | None = None,
) -> aiohttp.ClientSession:
    """Create a session that adds no headers, resends nothing, and keeps cookies only if the settings allow it."""
    added = (*ADDED, "Content-Type") if settings.bodies else ADDED
    unwanted = [name for name in added if name.lower() not in settings.headers]
    guarded: dict[str, Any] = {}
    if settings.redirects:
        guarded["middlewares"] = (partial(check_with_guard, settings),)
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.CookieJar(unsafe=True) if settings.cookies else aiohttp.DummyCookieJar(),
        skip_auto_headers=unwanted,
        timeout=aiohttp.ClientTimeout(total=settings.timeout),
        trust_env=settings.trust_env,
        trace_configs=traces,
        **guarded,
    )
    # aiohttp resends an idempotent request over a new connection, and has no public switch for that.
    session._retry_connection = False
    return session


class CountedContent:
    """Body of an answer that is counted while it is read; everything else is delegated to the wrapped stream."""

    def __init__(self, content: aiohttp.StreamReader, limit: BodyLimit) -> None:
        self._content = content
        self._limit = limit

    async def read(self) -> bytes:
        """Read the whole body; compressed ones in pieces of bounded size."""
        with self._limit.reading() as meter:
            pieces = []
            while piece := await self._content.readany():
                meter.add(len(piece))
                pieces.append(piece)
            return b"".join(pieces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


def bound_body(response: aiohttp.ClientResponse, limit: BodyLimit) -> None:
    """Count a body while it is read, unless it is announced as a small one."""
    length, packed = response.content_length, hdrs.CONTENT_ENCODING in response.headers
    if length is not None and length <= limit.uncounted and not packed:
        return
    if response.method == "HEAD" or response.status in BODILESS_STATUSES:
        return
    try:
        limit.is_small(length, packed)
    except BodyTooLargeError:
        response.close()
        raise
    response.content = CountedContent(response.content, limit)  # type: ignore[assignment]


class Aiohttp(AsyncEngine):
    """aiohttp's `ClientSession`, which decodes bodies.

    aiohttp drops Authorization and Cookie on a redirect to another origin. Abandoning a response before its body is
    complete closes the connection.
    """

    package = "aiohttp"
    abilities = ("redirects", "cookies", "trust_env", "dns_ttl")
    reads = ("bytes", "text", "json", "headers")
    resolver = "python"
    sent_once = "an idempotent request"

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": URL(request.url, encoded=True),
            "headers": header_map(request.headers),
            "data": request.body or None,
        }

    async def open(self) -> None:
        self._limit = self.settings.body_limit
        self._sockets = CountedSockets()
        connector = connector_for(self.settings, self._sockets)
        self._session = session_for(self.settings, connector, traces_of(self.settings))
        self._redirects: dict[str, Any] = {"allow_redirects": False}
        if self.settings.redirects:
            # aiohttp fails on reaching the limit, not on exceeding it.
            self._redirects = {"allow_redirects": True, "max_redirects": self.settings.redirects + 1}

    async def send(self, request: dict[str, Any]) -> Reply:
        response = await self._session.request(**request, **self._redirects)
        bound_body(response, self._limit)
        body = await response.read()
        return reply_of(response.status, body, VERSIONS[response.version], response)

    async def send_text(self, request: dict[str, Any]) -> Reply:
        response = await self._session.request(**request, **self._redirects)
        bound_body(response, self._limit)
        await response.text()
        return reply_of(response.status, await response.read(), VERSIONS[response.version], response)

    async def send_json(self, request: dict[str, Any]) -> Reply:
        response = await self._session.request(**request, **self._redirects)
        bound_body(response, self._limit)
        await response.json()
        return reply_of(response.status, await response.read(), VERSIONS[response.version], response)

    async def send_headers(self, request: dict[str, Any]) -> Reply:
        async with self._session.request(**request, **self._redirects) as response:
            return reply_of(response.status, b"", VERSIONS[response.version], response)

    async def close(self) -> None:
        await self._session.close()
        # A closed connector shuts its TLS transports down in callbacks of the loop's next iterations.
        await asyncio.sleep(0)

    @property
    def connections_opened(self) -> int:
        return self._sockets.made
