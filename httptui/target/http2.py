"""HTTP/2 server: granian in the target's process, one embedded server per listener, ALPN h2 and http/1.1.

A *connection* counts as a distinct client address and port with at least one request, because granian reports no
more; a later connection from the same port is not distinguished. Byte counts are of bodies. The faults close, reset
and malformed are impossible behind granian and answered with 501.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any

from httptui.errors import TargetError
from httptui.target.answers import (
    BODILESS,
    FILLER,
    KIB,
    MAX_ECHO_BODY,
    TEXT,
    Answer,
    Request,
    Route,
    answer,
    line,
    route,
)
from httptui.target.listening import BACKLOG, Certificates, Shared
from httptui.target.options import Tally
from httptui.target.pacing import DRIP_SECONDS, draw

START_SECONDS = 10.0


async def serve_http2(host: str, port: int, certificates: Certificates, shared: Shared, tally: Tally) -> None:
    """Start a server on a reserved port, and return once it accepts connections.

    It runs as long as the process, because granian would wait for idle connections before stopping.
    """
    try:
        from granian.constants import HTTPModes, Interfaces, SSLProtocols
        from granian.server.embed import Server
    except ImportError as error:
        raise TargetError(f"target: HTTP/2 needs granian, which cannot be imported here ({error})") from None
    server = Server(
        _Listener(shared, tally),
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.auto,
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
        ssl_cert=certificates.leaf,
        ssl_key=certificates.key,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    serving = asyncio.create_task(server.serve())
    shared.keep.append(serving)
    deadline = time.monotonic() + START_SECONDS
    while not await asyncio.to_thread(_accepts, host, port):
        if serving.done() or time.monotonic() > deadline:
            raise TargetError(f"target: the HTTP/2 server did not start on {host}:{port}")


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        time.sleep(0.01)
        return False
    return True


class _Listener:
    """RSGI application for the requests of one listener."""

    def __init__(self, shared: Shared, tally: Tally) -> None:
        self._shared = shared
        self._tally = tally
        self._counted: dict[str, bool] = {}

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        target = f"{scope.path}?{scope.query_string}" if scope.query_string else scope.path
        where = route(target)
        body, size = await self._read_body(scope, protocol, where)
        self._count(scope.client, where)
        seconds, failed = draw(where, self._shared.pacing, self._shared.rng)
        if seconds > 0:
            await self._wait(seconds)
        if where.kind == "fault" and not failed:
            await self._misbehave(where, protocol)
            return
        headers: tuple[tuple[str, str], ...] = ()
        if where.kind in ("echo", "stats"):
            headers = tuple(scope.headers.items())
        if where.kind == "stats" and getattr(scope, "authority", None):
            headers += (("Host", scope.authority),)
        request = Request(scope.method, target, scope.http_version, headers, body, size)
        reply = answer(request, where, failed, self._shared.stats)
        if where.kind != "stats" and request.method != "HEAD":
            self._tally.bytes_out += len(reply.body)
        await self._reply(reply, request.method, protocol)

    async def _read_body(self, scope: Any, protocol: Any, where: Route) -> tuple[bytes, int]:
        if scope.method in ("GET", "HEAD") and scope.headers.get("content-length") is None:
            return b"", 0
        parts, size = [], 0
        async for part in protocol:
            size += len(part)
            if where.kind == "echo" and size <= MAX_ECHO_BODY:
                parts.append(part)
        if where.kind != "stats":
            self._tally.bytes_in += size
        return b"".join(parts), size

    def _count(self, client: str, where: Route) -> None:
        tally, counted = self._tally, self._counted.get(client)
        if where.kind == "stats":
            tally.control_requests += 1
            if counted is None:
                self._counted[client] = False
                tally.control_connections += 1
            return
        tally.requests += 1
        if not counted:
            self._counted[client] = True
            tally.connections += 1
            tally.control_connections -= counted is False

    async def _wait(self, seconds: float) -> None:
        over = asyncio.Event()
        self._shared.delays.add(seconds, over.set)
        await over.wait()

    async def _reply(self, reply: Answer, method: str, protocol: Any) -> None:
        headers = list(reply.headers)
        if method == "HEAD" or reply.filler:
            headers.append(("Content-Length", str(reply.length)))
        if method == "HEAD" or reply.status in BODILESS:
            protocol.response_empty(reply.status, headers)
        elif reply.filler:
            await self._stream(reply, headers, protocol)
        else:
            protocol.response_bytes(reply.status, headers, reply.body)

    async def _stream(self, reply: Answer, headers: list[tuple[str, str]], protocol: Any) -> None:
        stream = protocol.response_stream(reply.status, headers)
        with contextlib.suppress(RuntimeError):
            for piece in _pieces(reply.filler):
                await stream.send_bytes(piece)
                self._tally.bytes_out += len(piece)

    async def _misbehave(self, where: Route, protocol: Any) -> None:
        if where.fault == "hang":
            await self._wait(where.seconds)
            await self._reply(line(504, "hung as long as was asked"), "GET", protocol)
        elif where.fault in ("drip", "truncate"):
            total = max(1, round(where.seconds / DRIP_SECONDS)) if where.fault == "drip" else len(KIB)
            stream = protocol.response_stream(200, [TEXT, ("Content-Length", str(total))])
            with contextlib.suppress(RuntimeError):
                if where.fault == "truncate":
                    await stream.send_bytes(KIB[: len(KIB) // 2])
                    return
                for _ in range(total):
                    await stream.send_bytes(b".")
                    await self._wait(DRIP_SECONDS)
        else:
            await self._reply(
                line(
                    501, f"the fault {where.fault} is offered over HTTP/1.1 by the target without HTTP/2 only"
                ),
                "GET",
                protocol,
            )


def _pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // len(FILLER)):
        yield FILLER
    if rest := size % len(FILLER):
        yield FILLER[:rest]
