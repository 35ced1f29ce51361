"""Clients with a known oddity, for cases in which one contender truly differs from another.

Each wraps aiohttp and is named in a plan as `benchmarks.odd_engines.engine("Sleeping")`. All but `Same` send the
header `X-Client: odd`, which a `benchmarks.services.Service` can answer differently (`where`).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import sleep, thread_time
from typing import Any

from httptui.engines.base import AsyncEngine, Reply, Request, Settings
from httptui.engines.clients.aiohttp import Aiohttp


def engine(name: str) -> str:
    """Return the name of one of these classes in a plan."""
    return f"{Path(__file__).resolve()}:{name}"


class Same(AsyncEngine):
    """aiohttp in the same wrapper as the others, without an oddity."""

    package = "aiohttp"
    abilities = ("redirects", "cookies", "trust_env", "dns_ttl")
    odd = False

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._client = Aiohttp(settings)
        self._number = count()

    @classmethod
    def altered(cls, request: Request) -> Request:
        """Return the request as this client sends it."""
        return request

    @classmethod
    def prepare(cls, request: Request) -> Any:
        if cls.odd:
            request = replace(request, headers=(*request.headers, ("X-Client", "odd")))
        return Aiohttp.prepare(cls.altered(request))

    async def open(self) -> None:
        await self._client.open()

    async def send(self, request: Any) -> Reply:
        return await self._client.send(request)

    async def close(self) -> None:
        await self._client.close()

    @property
    def connections_opened(self) -> int | None:
        return self._client.connections_opened


class Marked(Same):
    """Adds only the header; any difference comes from the service's answer."""

    odd = True


class Sleeping(Marked):
    """Sleeps 5 ms before each request."""

    async def send(self, request: Any) -> Reply:
        await asyncio.sleep(0.005)
        return await super().send(request)


class SleepingAfter(Marked):
    """Sleeps 5 ms after each answer, before returning it."""

    async def send(self, request: Any) -> Reply:
        reply = await super().send(request)
        await asyncio.sleep(0.005)
        return reply


class Inventing(Marked):
    """Invents every other answer: nothing is sent, and the previous answer is returned again."""

    _last: Reply | None = None

    async def send(self, request: Any) -> Reply:
        if self._last is not None and next(self._number) % 2:
            await asyncio.sleep(0)
            return self._last
        self._last = await super().send(request)
        return self._last


class Cutting(Marked):
    """Requests the first 100 bytes of each answer."""

    @classmethod
    def altered(cls, request: Request) -> Request:
        return replace(request, headers=(*request.headers, ("Range", "bytes=0-99")))


class Shouting(Marked):
    """Sends the path in upper case."""

    @classmethod
    def altered(cls, request: Request) -> Request:
        scheme, rest = request.url.split("://", 1)
        host, slash, path = rest.partition("/")
        return replace(request, url=f"{scheme}://{host}{slash}{path.upper()}")


class Respelling(Marked):
    """Percent-encodes each letter of the path, which is another target with the same meaning."""

    @classmethod
    def altered(cls, request: Request) -> Request:
        scheme, rest = request.url.split("://", 1)
        host, slash, path = rest.partition("/")
        spelt = "".join(f"%{ord(letter):02X}" if letter.isalpha() else letter for letter in path)
        return replace(request, url=f"{scheme}://{host}{slash}{spelt}")


class PostingInstead(Marked):
    """Sends POST whatever the method."""

    @classmethod
    def altered(cls, request: Request) -> Request:
        return replace(request, method="POST")


class FailingFast(Marked):
    """Fails three of ten requests at once, without sending them."""

    async def send(self, request: Any) -> Reply:
        if next(self._number) % 10 < 3:
            await asyncio.sleep(0)
            raise ConnectionResetError("made to fail")
        return await super().send(request)


class HalfFailing(Marked):
    """Fails every other request at once, without sending it."""

    async def send(self, request: Any) -> Reply:
        if next(self._number) % 2:
            await asyncio.sleep(0)
            raise ConnectionResetError("made to fail")
        return await super().send(request)


class Dying(Marked):
    """Ends its process after 300 requests."""

    async def send(self, request: Any) -> Reply:
        if next(self._number) >= 300:
            raise SystemExit("made to die")
        return await super().send(request)


class Undecoded(Marked):
    """Leaves compressed bodies undecoded."""

    async def open(self) -> None:
        await super().open()
        self._client._session._auto_decompress = False


class Serial(Marked):
    """Sends one request at a time, whatever the concurrency."""

    async def open(self) -> None:
        await super().open()
        self._turn = asyncio.Lock()

    async def send(self, request: Any) -> Reply:
        async with self._turn:
            return await super().send(request)


class Blocking(Marked):
    """Burns 1 ms of CPU time for each request."""

    async def send(self, request: Any) -> Reply:
        end = thread_time() + 0.001
        while thread_time() < end:
            pass
        return await super().send(request)


class Twice(Marked):
    """Sends each request twice, one after the other, and returns the second answer."""

    async def send(self, request: Any) -> Reply:
        await super().send(request)
        return await super().send(request)


class Reconnecting(Marked):
    """Opens a new client, and so a new connection, for each request."""

    async def send(self, request: Any) -> Reply:
        client = Aiohttp(self.settings)
        await client.open()
        try:
            return await client.send(request)
        finally:
            await client.close()


class Few(Marked):
    """Sends at most four requests at a time, whatever the concurrency."""

    async def open(self) -> None:
        await super().open()
        self._turns = asyncio.Semaphore(4)

    async def send(self, request: Any) -> Reply:
        async with self._turns:
            return await super().send(request)


class Holding(Marked):
    """Blocks its event loop for 5 ms before each request, without using the CPU."""

    async def send(self, request: Any) -> Reply:
        sleep(0.005)  # noqa: ASYNC251 - this is what is odd about it
        return await super().send(request)
