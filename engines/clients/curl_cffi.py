"""curl_cffi, async: one `AsyncSession` over libcurl that impersonates no browser."""

from __future__ import annotations

from typing import Any

from curl_cffi import CurlHttpVersion, CurlOpt
from curl_cffi.requests import AsyncSession, Headers, Response
from curl_cffi.requests.exceptions import RequestException

from httptui.engines.base import AsyncEngine, Reply, Request, Settings, reply_of
from httptui.engines.body_limit import Pieces
from httptui.engines.redirects import Hops

CURL_WRITEFUNC_ERROR = 0xFFFFFFFF
"""Return value of a write callback that makes libcurl abort the transfer."""
ASKED = {"1.1": CurlHttpVersion.V1_1, "2": CurlHttpVersion.V2TLS}
VERSIONS = {
    int(CurlHttpVersion.V1_0): "1.0",
    int(CurlHttpVersion.V1_1): "1.1",
    int(CurlHttpVersion.V2_0): "2",
}


def session_options(settings: Settings) -> dict[str, Any]:
    """Build the arguments of `AsyncSession`; without a pool size, curl_cffi's own ten handles stay."""
    options: dict[str, Any] = {
        "timeout": settings.timeout,
        "allow_redirects": False,
        "trust_env": settings.trust_env,
        "default_headers": False,
        "discard_cookies": not settings.cookies,
        "http_version": ASKED[settings.http],
        "verify": settings.verify if settings.ca_file is None else settings.verify and settings.ca_file,
        "curl_options": {CurlOpt.RESOLVE: settings.guard.for_curl},
    }
    if not settings.trust_env:
        options["curl_options"] |= {CurlOpt.NOPROXY: "*", CurlOpt.NETRC: 0}
    if settings.pool is not None:
        options["max_clients"] = settings.pool
    return options


def request_of(prepared: dict[str, Any]) -> Request:
    """Recover the request from its prepared form."""
    headers = tuple((name, value or "") for name, value in prepared["headers"].multi_items())
    return Request(prepared["method"], prepared["url"], headers, prepared["data"] or b"")


class CurlCffi(AsyncEngine):
    """curl_cffi's `AsyncSession`; libcurl decodes bodies, and the adapter follows redirects."""

    package = "curl_cffi"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json")
    resolver = "pinned"

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": request.url,
            "headers": Headers([(name.encode(), value.encode()) for name, value in request.headers]),
            "data": request.body or None,
        }

    async def open(self) -> None:
        self._session: AsyncSession[Any] = AsyncSession(**session_options(self.settings))
        if self.settings.redirects:
            vars(self)["send"] = Hops(self.settings, self.prepare, request_of).awaited(self.send)

    async def send(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    async def send_text(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        _ = response.text
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    async def send_json(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        response.json()
        return reply_of(response.status_code, response.content, VERSIONS[response.http_version], response)

    async def _answer(self, request: dict[str, Any]) -> Response:
        received = Pieces(self.settings.body_limit)

        def take(piece: bytes) -> int:
            return len(piece) if received.take(piece) else CURL_WRITEFUNC_ERROR

        try:
            response: Response = await self._session.request(**request, content_callback=take)
            response.content = received.whole()
        except RequestException:
            if received.too_large is not None:
                raise received.too_large from None
            raise
        finally:
            # After a time-out, the error's traceback still refers to the pieces.
            received.drop()
        return response

    async def close(self) -> None:
        await self._session.close()
