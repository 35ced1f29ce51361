"""http.client of the standard library: one connection per calling thread."""

from __future__ import annotations

import http.client
import select
import socket
import threading
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from httptui.engines.base import (
    FIRST_STATUS_WITH_HEADERS,
    Reply,
    Request,
    Settings,
    SyncEngine,
    WithHeaders,
    encoded_value,
)
from httptui.engines.body_limit import PIECE
from httptui.engines.errors import FIRST_FINAL_STATUS, is_interim

IDLE_SECONDS = 0.05
VERSIONS = {9: "0.9", 10: "1.0", 11: "1.1"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One request as `putrequest`, `putheader` and `endheaders` take it."""

    tls: bool
    netloc: str
    method: str
    path: str
    own_host: bool
    headers: tuple[tuple[str, str | bytes], ...]
    body: bytes


def with_length(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the plan's headers, with Content-Length if the request needs one."""
    named = {name.lower() for name, _ in request.headers} & {"content-length", "transfer-encoding"}
    if named or not (request.body or request.method in ("POST", "PUT", "PATCH")):
        return request.headers
    return (*request.headers, ("Content-Length", str(len(request.body))))


def has_dropped(connection: socket.socket) -> bool:
    """Return whether an idle connection is readable, which can only mean that the server closed it."""
    if not hasattr(select, "poll"):
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


class HttpClient(SyncEngine):
    """http.client without a pool: each calling thread keeps one connection, and the pool size has no effect.

    A connection that the server closed while it was idle for 50 ms or more is reopened, as is one on which an interim
    answer was taken for the final one. Bodies are not decoded.
    """

    resolver = "python"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._connections: dict[tuple[int, bool, str], http.client.HTTPConnection] = {}
        self._used: dict[http.client.HTTPConnection, float] = {}
        self._opened = 0
        self._counting = threading.Lock()
        self._limit = settings.body_limit

    @classmethod
    def prepare(cls, request: Request) -> Prepared:
        parts = urlsplit(request.url)
        return Prepared(
            tls=parts.scheme == "https",
            netloc=parts.netloc.rpartition("@")[2],
            method=request.method,
            path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            own_host=any(name.lower() == "host" for name, _ in request.headers),
            headers=tuple((name, encoded_value(value)) for name, value in with_length(request)),
            body=request.body,
        )

    def send(self, request: Prepared) -> Reply:
        key = (threading.get_ident(), request.tls, request.netloc)
        connection = self._connections.get(key)
        if connection is None:
            connection = self._connections[key] = self._new_connection(request)
        try:
            self._ensure_open(connection)
            connection.putrequest(
                request.method, request.path, skip_host=request.own_host, skip_accept_encoding=True
            )
            for name, value in request.headers:
                connection.putheader(name, value)
            connection.endheaders(request.body or None)
            response = connection.getresponse()
            try:
                reply = response.status, self._body_of(response), VERSIONS[response.version]
            except BaseException:
                # The response owns the socket of a connection that is not to be kept.
                response.close()
                raise
            if FIRST_FINAL_STATUS <= reply[0] < FIRST_STATUS_WITH_HEADERS:
                return reply
            if is_interim(reply[0]):
                # The final answer is still to come, and would be read as the next request's.
                connection.close()
            return WithHeaders(reply, response.headers)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        for connection in tuple(self._connections.values()):
            connection.close()

    @property
    def connections_opened(self) -> int:
        return self._opened

    def _body_of(self, response: http.client.HTTPResponse) -> bytes:
        """Read the whole body, counting it unless its announced length is small."""
        if self._limit.is_small(response.length):
            return response.read()
        with self._limit.reading() as meter:
            if response.length is not None:
                # Only a read of the full announced length detects a truncated body.
                meter.add(response.length)
                return response.read()
            pieces = []
            while piece := response.read(PIECE):
                meter.add(len(piece))
                pieces.append(piece)
            return b"".join(pieces)

    def _new_connection(self, request: Prepared) -> http.client.HTTPConnection:
        if request.tls:
            return http.client.HTTPSConnection(
                request.netloc, timeout=self.settings.timeout, context=self.settings.ssl_context
            )
        return http.client.HTTPConnection(request.netloc, timeout=self.settings.timeout)

    def _ensure_open(self, connection: http.client.HTTPConnection) -> None:
        # A check on every request would also switch the GIL to another thread on every request.
        now = monotonic()
        idle_since, self._used[connection] = self._used.get(connection, now), now
        if connection.sock is not None and now - idle_since >= IDLE_SECONDS and has_dropped(connection.sock):
            connection.close()
        if connection.sock is None:
            connection.connect()
            with self._counting:
                self._opened += 1
