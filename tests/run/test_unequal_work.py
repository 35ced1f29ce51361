"""Real clients that do other work than their rivals are told apart from them, and not ranked against them."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import httptui
from httptui.plan.model import Contender, Load, Plan, Schedule, Target
from httptui.results.report import Report

pytestmark = pytest.mark.slow

PACKED = gzip.compress(b"x" * 5_000)
REQUESTS = 60
Answer = Callable[[bytes, int], bytes]


def ok(body: bytes = b"hello", fields: bytes = b"", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\n%bContent-Length: %d\r\n\r\n%b" % (status, fields, len(body), body)


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """The address of a server that answers a head, and the number of its request on its connection, with bytes."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        try:
            while True:
                head, number = await reader.readuntil(b"\r\n\r\n"), number + 1
                interim, _, final = answer(head, number).rpartition(b"INTERIM")
                if interim:
                    writer.write(interim)
                    await asyncio.sleep(0.02)
                writer.write(final)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def report_of(answer: Answer, *engines: str, path: str = "/", **target: object) -> Report:
    async with serving(answer) as address:
        plan = Plan(
            target=Target(url=address + path, **target),  # type: ignore[arg-type]
            load=Load(requests=REQUESTS, concurrency=1),
            schedule=Schedule(kind="sequential", warmup="0"),
            contender=tuple(Contender(engine=name) for name in engines),
        )
        return await finished(plan)


async def finished(plan: Plan) -> Report:
    async with httptui.run(plan) as run:
        async for item in run:
            if isinstance(item, Report):
                return item
    raise AssertionError("no report")


async def test_a_path_that_one_client_respells_is_told_first() -> None:
    report = await report_of(lambda *_: ok(), "aiohttp", "httpx", path="/a//b/../c")
    assert report.verdict.kind == "not comparable"
    assert report.verdict.sentence.startswith(
        "Not comparable: B requested the path /a//c where A requested /a//b/../c"
    )
    assert {(place.rank_low, place.rank_high) for place in report.ranking} == {(1, 2)}


async def test_a_method_that_one_client_respells_is_told_first() -> None:
    report = await report_of(lambda *_: ok(), "raw", "httpx", method="get")
    assert report.verdict.sentence.startswith("Not comparable: B sent the method GET where A sent get")


async def test_a_body_that_only_some_decode_is_told_first() -> None:
    report = await report_of(
        lambda *_: ok(PACKED, b"Content-Encoding: gzip\r\n"),
        *("aiohttp", "requests", "http.client"),
        headers={"Accept-Encoding": "gzip"},
    )
    assert report.verdict.sentence.startswith(
        f"Not comparable: C got {len(PACKED)} bytes per answer where A got 5"
    )


async def test_an_interim_answer_is_no_success_of_whoever_takes_it_for_the_final_one() -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nINTERIM"
    report = await report_of(lambda *_: hint + ok(), "aiohttp", "http.client")
    for contender in report.contenders:
        interim = sum(count for code, count in contender.status.items() if code.startswith("1"))
        assert contender.errors.get("protocol", 0) >= interim
        assert contender.requests.ok + contender.requests.error == REQUESTS


async def test_a_part_of_the_body_for_one_client_is_told_first() -> None:
    seen: list[int] = []

    def by_turn(_head: bytes, number: int) -> bytes:
        seen.append(number)
        is_first = len(seen) <= REQUESTS
        return ok(b"x" * 100_000) if is_first else ok(b"x" * 100, status=b"206 Partial Content")

    report = await report_of(by_turn, "raw", "aiohttp")
    assert report.verdict.sentence.startswith(
        "Not comparable: B got 100 bytes per answer where A got 100 000 and got status 206"
    )


INVENTOR = """
from http.client import HTTPConnection
from urllib.parse import urlsplit

from httptui.engines.base import SyncEngine

class Inventor(SyncEngine):
    told, connection = 0, None

    def send(self, request):
        self.told += 1
        if self.told % 2:
            self.connection = self.connection or HTTPConnection(urlsplit(request.url).netloc)
            self.connection.request("GET", urlsplit(request.url).path or "/")
            answer = self.connection.getresponse()
            self.last = answer.status, answer.read(), "1.1"
        return self.last
"""


async def test_answers_that_a_client_invents_are_missed_at_the_embedded_target(tmp_path: Path) -> None:
    file = tmp_path / "inventor.py"
    file.write_text(INVENTOR)
    plan = Plan(
        load=Load(requests=400, concurrency=1),
        schedule=Schedule(kind="sequential", warmup="0"),
        contender=(Contender(engine="http.client"), Contender(engine=f"{file}:Inventor", label="inventor")),
    )
    report = await finished(plan)
    assert report.verdict.kind == "not comparable"
    assert "reached the target with 50" in report.verdict.sentence
