"""wreq, async: one client of the Rust library of the same name."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from wreq import Client, Method
from wreq.dns import DnsOptions
from wreq.header import HeaderMap, OrigHeaderMap
from wreq.redirect import Policy

from httptui.engines.base import AsyncEngine, Reply, Request, Settings, reply_of
from httptui.engines.hosts import Guard
from httptui.engines.redirects import Hops

VERSIONS = {"Version.HTTP_10": "1.0", "Version.HTTP_11": "1.1", "Version.HTTP_2": "2"}


def header_options(headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Build the options for headers and their spelling, of a request or a client."""
    values, spelt = HeaderMap(), OrigHeaderMap()
    for name, value in headers:
        values.append(name, value)
        spelt.insert(name)
    return {"headers": values, "orig_headers": spelt}


def pinned(guard: Guard) -> DnsOptions:
    """Build the DNS options: the only known names, with their addresses."""
    options = DnsOptions()
    for host, addresses in guard.names.items():
        options.add_resolve(host, [ip_address(address) for address in addresses])
    return options


def common_headers(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return the headers that the client itself carries: none if a redirect could take secrets to another origin."""
    return () if settings.redirects else settings.common


def client_options(settings: Settings) -> dict[str, Any]:
    """Build the arguments of `Client`; without a pool size, wreq's own pool stays."""
    options: dict[str, Any] = {
        "timeout": timedelta(seconds=settings.timeout),
        "referer": False,
        "redirect": Policy.none(),
        "dns_options": pinned(settings.guard),
        "cookie_store": settings.cookies,
        "no_proxy": not settings.trust_env,
        "http1_only": settings.http != "2",
    }
    if common := common_headers(settings):
        options |= header_options(common)
    if settings.pool is not None:
        options |= {"pool_max_size": settings.pool, "pool_max_idle_per_host": settings.pool}
    if not settings.verify:
        options |= {"tls_verify": False, "tls_verify_hostname": False}
    elif settings.ca_file is not None:
        options["tls_verify"] = Path(settings.ca_file)
    return options


class Prepared(NamedTuple):
    """A prepared request: `alone` are its options if the client already carries its `headers`, `whole` otherwise."""

    method: Method
    url: str
    headers: tuple[tuple[str, str], ...]
    alone: dict[str, Any]
    whole: dict[str, Any]
    request: Request


class Wreq(AsyncEngine):
    """wreq's client, which decodes bodies; the adapter follows redirects."""

    package = "wreq"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "cookies", "trust_env")
    reads = ("bytes", "text", "json", "headers")
    resolver = "pinned"
    methods = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")

    @classmethod
    def prepare(cls, request: Request) -> Prepared:
        alone: dict[str, Any] = {"body": request.body} if request.body else {}
        whole = alone | header_options(request.headers)
        return Prepared(getattr(Method, request.method), request.url, request.headers, alone, whole, request)

    async def open(self) -> None:
        self._client = Client(**client_options(self.settings))
        self._headers = common_headers(self.settings)
        self._limit = self.settings.body_limit
        self._watch = self.settings.memory_watch
        if self.settings.redirects:
            following = Hops(self.settings, self.prepare, lambda prepared: prepared.request)
            vars(self)["send"] = following.awaited(self.send)

    async def send(self, request: Prepared) -> Reply:
        return await self._whole(await self._asked(request))

    async def send_text(self, request: Prepared) -> Reply:
        response = await self._asked(request)
        await self._bounded(response, response.text())
        return await self._whole(response)

    async def send_json(self, request: Prepared) -> Reply:
        response = await self._asked(request)
        await self._bounded(response, response.json())
        return await self._whole(response)

    async def send_headers(self, request: Prepared) -> Reply:
        async with await self._asked(request) as response:
            return reply_of(response.status.as_int(), b"", VERSIONS[str(response.version)], response)

    async def _whole(self, response: Any) -> Reply:
        body = bytes(await self._bounded(response, response.bytes()))
        self._watch.check(len(body))
        return reply_of(response.status.as_int(), body, VERSIONS[str(response.version)], response)

    def _bounded(self, response: Any, body: Awaitable[Any]) -> Awaitable[Any]:
        """Await a body, with the memory watched unless it is announced as a small one."""
        length = response.content_length
        return body if self._limit.is_small(length) else self._watch.whole(body)

    async def close(self) -> None:
        self._client.close()

    def _asked(self, request: Prepared) -> Awaitable[Any]:
        method, url, headers, alone, whole, _ = request
        return self._client.request(method, url, **(alone if headers == self._headers else whole))
