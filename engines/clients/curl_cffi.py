"""curl_cffi, async: one `AsyncSession` over libcurl that impersonates no browser."""

from __future__ import annotations

from typing import Any

from curl_cffi import CurlHttpVersion, CurlOpt
from curl_cffi.requests import AsyncSession, Headers, Response
from curl_cffi.requests.exceptions import RequestException

from httptui.engines.base import FIRST_STATUS_WITH_HEADERS, AsyncEngine, Reply, Request, Settings, WithHeaders
from httptui.engines.body_limit import BodyLimit, BodyTooLargeError, Meter
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


class Received:
    """One answer's body, as libcurl delivers it: decompressed, in pieces of at most 16 KiB."""

    def __init__(self, limit: BodyLimit) -> None:
        self._limit = limit
        self._meter: Meter | None = None
        self._size = 0
        self._pieces: list[bytes] = []
        self.too_large: BodyTooLargeError | None = None

    def take(self, piece: bytes) -> int:
        """Keep one more piece, or make libcurl abort if the body exceeds its limit."""
        self._size += len(piece)
        if self._size > self._limit.uncounted and not self._allowed():
            return CURL_WRITEFUNC_ERROR
        self._pieces.append(piece)
        return len(piece)

    def whole(self) -> bytes:
        """Return the whole body."""
        return b"".join(self._pieces)

    def close(self) -> None:
        """Free the pieces, then stop counting them: after a timeout, the error's traceback still refers to this."""
        self._pieces.clear()
        if self._meter is not None:
            self._meter.reset()

    def _allowed(self) -> bool:
        self._meter = self._meter or Meter(self._limit)
        try:
            self._meter.add(self._size - self._meter.size)
        except BodyTooLargeError as error:
            self.too_large = error
            return False
        return True


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
        reply = response.status_code, response.content, VERSIONS[response.http_version]
        return reply if reply[0] < FIRST_STATUS_WITH_HEADERS else WithHeaders(reply, response.headers)

    async def send_text(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        _ = response.text
        reply = response.status_code, response.content, VERSIONS[response.http_version]
        return reply if reply[0] < FIRST_STATUS_WITH_HEADERS else WithHeaders(reply, response.headers)

    async def send_json(self, request: dict[str, Any]) -> Reply:
        response = await self._answer(request)
        response.json()
        reply = response.status_code, response.content, VERSIONS[response.http_version]
        return reply if reply[0] < FIRST_STATUS_WITH_HEADERS else WithHeaders(reply, response.headers)

    async def _answer(self, request: dict[str, Any]) -> Response:
        received = Received(self.settings.body_limit)
        try:
            response: Response = await self._session.request(**request, content_callback=received.take)
            response.content = received.whole()
        except RequestException:
            if received.too_large is not None:
                raise received.too_large from None
            raise
        finally:
            received.close()
        return response

    async def close(self) -> None:
        await self._session.close()
