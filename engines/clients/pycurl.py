"""pycurl: one libcurl handle per thread, or handles in one `AsyncCurlMulti`."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import pycurl

from httptui.engines.base import AsyncEngine, Reply, Request, Settings, SyncEngine, WithHeaders
from httptui.engines.body_limit import Pieces
from httptui.engines.redirects import REDIRECTS, Hops

VERSIONS = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
}
ADDED = ("User-Agent", "Accept", "Content-Type", "Expect")
"""Headers that libcurl adds by itself; a header line without a value suppresses it."""

Options = list[tuple[int, Any]]


class Prepared(NamedTuple):
    """A request, and the options that describe it."""

    request: Request
    options: Options


def prepared(request: Request) -> Prepared:
    """Prepare a request for either adapter."""
    given = {name.lower() for name, _ in request.headers}
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in request.headers]
    lines += [f"{name}:" for name in ADDED if name.lower() not in given]
    sent = [line.encode() for line in lines]
    options: Options = [(pycurl.URL, request.url), (pycurl.HTTPHEADER, sent), (pycurl.PATH_AS_IS, 1)]
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        options += [(pycurl.POSTFIELDS, request.body)]
    if request.method == "HEAD":
        options += [(pycurl.NOBODY, 1)]
    elif request.method != "GET" or request.body:
        options += [(pycurl.CUSTOMREQUEST, request.method)]
    return Prepared(request, options)


def client_options(settings: Settings) -> Options:
    """Build the options of the client: time-out, version, addresses, proxies and TLS."""
    two = settings.http == "2"
    options: Options = [
        (pycurl.NOSIGNAL, 1),
        (pycurl.TIMEOUT_MS, round(settings.timeout * 1000)),
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS if two else pycurl.CURL_HTTP_VERSION_1_1),
        (pycurl.FOLLOWLOCATION, 0),
    ]
    if settings.guard.for_curl:
        options += [(pycurl.RESOLVE, settings.guard.for_curl)]
    if not settings.trust_env:
        options += [(pycurl.NOPROXY, "*")]
    if not settings.verify:
        options += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
    elif settings.ca_file is not None:
        options += [(pycurl.CAINFO, settings.ca_file)]
    return options


class Handle:
    """One easy handle, which keeps its connection between requests; `opened` counts its sockets.

    Options of a request stay set for the next one: a call of `setopt` or `getinfo` costs up to 10 % of a request in
    libcurl.
    """

    def __init__(self, settings: Settings) -> None:
        self.opened = 0
        self.easy = pycurl.Curl()
        self._settings = settings
        self.body = Pieces(settings.body_limit)
        self._asked: Prepared | None = None

    def ask(self, request: Prepared) -> None:
        """Set the handle up for one request."""
        if self.body.size:
            # An abandoned request may have left data behind.
            self.body.drop()
        if self._asked is not request:
            self._asked = request
            self.easy.reset()
            for option, value in client_options(self._settings) + request.options:
                self.easy.setopt(option, value)
            self.easy.setopt(pycurl.WRITEFUNCTION, self._take)
            self.easy.setopt(pycurl.SOCKOPTFUNCTION, self._count)

    def reply(self) -> Reply:
        easy = self.easy
        status = easy.getinfo(pycurl.RESPONSE_CODE)
        reply = status, self.body.whole(), VERSIONS[easy.getinfo(pycurl.INFO_HTTP_VERSION)]
        if status not in REDIRECTS:
            return reply
        return WithHeaders(reply, {"location": easy.getinfo(pycurl.REDIRECT_URL)})

    def _take(self, piece: bytes) -> int | None:
        # Returning fewer bytes than were passed makes libcurl abort.
        return None if self.body.take(piece) else 0

    def _count(self, _socket: int, _purpose: int) -> int:
        self.opened += 1
        return pycurl.SOCKOPT_OK


class Pycurl(SyncEngine):
    """pycurl in threads, each with its own handle, because handles cannot be shared.

    Bodies are not decoded. The adapter follows redirects.
    """

    package = "pycurl"
    http_versions = ("1.1", "2")
    abilities = ("redirects", "trust_env")
    resolver = "pinned"

    @classmethod
    def prepare(cls, request: Request) -> Prepared:
        return prepared(request)

    def open(self) -> None:
        self._of_thread = threading.local()
        self._handles: list[Handle] = []
        if self.settings.redirects:
            following = Hops(self.settings, self.prepare, lambda prepared: prepared.request)
            vars(self)["send"] = following.called(self.send)

    def send(self, request: Prepared) -> Reply:
        handle: Handle | None = getattr(self._of_thread, "handle", None)
        if handle is None:
            handle = self._of_thread.handle = Handle(self.settings)
            self._handles.append(handle)
        handle.ask(request)
        try:
            handle.easy.perform()
            return handle.reply()
        except pycurl.error as error:
            raise handle.body.too_large or error from None
        finally:
            handle.body.drop()

    def close(self) -> None:
        for handle in self._handles:
            handle.easy.close()

    @property
    def connections_opened(self) -> int:
        return sum(handle.opened for handle in tuple(self._handles))


class PycurlAsync(AsyncEngine):
    """pycurl in an event loop, with a handle per request in flight, which is then reused.

    Bodies are not decoded. The adapter follows redirects.
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
            # Awaits the future itself; `perform` would wrap it in a coroutine.
            await self._multi.add_handle(handle.easy)
            return handle.reply()
        except pycurl.error as error:
            raise handle.body.too_large or error from None
        finally:
            handle.body.drop()
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
