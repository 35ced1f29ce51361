"""httpx, async: one `AsyncClient`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from engines.base import AsyncEngine, Reply, Request, Settings

VERSIONS = {"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2": "2"}


def request_options(request: Request) -> dict[str, Any]:
    """The keyword arguments of `client.request` for one request."""
    return {
        "method": request.method,
        "url": request.url,
        "headers": httpx.Headers(list(request.headers)),
        "content": request.body or None,
    }


def transport_options(settings: Settings) -> dict[str, Any]:
    """Pool and TLS; without a pool size only what the plan's own certificate wishes need."""
    options: dict[str, Any] = {"http2": settings.http == "2", "trust_env": settings.trust_env}
    if settings.pool is not None:
        options["limits"] = httpx.Limits(
            max_connections=settings.pool, max_keepalive_connections=settings.pool
        )
        options["verify"] = settings.ssl_context
    elif not settings.verify:
        options["verify"] = False
    elif settings.ca_file is not None:
        options["verify"] = settings.ssl_context
    return options


def policy_options(settings: Settings) -> dict[str, Any]:
    """Time-outs, redirects and cookies."""
    options: dict[str, Any] = {
        "timeout": settings.timeout,
        "follow_redirects": settings.redirects > 0,
        "max_redirects": settings.redirects,
    }
    if not settings.cookies:
        options["cookies"] = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return options


class Httpx(AsyncEngine):
    """Retries are of connection attempts only, and proxies of the environment are not used with them.

    Bodies are decoded.  httpx drops Authorization when a redirect leads to another origin.
    """

    package = "httpx"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "retries", "cookies", "trust_env")

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return request_options(request)

    async def open(self) -> None:
        options = transport_options(self.settings)
        if self.settings.retries:
            options["transport"] = httpx.AsyncHTTPTransport(**options, retries=self.settings.retries)
        self._client = httpx.AsyncClient(**options, **policy_options(self.settings))
        self._client.headers.clear()

    async def send(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        return response.status_code, response.content, VERSIONS[response.http_version]

    async def close(self) -> None:
        await self._client.aclose()
