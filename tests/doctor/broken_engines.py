"""Engines that each misbehave in one way, and what the conformance run has to say of them."""

BROKEN = """
import asyncio
from dataclasses import replace

from httptui.engines.base import AsyncEngine
from httptui.engines.clients.aiohttp import Aiohttp
from httptui.engines.clients.raw import Raw


class Good(AsyncEngine):
    inner_kind = Raw
    changes = {}

    def __init__(self, settings):
        super().__init__(settings)
        self.inner = self.inner_kind(replace(settings, **self.changes))

    @classmethod
    def prepare(cls, request):
        return cls.inner_kind.prepare(request)

    async def open(self):
        await self.inner.open()

    async def send(self, request):
        return await self.inner.send(request)

    async def close(self):
        await self.inner.close()

    @property
    def connections_opened(self):
        return self.inner.connections_opened


class AddsAHeader(Good):
    @classmethod
    def prepare(cls, request):
        return Raw.prepare(replace(request, headers=(*request.headers, ("X-Mine", "1"))))


class DropsAHeader(Good):
    @classmethod
    def prepare(cls, request):
        kept = tuple((name, value) for name, value in request.headers if name != "x-lower")
        return Raw.prepare(replace(request, headers=kept))


class ReordersHeaders(Good):
    @classmethod
    def prepare(cls, request):
        return Raw.prepare(replace(request, headers=request.headers[::-1]))


class DropsTheBody(Good):
    @classmethod
    def prepare(cls, request):
        return Raw.prepare(replace(request, body=b""))


class ReadsTooLittle(Good):
    async def send(self, request):
        status, body, version = await super().send(request)
        return status, body[:65_536], version


class RaisesForStatus(Good):
    async def send(self, request):
        status, body, version = await super().send(request)
        if status >= 400:
            raise ValueError("status")
        return status, body, version


class ConnectsAnew(Good):
    opened = 0

    async def send(self, request):
        inner = Raw(self.settings)
        try:
            return await inner.send(request)
        finally:
            self.opened += inner.connections_opened
            await inner.close()

    @property
    def connections_opened(self):
        return self.opened


class SharesItsPool(Good):
    by_loop = {}

    async def send(self, request):
        return await self.by_loop.setdefault(asyncio.get_running_loop(), self.inner).send(request)

    async def close(self):
        if asyncio.get_running_loop() not in self.by_loop:
            await self.inner.close()


class IgnoresThePool(Good):
    changes = {"pool": None}


class Miscounts(Good):
    connections_opened = 0


class Leaks(Good):
    async def close(self):
        pass


class Swallows(Good):
    async def send(self, request):
        try:
            return await super().send(request)
        except Exception:
            return 200, b"", "1.1"


class HidesErrors(Good):
    async def send(self, request):
        try:
            return await super().send(request)
        except Exception:
            raise ValueError("something went wrong") from None


class Follows(Good):
    inner_kind = Aiohttp
    changes = {"redirects": 5}


class KeepsCookies(Good):
    inner_kind = Aiohttp
    changes = {"cookies": True}


class TrustsTheEnvironment(Good):
    inner_kind = Aiohttp
    changes = {"trust_env": True}


class Retries(Good):
    async def send(self, request):
        try:
            return await self.inner.send(request)
        except Exception:
            return await self.inner.send(request)


class ClaimsHttp2(Good):
    http_versions = ("1.1", "2")


class ClaimsRedirects(Good):
    abilities = ("redirects",)


class AlwaysVerifies(Good):
    changes = {"verify": True}


class VerifiesNothing(Good):
    changes = {"verify": False}


class NeverTimesOut(Good):
    changes = {"timeout": 600}


class CannotBeCancelled(Good):
    async def send(self, request):
        sending = asyncio.ensure_future(super().send(request))
        while True:
            try:
                return await asyncio.shield(sending)
            except asyncio.CancelledError:
                return 200, b"", "1.1"


class HangsOnClose(Good):
    async def close(self):
        await asyncio.Event().wait()


class FailsToOpen(Good):
    async def open(self):
        raise RuntimeError("no client today")


class RepliesInWords(Good):
    async def send(self, request):
        await super().send(request)
        return "ok"
"""

MISSED = {
    "Good": set(),
    "AddsAHeader": {"headers added"},
    "DropsAHeader": {"headers kept", "header spelling"},
    "ReordersHeaders": {"header spelling"},
    "DropsTheBody": {"body sent", "body on GET"},
    "ReadsTooLittle": {"large body"},
    "RaisesForStatus": {"error statuses"},
    "ConnectsAnew": {"keep-alive", "pool size", "HEAD"},
    "SharesItsPool": {"per-request", "every-5"},
    "IgnoresThePool": {"pool size"},
    "Miscounts": {"connections told"},
    "Leaks": {"left open"},
    "Swallows": {"close", "reset", "truncate", "malformed", "hang", "refused", "dns", "time-out"},
    "HidesErrors": {"close", "reset", "truncate", "malformed", "hang", "refused", "dns", "unknown authority"},
    "Follows": {"redirects off"},
    "KeepsCookies": {"cookies off"},
    "TrustsTheEnvironment": {"proxies off"},
    "Retries": {"retries off"},
    "ClaimsHttp2": {"HTTP/2"},
    "ClaimsRedirects": {"redirects on"},
    "AlwaysVerifies": {"verification off"},
    "VerifiesNothing": {"unknown authority", "wrong host"},
    "NeverTimesOut": {"hang", "time-out"},
    "CannotBeCancelled": {"cancelled", "after a cancel"},
    "HangsOnClose": {"first request"},
    "FailsToOpen": {"first request"},
    "RepliesInWords": {"first request"},
}
"""Class → checks that it has to miss; it may miss others that follow from these."""
