"""Minimal asyncio client on preserialised bytes: the ceiling against which the other clients are measured."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong, RemoteDisconnected
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from httptui.engines.base import (
    FIRST_STATUS_WITH_HEADERS,
    CallbackEngine,
    Cancellable,
    Reply,
    Request,
    Settings,
    WithHeaders,
)
from httptui.engines.body_limit import BodyTooLargeError, Meter
from httptui.engines.errors import BODILESS_STATUSES, is_interim

CHUNKED = -1
UNTIL_CLOSE = -2
SWITCHING = 101
CR = 0x0D
LONGEST_HEAD = 65_536
LONGEST_LENGTH = 19


class Head(NamedTuple):
    """The parsed head of an answer.

    `length` is the body's size in bytes, CHUNKED or UNTIL_CLOSE. `keep` means that the connection is reusable
    afterwards.
    """

    status: int
    length: int
    version: str
    keep: bool


def end_of_head(data: bytes | bytearray, start: int = 0) -> tuple[int, int]:
    """Find the empty line that ends a head, searching from `start`.

    Returns the end of the head and the start of the rest, or (-1, -1). Lines end in CRLF or a bare LF.
    """
    crlf, lf = data.find(b"\n\r\n", start), data.find(b"\n\n", start)
    if lf >= 0 and (crlf < 0 or lf < crlf):
        end, rest = lf, lf + 2
    elif crlf >= 0:
        end, rest = crlf, crlf + 3
    else:
        return -1, -1
    return end - (data[end - 1 : end] == b"\r"), rest


def parse_head(head: bytes) -> Head:
    """Parse a head without its empty line, as leniently as most clients; HTTPException if it is malformed.

    Accepted: bare LF line ends, continued lines (obs-fold), blanks before the colon, lines without a name, and
    repeated equal Content-Length. Refused: bare CR and contradictory lengths.
    """
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    version, status = _parse_status_line(lines[0])
    fields: dict[bytes, list[bytes]] = {}
    for line in _unfolded(lines[1:]):
        name, colon, value = line.partition(b":")
        if not colon or b"\r" in line:
            raise HTTPException(f"malformed header line {line[:80]!r}")
        fields.setdefault(name.strip().lower(), []).append(value.strip())
    tokens = {token.strip() for token in b",".join(fields.get(b"connection", [])).lower().split(b",")}
    keep = b"close" not in tokens if version == "1.1" else b"keep-alive" in tokens
    length = _length_of(status, fields)
    return Head(status, length, version, keep and status != SWITCHING)


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """Join header lines with their continuations; a continuation without a header is dropped."""
    whole: list[bytes] = []
    for line in lines:
        if not line.startswith((b" ", b"\t")):
            whole.append(line)
        elif whole:
            whole[-1] += b" " + line.strip()
    return whole


def _parse_status_line(line: bytes) -> tuple[str, int]:
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if version not in (b"HTTP/1.1", b"HTTP/1.0") or len(code) != 3 or not code.isdigit() or rest[3:4].strip():
        raise BadStatusLine(repr(line[:80]))
    return version[5:].decode(), int(code)


def _length_of(status: int, fields: dict[bytes, list[bytes]]) -> int:
    if is_interim(status) or status in BODILESS_STATUSES:
        return 0
    codings = [
        coding.strip().lower() for line in fields.get(b"transfer-encoding", []) for coding in line.split(b",")
    ]
    if codings and codings != [b"identity"]:
        return CHUNKED if codings[-1] == b"chunked" else UNTIL_CLOSE
    lengths = {length.strip() for line in fields.get(b"content-length", []) for length in line.split(b",")}
    if not lengths:
        return UNTIL_CLOSE
    length = lengths.pop()
    if lengths:
        raise HTTPException("Content-Length twice, with different values")
    if not length.isdigit() or len(length) > LONGEST_LENGTH:
        raise HTTPException(f"malformed Content-Length {length[:80]!r}")
    return int(length)


def unchunk(data: bytearray, start: int, body: list[bytes]) -> tuple[int, bool]:
    """Move the complete chunks of `data` from `start` on into `body`; return the next start, and whether it ended."""
    while True:
        line_end = _line_end(data, start)
        if line_end < 0:
            if len(data) - start > LONGEST_HEAD:
                raise LineTooLong("chunk size")
            return start, False
        digits = bytes(data[start:line_end]).partition(b";")[0].strip()
        if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
            raise HTTPException(f"malformed chunk size {digits[:80]!r}")
        size = int(digits, 16)
        chunk_start = line_end + 2
        if size == 0:
            return _skip_trailers(data, start, chunk_start)
        chunk_end = chunk_start + size
        if len(data) < chunk_end + 2:
            return start, False
        if data[chunk_end : chunk_end + 2] != b"\r\n":
            raise HTTPException("a chunk is longer than its size")
        body.append(bytes(data[chunk_start:chunk_end]))
        start = chunk_end + 2


def _skip_trailers(data: bytearray, start: int, line_start: int) -> tuple[int, bool]:
    while (line_end := _line_end(data, line_start)) >= 0:
        if line_end == line_start:
            return line_end + 2, True
        line_start = line_end + 2
    if len(data) - start > LONGEST_HEAD:
        raise LineTooLong("trailer")
    return start, False


def _line_end(data: bytearray, start: int) -> int:
    """Return the index of the CRLF that ends a line of a chunked body, -1 if not yet there; refuse a bare LF."""
    newline = data.find(b"\n", start)
    if newline < 0:
        return -1
    if newline == start or data[newline - 1] != CR:
        raise HTTPException("a line of a chunked body ends in a bare LF")
    return newline - 1


HEADS_KEPT = 64
MOST_INTERIM = 100
"""Interim answers accepted before the final one."""


class ReadTimeoutError(TimeoutError):
    """No complete answer in time."""


class TruncatedError(IncompleteRead):
    """The connection ended before the body was complete; the partial body is not kept."""

    def __init__(self, size: int) -> None:
        super().__init__(b"")
        self._size = size

    def __str__(self) -> str:
        return f"the connection ended after {self._size} bytes of the body"

    __repr__ = __str__


class Connection(asyncio.Protocol):
    """A connection that carries one request at a time.

    An answer that arrives in one piece, with a cached head and a known length, takes a fast path with as few calls as
    possible. Otherwise the head is collected in a buffer, and a body of known length in pieces, each copied once. A
    `BufferedProtocol` was never faster on either loop: with bodies of 64 KiB it cost 1.4 times (uvloop) and 4 times
    (asyncio) as much, because the data has to be copied once more.
    """

    def __init__(self, pool: Pool, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = pool
        self._heads = pool.heads
        self._idle = pool.idle
        self._waiting = pool.waiting
        self._timeout = pool.timeout
        self._limit = pool.limit
        self._meter = Meter(pool.limit)
        self._loop = loop
        self._now = loop.time
        self._transport: asyncio.Transport | None = None
        self._done: Callable[[Reply | Exception], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._bodiless = False
        self._buffer = bytearray()
        self._scanned = 0
        self._head: Head | None = None
        self._body: list[bytes] = []
        self._missing = 0
        self._raw_head = b""

    @property
    def usable(self) -> bool:
        """True while a request may still be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def exchange(self, payload: bytes, bodiless: bool, done: Callable[[Reply | Exception], None]) -> None:
        """Send one request, whose answer may be `bodiless`; `done` is called with its answer or error."""
        transport = self._transport
        if transport is None:
            self._loop.call_soon(
                done, RemoteDisconnected("the server closed the connection before the request")
            )
            return
        self._done = done
        self._bodiless = bodiless
        self._deadline = self._now() + self._timeout
        if self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._on_timer)
        transport.write(payload)

    def cancel(self) -> None:
        """Close at once, whatever is in progress."""
        self._done = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._pool.made(self)

    def data_received(self, data: bytes) -> None:
        done = self._done
        if done is not None and not self._buffer and self._head is None:
            end = data.find(b"\r\n\r\n")
            head = self._heads.get(data[:end])
            if head is not None and end > 0:
                status, length, version, keep = head
                end += 4
                if len(data) == end + length and keep and not self._bodiless:
                    self._done = None
                    if self._waiting:
                        self._pool.give_back(self)
                    else:
                        self._idle.append(self)
                    done((status, data[end:], version))
                    return
        self._gather(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._meter.reset()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._pool.lost(self)
        head = self._head
        if exc is None and head is not None and head.length == UNTIL_CLOSE:
            self._finish(bytes(self._buffer), keep=False)
        elif exc is not None:
            self._break(exc)
        elif head is None and not self._buffer:
            self._break(RemoteDisconnected("the server closed the connection without an answer"))
        else:
            self._break(TruncatedError(sum(map(len, self._body)) + len(self._buffer)))

    def _gather(self, data: bytes) -> None:
        if self._done is None:
            self.cancel()
            return
        try:
            if self._head is not None:
                self._meter.add(len(data))
            if self._missing:
                self._continue(data)
            else:
                self._buffer += data
                self._advance()
        except (HTTPException, BodyTooLargeError) as error:
            self._break(error)

    def _advance(self) -> None:
        head = self._head
        if head is None:
            head = self._head = self._next_head()
            if head is None:
                return
            self._meter.add(len(self._buffer))
        buffer, length = self._buffer, 0 if self._bodiless else head.length
        if length == CHUNKED:
            end, whole = unchunk(buffer, 0, self._body)
            del buffer[:end]
            if whole:
                self._finish(b"".join(self._body), keep=head.keep and not buffer)
        elif length >= 0 and len(buffer) >= length:
            self._finish(bytes(buffer[:length]), keep=head.keep and len(buffer) == length)
        elif length >= 0:
            self._body, self._missing = [bytes(buffer)], length - len(buffer)
            buffer.clear()

    def _continue(self, data: bytes) -> None:
        """Take one more piece of a body of known length."""
        missing = self._missing - len(data)
        self._body.append(data if missing >= 0 else data[:missing])
        self._missing = max(missing, 0)
        if not self._missing and self._head is not None:
            self._finish(b"".join(self._body), keep=self._head.keep and not missing)

    def _next_head(self) -> Head | None:
        buffer = self._buffer
        interim = 0
        while (found := end_of_head(buffer, max(self._scanned - 2, 0)))[0] >= 0:
            end, rest = found
            raw = bytes(buffer[:end])
            head = parse_head(raw)
            if not self._bodiless:
                self._limit.is_small(max(head.length, 0))
            del buffer[:rest]
            self._scanned = 0
            if head.status >= FIRST_STATUS_WITH_HEADERS:
                # Not cached: the fast path knows only length and version of a head, and this one has to be reported.
                self._raw_head = raw
                return head
            if head.status >= 200 or head.status == SWITCHING:
                if len(self._heads) >= HEADS_KEPT:
                    self._heads.clear()
                self._heads[raw] = head
                return head
            interim += 1
            if interim > MOST_INTERIM:
                raise HTTPException(f"more than {MOST_INTERIM} interim answers")
        self._scanned = len(buffer)
        if not buffer.startswith(b"HTTP/"[: len(buffer)]):
            raise BadStatusLine(repr(bytes(buffer[:80])))
        if len(buffer) > LONGEST_HEAD:
            raise LineTooLong("answer's head")
        return None

    def _finish(self, body: bytes, *, keep: bool) -> None:
        done, head = self._done, self._head
        self._done = self._head = None
        self._buffer.clear()
        self._body = []
        self._meter.reset()
        if self._transport is not None:
            if keep and done is not None:
                self._pool.give_back(self)
            else:
                self._transport.abort()
        if done is not None and head is not None:
            reply = head.status, body, head.version
            done(reply if head.status < FIRST_STATUS_WITH_HEADERS else WithHeaders(reply, self._raw_head))

    def _break(self, error: Exception) -> None:
        done = self._done
        self._body = []
        self.cancel()
        if done is not None:
            done(error)

    def _on_timer(self) -> None:
        self._timer = None
        if self._done is None:
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._on_timer)
            return
        self._break(ReadTimeoutError(f"no whole answer within {self._timeout:g} s"))


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
    """Pool of at most `settings.pool` connections to one origin.

    `idle` holds the connections ready for a request, `waiting` the requests that wait for one, and `heads` caches
    parsed heads of answers.
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
