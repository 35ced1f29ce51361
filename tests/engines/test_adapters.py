"""What every built-in engine has to do alike, against a server that records the bytes it gets."""

from __future__ import annotations

import asyncio
import gc
import socket
from pathlib import Path

import psutil
import pytest
from engine_support import RecordingServer, driven, failure

from httptui.engines.base import Request, Settings
from httptui.engines.registry import engine_info

POOLLESS = ("http.client",)
TAKE_INTERIM_FOR_FINAL = ("aiosonic", "http.client", "requests", "urllib3")


def lines_of(request: bytes) -> list[bytes]:
    """The request line and the header lines of a recorded request."""
    return request.partition(b"\r\n\r\n")[0].split(b"\r\n")


@pytest.mark.parametrize("pool", [1, None], ids=["sized", "library-defaults"])
@pytest.mark.parametrize("told", [True, False], ids=["told", "not-told"])
async def test_only_the_plans_headers_and_host_go_out(
    engine: str, pool: int | None, told: bool, server: RecordingServer
) -> None:
    headers = (("X-First", "1"), ("User-Agent", "me"), ("Accept-Encoding", "identity"), ("X-Last", "2"))
    names = frozenset(name.lower() for name, _ in headers)
    settings = Settings(pool=pool, headers=names, common=headers) if told else Settings(pool=pool)
    async with driven(engine, settings) as client:
        await client.send_prepared(Request("GET", server.url("/a/b?c=d"), headers))
    first, host, *others = lines_of(server.requests[0])
    assert first == b"GET /a/b?c=d HTTP/1.1"
    assert host.lower() == f"host: 127.0.0.1:{server.port}".encode()
    expected = [f"{name}: {value}".encode() for name, value in headers]
    assert others == [line.lower() for line in expected] if engine == "httpx-aiohttp" else others == expected


@pytest.mark.parametrize("pool", [1, None], ids=["sized", "library-defaults"])
async def test_a_plan_without_headers_sends_host_alone(
    engine: str, pool: int | None, server: RecordingServer
) -> None:
    async with driven(engine, Settings(pool=pool)) as client:
        await client.send(server.url())
    assert [line.lower() for line in lines_of(server.requests[0])] == [
        b"get / http/1.1",
        f"host: 127.0.0.1:{server.port}".encode(),
    ]


@pytest.mark.parametrize("told", [True, False], ids=["told", "not-told"])
async def test_a_header_named_twice_keeps_both_values(
    engine: str, told: bool, server: RecordingServer
) -> None:
    headers = (("X-Twice", "1"), ("x-twice", "2"))
    async with driven(engine, Settings(common=headers if told else ())) as client:
        await client.send_prepared(Request("GET", server.url(), headers))
    values = [line.partition(b":")[2].strip() for line in lines_of(server.requests[0]) if b"wice:" in line]
    assert b", ".join(values) == b"1, 2"


async def test_the_plans_own_host_header_replaces_the_librarys(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        await client.send(server.url(), Host="other.example")
    assert [line.lower() for line in lines_of(server.requests[0])[1:]] == [b"host: other.example"]


async def test_a_posted_body_arrives_with_its_length_and_comes_back(
    engine: str, server: RecordingServer
) -> None:
    body = bytes(range(256)) * 3
    async with driven(engine, Settings()) as client:
        reply = await client.send(server.url("/echo"), "POST", body, Content_Type="text/plain")
    assert reply == (200, body, "1.1")
    lines = {line.lower() for line in lines_of(server.requests[0])[2:]}
    assert lines == {b"content-type: text/plain", b"content-length: 768"}


async def test_a_post_without_a_body_says_so(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        await client.send(server.url(), "POST")
    assert [line.lower() for line in lines_of(server.requests[0])[2:]] == [b"content-length: 0"]


async def test_a_megabyte_is_read_whole(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        assert await client.send(server.url("/bytes/1048576")) == (200, b"x" * 1_048_576, "1.1")
        assert await client.send(server.url("/bytes/1")) == (200, b"x", "1.1")
    assert server.opened == 1


@pytest.mark.parametrize("status", [200, 204, 304, 404, 500, 503])
async def test_every_status_is_a_reply(engine: str, status: int, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        replies = [await client.send(server.url(f"/status/{status}")) for _ in range(2)]
    assert [reply[0] for reply in replies] == [status, status]
    assert server.opened == 1


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/chunked", "GET", b"abcdefg"),
        ("/interim", "GET", b"ok"),
        ("/until-close", "GET", b"all of it"),
        ("/last", "GET", b"ok"),
        ("/", "HEAD", b""),
    ],
)
async def test_every_framing_of_a_body_is_read(
    engine: str, path: str, method: str, body: bytes, server: RecordingServer
) -> None:
    async with driven(engine, Settings()) as client:
        for _ in range(2):
            assert await client.send(server.url(path), method) == (200, body, "1.1")
        # Connections are counted, not places in a pool, in which a closed one is opened again.
        assert client.engine.connections_opened in (server.opened, None)
    assert server.opened == (2 if path in ("/until-close", "/last") else 1)


@pytest.mark.parametrize("pool", [1, None], ids=["sized", "library-defaults"])
@pytest.mark.parametrize("name", TAKE_INTERIM_FOR_FINAL)
async def test_the_final_answer_after_an_interim_one_is_not_taken_for_that_to_the_next_request(
    name: str, pool: int | None, server: RecordingServer
) -> None:
    if not engine_info(name).installed:
        pytest.skip(f"{name} is not installed")
    async with driven(name, Settings(pool=pool, timeout=5)) as client:
        for _ in range(2):
            assert await client.send(server.url("/early")) == (103, b"", "1.1")
            assert await client.send(server.url("/bytes/3")) == (200, b"xxx", "1.1")
        assert client.engine.connections_opened in (3, None)
    assert server.opened == 3


async def test_one_connection_serves_one_request_after_another(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings(pool=4)) as client:
        for _ in range(10):
            await client.send(server.url())
        assert client.engine.connections_opened in (1, None)
    assert server.opened == 1
    assert len(server.requests) == 10


async def test_the_pool_bounds_the_connections(engine: str, server: RecordingServer) -> None:
    if engine in POOLLESS:
        pytest.skip("has no pool")
    async with driven(engine, Settings(pool=2)) as client:
        sends = [asyncio.create_task(client.send(server.url("/turn"))) for _ in range(8)]
        # One answer at a time: of several at once, httpcore's pool may close one that it has just given away.
        for received in range(2, 9):
            await server.until(lambda count=received: len(server.requests) == count)
            server.turns.release()
        server.turns.release()
        replies = await asyncio.gather(*sends)
        assert client.engine.connections_opened in (2, None)
    assert replies == [(200, b"ok", "1.1")] * 8
    assert server.opened == 2


async def test_the_pool_keeps_all_its_connections(engine: str, server: RecordingServer) -> None:
    if engine in POOLLESS:
        pytest.skip("has no pool")
    async with driven(engine, Settings(pool=30)) as client:
        for expected in (12, 24):
            server.gate.clear()
            sends = [asyncio.create_task(client.send(server.url("/gate"))) for _ in range(12)]
            await server.until(lambda count=expected: len(server.requests) == count)
            server.gate.set()
            await asyncio.gather(*sends)
    assert server.opened == 12


async def test_http_client_keeps_one_connection_a_thread(server: RecordingServer) -> None:
    async with driven("http.client", Settings(pool=1)) as client:
        sends = [asyncio.create_task(client.send(server.url("/gate"))) for _ in range(3)]
        await server.until(lambda: len(server.requests) == 3)
        server.gate.set()
        await asyncio.gather(*sends)
        assert client.engine.connections_opened == 3
    assert server.opened == 3


async def test_tls_is_verified_and_its_connection_kept(
    engine: str, tls_server: RecordingServer, ca_file: str
) -> None:
    async with driven(engine, Settings(ca_file=ca_file)) as client:
        for _ in range(3):
            assert await client.send(tls_server.url()) == (200, b"ok", "1.1")
    assert tls_server.opened == 1


async def test_tls_works_with_the_librarys_own_defaults(
    engine: str, tls_server: RecordingServer, ca_file: str
) -> None:
    async with driven(engine, Settings(pool=None, ca_file=ca_file)) as client:
        assert await client.send(tls_server.url()) == (200, b"ok", "1.1")


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("pool", [1, None], ids=["sized", "library-defaults"])
async def test_an_unknown_authority_is_accepted_when_not_verified(
    engine: str, pool: int | None, tls_server: RecordingServer
) -> None:
    async with driven(engine, Settings(pool=pool, verify=False)) as client:
        assert await client.send(tls_server.url()) == (200, b"ok", "1.1")


async def test_a_connection_closed_while_idle_is_replaced(
    engine: str, server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httptui.engines.clients.http_client.IDLE_SECONDS", 0.0)
    async with driven(engine, Settings()) as client:
        await client.send(server.url("/drop"))
        await server.until(lambda: server.open == 0)
        for _ in range(5):
            await asyncio.sleep(0)
        assert await client.send(server.url()) == (200, b"ok", "1.1")
    assert server.opened == 2


async def test_proxies_and_netrc_of_the_environment_are_ignored(
    engine: str,
    server: RecordingServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    unused_tcp_port: int,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_tcp_port}")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with driven(engine, Settings()) as client:
        assert (await client.send(server.url()))[0] == 200
    assert b"authorization" not in server.requests[0].lower()


async def test_cookies_are_not_kept(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        for _ in range(2):
            await client.send(server.url("/cookie"))
    assert b"cookie:" not in server.requests[1].lower()


async def test_cookies_are_kept_where_the_plan_and_the_engine_allow_it(
    engine: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(cookies=True)) as client:
        for _ in range(2):
            await client.send(server.url("/cookie"))
    assert (b"cookie: a=b" in server.requests[1].lower()) == ("cookies" in engine_info(engine).abilities)


async def test_redirects_are_replies(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        assert await client.send(server.url("/redirect/1")) == (302, b"", "1.1")
    assert len(server.requests) == 1


async def test_redirects_are_followed_where_the_plan_and_the_engine_allow_it(
    engine: str, server: RecordingServer
) -> None:
    able = "redirects" in engine_info(engine).abilities
    async with driven(engine, Settings(redirects=3)) as client:
        reply = await client.send(server.url("/redirect/3"))
    assert reply == ((200, b"ok", "1.1") if able else (302, b"", "1.1"))
    assert len(server.requests) == (4 if able else 1)


async def test_nothing_is_sent_twice(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings()) as client:
        assert await failure(client, server.url("/close")) is not None
    assert len(server.requests) == 1


async def test_a_closed_client_leaves_no_socket_open(
    engine: str, server: RecordingServer, tls_server: RecordingServer, ca_file: str
) -> None:
    async with driven(engine, Settings(pool=3, ca_file=ca_file)) as client:
        for url in (server.url(), tls_server.url(), server.url("/last")):
            await client.send(url)
    ports = {server.port, tls_server.port}
    gc.collect()
    left = [
        connection
        for connection in psutil.Process().net_connections()
        if connection.raddr
        and connection.raddr.port in ports
        and connection.status == psutil.CONN_ESTABLISHED
    ]
    assert left == []


async def test_a_request_after_a_failed_one_gets_its_own_answer(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings(timeout=5)) as client:
        assert await failure(client, server.url("/truncate")) is not None
        assert await client.send(server.url("/bytes/3")) == (200, b"xxx", "1.1")


async def test_ipv6_hosts_are_reached(engine: str) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    server = RecordingServer()
    await server.start(host="::1")
    try:
        async with driven(engine, Settings()) as client:
            assert await client.send(server.url(host="[::1]")) == (200, b"ok", "1.1")
    finally:
        await server.stop()
    assert f"[::1]:{server.port}".encode() in server.requests[0]
