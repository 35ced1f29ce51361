"""`--timeout` bounds a whole request, with every client: one that waits only between two bytes included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run
from httptui.engines.registry import list_engines
from httptui.results.report import ReportContender

pytestmark = pytest.mark.slow

ENGINES = tuple(
    engine.name for engine in list_engines() if engine.installed and "1.1" in engine.http_versions
)
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
DRIPS = {
    "until close": (STREAM, b": ping\n\n"),
    "of a length": (SIZED, b"x"),
    "in chunks": (CHUNKED, b"1\r\nx\r\n"),
    "in the head": (b"HTTP/1.1 200 OK\r\n", b"X-More: header\r\n"),
    "before the head": (b"", EARLY),
}


@asynccontextmanager
async def dripping(first: bytes, piece: bytes, pause: float = 0.05) -> AsyncIterator[str]:
    """The URL of a server whose answers never end, and never pause for long."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(first)
                while True:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1")
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


async def contenders_of(
    url: str,
    engines: tuple[str, ...],
    make: Callable[[str], Contender] = lambda name: Contender(engine=name),
    **policy: Any,
) -> tuple[ReportContender, ...]:
    plan = Plan(
        target=Target(url=url),
        policy=Policy(timeout=0.4, **policy),
        load=Load(concurrency=2, requests=3),
        schedule=Schedule(warmup=0),
        contender=tuple(make(name) for name in engines),
    )
    async with run(plan) as running:
        async for item in running:
            if isinstance(item, Report):
                return item.contenders
    raise AssertionError("no report")


@pytest.mark.parametrize("drip", DRIPS)
async def test_an_answer_that_drips_for_ever_is_a_time_out_for_every_client(drip: str) -> None:
    # aiosonic takes a body without a length for none.
    engines = tuple(name for name in ENGINES if drip != "until close" or name != "aiosonic")
    async with dripping(*DRIPS[drip]) as url:
        contenders = await contenders_of(url, engines)
    told = {one.engine: (one.state, one.requests.ok, one.requests.planned) for one in contenders}
    assert told == dict.fromkeys(engines, ("finished", 0, 3))
    # A client may refuse such a head before its time is over, which is an error of another kind.
    if drip in ("until close", "of a length", "in chunks"):
        timeouts = {one.engine: one.requests.timeout for one in contenders}
        assert timeouts == dict.fromkeys(engines, 3), {one.engine: one.first_messages for one in contenders}


@pytest.mark.parametrize("reuse", ["per-request", "per-worker"])
async def test_however_clients_are_reused(reuse: str) -> None:
    engines = ("http.client", "requests", "httpx", "httpx-sync")
    async with dripping(*DRIPS["of a length"]) as url:
        contenders = await contenders_of(url, engines, lambda name: Contender(engine=name, reuse=reuse))
    assert [one.requests.timeout for one in contenders] == [3] * len(engines)


async def test_each_try_has_the_whole_time() -> None:
    engines = ("http.client", "requests", "httpx", "aiohttp", "raw")
    async with dripping(*DRIPS["of a length"]) as url:
        contenders = await contenders_of(url, engines, retries=1, retry_on=("timeout",))
    assert [(one.requests.timeout, one.requests.retried) for one in contenders] == [(3, 3)] * len(engines)


async def test_an_expected_continue_that_never_comes_does_not_hold_a_client_longer() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    plan = Plan(
        target=Target(url=url, method="POST", headers={"Expect": "100-continue"}, body="body"),
        policy=Policy(timeout=0.4),
        load=Load(concurrency=1, requests=2),
        schedule=Schedule(warmup=0),
        contender=tuple(Contender(engine=name) for name in ENGINES),
    )
    async with run(plan) as running:
        contenders = [item async for item in running if isinstance(item, Report)][-1].contenders
    server.close()
    assert {one.engine: (one.requests.planned, one.requests.timeout) for one in contenders} == dict.fromkeys(
        ENGINES, (2, 2)
    )
