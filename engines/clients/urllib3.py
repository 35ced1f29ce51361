"""urllib3: one `PoolManager`, whose pools count the connections they open and limit the bodies they read.

requests uses the same pools. urllib3 itself counts connection objects, each of which reconnects after the server has
closed it. A limited body is read in pieces, because urllib3 decompresses only as far as it is asked to. A connection
on which an interim answer was taken for the final one is reopened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from threading import Lock
from typing import Any

import urllib3
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse
from urllib3.util import SKIP_HEADER, Retry

from httptui.engines.base import (
    Reply,
    Request,
    Settings,
    SyncEngine,
    as_latin1,
    reply_of,
)
from httptui.engines.body_limit import PIECE, BodyLimit, BodyTooLargeError, counted
from httptui.engines.errors import FIRST_FINAL_STATUS
from httptui.engines.hosts import Guard
from httptui.engines.redirects import OF_AN_ORIGIN


class Watched:
    """State shared by a client's connections: the number opened, and the limit of bodies, None for no limit."""

    def __init__(self, limit: BodyLimit | None) -> None:
        self.count = 0
        self.limit = limit
        self._counting = Lock()

    def add(self) -> None:
        """Count one more; callable from any thread."""
        with self._counting:
            self.count += 1


def watch_connections(manager: PoolManager, watched: Watched) -> PoolManager:
    """Make the manager's pools count and limit from now on, and return it."""
    pools: Any = {"http": partial(_WatchedPool, watched), "https": partial(_WatchedTlsPool, watched)}
    manager.pool_classes_by_scheme = pools
    return manager


def _bounded(response: HTTPResponse, limit: BodyLimit | None) -> HTTPResponse:
    """Count an answer's body while it is read, unless it is announced as a small one."""
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
            # urllib3 keeps a body only if it is read in one call.
            response._body = body
        return body

    response.stream, response.read = stream, read  # type: ignore[method-assign,assignment]
    return response


def _closing(response: HTTPResponse, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces; on an error, close the connection and give its place in the pool back.

    urllib3 does so only for errors of reading, not for a body that is too large or cannot be decompressed.
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
        # A library installed in place of urllib3 may have other response types.
        status = getattr(response, "status", None)
        if isinstance(status, int) and status < FIRST_FINAL_STATUS and self.sock is not None:
            # The final answer is still to come, and would be read as the next request's. The response keeps the
            # socket until it is read.
            self.sock.close()
            self.sock = None
        return _bounded(response, self._watched.limit)


class _WatchedTlsConnection(_WatchedConnection, HTTPSConnection):
    """A watched connection over TLS; its bases match those of urllib3's own TLS connection."""


class _WatchedPool(HTTPConnectionPool):
    _of_connections: type[_WatchedConnection] = _WatchedConnection

    def __init__(self, watched: Watched, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ConnectionCls: Any = partial(self._of_connections, watched)


class _WatchedTlsPool(_WatchedPool, HTTPSConnectionPool):
    _of_connections = _WatchedTlsConnection


VERSIONS = {10: "1.0", 11: "1.1", 20: "2"}


class GuardedManager(urllib3.PoolManager):
    """A manager that checks each redirect with the guard, and drops secrets for other origins."""

    guard: Guard

    def urlopen(self, method: str, url: str, redirect: bool = True, **options: Any) -> Any:  # type: ignore[override]
        """Check the URL and send; urllib3 calls this again for each hop."""
        self.guard.checked(url)
        headers = options.get("headers")
        if headers and not self.guard.may_have_secrets(url):
            options["headers"] = {
                name: value for name, value in headers.items() if name.lower() not in self.guard.secrets
            }
        return super().urlopen(method, url, redirect, **options)


def manager_for(settings: Settings) -> urllib3.PoolManager:
    """Create a manager from the settings; without a pool size, urllib3's own pool and TLS settings stay."""
    options: dict[str, Any] = {"timeout": urllib3.Timeout.from_float(settings.timeout)}
    if settings.pool is not None:
        options |= {"maxsize": settings.pool, "block": True, "ssl_context": settings.ssl_context}
    elif settings.verify:
        options["ca_certs"] = settings.ca_file
    else:
        options["cert_reqs"] = "CERT_NONE"
    if not settings.redirects:
        return urllib3.PoolManager(**options)
    manager = GuardedManager(**options)
    manager.guard = settings.guard
    return manager


def header_map(headers: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Build headers without those that urllib3 adds; a plain dict, which is cheaper, unless a name is repeated."""
    result = urllib3.HTTPHeaderDict([(name, as_latin1(value)) for name, value in headers])
    repeated = len(result) < len(headers)
    for name in ("User-Agent", "Accept-Encoding"):
        result.setdefault(name, SKIP_HEADER)
    return result if repeated else dict(result)


class Urllib3(SyncEngine):
    """urllib3's `PoolManager`, which decodes bodies.

    urllib3 drops Authorization and Cookie on a redirect to another host. Closing a response before its body is read
    closes the connection.
    """

    package = "urllib3"
    abilities = ("redirects",)
    reads = ("bytes", "json", "headers")
    resolver = "python"

    @classmethod
    def prepare(cls, request: Request) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": request.url,
            "headers": header_map(request.headers),
            "body": request.body or None,
        }

    def open(self) -> None:
        settings = self.settings
        self._watched = Watched(None if settings.read == "headers" else settings.body_limit)
        self._manager = watch_connections(manager_for(settings), self._watched)
        retries: Retry | bool = False
        if settings.redirects:
            retries = Retry(
                total=None,
                connect=0,
                read=0,
                other=0,
                status=0,
                redirect=settings.redirects,
                remove_headers_on_redirect=Retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT | OF_AN_ORIGIN,
            )
        # A preloaded body would be decompressed before its size could be checked.
        options: dict[str, Any] = {
            "retries": retries,
            "redirect": settings.redirects > 0,
            "preload_content": False,
        }
        if settings.pool is not None:
            options["pool_timeout"] = settings.timeout
        # A partial adds its options at a third of the cost of merging two dicts per request.
        self._request = partial(self._manager.request, **options)

    def send(self, request: dict[str, Any]) -> Reply:
        response = self._request(**request)
        return reply_of(response.status, response.data, VERSIONS[response.version], response)

    def send_json(self, request: dict[str, Any]) -> Reply:
        response = self._request(**request)
        response.json()
        return reply_of(response.status, response.data, VERSIONS[response.version], response)

    def send_headers(self, request: dict[str, Any]) -> Reply:
        response = self._request(**request)
        response.close()
        # The pool waits for every connection to come back, even a closed one.
        response.release_conn()
        return reply_of(response.status, b"", VERSIONS[response.version], response)

    def close(self) -> None:
        self._manager.clear()

    @property
    def connections_opened(self) -> int:
        return self._watched.count
