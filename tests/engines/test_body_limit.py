"""Bodies are bounded, as sent and as unpacked, for every client, and so are all that are read at once."""

from __future__ import annotations

import asyncio

import pytest
import urllib3
from engine_support import RecordingServer, driven, failure
from urllib3.connection import HTTPConnection

from httptui.engines.base import Settings
from httptui.engines.body_limit import (
    EACH_IN_FLIGHT,
    LARGE,
    SMALL,
    BodyLimit,
    BodyTooLargeError,
    Meter,
    counted,
    slice_for,
    sliced,
)
from httptui.engines.clients.urllib3 import Watched, watch_connections
from httptui.engines.errors import classify
from httptui.engines.memory_watch import MemoryWatch

LARGEST = 100_000
NOT_DECODING = {"raw", "http.client", "pycurl", "pycurl-async"}


def test_an_announced_body_is_judged_before_it_is_read() -> None:
    limit = BodyLimit(2 * SMALL)
    assert limit.is_small(0)
    assert limit.is_small(SMALL)
    assert not limit.is_small(SMALL + 1)
    assert not limit.is_small(None)
    assert not limit.is_small(10, "gzip")
    with pytest.raises(
        BodyTooLargeError, match=r"2,097,153 bytes was announced; policy.max_body is 2,097,152"
    ):
        limit.is_small(2 * SMALL + 1)


def test_a_body_is_given_up_at_the_first_byte_too_many() -> None:
    limit = BodyLimit(10)
    assert list(counted(iter([b"12345", b"67890"]), limit)) == [b"12345", b"67890"]
    taken = []
    with pytest.raises(BodyTooLargeError, match=r"over policy\.max_body, 10 bytes"):
        taken += counted(iter([b"12345", b"678901"]), limit)


def test_bodies_that_are_read_at_once_are_bounded_together_and_given_back() -> None:
    limit = BodyLimit(EACH_IN_FLIGHT, in_flight=1)
    assert limit.together == EACH_IN_FLIGHT * 3 // 2
    one, other = Meter(limit), Meter(limit)
    one.add(EACH_IN_FLIGHT)
    with pytest.raises(BodyTooLargeError, match=r"raise policy\.max_body or lower the concurrency"):
        other.add(EACH_IN_FLIGHT)
    other.reset()
    one.reset()
    other.add(EACH_IN_FLIGHT)


def test_a_large_body_has_freed_memory_given_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[None] = []
    monkeypatch.setattr("httptui.engines.body_limit.give_back_memory", lambda: given_back.append(None))
    meter = Meter(BodyLimit(2 * LARGE))
    for _ in range(8):
        meter.add(LARGE // 5)
    assert len(given_back) == 1


def test_many_in_flight_have_16_mib_each() -> None:
    assert BodyLimit(1, in_flight=100).together == 100 * EACH_IN_FLIGHT


def test_packed_bodies_are_unpacked_in_slices_by_how_much_they_can_grow() -> None:
    assert (slice_for("gzip"), slice_for("GZIP, br"), slice_for("zstd")) == (16_384, 64, 64)
    assert list(sliced(iter([b"abcde", b"", b"f"]), 2)) == [b"ab", b"cd", b"e", b"f"]


async def test_what_is_read_out_of_sight_is_given_up_once_memory_runs_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = [100]
    monkeypatch.setattr("httptui.engines.memory_watch.resident_bytes", lambda: memory[0])
    watch = MemoryWatch(BodyLimit(1000))
    memory[0] += watch._limit.together

    async def body() -> bytes:
        memory[0] += 1
        await asyncio.Event().wait()
        return b""

    with pytest.raises(BodyTooLargeError):
        await watch.whole(body())
    memory[0] = 100
    assert await watch.whole(asyncio.sleep(0, b"ok")) == b"ok"


async def test_a_stop_while_a_body_is_read_is_no_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httptui.engines.memory_watch.resident_bytes", lambda: 0)
    watch = MemoryWatch(BodyLimit(1000))
    reading = asyncio.create_task(watch.whole(asyncio.sleep(60)))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


@pytest.mark.parametrize("path", [f"/bytes/{LARGEST + 1}", "/large-chunked", "/large-until-close"])
async def test_no_client_hands_over_a_body_that_is_too_large(
    engine: str, path: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(timeout=5, max_body=LARGEST)) as client:
        error = await failure(client, server.url(path))
        if engine == "aiosonic" and path == "/large-until-close":
            assert error is None, "aiosonic reads no body whose end is that of its connection"
            return
        assert error is not None
        assert classify(error) == "too_large"
        # The pool has one place, which must have been given back.
        assert (await client.send(server.url(f"/bytes/{LARGEST}")))[1] == b"x" * LARGEST


async def test_a_bomb_is_too_large_for_every_client_that_unpacks_it(
    engine: str, server: RecordingServer
) -> None:
    async with driven(engine, Settings(timeout=5, max_body=LARGEST)) as client:
        error = await failure(client, server.url("/bomb"))
        if engine in NOT_DECODING:
            assert error is None
        else:
            assert error is not None
            expected = "protocol" if engine == "httpx-aiohttp-as-published" else "too_large"
            assert classify(error) in (expected, "too_large")
        assert (await client.send(server.url()))[1] == b"ok"


async def test_a_body_as_large_as_allowed_is_whole(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings(timeout=5, max_body=3 * SMALL)) as client:
        reply = await client.send(server.url(f"/bytes/{3 * SMALL}"))
    assert (reply[0], len(reply[1])) == (200, 3 * SMALL)


async def test_the_answer_to_head_has_no_size(engine: str, server: RecordingServer) -> None:
    async with driven(engine, Settings(timeout=5, max_body=10)) as client:
        reply = await client.send(server.url("/large-head"), "HEAD")
    assert (reply[0], reply[1]) == (200, b"")


def test_what_another_library_in_the_place_of_urllib3_asks_for_is_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, object]] = []

    def getresponse(_: HTTPConnection, **options: object) -> str:
        asked.append(options)
        return "its own kind of answer"

    monkeypatch.setattr(HTTPConnection, "getresponse", getresponse)
    manager = watch_connections(urllib3.PoolManager(), Watched(None))
    connection = manager.connection_from_url("http://127.0.0.1:1/")._new_conn()
    assert connection.getresponse(police_officer=1) == "its own kind of answer"  # type: ignore[call-arg]
    assert asked == [{"police_officer": 1}]
