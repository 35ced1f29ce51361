from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator

import h2.exceptions
import httpx
import psutil
import pytest

from httptui.target.answers import KIB
from httptui.target.process import EmbeddedTarget

pytestmark = pytest.mark.slow


@pytest.fixture
async def target() -> AsyncIterator[EmbeddedTarget]:
    running = await EmbeddedTarget.start(http2=True, listeners=2)
    try:
        yield running
    finally:
        await running.stop()


@pytest.fixture
async def client(target: EmbeddedTarget) -> AsyncIterator[httpx.AsyncClient]:
    context = ssl.create_default_context(cafile=target.ca_file)
    async with httpx.AsyncClient(http2=True, verify=context, base_url=target.base_url(1), timeout=20) as made:
        yield made


async def test_http2_is_spoken(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.http_version, answer.status_code, answer.content) == ("HTTP/2", 200, KIB)


async def test_http_1_1_is_spoken_too(target: EmbeddedTarget) -> None:
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=target.ca_file)) as old:
        answer = await old.get(target.base_url() + "/echo")
    assert (answer.http_version, answer.json()["http_version"]) == ("HTTP/1.1", "1.1")


async def test_counts_are_exact_per_listener(target: EmbeddedTarget, client: httpx.AsyncClient) -> None:
    await client.get("/")
    await asyncio.gather(*(client.get("/bytes/10") for _ in range(49)))
    await client.get("/stats", headers={"X-Httptui-Token": target.token})
    first, second = (await target.stats()).listeners
    assert (first.connections, first.requests, first.bytes_out) == (0, 0, 0)
    assert (second.connections, second.requests, second.bytes_out) == (1, 50, 1024 + 490)
    assert (second.control_connections, second.control_requests) == (1, 2)


async def test_a_connection_that_only_looks_is_a_control_connection(
    target: EmbeddedTarget, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/stats")).status_code == 403
    known = {"X-Httptui-Token": target.token}
    assert (await client.get("/stats", headers=known)).json()["requests"] == 0
    stats = (await target.stats()).listeners[1]
    assert (stats.connections, stats.requests, stats.control_connections) == (0, 0, 2)


@pytest.mark.parametrize(
    ("path", "status", "size"),
    [
        ("/bytes/1000000", 200, 1_000_000),
        ("/status/204", 204, 0),
        ("/status/404", 404, len("404 Not Found\n")),
        ("/gzip", 200, 1024),
        ("/delay/10", 200, 1024),
        ("/?latency_ms=10&jitter_ms=1", 200, 1024),
        ("/fault/drip?seconds=0.2", 200, 2),
    ],
)
async def test_the_same_paths_are_served(
    client: httpx.AsyncClient, path: str, status: int, size: int
) -> None:
    answer = await client.get(path)
    assert (answer.http_version, answer.status_code, len(answer.content)) == ("HTTP/2", status, size)


async def test_head_has_the_length_and_no_body(client: httpx.AsyncClient) -> None:
    for path, length in (("/", "1024"), ("/bytes/1000000", "1000000")):
        answer = await client.head(path)
        assert (answer.headers["content-length"], answer.content) == (length, b"")


async def test_echo_tells_what_arrived(client: httpx.AsyncClient) -> None:
    told = (await client.post("/echo?x=%20y", content=b"abc", headers={"X-A": "1"})).json()
    assert (told["method"], told["target"], told["http_version"]) == ("POST", "/echo?x=%20y", "2")
    assert (told["body"], told["body_encoding"]) == ("abc", "text")
    assert ["x-a", "1"] in told["headers"]


async def test_errors_and_bad_values_are_answered(client: httpx.AsyncClient) -> None:
    assert (await client.get("/?error_rate=1")).status_code == 503
    assert (await client.get("/delay/never")).status_code == 400


@pytest.mark.parametrize("name", ["close", "reset", "malformed"])
async def test_faults_that_cannot_be_done_say_so(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/fault/{name}")
    assert (answer.status_code, answer.text.startswith(f"the fault {name} is offered")) == (501, True)


async def test_a_truncated_body_is_an_error_to_the_client(client: httpx.AsyncClient) -> None:
    # httpx lets h2's own error through where the end comes while it still reads the connection.
    with pytest.raises((httpx.ProtocolError, h2.exceptions.InvalidBodyLengthError)):
        await client.get("/fault/truncate")


async def test_a_hang_ends(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fault/hang?seconds=0.05")).status_code == 504


async def test_stopping_does_not_wait_for_connections(
    target: EmbeddedTarget, client: httpx.AsyncClient
) -> None:
    await client.get("/")
    await target.stop()
    assert not psutil.pid_exists(target.pid)
    with pytest.raises(httpx.HTTPError):
        await client.get("/")
