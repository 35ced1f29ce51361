"""pycurl, async: handles of libcurl in one `AsyncCurlMulti`."""

from __future__ import annotations

import pycurl

from httptui.engines.base import AsyncEngine, Reply, Request
from httptui.engines.clients.pycurl_handles import Handle, Prepared, prepared
from httptui.engines.following import Hops


class PycurlAsync(AsyncEngine):
    """Bodies are handed over as they came, not decoded.  One handle for each request in flight, kept for the next.
    Redirects are followed by the adapter.
    """

    package = "pycurl"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "trust_env")
    resolver = "pinned"

    @classmethod
    def prepare(cls, request: Request) -> Prepared:
        return prepared(request)

    async def open(self) -> None:
        self._handles: list[Handle] = []
        if self.settings.redirects:
            following = Hops(self.settings, self.prepare, lambda prepared: prepared.request)
            vars(self)["send"] = following.awaited(self.send)
        self._idle: list[Handle] = []
        self._multi = pycurl.AsyncCurlMulti()
        if (pool := self.settings.pool) is not None:
            self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, pool)
            self._multi.setopt(pycurl.M_MAXCONNECTS, pool)

    async def send(self, request: Prepared) -> Reply:
        handle = self._idle.pop() if self._idle else self._new_handle()
        handle.ask(request)
        try:
            # The future itself: `perform` would put a coroutine around it.
            await self._multi.add_handle(handle.easy)
            return handle.reply()
        except pycurl.error as error:
            raise handle.failed(error) from None
        finally:
            handle.drop()
            self._idle.append(handle)

    async def close(self) -> None:
        await self._multi.aclose()
        for handle in self._handles:
            handle.easy.close()

    @property
    def connections_opened(self) -> int:
        return sum(handle.opened for handle in self._handles)

    def _new_handle(self) -> Handle:
        handle = Handle(self.settings)
        self._handles.append(handle)
        return handle
