"""What goes wrong has the same kind, whichever client it goes wrong in."""

from __future__ import annotations

import asyncio

import pytest
import uvloop
from engine_support import HOSTILE, RecordingServer, driven, failure

from httptui.engines.base import Settings
from httptui.engines.errors import classify, is_timeout, message_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/close", "disconnected"),
        ("/reset", "disconnected"),
        ("/truncate", "truncated"),
        ("/truncate-chunked", "truncated"),
        ("/malformed", "protocol"),
    ],
)
async def test_a_servers_fault_has_one_kind_for_every_engine(
    engine: str, path: str, kind: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(timeout=5)) as client:
        error = await failure(client, server.url(path))
    assert error is not None
    assert classify(error) == kind
    assert message_of(error)


@pytest.mark.parametrize("path", ["/close", "/truncate", "/malformed"])
async def test_a_servers_fault_over_tls_has_the_same_kind(
    engine: str, path: str, tls_server: RecordingServer, ca_file: str
) -> None:
    async with driven(engine, Settings(timeout=5, ca_file=ca_file)) as client:
        error = await failure(client, tls_server.url(path))
    assert error is not None
    assert (
        classify(error)
        == {"/close": "disconnected", "/truncate": "truncated", "/malformed": "protocol"}[path]
    )


@pytest.mark.parametrize("name", sorted(HOSTILE))
async def test_nothing_that_a_server_sends_is_called_other(
    engine: str, name: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(timeout=5)) as client:
        error = await failure(client, server.url(f"/{name}"))
    if error is not None:
        assert classify(error) in ("protocol", "truncated", "too_large", "disconnected")


@pytest.mark.parametrize("name", sorted(HOSTILE))
@pytest.mark.parametrize("blocking", ["requests", "urllib3"])
async def test_a_place_in_the_pool_is_given_back_whatever_the_answer(
    blocking: str, name: str, server: RecordingServer
) -> None:
    async with driven(blocking, Settings(pool=1, timeout=5)) as client:
        await failure(client, server.url(f"/{name}"))
        async with asyncio.timeout(10):
            assert (await client.send(server.url()))[1] == b"ok"


async def test_a_body_that_stalls_is_a_timeout(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings(timeout=0.2)) as client:
        error = await failure(client, server.url("/stall"))
    assert error is not None
    assert is_timeout(classify(error))


async def test_a_closed_port_is_refused(engine: str, unused_tcp_port: int) -> None:
    async with driven(engine, Settings(timeout=5)) as client:
        error = await failure(client, f"http://127.0.0.1:{unused_tcp_port}/")
    assert error is not None
    assert classify(error) == "refused"


async def test_a_closed_port_of_a_name_with_two_addresses_is_refused(
    engine: str, unused_tcp_port: int
) -> None:
    async with driven(engine, Settings(timeout=5)) as client:
        error = await failure(client, f"http://localhost:{unused_tcp_port}/")
    assert error is not None
    assert classify(error) == "refused"


async def test_an_unknown_host_is_dns(engine: str) -> None:
    async with driven(engine, Settings(timeout=20)) as client:
        error = await failure(client, "http://no-such-host.invalid/")
    assert error is not None
    assert classify(error) == "dns"


@pytest.mark.parametrize("pool", [1, None], ids=["sized", "library-defaults"])
async def test_an_unknown_authority_is_tls(
    engine: str, pool: int | None, tls_server: RecordingServer
) -> None:
    async with driven(engine, Settings(pool=pool, timeout=5)) as client:
        error = await failure(client, tls_server.url())
    assert error is not None
    assert classify(error) == "tls"


async def test_a_certificate_for_another_host_is_tls(
    engine: str, tls_server: RecordingServer, ca_file: str
) -> None:
    async with driven(engine, Settings(timeout=5, ca_file=ca_file)) as client:
        error = await failure(client, tls_server.url(host="localhost"))
    assert error is not None
    assert classify(error) == "tls"


async def test_a_plain_answer_to_a_handshake_is_tls(engine: str) -> None:
    def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with driven(engine, Settings(timeout=5)) as client:
        error = await failure(client, f"https://127.0.0.1:{port}/")
    server.close()
    assert error is not None
    assert classify(error) == "tls"


async def test_a_handshake_that_never_ends_is_connect_timeout_where_the_client_tells(
    engine: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(timeout=0.2)) as client:
        error = await failure(client, server.url().replace("http:", "https:"))
    assert error is not None
    assert classify(error) == ("timeout" if engine == "aiohttp" else "connect_timeout")


async def test_silence_is_a_timeout_and_read_timeout_where_the_client_tells(
    engine: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(timeout=0.2)) as client:
        error = await failure(client, server.url("/hang"))
    assert error is not None
    expected = "timeout" if engine in ("aiohttp", "http.client") else "read_timeout"
    assert classify(error) == expected
    assert is_timeout(classify(error))


async def test_a_redirect_loop_is_redirects(engine: str, server: RecordingServer) -> None:
    if engine in ("http.client", "raw"):
        pytest.skip("follows no redirects")
    async with driven(engine, Settings(timeout=5, redirects=2)) as client:
        error = await failure(client, server.url("/redirect/9"))
    assert error is not None
    assert classify(error) == "redirects"
    assert len(server.requests) == 3


@pytest.mark.parametrize("name", ["aiohttp", "httpx", "httpx-aiohttp", "raw"])
def test_kinds_are_the_same_on_uvloop(name: str, ca_file: str, unused_tcp_port: int) -> None:
    expected = {
        "/close": "disconnected",
        "/reset": "disconnected",
        "/truncate": "truncated",
        "/truncate-chunked": "truncated",
        "/malformed": "protocol",
    }

    async def kinds() -> dict[str, str]:
        server = RecordingServer()
        await server.start()
        urls = {path: server.url(path) for path in expected} | {
            "port": f"http://localhost:{unused_tcp_port}/",
            "name": "http://no-such-host.invalid/",
        }
        async with driven(name, Settings(timeout=5, ca_file=ca_file)) as client:
            errors = {path: await failure(client, url) for path, url in urls.items()}
        await server.stop()
        return {path: classify(error) for path, error in errors.items() if error is not None}

    assert uvloop.run(kinds()) == expected | {"port": "refused", "name": "dns"}
