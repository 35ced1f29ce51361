from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Sequence
from time import thread_time

import pytest

from httptui.target.answers import FILLER, KIB, MAX_ECHO_BODY, WHOLE_LIMIT
from httptui.target.options import ListenerStats, TargetOptions, TargetStats
from httptui.target.server import Target

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with Target(TargetOptions(nonce="n1", listeners=2)) as running:
        yield running


async def talk(target: Target, data: bytes, index: int = 0) -> bytes:
    """Send bytes, close our end, and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[index])
    writer.write(data)
    writer.write_eof()
    received = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return received


async def ask(target: Target, path: str, method: str = "GET") -> tuple[bytes, dict[bytes, bytes], bytes]:
    """(status line, headers, body) of one request."""
    received = await talk(target, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    return first, dict(line.split(b": ", 1) for line in lines), body


def totals(stats: TargetStats) -> Sequence[int]:
    return [stats.connections, stats.requests, stats.bytes_in, stats.bytes_out]


async def test_root_is_served(target: Target) -> None:
    first, headers, body = await ask(target, "/")
    assert first == b"HTTP/1.1 200 OK"
    assert headers == {b"Content-Type": b"text/plain; charset=utf-8", b"Content-Length": b"1024"}
    assert body == KIB


async def test_work_uses_the_workers_cpu_time_before_the_answer(target: Target) -> None:
    before = thread_time()
    first, _, body = await ask(target, "/cpu/20")
    assert (first, body) == (b"HTTP/1.1 200 OK", KIB)
    assert thread_time() - before >= 0.02


async def test_head_has_the_length_and_no_body(target: Target) -> None:
    for path, length in (("/", b"1024"), ("/bytes/1000000", b"1000000")):
        first, headers, body = await ask(target, path, "HEAD")
        assert (first, headers[b"Content-Length"], body) == (b"HTTP/1.1 200 OK", length, b"")


async def test_long_bodies_arrive_whole_at_a_slow_reader(target: Target) -> None:
    size = 64 * WHOLE_LIMIT + 5
    reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[0], limit=4096)
    writer.write(f"GET /bytes/{size} HTTP/1.1\r\n\r\n".encode() + GET)
    head = await reader.readuntil(b"\r\n\r\n")
    assert f"Content-Length: {size}".encode() in head
    body = await reader.readexactly(size)
    assert body == FILLER * 64 + FILLER[:5]
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
    writer.close()


async def test_a_reader_that_stops_reading_stops_the_server(target: Target) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[0], limit=4096)
    writer.write(b"GET /bytes/200000000 HTTP/1.1\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    assert target.stats().bytes_out < 20_000_000
    writer.transport.abort()


async def test_pipelined_requests_are_answered_in_order(target: Target) -> None:
    paths = [
        "/status/201",
        "/delay/20",
        "/status/202",
        "/bytes/100000",
        "/status/203",
        "/?latency_ms=3",
        "/status/206",
    ]
    received = await talk(target, b"".join(f"GET {path} HTTP/1.1\r\n\r\n".encode() for path in paths))
    found = [line for line in received.split(b"\r\n") if b"HTTP/1.1 " in line]
    assert [int(line.rpartition(b"HTTP/1.1 ")[2][:3]) for line in found] == [
        201,
        200,
        202,
        200,
        203,
        200,
        206,
    ]
    assert target.stats().requests == len(paths)


async def test_a_thousand_pipelined_requests_are_all_served(target: Target) -> None:
    received = await talk(target, b"GET /delay/0.1 HTTP/1.1\r\n\r\n" * 20 + GET * 1000)
    assert received.count(b"HTTP/1.1 200 OK") == 1020
    assert target.stats().requests == 1020


async def test_http_1_0_is_told_whether_the_connection_stays(target: Target) -> None:
    assert b"\r\nConnection: close\r\n" in await talk(target, b"GET / HTTP/1.0\r\n\r\n" + GET)
    twice = await talk(target, b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" * 2)
    assert twice.count(b"\r\nConnection: keep-alive\r\n") == 2


async def test_a_close_is_announced_and_done(target: Target) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[0])
    writer.write(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n" + GET)
    received = await asyncio.wait_for(reader.read(), 20)
    assert received.count(b"HTTP/1.1 200 OK") == 1
    assert b"\r\nConnection: close\r\n" in received
    writer.close()


async def test_a_long_answer_before_a_close_is_whole(target: Target) -> None:
    received = await talk(target, b"GET /bytes/300000 HTTP/1.1\r\nConnection: close\r\n\r\n" + GET)
    assert len(received.partition(b"\r\n\r\n")[2]) == 300_000


async def test_echo_tells_what_arrived_in_order_and_as_spelled(target: Target) -> None:
    received = await talk(
        target,
        b"POST /echo?a=1 HTTP/1.1\r\nhOST: x\r\nX-B: 2\r\nX-A: 1\r\nX-B: 3\r\nContent-Length: 3\r\n\r\nabc",
    )
    assert json.loads(received.partition(b"\r\n\r\n")[2]) == {
        "method": "POST",
        "target": "/echo?a=1",
        "http_version": "1.1",
        "headers": [["hOST", "x"], ["X-B", "2"], ["X-A", "1"], ["X-B", "3"], ["Content-Length", "3"]],
        "body": "abc",
        "body_encoding": "text",
    }


async def test_echo_tells_binary_bodies_in_base64_and_refuses_huge_ones(target: Target) -> None:
    received = await talk(target, b"POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\n\xff\xfe")
    assert json.loads(received.partition(b"\r\n\r\n")[2])["body"] == "//4="
    size = MAX_ECHO_BODY + 1
    received = await talk(target, b"POST /echo HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    assert received.startswith(b"HTTP/1.1 413 ")


async def test_a_client_that_expects_100_is_told_to_continue(target: Target) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[0])
    writer.write(b"POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"abc")
    assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
    writer.close()


async def test_gzip_is_gzip(target: Target) -> None:
    _, headers, body = await ask(target, "/gzip")
    assert headers[b"Content-Encoding"] == b"gzip"
    assert gzip.decompress(body) == KIB


async def test_bodiless_statuses_have_no_length_and_leave_the_connection_usable(target: Target) -> None:
    received = await talk(target, b"GET /status/204 HTTP/1.1\r\n\r\nGET /status/304 HTTP/1.1\r\n\r\n" + GET)
    assert received.startswith(
        b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\n"
    )


async def test_what_is_not_http_is_refused_in_one_line_and_not_counted(target: Target) -> None:
    received = await talk(target, GET + b"banana\r\n\r\n")
    assert received.count(b"HTTP/1.1 200 OK") == 1
    assert b"HTTP/1.1 400 Bad Request" in received
    assert received.endswith(b"Connection: close\r\n\r\nthis is not an HTTP/1 request\n")
    assert target.stats().requests == 1


async def test_counts_are_exact_over_concurrent_connections(target: Target) -> None:
    async def client(count: int) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[count % 2])
        got = 0
        for number in range(count):
            writer.write(GET if number % 3 else b"GET /delay/1 HTTP/1.1\r\nX-N: %d\r\n\r\n" % number)
            head = await reader.readuntil(b"\r\n\r\n")
            got += len(head) + len(await reader.readexactly(1024))
        writer.close()
        return got

    sizes = await asyncio.gather(*map(client, range(1, 31)))
    stats = target.stats()
    assert (stats.connections, stats.requests, stats.bytes_out) == (30, sum(range(1, 31)), sum(sizes))
    even, odd = stats.listeners
    assert (even.connections, even.requests) == (15, sum(range(2, 31, 2)))
    assert (odd.connections, odd.requests) == (15, sum(range(1, 31, 2)))
    assert even.bytes_out == sum(sizes[1::2])


async def test_bytes_are_exact(target: Target) -> None:
    received = await talk(target, GET * 3)
    assert totals(target.stats()) == [1, 3, 3 * len(GET), len(received)]


async def test_looking_changes_nothing_that_is_counted(target: Target) -> None:
    _, _, body = await ask(target, "/stats")
    seen = json.loads(body)
    assert (seen["connections"], seen["requests"], seen["nonce"]) == (0, 0, "n1")
    assert (seen["control_connections"], seen["control_requests"], len(seen["listeners"])) == (1, 1, 2)
    assert totals(target.stats()) == [0, 0, 0, 0]
    await talk(target, GET, index=1)
    await ask(target, "/stats")
    stats = target.stats()
    assert stats.listeners[0] == ListenerStats(control_connections=2, control_requests=2)
    assert (stats.connections, stats.requests, stats.control_requests) == (1, 1, 2)


async def test_a_connection_that_also_works_is_no_control_connection(target: Target) -> None:
    look = b"GET /stats HTTP/1.1\r\n\r\n"
    received = await talk(target, look + GET + look + GET)
    stats = target.stats()
    assert (stats.connections, stats.control_connections) == (1, 0)
    assert (stats.requests, stats.control_requests) == (2, 2)
    assert (stats.bytes_in, stats.bytes_out) == (2 * len(look + GET), len(received))


async def test_a_connection_without_a_request_counts_as_accepted(target: Target) -> None:
    assert await talk(target, b"GET / HT") == b""
    assert totals(target.stats()) == [1, 0, 8, 0]


async def test_pacing_can_be_changed_while_running(target: Target) -> None:
    target.set_pacing({"error_rate": 1.0})
    assert (await ask(target, "/"))[0] == b"HTTP/1.1 503 Service Unavailable"
    assert (await ask(target, "/stats"))[0] == b"HTTP/1.1 200 OK"
    assert (await ask(target, "/?error_rate=0"))[0] == b"HTTP/1.1 200 OK"
    target.set_pacing({"error_rate": 0.0, "latency_ms": 30.0})
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await ask(target, "/"))[0] == b"HTTP/1.1 200 OK"
    assert loop.time() - began >= 0.03
    target.set_pacing({"latency_ms": 0})
    assert (await ask(target, "/"))[0] == b"HTTP/1.1 200 OK"
    assert target.stats().requests == 4


async def test_errors_come_at_the_asked_share_and_from_the_seed() -> None:
    async def statuses() -> list[bytes]:
        async with Target(TargetOptions(error_rate=0.2, seed=3)) as target:
            received = await talk(target, GET * 500)
            return [
                received[at + 9 : at + 12]
                for at in range(len(received))
                if received.startswith(b"HTTP/1.1 ", at)
            ]

    first = await statuses()
    assert len(first) == 500
    assert 70 < first.count(b"503") < 130
    assert first == await statuses()


async def test_leaving_drops_open_connections() -> None:
    async with Target(TargetOptions()) as target:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.ports[0])
        writer.write(b"GET /status/204 HTTP/1.1\r\n\r\nGET /fault/hang HTTP/1.1\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 204 No Content\r\n\r\n"
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()


TOLD = b"GET /stats HTTP/1.1\r\nHost: %b\r\nX-Httptui-Token: %b\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("host", "token", "status"),
    [
        (b"127.0.0.1:80", b"t1", b"200"),
        (b"localhost", b"t1", b"200"),
        (b"[::1]:80", b"t1", b"200"),
        (b"127.0.0.1", b"t2", b"403"),
        (b"127.0.0.1", b"", b"403"),
        (b"rebound.example", b"t1", b"403"),
        (b"127.0.0.1.rebound.example", b"t1", b"403"),
    ],
)
async def test_counts_are_told_to_who_has_the_token_and_a_host_of_ours(
    host: bytes, token: bytes, status: bytes
) -> None:
    async with Target(TargetOptions(token="t1")) as target:
        answer = await talk(target, TOLD % (host, token))
        assert answer.split(b" ")[1] == status
        refused = int(status == b"403")
        stats = target.stats()
        assert (stats.foreign_requests, stats.control_requests, stats.requests) == (refused, 1, 0)


async def test_a_target_that_a_user_started_tells_its_counts_to_everyone() -> None:
    async with Target(TargetOptions()) as target:
        assert (await talk(target, TOLD % (b"target.example", b""))).split(b" ")[1] == b"200"
        assert target.stats().foreign_requests == 0
