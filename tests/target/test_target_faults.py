from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from httptui.target.answers import KIB
from httptui.target.options import TargetOptions, TargetStats
from httptui.target.process import EmbeddedTarget
from httptui.target.server import Target

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Faulty:
    """A target under test, in this process or in its own."""

    def __init__(self, target: Target | EmbeddedTarget) -> None:
        self.target = target

    async def stats(self) -> TargetStats:
        if isinstance(self.target, Target):
            return self.target.stats()
        return await self.target.stats()

    async def provoke(self, path: str) -> bytes:
        """Everything that a client reads until the connection ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target.ports[0])
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() + GET)
            return await asyncio.wait_for(reader.read(), 20)
        finally:
            writer.transport.abort()


@pytest.fixture(params=["asyncio", pytest.param("process", marks=pytest.mark.slow)])
async def faulty(request: pytest.FixtureRequest) -> AsyncIterator[Faulty]:
    if request.param == "asyncio":
        async with Target(TargetOptions()) as target:
            yield Faulty(target)
        return
    embedded = await EmbeddedTarget.start()
    try:
        yield Faulty(embedded)
    finally:
        await embedded.stop()


async def test_close_ends_without_an_answer(faulty: Faulty) -> None:
    assert await faulty.provoke("/fault/close") == b""


async def test_reset_ends_with_a_reset(faulty: Faulty) -> None:
    with pytest.raises(ConnectionResetError):
        await faulty.provoke("/fault/reset")


async def test_truncate_ends_in_the_middle_of_the_body(faulty: Faulty) -> None:
    head, _, body = (await faulty.provoke("/fault/truncate")).partition(b"\r\n\r\n")
    assert b"Content-Length: 1024" in head
    assert body == KIB[:512]


async def test_malformed_is_not_http(faulty: Faulty) -> None:
    assert (await faulty.provoke("/fault/malformed")).startswith(b"HTTP/1.1 banana\r\n")


async def test_hang_says_nothing_and_ends(faulty: Faulty) -> None:
    assert await faulty.provoke("/fault/hang?seconds=0.1") == b""


async def test_drip_sends_byte_by_byte_and_ends(faulty: Faulty) -> None:
    head, _, body = (await faulty.provoke("/fault/drip?seconds=0.3")).partition(b"\r\n\r\n")
    assert b"Content-Length: 3\r\nConnection: close" in head
    assert body == b"..."


async def test_a_fault_is_one_request_and_the_rest_of_the_connection_is_not_served(faulty: Faulty) -> None:
    await faulty.provoke("/fault/close")
    stats = await faulty.stats()
    assert (stats.connections, stats.requests) == (1, 1)


async def test_a_fault_comes_after_the_added_latency(faulty: Faulty) -> None:
    began = asyncio.get_running_loop().time()
    assert await faulty.provoke("/fault/close?latency_ms=50") == b""
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_faults_can_be_replaced_by_errors(faulty: Faulty) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", faulty.target.ports[0])
    writer.write(b"GET /fault/close?error_rate=1 HTTP/1.1\r\n\r\n")
    assert await reader.readline() == b"HTTP/1.1 503 Service Unavailable\r\n"
    writer.close()
