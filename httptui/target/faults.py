"""The ways in which the HTTP/1.1 target misbehaves on purpose; each ends its connection within a bounded time."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

from httptui.target.answers import KIB, Answer
from httptui.target.wire import head_bytes

DRIP_SECONDS = 0.1
MALFORMED = b"HTTP/1.1 banana\r\nContent-Length: minus one\r\n:::\x00\r\n\r\nnot HTTP at all"

Send = Callable[[bytes], None]


def begin_fault(name: str, seconds: float, transport: asyncio.Transport, send: Send) -> None:
    """Start a fault.

    close: no answer, the connection ends.  reset: the same by RST.  truncate: half of the body that was announced.
    malformed: bytes that are not HTTP.  hang: silence for `seconds`.  drip: a body of one byte each 0.1 s for
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
