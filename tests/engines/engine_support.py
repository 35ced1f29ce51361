"""A server that records what arrives and answers by path, and one way to drive engines of both modes."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

from httptui.engines.base import AsyncEngine, Engine, Reply, Request, Settings, SyncEngine
from httptui.engines.registry import engine_info, load_engine

ENGINES = (
    "aiohttp",
    "http.client",
    "httpx",
    "httpx-aiohttp",
    "httpx-sync",
    "httpx2",
    "httpx2-sync",
    "raw",
    "requests",
    "urllib3",
)
HEAD = b"HTTP/1.1 %d Whatever\r\n"


class RecordingServer:
    """Answers on 127.0.0.1; `requests` are the bytes of each request, `opened` and `most_open` count connections."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.opened = 0
        self.open = 0
        self.most_open = 0
        self.gate = asyncio.Event()
        self.turns = asyncio.Semaphore(0)
        self._changed = asyncio.Condition()
        self.tls = False
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.tls = context is not None
        self._server = await asyncio.start_server(self._accept, host, 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of what was counted here."""
        async with self._changed, asyncio.timeout(10):
            await self._changed.wait_for(holds)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            while await self._answer_one(reader, writer):
                await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            self.open -= 1
            async with self._changed:
                self._changed.notify_all()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await _body_of(head.lower(), reader)
        async with self._changed:
            self.requests.append(head + body)
            self._changed.notify_all()
        method, target = head.decode("latin-1").split(" ")[:2]
        _, name, *rest = target.partition("?")[0].split("/")
        value = rest[0] if rest else ""
        if name == "hang":
            await self.gate.wait()
            return False
        if name == "gate":
            await self.gate.wait()
        if name == "turn":
            await self.turns.acquire()
        if name == "reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        if name == "stall":
            writer.write(HEAD % 200 + b"Content-Length: 9\r\n\r\nonly")
            await self.gate.wait()
            return False
        if name == "early":
            writer.write(HEAD % 103 + b"Link: </a>\r\n\r\n")
            # The final answer comes when more is asked for.
            await reader.readuntil(b"\r\n\r\n")
            writer.write(plain(200, b"late"))
            return True
        writer.write(answer_of(name, value, method, body))
        return name not in (
            "close",
            "truncate",
            "truncate-chunked",
            "malformed",
            "until-close",
            "last",
            "drop",
            *HOSTILE,
        )


@contextlib.asynccontextmanager
async def recording_server() -> AsyncIterator[RecordingServer]:
    """A recording server without TLS, for as long as it is needed."""
    server = RecordingServer()
    await server.start()
    yield server
    await server.stop()


async def _body_of(head: bytes, reader: asyncio.StreamReader) -> bytes:
    if b"transfer-encoding: chunked" in head:
        return await reader.readuntil(b"0\r\n\r\n")
    lengths = [int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
    return await reader.readexactly(sum(lengths))


def answer_of(name: str, value: str, method: str, body: bytes) -> bytes:
    """The bytes with which the recording server answers a path "/name/value"."""
    if name in FIXED:
        return FIXED[name]
    if name in HOSTILE:
        return HOSTILE[name]
    if name == "bytes":
        return plain(200, b"x" * int(value))
    if name == "status":
        return HEAD % int(value) + b"\r\n" if value in ("204", "304") else plain(int(value), b"ok")
    if name == "echo":
        return plain(200, body)
    if name == "away":
        return plain(302, b"", b"Location: http://127.0.0.1:%d/\r\n" % int(value))
    if name == "to":
        return plain(302, b"", b"Location: http://%s:9/\r\n" % unquote(value).encode())
    if name == "redirect" and value != "0":
        return plain(302, b"", b"Location: /redirect/%d\r\n" % (int(value) - 1))
    return plain(200, b"" if method == "HEAD" else b"ok")


def plain(status: int, body: bytes, more: bytes = b"") -> bytes:
    """A whole answer with its length."""
    return HEAD % status + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


class Driven:
    """One client object of either mode, awaited alike; a sync one is called in the thread that came free last."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._threads: list[ThreadPoolExecutor] = []
        self._free: list[ThreadPoolExecutor] = []

    async def open(self) -> None:
        assert isinstance(self.engine, AsyncEngine | SyncEngine)
        if isinstance(self.engine, AsyncEngine):
            await self.engine.open()
        else:
            await asyncio.to_thread(self.engine.open)

    async def send(self, url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Reply:
        pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return await self.send_prepared(Request(method, url, pairs, body))

    async def send_prepared(self, request: Request) -> Reply:
        prepared = self.engine.prepare(request)
        if isinstance(self.engine, AsyncEngine):
            return await self.engine.send(prepared)
        assert isinstance(self.engine, SyncEngine)
        if not self._free:
            self._threads.append(ThreadPoolExecutor(1))
            self._free.append(self._threads[-1])
        thread = self._free.pop()
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, self.engine.send, prepared)
        finally:
            self._free.append(thread)

    async def close(self) -> None:
        if isinstance(self.engine, AsyncEngine):
            await self.engine.close()
        elif isinstance(self.engine, SyncEngine):
            self.engine.close()
        for thread in self._threads:
            thread.shutdown()


@contextlib.asynccontextmanager
async def driven(name: str, settings: Settings) -> AsyncIterator[Driven]:
    """An open client of an engine, closed at the end."""
    client = Driven(load_engine(engine_info(name).reference)(settings))
    await client.open()
    try:
        yield client
    finally:
        await client.close()


async def failure(client: Driven, url: str) -> BaseException | None:
    """What a client raises for a GET, or None."""
    try:
        await client.send(url)
    except Exception as error:  # noqa: BLE001 - each library has a root class of its own
        return error
    return None


FIXED = {
    "cookie": plain(200, b"ok", b"Set-Cookie: a=b; Path=/\r\n"),
    "chunked": HEAD % 200
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nA: b\r\n\r\n",
    "interim": HEAD % 100 + b"\r\n" + plain(200, b"ok"),
    "until-close": HEAD % 200 + b"\r\nall of it",
    "last": plain(200, b"ok", b"Connection: close\r\n"),
    "truncate": HEAD % 200 + b"Content-Length: 100\r\n\r\nonly this",
    "truncate-chunked": HEAD % 200 + b"Transfer-Encoding: chunked\r\n\r\n20\r\nonly this",
    "malformed": b"this is not HTTP\r\n\r\n",
    "close": b"",
    "large-chunked": HEAD % 200
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 26
    + b"0\r\n\r\n",
    "large-head": HEAD % 200 + b"Content-Length: 11\r\n\r\n",
    "bomb": plain(200, gzip.compress(bytes(1_000_000)), b"Content-Encoding: gzip\r\n"),
}

HOSTILE = {
    "large-until-close": HEAD % 200 + b"\r\n" + b"x" * 100_001,
    "huge-length": HEAD % 200 + b"Content-Length: 99999999999999999999\r\n\r\nabc",
    "large-length": HEAD % 200 + b"Content-Length: 9000000000000000000\r\n\r\nabc",
    "huge-chunk": HEAD % 200 + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff0\r\nabc",
    "longer-chunk": HEAD % 200 + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nabc",
    "negative-length": HEAD % 200 + b"Content-Length: -5\r\n\r\nabc",
    "worded-length": HEAD % 200 + b"Content-Length: ten\r\n\r\nabc",
    "long-header": HEAD % 200 + b"X: " + b"x" * 1_000_000 + b"\r\nContent-Length: 2\r\n\r\nok",
    "many-headers": HEAD % 200 + b"X: x\r\n" * 20_000 + b"Content-Length: 2\r\n\r\nok",
    "long-reason": b"HTTP/1.1 200 " + b"K" * 400_000 + b"\r\nContent-Length: 2\r\n\r\nok",
    "endless-line": b"x" * 1_000_000,
    "bad-gzip": plain(200, b"abcde", b"Content-Encoding: gzip\r\n"),
    "bad-location": HEAD % 302 + b"Location: /\xd6\r\nContent-Length: 0\r\n\r\n",
    "bad-chunk": HEAD % 200 + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc",
    "two-lengths": HEAD % 200 + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "many-interim": (HEAD % 100 + b"\r\n") * 1_000,
}
"""Answers that break the rules, or a client's bounds; the connection is closed after each."""
