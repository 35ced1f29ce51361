"""Pools of urllib3 that count the connections they open and bound the bodies they read, for urllib3 and requests.

A pool of urllib3 by itself counts its connection objects, each of which is connected again after the server has
closed it.  A bound body is read in pieces, as urllib3 unpacks each no further than it was asked for.  A connection on
which an interim answer was taken for the final one is opened again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Lock
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from httptui.engines.body_limit import PIECE, BodyLimit, BodyTooLargeError, counted
from httptui.engines.statuses import FIRST_FINAL_STATUS


class Watched:
    """What a client object's connections share: how many were opened, and the limit of bodies, None for none."""

    def __init__(self, limit: BodyLimit | None) -> None:
        self.count = 0
        self.limit = limit
        self._counting = Lock()

    def add(self) -> None:
        """Count one more; any thread may call this."""
        with self._counting:
            self.count += 1


def watch_connections(manager: PoolManager, watched: Watched) -> PoolManager:
    """The manager, whose pools from now on count what they open and bound what they read."""
    pools: Any = {"http": partial(_WatchedPool, watched), "https": partial(_WatchedTlsPool, watched)}
    manager.pool_classes_by_scheme = pools
    return manager


def _bounded(response: HTTPResponse, limit: BodyLimit | None) -> HTTPResponse:
    """The answer, whose body is counted while it is read unless it is announced as a small one."""
    if limit is None:
        return response
    try:
        if limit.is_small(response.length_remaining, response.headers.get("content-encoding")):
            return response
    except BodyTooLargeError:
        response.close()
        raise
    whole, pieces_of = response.read, response.stream

    def stream(*args: Any, **options: Any) -> Iterator[bytes]:
        return _closing(response, counted(pieces_of(*args, **options), limit))

    def read(
        amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False
    ) -> bytes:
        if amt is not None and amt >= 0:
            return whole(amt, decode_content, cache_content)
        pieces = iter(lambda: whole(PIECE, decode_content), b"")
        body = b"".join(_closing(response, counted(pieces, limit)))
        if cache_content:
            # urllib3 keeps a body only where it was read at once.
            response._body = body
        return body

    response.stream, response.read = stream, read  # type: ignore[method-assign,assignment]
    return response


def _closing(response: HTTPResponse, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces; where they are too many, or cannot be unpacked, the connection is closed and its place in the pool
    given back, which urllib3 does only where it could not be read.
    """
    try:
        yield from pieces
    except Exception:
        response.close()
        response.release_conn()
        raise


class _WatchedConnection(HTTPConnection):
    def __init__(self, watched: Watched, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._watched = watched

    def connect(self) -> None:
        super().connect()
        self._watched.add()

    def getresponse(self, *args: Any, **options: Any) -> HTTPResponse:  # type: ignore[override]
        response = super().getresponse(*args, **options)
        # Another library in the place of urllib3 has answers of its own kind.
        status = getattr(response, "status", None)
        if isinstance(status, int) and status < FIRST_FINAL_STATUS and self.sock is not None:
            # The final answer is still to come, and would be taken for that to the next request.  What came keeps the
            # socket until it was read.
            self.sock.close()
            self.sock = None
        return _bounded(response, self._watched.limit)


class _WatchedTlsConnection(_WatchedConnection, HTTPSConnection):
    """The same over TLS: urllib3's own class is a connection of the other kind, too."""


class _WatchedPool(HTTPConnectionPool):
    _of_connections: type[_WatchedConnection] = _WatchedConnection

    def __init__(self, watched: Watched, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ConnectionCls: Any = partial(self._of_connections, watched)


class _WatchedTlsPool(_WatchedPool, HTTPSConnectionPool):
    _of_connections = _WatchedTlsConnection
