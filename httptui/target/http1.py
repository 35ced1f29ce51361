"""HTTP/1.1 server: one asyncio protocol per connection, fast enough not to be the bottleneck of a client.

Requests are parsed by httptools, with limits. A load test repeats the same bytes, so a chunk of complete requests is
parsed once and its answers are cached as bytes. After that, a request costs one lookup and one write.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import cast

import httptools

from httptui.target.answers import (
    BODILESS,
    FILLER,
    KIB,
    MAX_ECHO_BODY,
    Answer,
    Exchange,
    Request,
    Route,
    answer,
    line,
    phrase,
    route,
)
from httptui.target.listening import Shared
from httptui.target.options import Tally
from httptui.target.pacing import DRIP_SECONDS, draw

MAX_HEAD = 65_536
"""Limit on request line and headers in bytes."""


class RequestReader:
    """Feeds the parser.

    `idle` is true between two requests; `broken` is the answer to bytes that are not HTTP; `expects` is true while a
    client waits for 100 Continue.
    """

    def __init__(self) -> None:
        self.idle = True
        self.expects = False
        self.broken: Answer | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._requests: list[tuple[Request, bool]] = []
        self._in_head = False
        self._head_bytes = 0
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._body_size = 0
        self._keeps_body = False
        self._keep_alive = True
        self._target = ""

    def feed(self, data: bytes) -> Sequence[tuple[Request, bool]]:
        """Return the requests completed by `data`, each with whether its connection stays open."""
        self._requests = []
        size = len(data)
        while data and self.broken is None:
            data = self._feed_parser(data)
        self._head_bytes = self._head_bytes + size if self._in_head else 0
        if self._head_bytes > MAX_HEAD:
            self._break(line(431, f"request line and headers of up to {MAX_HEAD} bytes are read"))
        return self._requests

    def _feed_parser(self, data: bytes) -> bytes:
        """Parse, and return the remaining bytes: a requested upgrade is declined, and parsing restarts after it."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._parser.get_method() == b"CONNECT":
                self._break(line(501, "CONNECT is not offered"))
                return b""
            self._parser = httptools.HttpRequestParser(self)
            return data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self._break(line(400, "this is not an HTTP/1 request"))
        return b""

    def _break(self, answer: Answer) -> None:
        if not self._requests or self._requests[-1][1]:
            self.broken = answer

    def on_message_begin(self) -> None:
        self.idle = self.expects = False
        self._in_head = True
        self._url = b""
        self._headers = []
        self._body = []
        self._body_size = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._target = self._url.decode("latin-1")
        self._keeps_body = route(self._target).kind == "echo"
        self._keep_alive = self._parser.should_keep_alive()
        self.expects = any(
            name.lower() == "expect" and value.lower() == "100-continue" for name, value in self._headers
        )

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if self._keeps_body and self._body_size <= MAX_ECHO_BODY:
            self._body.append(body)

    def on_message_complete(self) -> None:
        self.idle = True
        self.expects = False
        request = Request(
            self._parser.get_method().decode("ascii"),
            self._target,
            self._parser.get_http_version(),
            tuple(self._headers),
            b"".join(self._body),
            self._body_size,
        )
        self._requests.append((request, self._keep_alive))


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def head_bytes(answer: Answer, version: str, keep_alive: bool) -> bytes:
    """Serialise status line and headers. A close is announced; for HTTP/1.0, so is a connection that stays open."""
    lines = [f"HTTP/1.1 {answer.status} {phrase(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status not in BODILESS:
        lines.append(f"Content-Length: {answer.length}")
    if not keep_alive:
        lines.append("Connection: close")
    elif version == "1.0":
        lines.append("Connection: keep-alive")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def answer_bytes(answer: Answer, method: str, version: str, keep_alive: bool) -> bytes:
    """Serialise the whole answer, except for streamed filler."""
    head = head_bytes(answer, version, keep_alive)
    return head if method == "HEAD" else head + answer.body


MALFORMED = b"HTTP/1.1 banana\r\nContent-Length: minus one\r\n:::\x00\r\n\r\nnot HTTP at all"

Send = Callable[[bytes], None]


def begin_fault(name: str, seconds: float, transport: asyncio.Transport, send: Send) -> None:
    """Start a fault.

    close: no answer, and the connection ends. reset: the same by RST. truncate: half of the announced body.
    malformed: bytes that are not HTTP. hang: silence for `seconds`. drip: a body of one byte each 0.1 s for
    `seconds`.
    """
    if name == "reset":
        _reset(transport)
    elif name == "hang":
        asyncio.get_running_loop().call_later(seconds, transport.close)
    elif name == "drip":
        total = max(1, round(seconds / DRIP_SECONDS))
        send(head_bytes(Answer(200, filler=total), "1.1", keep_alive=False))
        _drip(total, transport, send)
    else:
        if name == "truncate":
            send(head_bytes(Answer(200, body=KIB), "1.1", keep_alive=False) + KIB[: len(KIB) // 2])
        elif name == "malformed":
            send(MALFORMED)
        transport.close()


def _reset(transport: asyncio.Transport) -> None:
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _drip(left: int, transport: asyncio.Transport, send: Send) -> None:
    if transport.is_closing():
        return
    if left == 0:
        transport.close()
        return
    send(b".")
    asyncio.get_running_loop().call_later(DRIP_SECONDS, _drip, left - 1, transport, send)


MEMO_ENTRIES = 512
MEMO_CHUNK = 4_096
MEMO_ANSWERS = 131_072
"""Bounds of the cache: the number of chunks, the size of each, and the size of the answers of each."""

MAX_QUEUE = 256
"""Pipelined requests that may wait on one connection before reading pauses."""


class Connection(asyncio.Protocol):
    """One connection, which answers its requests in order, one at a time; created before any TLS handshake."""

    __slots__ = (
        "_closing",
        "_ended",
        "_is_control",
        "_left",
        "_listener",
        "_paused",
        "_queue",
        "_reader",
        "_ready",
        "_shared",
        "_tally",
        "_transport",
        "_working",
    )

    def __init__(self, shared: Shared, listener: Tally) -> None:
        self._shared = shared
        self._listener = listener
        self._tally = Tally()
        self._reader: RequestReader | None = None
        self._transport: asyncio.Transport | None = None
        self._queue: deque[Exchange] = deque()
        self._left = 0
        self._ready = self._working = self._paused = self._closing = self._ended = self._is_control = False
        listener.connections += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._shared.connections.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._shared.connections.discard(self._transport)
        self._transport = None
        self._ready, self._closing = False, True
        self._queue.clear()
        if self._tally is not self._listener and not self._is_control:
            self._listener.add_bytes(self._tally)

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        self._tally.bytes_in += len(data)
        shared = self._shared
        exchanges = shared.memo.get(data) if self._reader is None or self._reader.idle else None
        if exchanges is None:
            exchanges = self._read(data)
        for exchange in exchanges:
            if self._ready and shared.calm and exchange.instant is not None:
                tally = self._tally
                tally.requests += 1
                tally.bytes_out += len(exchange.instant)
                self._transport.write(exchange.instant)  # type: ignore[union-attr]
            else:
                self._queue.append(exchange)
                self._advance()
        if self._reader is not None and self._reader.broken is not None:
            self._advance()

    def eof_received(self) -> bool:
        """Answer the requests received before the client closed its end."""
        self._ended = True
        self._advance()
        return not self._shared.encrypted and not self._closing

    def pause_writing(self) -> None:
        self._paused, self._ready = True, False

    def resume_writing(self) -> None:
        self._paused = False
        if self._left:
            self._pump()
        self._advance()

    def _read(self, data: bytes) -> Sequence[Exchange]:
        reader = self._reader = self._reader or RequestReader()
        was_idle = reader.idle
        exchanges = tuple(_exchange(request, keep_alive) for request, keep_alive in reader.feed(data))
        if reader.broken is None and was_idle and reader.idle and len(data) <= MEMO_CHUNK:
            self._remember(data, exchanges)
        if reader.expects and not self._working and not self._queue and not exchanges:
            reader.expects = False
            self._send(CONTINUE)
        return exchanges

    def _remember(self, data: bytes, exchanges: Sequence[Exchange]) -> None:
        if 0 < sum(len(exchange.wire or b".") for exchange in exchanges) <= MEMO_ANSWERS:
            memo = self._shared.memo
            if len(memo) >= MEMO_ENTRIES:
                memo.clear()
            memo[data] = exchanges

    def _advance(self) -> None:
        queue = self._queue
        while queue and not (self._working or self._paused or self._closing):
            self._begin(queue.popleft())
        if self._closing or self._transport is None:
            return
        idle = not (queue or self._working)
        if idle and self._reader is not None and self._reader.broken is not None:
            self._send(answer_bytes(self._reader.broken, "GET", "1.1", keep_alive=False))
            self._close()
        elif idle and self._ended:
            self._close()
        else:
            self._ready = idle and not self._paused and self._tally is self._listener
            if len(queue) >= MAX_QUEUE:
                self._transport.pause_reading()
            elif not self._transport.is_reading():
                self._transport.resume_reading()

    def _begin(self, exchange: Exchange) -> None:
        self._count(exchange.route)
        seconds, failed = draw(exchange.route, self._shared.pacing, self._shared.rng)
        if seconds > 0:
            self._working, self._ready = True, False
            self._shared.delays.add(seconds, partial(self._perform_late, exchange, failed))
        else:
            self._perform(exchange, failed)

    def _count(self, where: Route) -> None:
        """Separate control connections from counted ones; a connection's kind follows from its requests so far."""
        listener = self._listener
        if where.kind == "stats":
            listener.control_requests += 1
            if self._tally is not listener and not self._is_control:
                self._is_control = True
                listener.connections -= 1
                listener.control_connections += 1
            return
        if self._tally is not listener:
            listener.add_bytes(self._tally)
            self._tally = listener
            if self._is_control:
                self._is_control = False
                listener.connections += 1
                listener.control_connections -= 1
        listener.requests += 1

    def _perform_late(self, exchange: Exchange, failed: bool) -> None:
        if self._transport is not None:
            self._working = False
            self._perform(exchange, failed)
            self._advance()

    def _perform(self, exchange: Exchange, failed: bool) -> None:
        assert self._transport is not None
        where, request = exchange.route, exchange.request
        if where.kind == "fault" and not failed:
            self._working, self._ready = True, False
            begin_fault(where.fault, where.seconds, self._transport, self._send)
            return
        if exchange.wire is not None and not failed:
            self._send(exchange.wire)
        else:
            reply = answer(request, where, failed, self._shared.stats)
            self._send(answer_bytes(reply, request.method, request.version, exchange.keep_alive))
            self._left = reply.filler if request.method != "HEAD" else 0
        if not exchange.keep_alive:
            self._ended = True
            self._queue.clear()
        if self._left:
            self._working, self._ready = True, False
            self._pump()
        elif not exchange.keep_alive:
            self._close()

    def _pump(self) -> None:
        """Send filler until all is sent or the client falls behind."""
        while self._left and not self._paused and self._transport is not None:
            piece = FILLER if self._left >= len(FILLER) else FILLER[: self._left]
            self._left -= len(piece)
            self._send(piece)
        if not self._left:
            self._working = False

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._tally.bytes_out += len(data)
            self._transport.write(data)

    def _close(self) -> None:
        self._closing, self._ready = True, False
        if self._transport is not None:
            self._transport.close()


def _exchange(request: Request, keep_alive: bool) -> Exchange:
    where = route(request.target)
    wire = _wire(request.target, request.method, request.version, keep_alive)
    return Exchange(request, where, keep_alive, wire, wire if keep_alive and not where.paced else None)


@lru_cache(maxsize=256)
def _wire(target: str, method: str, version: str, keep_alive: bool) -> bytes | None:
    """Return the whole answer if it is always the same; all requests that get it share one object."""
    where = route(target)
    if where.kind == "fixed" and not where.answer.filler:
        return answer_bytes(where.answer, method, version, keep_alive)
    return None
