"""The constructed servers behave as they say, for the benchmarks of truth rest on them."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import pytest

from benchmarks.services import Place, Service, serve

pytestmark = pytest.mark.slow


@dataclass
class Answered:
    status: int
    body: bytes
    seconds: float
    headers: dict[str, str]


OPENED: list[HTTPConnection] = []


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def connect(place: Place, number: int = 0, timeout: float = 5.0) -> HTTPConnection:
    parts = urlsplit(place.urls[number])
    assert parts.hostname is not None
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=place.ca_file)
        OPENED.append(HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context))
    else:
        OPENED.append(HTTPConnection(parts.hostname, parts.port, timeout=timeout))
    return OPENED[-1]


def ask(connection: HTTPConnection, path: str = "/", **headers: str) -> Answered:
    start = time.perf_counter()
    connection.request("GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    return Answered(answer.status, body, time.perf_counter() - start, dict(answer.getheaders()))


async def asked(service: Service, times: int = 1, path: str = "/", **headers: str) -> list[Answered]:
    """Answers of so many requests on one connection."""

    def all_of_them(place: Place) -> list[Answered]:
        connection = connect(place)
        return [ask(connection, path, **headers) for _ in range(times)]

    async with serve(service) as place:
        return await asyncio.to_thread(all_of_them, place)


async def test_latencies_are_those_that_were_given() -> None:
    service = Service(latency_ms=5, slow_ms=60, slow_share=0.2)
    times = sorted(answer.seconds * 1000 for answer in await asked(service, times=60))
    assert 5 <= times[0] < 12
    assert 60 <= times[-1] < 80
    assert 3 <= sum(took > 50 for took in times) <= 25


async def test_what_the_process_held_is_told_by_the_text_that_applied() -> None:
    async with serve(Service(latency_ms=5, where=(("GET /slow", Service(latency_ms=40)),))) as place:
        connection = connect(place)
        for path in ("/", "/", "/slow"):
            await asyncio.to_thread(ask, connection, path)
        counts = await place.counts()
    assert counts.requests == 3
    assert counts.by_text == {"": 2, "GET /slow": 1}
    assert counts.held_ms[""] == pytest.approx(6, abs=3)
    assert counts.held_ms["GET /slow"] == pytest.approx(41, abs=4)
    assert counts.connections == counts.most_connections == 1


async def test_chosen_clients_get_a_part() -> None:
    service = Service(body_bytes=100_000, where=(("x-client: odd", Service(body_bytes=100_000, part=100)),))
    [whole] = await asked(service)
    [part] = await asked(service, X_Client="odd")
    assert (whole.status, len(whole.body)) == (200, 100_000)
    assert (part.status, len(part.body)) == (206, 100)


async def test_a_body_in_pieces_takes_its_time() -> None:
    [answer] = await asked(Service(body_bytes=1_000, body_after_ms=20, pieces=5, piece_ms=10))
    assert len(answer.body) == 1_000
    assert 0.06 <= answer.seconds < 0.12


async def test_above_its_rate_a_service_refuses_or_waits() -> None:
    refused = await asked(Service(rate=10), times=5)
    assert [answer.status for answer in refused] == [200, 429, 429, 429, 429]
    assert refused[1].headers["Retry-After"] == "1"
    waited = await asked(Service(rate=50, rate_by="delay"), times=5)
    assert {answer.status for answer in waited} == {200}
    assert sum(answer.seconds for answer in waited) > 0.07


async def test_one_worker_serves_one_at_a_time() -> None:
    async with serve(Service(workers=1, latency_ms=20)) as place:
        start = time.perf_counter()
        await asyncio.gather(*(asyncio.to_thread(ask, connect(place)) for _ in range(5)))
        took = time.perf_counter() - start
    assert 0.1 <= took < 0.25


async def test_connections_beyond_the_limit_wait_until_one_is_free() -> None:
    async with serve(Service(connections=1)) as place:
        first, second = connect(place), connect(place, timeout=0.5)
        await asyncio.to_thread(ask, first)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(ask, second)
        first.close()
        second.close()
        assert (await asyncio.to_thread(ask, connect(place))).status == 200
        assert (await place.counts()).most_connections == 1


async def test_a_kept_connection_ends_after_its_answers() -> None:
    answers = await asked(Service(keep_alive=3), times=3)
    assert [answer.headers.get("Connection") for answer in answers] == [None, None, "close"]


async def test_shares_of_requests_fail_and_are_dropped() -> None:
    statuses = [answer.status for answer in await asked(Service(fail=0.3), times=100)]
    assert 10 <= statuses.count(500) <= 50
    with pytest.raises((HTTPException, ConnectionError)):
        await asked(Service(drop=1.0))


async def test_a_service_falls_silent_fails_or_dies_when_it_was_told_to() -> None:
    async with serve(Service(mute_after_s=0.2, mute_for_s=0.2, latency_ms=1)) as place:
        assert (await asyncio.to_thread(ask, connect(place))).status == 200
        await asyncio.sleep(0.25)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(ask, connect(place, timeout=0.1))
        await asyncio.sleep(0.25)
        assert (await asyncio.to_thread(ask, connect(place))).status == 200
    with pytest.raises((HTTPException, ConnectionError)):
        await asked(Service(die_after=3), times=3)
    async with serve(Service(fail_after_s=0.2, latency_ms=1)) as place:
        assert (await asyncio.to_thread(ask, connect(place))).status == 200
        await asyncio.sleep(0.25)
        assert (await asyncio.to_thread(ask, connect(place))).status == 500


async def test_a_pause_stops_everything() -> None:
    answers = await asked(Service(pause_ms=200, pause_every_ms=100, latency_ms=1), times=100)
    assert max(answer.seconds for answer in answers) > 0.15


async def test_cpu_time_is_spent_by_the_process_itself() -> None:
    async with serve(Service(cpu_ms=5)) as place:
        before = (await place.counts()).cpu_seconds
        connection = connect(place)
        for _ in range(40):
            await asyncio.to_thread(ask, connection)
        assert (await place.counts()).cpu_seconds - before == pytest.approx(0.2, abs=0.08)


async def test_interim_answers_redirects_and_encodings_are_sent() -> None:
    [hinted] = await asked(Service(interim=(103,)))
    assert hinted.status in (103, 200)  # http.client of some versions takes 103 for the answer
    [moved] = await asked(Service(status=302, headers={"Location": "/login"}))
    assert (moved.status, moved.headers["Location"]) == (302, "/login")
    [packed] = await asked(Service(gzip=True, body_bytes=5_000))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert 0 < len(packed.body) < 1_000


async def test_tls_and_plain_services_share_a_process() -> None:
    async with serve(Service(tls=True), Service(status=204)) as place:
        assert place.url.startswith("https://")
        assert (await asyncio.to_thread(ask, connect(place))).status == 200
        assert (await asyncio.to_thread(ask, connect(place, 1))).status == 204
