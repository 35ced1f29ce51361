"""A minimal asyncio client on preserialised bytes: the ceiling that the other clients are measured against."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from httptui.engines.base import CallbackEngine, Cancellable, Reply, Request, Settings
from httptui.engines.clients.raw_pool import Origin, Pool


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request as it goes over the wire; `bodiless` where the answer has no body whatever its head says."""

    origin: Origin
    payload: bytes
    bodiless: bool


def serialise(request: Request) -> bytes:
    """The bytes of a request: the plan's headers, and Host and Content-Length where the plan has none."""
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
    """Where a URL's connections go."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Origin(parts.hostname or "", parts.port or (443 if tls else 80), tls)


class Raw(CallbackEngine):
    """Follows nothing, keeps nothing, retries nothing, and hands bodies over as they came, not decoded.

    The pool bounds the connections to each origin; without a pool size there is no bound.  It runs on uvloop where
    that is installed, because a ceiling on a slower loop would be none.
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
        # To hash an origin for each request would cost more than the rest of this.
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
