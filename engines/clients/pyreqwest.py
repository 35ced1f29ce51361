"""pyreqwest, async: one client of Rust's reqwest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pyreqwest.client import ClientBuilder
from pyreqwest.request import ConsumedRequest
from pyreqwest.response import Response
from pyreqwest.types import HeadersType

from httptui.engines.base import AsyncEngine, Reply, Request, Settings, reply_of
from httptui.engines.redirects import Hops

VERSIONS = {"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2.0": "2"}


def builder_for(settings: Settings) -> ClientBuilder:
    """Create a builder from the settings; without a pool size, reqwest's own pool stays."""
    builder = ClientBuilder().timeout(timedelta(seconds=settings.timeout)).referer(enable=False)
    builder = builder.http2(settings.http == "2")
    if settings.pool is not None:
        builder = builder.max_connections(settings.pool).pool_max_idle_per_host(settings.pool)
        builder = builder.pool_timeout(timedelta(seconds=settings.timeout))
    builder = builder.follow_redirects(enable=False)
    for host, addresses in settings.guard.names.items():
        # It takes one address per name; the port comes from the URL.
        builder = builder.resolve(host, addresses[0], 0)
    builder = builder.default_cookie_store(settings.cookies)
    if not settings.trust_env:
        builder = builder.no_proxy()
    if not settings.verify:
        return builder.danger_accept_invalid_certs(enable=True)
    if settings.ca_file is not None:
        builder = builder.add_root_certificate_pem(Path(settings.ca_file).read_bytes())
    return builder


def request_of(prepared: tuple[str, str, Any, bytes]) -> Request:
    """Recover the request from its prepared form."""
    method, url, headers, body = prepared
    return Request(method, url, tuple(headers), body)


class Pyreqwest(AsyncEngine):
    """pyreqwest's client, which decodes bodies and reads them in one opaque call.

    Header names are sent in title case; User-Agent and Accept are added if missing. The adapter follows redirects.
    """

    package = "pyreqwest"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json")
    resolver = "pinned"

    @classmethod
    def prepare(cls, request: Request) -> tuple[str, str, HeadersType, bytes]:
        return request.method, request.url, list(request.headers), request.body

    async def open(self) -> None:
        self._client = builder_for(self.settings).build()
        self._watch = self.settings.memory_watch
        if self.settings.redirects:
            vars(self)["send"] = Hops(self.settings, self.prepare, request_of).awaited(self.send)

    async def send(self, request: tuple[str, str, HeadersType, bytes]) -> Reply:
        return await self._whole(await self._answer(request))

    async def send_text(self, request: tuple[str, str, HeadersType, bytes]) -> Reply:
        response = await self._answer(request)
        await response.text()
        return await self._whole(response)

    async def send_json(self, request: tuple[str, str, HeadersType, bytes]) -> Reply:
        response = await self._answer(request)
        await response.json()
        return await self._whole(response)

    async def close(self) -> None:
        await self._client.close()

    async def _whole(self, response: Response) -> Reply:
        body = bytes(await response.bytes())
        self._watch.check(len(body))
        return reply_of(response.status, body, VERSIONS[response.version], response)

    async def _answer(self, request: tuple[str, str, HeadersType, bytes]) -> Response:
        return await self._watch.whole(self._built(request).send())

    def _built(self, request: tuple[str, str, HeadersType, bytes]) -> ConsumedRequest:
        method, url, headers, body = request
        building = self._client.request(method, url).headers(headers)
        if body:
            building = building.body_bytes(body)
        return building.build()
