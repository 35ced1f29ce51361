"""A small server for what the embedded target does not do: cookies, chunks, silence, and seeing connections end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

CHUNKS = (b"three", b" chunks of", b" one body")
SETTLE_SECONDS = 2.0
LARGEST_HEAD = 65_536

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
_QUIET = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nquiet"
_REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /landed\r\nContent-Length: 0\r\n\r\n"
_COOKIE = b"HTTP/1.1 200 OK\r\nSet-Cookie: doctor=1; Path=/\r\nContent-Length: 2\r\n\r\nok"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n" % b"".join(
    b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in CHUNKS
)


class Witness:
    """Answers on loopback: `/cookie` sets one, `/chunked` has chunks, `/redirect` leads to `/landed`, `/last` ends
    its connection, `/quiet` does so without saying it, `/drop` ends it without an answer, `/hold` is never answered,
    the rest is ok.

    `heads` are the bytes of each request's head, `carriers` the number of the connection that each came by, `opened`
    and `open` count connections.
    """

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.carriers: list[int] = []
        self.opened = 0
        self.open = 0
        self.port = 0
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        """Listen on a free port, over TLS where there is a context; OSError where the host is not of this machine."""
        self._server = await asyncio.start_server(self._accept, host, 0, ssl=context, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def none_open(self) -> bool:
        """Whether every connection has ended, given a moment to do so."""
        return await self._until(lambda: self.open == 0)

    async def stop(self) -> None:
        """End every connection and listen no more."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until(self, holds: Callable[[], bool]) -> bool:
        try:
            async with asyncio.timeout(SETTLE_SECONDS), self._changed:
                return await self._changed.wait_for(holds)
        except TimeoutError:
            return False

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        task = asyncio.create_task(self._serve(reader, writer, self.opened))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                self.carriers.append(number)
                answer = await _answer(head, reader)
                writer.write(answer)
                await writer.drain()
                if answer in (_LAST, _QUIET, b""):
                    break
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            self.open -= 1
            async with self._changed:
                self._changed.notify_all()


async def _answer(head: bytes, reader: asyncio.StreamReader) -> bytes:
    target = head.split(b" ", 2)[1]
    if target == b"/hold":
        await reader.readuntil(b"\r\n\r\n")
    special = {
        b"/cookie": _COOKIE,
        b"/chunked": _CHUNKED,
        b"/redirect": _REDIRECT,
        b"/last": _LAST,
        b"/quiet": _QUIET,
        b"/drop": b"",
    }
    return special.get(target, _OK)
