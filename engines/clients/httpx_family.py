"""Common code of httpx and its successor httpx2: the same calls, on the module that each adapter names.

The library retries connection attempts only, which the adapters leave off. Bodies are decoded. Authorization is
dropped on a redirect to another origin. Over HTTP/1.1, abandoning a response before its body is read closes the
connection. For HTTP/2, stream numbers are taken and frames written without a common lock, so threads that share a
sync client break its connection (encode/httpx 3324, pydantic/httpx2 1153).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import ModuleType
from typing import Any

from httptui.engines.base import Reply, Request, Settings, reply_of
from httptui.engines.body_limit import BodyLimit, counted, counted_async, slice_for, sliced, sliced_async
from httptui.engines.errors import BODILESS_STATUSES

LONGEST_LENGTH = 19
VERSIONS = {"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2": "2"}


def transport_options(library: ModuleType, settings: Settings) -> dict[str, Any]:
    """Build the options of pool and TLS; without a pool size, only what the plan's certificate settings need."""
    options: dict[str, Any] = {"http2": settings.http == "2", "trust_env": settings.trust_env}
    if settings.pool is not None:
        options["limits"] = library.Limits(
            max_connections=settings.pool, max_keepalive_connections=settings.pool
        )
        options["verify"] = settings.ssl_context
    elif not settings.verify:
        options["verify"] = False
    elif settings.ca_file is not None:
        options["verify"] = settings.ssl_context
    return options


def check_with_guard(settings: Settings, request: Any) -> None:
    """Hook: check the destination of each request, redirects included, and drop secrets for other origins."""
    url = str(request.url)
    settings.guard.checked(url)
    if not settings.guard.may_have_secrets(url):
        for name in settings.guard.secrets:
            request.headers.pop(name, None)


async def check_with_guard_async(settings: Settings, request: Any) -> None:
    """The same hook for an async client."""
    check_with_guard(settings, request)


def body_of(response: Any) -> tuple[int | None, str]:
    """Return the announced length of a body, None if unknown, and its Content-Encoding."""
    if response.request.method == "HEAD" or response.status_code in BODILESS_STATUSES:
        return 0, ""
    length, encoding = None, ""
    for name, value in response.headers.raw:
        match name.lower():
            case b"content-length" if value.isdigit():
                length = int(value[:LONGEST_LENGTH])
            case b"content-encoding":
                encoding += f",{value.decode('latin-1')}" if encoding else value.decode("latin-1")
    return length, "" if encoding.strip().lower() == "identity" else encoding


def bound_body(limit: BodyLimit, response: Any) -> None:
    """Hook of a sync client: count a body while it is read, unless it is announced as a small one."""
    length, encoding = body_of(response)
    if limit.is_small(length, encoding):
        return
    whole, raw = response.iter_bytes, response.iter_raw
    response.iter_bytes = lambda: counted(whole(), limit)
    if encoding:
        response.iter_raw = lambda: sliced(raw(), slice_for(encoding))


async def bound_async_body(limit: BodyLimit, response: Any) -> None:
    """Hook of an async client: count a body while it is read, unless it is announced as a small one."""
    length, encoding = body_of(response)
    if limit.is_small(length, encoding):
        return
    whole, raw = response.aiter_bytes, response.aiter_raw
    response.aiter_bytes = lambda: counted_async(whole(), limit)
    if encoding:
        response.aiter_raw = lambda: sliced_async(raw(), slice_for(encoding))


class Family:
    """Common base of sync and async adapters; `library` is the module of httpx or httpx2."""

    library: ModuleType
    settings: Settings
    bound: Callable[..., Any]
    guarded: Callable[..., Any]
    _client: Any

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        """Return the keyword arguments of `client.request` for one request."""
        return {
            "method": request.method,
            "url": request.url,
            "headers": cls.library.Headers(list(request.headers), encoding="utf-8"),
            "content": request.body or None,
        }

    def _policies(self) -> dict[str, Any]:
        """Build the options of time-outs, redirects with their guard, cookies, and the limit of bodies."""
        settings, hooks = self.settings, {}
        if settings.redirects:
            hooks["request"] = [partial(self.guarded, settings)]
        if settings.read != "headers":
            hooks["response"] = [partial(self.bound, settings.body_limit)]
        options: dict[str, Any] = {
            "timeout": settings.timeout,
            "follow_redirects": settings.redirects > 0,
            "max_redirects": settings.redirects,
            "event_hooks": hooks,
        }
        if not settings.cookies:
            options["cookies"] = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return options

    def _make(self, client: str) -> Any:
        options = transport_options(self.library, self.settings)
        made = getattr(self.library, client)(**options, **self._policies())
        made.headers.clear()
        return made


class AsyncFamily(Family):
    """One `AsyncClient`, over HTTP/1.1 or HTTP/2."""

    bound = staticmethod(bound_async_body)
    guarded = staticmethod(check_with_guard_async)

    async def open(self) -> None:
        self._client = self._make("AsyncClient")

    async def send(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    async def send_text(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        _ = response.text
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    async def send_json(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        response.json()
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    async def send_headers(self, request: dict[str, Any]) -> Reply:
        async with self._client.stream(**request) as response:
            return reply_of(response.status_code, b"", VERSIONS[response.http_version], response)

    async def close(self) -> None:
        await self._client.aclose()


class SyncFamily(Family):
    """One `Client`, over HTTP/1.1 or HTTP/2."""

    bound = staticmethod(bound_body)
    guarded = staticmethod(check_with_guard)

    def open(self) -> None:
        self._client = self._make("Client")

    def send(self, request: dict[str, Any]) -> Reply:
        response = self._client.request(**request)
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    def send_text(self, request: dict[str, Any]) -> Reply:
        response = self._client.request(**request)
        _ = response.text
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    def send_json(self, request: dict[str, Any]) -> Reply:
        response = self._client.request(**request)
        response.json()
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    def send_headers(self, request: dict[str, Any]) -> Reply:
        with self._client.stream(**request) as response:
            return reply_of(response.status_code, b"", VERSIONS[response.http_version], response)

    def close(self) -> None:
        self._client.close()
