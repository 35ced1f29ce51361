"""Minimal asyncio client on preserialised bytes: the ceiling against which the other clients are measured."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from httptui.engines.base import CallbackEngine, Cancellable, Reply, Request, Settings
from httptui.engines.clients.raw_connection import Connection, Head


class ConnectTimeoutError(TimeoutError):
    """Connecting, TLS handshake included, took too long."""


class PoolTimeoutError(TimeoutError):
    """No connection of the pool became free in time."""


class Origin(NamedTuple):
    """Host, port and scheme of connections."""

    host: str
    port: int
    tls: bool


class Pool:
    """Pool of at most `settings.pool` connections.

    `idle` holds the connections ready for a request, `waiting` the requests that wait for one.
    """

    def __init__(self, origin: Origin, settings: Settings) -> None:
        self.idle: list[Connection] = []
        self.heads: dict[bytes, Head] = {}
        self.timeout = settings.timeout
        self.limit = settings.body_limit
        self.opened = 0
        self._origin = origin
        self._context = settings.ssl_context if origin.tls else None
        self._limit = settings.pool
        self._slots_taken = 0
        self._connections: set[Connection] = set()
        self._all_lost = asyncio.Event()
        self.waiting: deque[asyncio.Future[Connection | None]] = deque()

    async def take(self) -> Connection:
        """Return an idle connection, a new one, or the next to become free."""
        while self.idle:
            connection = self.idle.pop()
            if connection.usable:
                return connection
        if self._limit is None or self._slots_taken < self._limit:
            self._slots_taken += 1
            return await self._connect()
        given = await self._wait()
        if given is None:
            return await self._connect()
        return given if given.usable else await self.take()

    def made(self, connection: Connection) -> None:
        """Register a connection that has opened."""
        self.opened += 1
        self._all_lost.clear()
        self._connections.add(connection)

    def give_back(self, connection: Connection) -> None:
        """Take back a connection that is ready for the next request."""
        if self.waiting and self._hand_over(connection):
            return
        self.idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """Unregister a connection that has closed."""
        self._connections.remove(connection)
        if not self._connections:
            self._all_lost.set()
        if connection in self.idle:
            self.idle.remove(connection)
        self._free_slot()

    async def close(self) -> None:
        """Close every connection, and wait for the last."""
        for connection in tuple(self._connections):
            connection.cancel()
        if self._connections:
            await self._all_lost.wait()

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        connection = Connection(self, loop)
        host, port, _ = self._origin
        try:
            async with asyncio.timeout(self.timeout):
                await loop.create_connection(lambda: connection, host, port, ssl=self._context)
        except TimeoutError as error:
            self._undo(connection)
            raise ConnectTimeoutError(f"no connection within {self.timeout:g} s") from error
        except BaseException:
            self._undo(connection)
            raise
        return connection

    def _undo(self, connection: Connection) -> None:
        if connection not in self._connections:
            self._free_slot()

    async def _wait(self) -> Connection | None:
        """Wait for a connection; None means that the caller now owns a free slot."""
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(waiter)
        try:
            async with asyncio.timeout(self.timeout):
                return await waiter
        except BaseException as error:
            if waiter in self.waiting:
                self.waiting.remove(waiter)
            elif not waiter.cancelled():
                self._pass_on(waiter.result())
            if isinstance(error, TimeoutError):
                raise PoolTimeoutError(f"no connection came free within {self.timeout:g} s") from error
            raise

    def _pass_on(self, given: Connection | None) -> None:
        if given is None:
            self._free_slot()
        elif given.usable:
            self.give_back(given)

    def _free_slot(self) -> None:
        if not self._hand_over(None):
            self._slots_taken -= 1

    def _hand_over(self, given: Connection | None) -> bool:
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                waiter.set_result(given)
                return True
        return False


@dataclass(frozen=True, slots=True)
class Prepared:
    """One serialised request; `bodiless` means that its answer has no body, whatever the head says."""

    origin: Origin
    payload: bytes
    bodiless: bool


def serialise(request: Request) -> bytes:
    """Serialise a request: the plan's headers, plus Host and Content-Length if the plan has none."""
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = {name.lower() for name, _ in request.headers}
    lines = [f"{request.method} {path} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {parts.netloc.rpartition('@')[2]}")
    lines += [f"{name}: {value}" for name, value in request.headers]
    if not given & {"content-length", "transfer-encoding"} and (
        request.body or request.method in ("POST", "PUT", "PATCH")
    ):
        lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + request.body


def origin_of(url: str) -> Origin:
    """Return the destination of a URL's connections."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Origin(parts.hostname or "", parts.port or (443 if tls else 80), tls)


class Raw(CallbackEngine):
    """The raw client: no redirects, cookies or retries; bodies are not decoded.

    The pool size limits the connections to each origin; without one there is no limit. It runs on uvloop if that is
    installed, because a ceiling measured on a slower loop would be too low.
    """

    usual_loop = "uvloop"
    resolver = "pinned"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._pools: dict[Origin, Pool] = {}
        self._last: tuple[Origin, Pool] | tuple[None, None] = (None, None)

    @classmethod
    def prepare(cls, request: Request) -> Prepared:
        return Prepared(origin_of(request.url), serialise(request), request.method == "HEAD")

    def start(self, request: Prepared, done: Callable[[Reply | Exception], None]) -> Cancellable:
        origin, pool = self._last
        # Hashing an origin on each request would cost more than the rest of this method.
        if origin is not request.origin or pool is None:
            pool = self._pool_of(request.origin)
        if not pool.idle:
            return _Starting(pool, request, done)
        connection = pool.idle.pop()
        connection.exchange(request.payload, request.bodiless, done)
        return connection

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))

    @property
    def connections_opened(self) -> int:
        return sum(pool.opened for pool in self._pools.values())

    def _pool_of(self, origin: Origin) -> Pool:
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = Pool(origin, self.settings)
        self._last = origin, pool
        return pool


class _Starting:
    """A request that waits for its connection, and then for its answer."""

    def __init__(self, pool: Pool, request: Prepared, done: Callable[[Reply | Exception], None]) -> None:
        self._on: Cancellable = asyncio.create_task(self._start(pool, request, done))

    def cancel(self) -> None:
        self._on.cancel()

    async def _start(self, pool: Pool, request: Prepared, done: Callable[[Reply | Exception], None]) -> None:
        try:
            connection = await pool.take()
        except Exception as error:  # noqa: BLE001 - whatever connecting raises is the request's error
            done(error)
            return
        self._on = connection
        connection.exchange(request.payload, request.bodiless, done)
