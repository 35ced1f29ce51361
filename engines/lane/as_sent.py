"""Capture of requests on the wire: each is sent once, before any load, to a socket of the lane's own.

Libraries rewrite paths and methods and add encodings that they can decompress, so that one URL may mean different
work. The capture replaces only scheme and authority of the URL; the target receives nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from httptui.engines.base import AsyncEngine, Engine, Request, Settings, SyncEngine
from httptui.engines.lane.supply import NUMBER
from httptui.engines.protocol import Sent

MOST_REQUESTS = 5
SECONDS = 1.0
LONGEST = 3.0
"""Limits in seconds for one request, and for all including the creation of the client, slow on a busy machine."""
LARGEST_HEAD = 65_536
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
)


def as_sent(kind: type[Engine], settings: Settings, requests: Sequence[Request]) -> list[Sent | None]:
    """Return the first few distinct requests as a client of this kind sends them, None for any that is unknown.

    Takes at most three seconds, and never raises. Returns an empty list for HTTP/2, which a plain socket cannot
    negotiate.
    """
    if settings.http != "1.1":
        return []
    try:
        with Listener() as listener:
            own = replace(settings, timeout=SECONDS, trust_env=False)
            mine = [_to(listener.port, request) for request in _first(requests)]
            found: list[Sent | None] = []
            # In a thread, so that a hanging client can be abandoned.
            sending = threading.Thread(target=_send, args=(kind, own, mine, listener, found), daemon=True)
            sending.start()
            sending.join(LONGEST)
            return list(found)
    except Exception:  # noqa: BLE001 - not to know is no fault of the contender
        return []


class Listener:
    """Server on 127.0.0.1 that answers one request per connection and records it in `seen`."""

    def __init__(self) -> None:
        self.seen: list[Sent] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Listener:
        threading.Thread(target=self._listen, name="as sent", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Nothing else wakes a thread that waits for a connection.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, suppress(OSError, ValueError, IndexError):
                    connection.settimeout(SECONDS)
                    self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        head, body = self._head_of(connection)
        length = _field(head, "content-length")
        expected = None if length is None else int(length)
        if _field(head, "expect"):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        chunked = _field(head, "transfer-encoding") is not None
        ending = body
        while (chunked and not ending.endswith(b"0\r\n\r\n")) or (expected or 0) > len(body):
            if not (more := connection.recv(65_536)):
                return
            body += more
            ending = body[-5:]
        method, target, _version = head.split("\r\n", 1)[0].split(" ", 2)
        self.seen.append(
            Sent(
                method=method,
                target=target,
                accept_encoding=_field(head, "accept-encoding"),
                body_bytes=expected,
            )
        )
        connection.sendall(ANSWER)
        # Closing a connection with unread bytes resets it, and the answer may be lost.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass

    def _head_of(self, connection: socket.socket) -> tuple[str, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65_536)
            if not more or len(data) > LARGEST_HEAD:
                raise ValueError("no head")
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        return head.decode("latin-1"), body


def _send(
    kind: type[Engine],
    settings: Settings,
    requests: Sequence[Request],
    listener: Listener,
    found: list[Sent | None],
) -> None:
    """Send each request with one client object, and add the listener's record of it to `found`."""
    with suppress(Exception):
        client = kind(settings)
        if isinstance(client, AsyncEngine):
            asyncio.run(_send_async(client, requests, listener, found))
        elif isinstance(client, SyncEngine):
            client.open()
            for request in requests:
                before = len(listener.seen)
                with suppress(Exception):
                    client.send(client.prepare(request))
                found.append(next(iter(listener.seen[before:]), None))
            client.close()


async def _send_async(
    client: AsyncEngine, requests: Sequence[Request], listener: Listener, found: list[Sent | None]
) -> None:
    async with asyncio.timeout(LONGEST):
        await client.open()
        for request in requests:
            before = len(listener.seen)
            with suppress(Exception):
                await client.send(client.prepare(request))
            found.append(next(iter(listener.seen[before:]), None))
        await client.close()


def _first(requests: Sequence[Request]) -> list[Request]:
    """Return the first few requests with distinct URLs; a numbered URL gets number 0."""
    distinct: dict[str, Request] = {}
    for request in requests:
        distinct.setdefault(request.url, request)
    firsts = list(distinct.values())[:MOST_REQUESTS]
    return [replace(request, url=request.url.replace(NUMBER, "0")) for request in firsts]


def _to(port: int, request: Request) -> Request:
    """Return the same request to another authority, without TLS."""
    after = request.url.partition("://")[2]
    rest = re.sub(r"^[^/?#]*", "", after, count=1)
    return replace(request, url=f"http://127.0.0.1:{port}{rest}")


def _field(head: str, name: str) -> str | None:
    """Return the value of a header field, or None."""
    match = re.search(rf"(?im)^{name}:[ \t]*(.*?)[ \t]*\r?$", head)
    return match[1] if match else None
