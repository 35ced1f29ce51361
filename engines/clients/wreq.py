"""wreq, async: one client of the Rust library of that name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from wreq import Client, Method
from wreq.header import HeaderMap, OrigHeaderMap
from wreq.redirect import Policy

from engines.base import FIRST_TOLD_STATUS, AsyncEngine, Reply, Request, Settings, WithHeaders

VERSIONS = {"Version.HTTP_10": "1.0", "Version.HTTP_11": "1.1", "Version.HTTP_2": "2"}
METHODS = {
    name: getattr(Method, name)
    for name in ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
}


def client_options(settings: Settings) -> dict[str, Any]:
    """What `Client` is made with; without a pool size wreq's own pool is left alone."""
    options: dict[str, Any] = {
        "timeout": timedelta(seconds=settings.timeout),
        "referer": False,
        "redirect": Policy.limited(settings.redirects) if settings.redirects else Policy.none(),
        "cookie_store": settings.cookies,
        "no_proxy": not settings.trust_env,
        "http1_only": settings.http != "2",
    }
    if settings.pool is not None:
        options |= {"pool_max_size": settings.pool, "pool_max_idle_per_host": settings.pool}
    if not settings.verify:
        options |= {"tls_verify": False, "tls_verify_hostname": False}
    elif settings.ca_file is not None:
        options["tls_verify"] = Path(settings.ca_file)
    return options


class Wreq(AsyncEngine):
    """Bodies are decoded."""

    package = "wreq"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        headers, spelt = HeaderMap(), OrigHeaderMap()
        for name, value in request.headers:
            headers.append(name, value)
            spelt.insert(name)
        options: dict[str, Any] = {"headers": headers, "orig_headers": spelt}
        if request.body:
            options["body"] = request.body
        return {"method": METHODS[request.method], "url": request.url, **options}

    async def open(self) -> None:
        self._client = Client(**client_options(self.settings))

    async def send(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        reply = response.status.as_int(), bytes(await response.bytes()), VERSIONS[str(response.version)]
        return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    async def send_text(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        await response.text()
        reply = response.status.as_int(), bytes(await response.bytes()), VERSIONS[str(response.version)]
        return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    async def send_json(self, request: dict[str, Any]) -> Reply:
        response = await self._client.request(**request)
        await response.json()
        reply = response.status.as_int(), bytes(await response.bytes()), VERSIONS[str(response.version)]
        return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    async def send_headers(self, request: dict[str, Any]) -> Reply:
        async with await self._client.request(**request) as response:
            reply = response.status.as_int(), b"", VERSIONS[str(response.version)]
            return reply if reply[0] < FIRST_TOLD_STATUS else WithHeaders(reply, response.headers)

    async def close(self) -> None:
        self._client.close()
