"""The raw client's own parser, pool and time-outs, on both loops."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from http.client import BadStatusLine, HTTPException, IncompleteRead, LineTooLong

import pytest
import trustme
import uvloop
from engine_support import RecordingServer

from httptui.engines.base import Reply, Request, Settings
from httptui.engines.clients.raw import (
    CHUNKED,
    UNTIL_CLOSE,
    Connection,
    Head,
    Pool,
    PoolTimeoutError,
    Raw,
    ReadTimeoutError,
    end_of_head,
    parse_head,
    serialise,
    unchunk,
)

OK: Reply = (200, b"ok", "1.1")
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Scenario = Callable[[RecordingServer, Raw], Awaitable[None]]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Runs a scenario in a loop of either kind, with a recording server and an open client."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def runner(scenario: Scenario, *, pool: int | None = 1, timeout: float = 5.0) -> None:
        async def whole() -> None:
            server = RecordingServer()
            await server.start()
            client = Raw(Settings(pool=pool, timeout=timeout))
            await client.open()
            try:
                await scenario(server, client)
            finally:
                await client.close()
                await server.stop()

        with asyncio.Runner(loop_factory=factory) as loop:
            loop.run(whole())

    return runner


def get(url: str, method: str = "GET") -> object:
    """A prepared request."""
    return Raw.prepare(Request(method, url))


@contextlib.asynccontextmanager
async def scripted(*pieces: bytes) -> AsyncIterator[str]:
    """A server that answers one request with pieces, each sent on its own, and closes; its URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(OSError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                for _ in range(5):
                    await asyncio.sleep(0)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        answered.set()

    answered = asyncio.Event()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await answered.wait()
    finally:
        server.close()
        await server.wait_closed()


async def reply_to(*pieces: bytes) -> Reply:
    """What the client makes of an answer that comes in pieces."""
    client = Raw(Settings(timeout=5))
    try:
        async with scripted(*pieces) as url:
            return await client.send(get(url))  # type: ignore[arg-type]
    finally:
        await client.close()


def test_a_cancelled_request_closes_its_connection_and_frees_its_place(run: Callable[..., None]) -> None:
    async def scenario(server: RecordingServer, client: Raw) -> None:
        task = asyncio.create_task(client.send(get(server.url("/hang"))))
        await server.until(lambda: len(server.requests) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await client.send(get(server.url())) == OK
        assert server.opened == 2

    run(scenario)


def test_a_cancellation_after_the_answer_leaves_the_connection_to_the_next(
    run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(server: RecordingServer, client: Raw) -> None:
        tasks: list[asyncio.Task[Reply]] = []
        give_back = Pool.give_back

        def give_back_and_cancel_the_first(pool: Pool, connection: Connection) -> None:
            give_back(pool, connection)
            asyncio.get_running_loop().call_soon(tasks[0].cancel)

        monkeypatch.setattr(Pool, "give_back", give_back_and_cancel_the_first)
        tasks += [asyncio.create_task(client.send(get(server.url(path)))) for path in ("/gate", "/bytes/3")]
        await server.until(lambda: len(server.requests) == 1)
        server.gate.set()
        assert await tasks[1] == (200, b"xxx", "1.1")
        assert tasks[0].cancelled()
        assert server.opened == 1

    run(scenario)


def test_waiting_for_the_pool_ends_in_time(run: Callable[..., None]) -> None:
    async def scenario(server: RecordingServer, client: Raw) -> None:
        first, second = (asyncio.create_task(client.send(get(server.url("/hang")))) for _ in range(2))
        with pytest.raises(PoolTimeoutError):
            await second
        with pytest.raises(ReadTimeoutError):
            await first
        assert await client.send(get(server.url())) == OK

    run(scenario, timeout=0.2)


def test_a_cancelled_wait_for_the_pool_takes_no_place(run: Callable[..., None]) -> None:
    async def scenario(server: RecordingServer, client: Raw) -> None:
        first, second, third = (asyncio.create_task(client.send(get(server.url("/gate")))) for _ in range(3))
        await server.until(lambda: len(server.requests) == 1)
        second.cancel()
        server.gate.set()
        assert await first == OK
        assert await third == OK
        with pytest.raises(asyncio.CancelledError):
            await second
        assert server.opened == 1

    run(scenario)


def test_places_of_failed_connections_are_freed(run: Callable[..., None], unused_tcp_port: int) -> None:
    async def scenario(server: RecordingServer, client: Raw) -> None:
        for _ in range(3):
            with pytest.raises(ConnectionRefusedError):
                await client.send(get(f"http://127.0.0.1:{unused_tcp_port}/"))
        for path in ("/close", "/reset", "/truncate", "/last"):
            with contextlib.suppress(ConnectionError, IncompleteRead):
                await client.send(get(server.url(path)))
        assert await client.send(get(server.url())) == OK
        assert client.connections_opened == 5

    run(scenario)


def test_a_head_answer_has_no_body_and_does_not_mislead_the_next_get(run: Callable[..., None]) -> None:
    async def scenario(server: RecordingServer, client: Raw) -> None:
        for _ in range(2):
            assert await client.send(get(server.url("/bytes/2"))) == (200, b"xx", "1.1")
            assert (await client.send(get(server.url("/"), "HEAD")))[:2] == (200, b"")
        assert server.opened == 1

    run(scenario)


def test_a_head_answer_without_a_length_leaves_its_connection_open(run: Callable[..., None]) -> None:
    async def scenario(_server: RecordingServer, client: Raw) -> None:
        opened = 0

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal opened
            opened += 1
            with contextlib.suppress(asyncio.IncompleteReadError):
                while await reader.readuntil(b"\r\n\r\n"):
                    writer.write(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for _ in range(3):
            assert (await client.send(get(url, "HEAD")))[:2] == (200, b"")  # type: ignore[arg-type]
        assert opened == 1
        await client.close()
        server.close()
        await server.wait_closed()

    run(scenario)


def test_closing_ends_every_connection_of_a_tls_pool(authority: trustme.CA, ca_file: str) -> None:
    async def whole() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        server = RecordingServer()
        await server.start(context)
        client = Raw(Settings(pool=3, ca_file=ca_file))
        await asyncio.gather(*(client.send(get(server.url())) for _ in range(3)))
        await client.close()
        await server.until(lambda: server.open == 0)
        await server.stop()

    for factory in (asyncio.new_event_loop, uvloop.new_event_loop):
        with asyncio.Runner(loop_factory=factory) as loop:
            loop.run(whole())


@pytest.mark.parametrize(
    ("pieces", "body"),
    [
        ([PLAIN[:5], PLAIN[5:20], PLAIN[20:-1], PLAIN[-1:]], b"ok"),
        ([PLAIN[:-3], PLAIN[-3:]], b"ok"),
        ([b"HTTP/1.1 100 Continue\r\n\r", b"\n" + PLAIN], b"ok"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r", b"\nok\r\n0\r\n", b"\r\n"], b"ok"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ", b"b\r\n\r\n"], b""),
        ([b"HTTP/1.0 200 OK\r\n\r\n", b"o", b"k"], b"ok"),
        ([PLAIN + b"more than was said"], b"ok"),
        ([PLAIN[:-1], PLAIN[-1:] + b"more than was said"], b"ok"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"a body", b" in"], b"a body in"),
        ([b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + PLAIN], b"ok"),
        ([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n", b"\r\n", PLAIN], b"ok"),
        ([b"HTTP/1.1 200 OK\nContent-Length: 2\nA: b\n\nok"], b"ok"),
        ([b"HTTP/1.1 200 OK\nContent-Length: 2\n", b"\nok"], b"ok"),
        ([b"HTTP/1.1 200 OK\nContent-Length: 6\r\n\r", b"\nok\n\r\n\r"], b"ok\n\r\n\r"),
        ([b"HTTP/1.1 200 OK\r\nA: one\r\n two\r\n\tthree\r\nContent-Length:\r\n 2\r\n\r\nok"], b"ok"),
        (
            [b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a="b"\r\nok\r\n0;c\r\nD: e\r\n\r\n'],
            b"ok",
        ),
        ([b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n"], b""),
        ([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n"], b""),
        ([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", b"other"], b""),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"], b"ok"),
    ],
)
async def test_an_answer_may_come_in_any_pieces(pieces: list[bytes], body: bytes) -> None:
    assert (await reply_to(*pieces))[1] == body


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([PLAIN[:-1]], IncompleteRead),
        ([PLAIN[:10]], IncompleteRead),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"a body"], IncompleteRead),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"], IncompleteRead),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], HTTPException),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n"], HTTPException),
        ([b"HTTP/1.1 103 Early Hints\r\n\r\n"], ConnectionResetError),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nokok"], HTTPException),
        ([b"SMTP ready"], BadStatusLine),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000], LineTooLong),
        ([b""], ConnectionResetError),
    ],
)
async def test_a_bad_answer_is_an_error(pieces: list[bytes], error: type[Exception]) -> None:
    with pytest.raises(error):
        await reply_to(*pieces)


@pytest.mark.parametrize(
    ("head", "parsed"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", Head(200, 5, "1.1", keep=True)),
        (b"HTTP/1.1 200\r\ncontent-length:5\r\ncontent-length: 5", Head(200, 5, "1.1", keep=True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: Close", Head(200, 5, "1.1", keep=False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5", Head(200, 5, "1.0", keep=False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive", Head(200, 5, "1.0", keep=True)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", Head(200, CHUNKED, "1.1", keep=True)),
        (b"HTTP/1.1 200 OK", Head(200, UNTIL_CLOSE, "1.1", keep=True)),
        (b"HTTP/1.1 204 No Content", Head(204, 0, "1.1", keep=True)),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5", Head(304, 0, "1.1", keep=True)),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\nConnection: close", Head(200, 5, "1.1", keep=False)),
        (b"HTTP/1.1 200 OK\r\nX: a\r\n b: c\r\nContent-Length: 5", Head(200, 5, "1.1", keep=True)),
        (b"HTTP/1.1 200 OK\r\n continues nothing\r\nContent-Length: 5", Head(200, 5, "1.1", keep=True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n: nameless", Head(200, 5, "1.1", keep=True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5", Head(200, 5, "1.1", keep=True)),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5",
            Head(200, 5, "1.1", keep=True),
        ),
        (b"HTTP/1.1 200 OK\r\nConnection: a\r\nConnection: close", Head(200, UNTIL_CLOSE, "1.1", keep=False)),
        (b"HTTP/1.1 101 Switching Protocols", Head(101, 0, "1.1", keep=False)),
    ],
)
def test_a_head_is_parsed(head: bytes, parsed: Head) -> None:
    assert parse_head(head) == parsed


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/2 200 OK",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 abc OK",
        b"HTTP/1.1 200 OK\r\nno colon",
        b"HTTP/1.1 200 OK\r\nX: a\rb",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2",
        b" HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
    ],
)
def test_a_malformed_head_is_refused(head: bytes) -> None:
    with pytest.raises(HTTPException):
        parse_head(head)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"a\r\nb\r\n\r\nbody", (4, 8)),
        (b"a\nb\n\nbody", (3, 5)),
        (b"a\nb\r\n\r\nbody", (3, 7)),
        (b"a\r\nb\n\r\nbody", (4, 7)),
        (b"a\n\nbody\r\n\r\n", (1, 3)),
        (b"a\r\n\r\nbody\n\n", (1, 5)),
        (b"a\r\nb\r\n\r", (-1, -1)),
    ],
)
def test_an_empty_line_ends_the_head_whatever_ends_its_lines(data: bytes, found: tuple[int, int]) -> None:
    assert end_of_head(data) == found


def test_chunks_are_taken_as_they_come_whole() -> None:
    body: list[bytes] = []
    data = bytearray(b"2\r\nok\r\n3;a=b\r\nab")
    assert unchunk(data, 0, body) == (7, False)
    data += b"c\r\n0\r\n\r\nnext"
    end, whole = unchunk(data, 7, body)
    assert (body, whole, bytes(data[end:])) == ([b"ok", b"abc"], True, b"next")


def test_a_request_is_serialised_with_host_and_length() -> None:
    request = Request("POST", "http://u:p@host:81/a?b=c#d", (("A", "1"), ("a", "2")), b"xyz")
    assert (
        serialise(request)
        == b"POST /a?b=c HTTP/1.1\r\nHost: host:81\r\nA: 1\r\na: 2\r\nContent-Length: 3\r\n\r\nxyz"
    )
