"""What engines do with an answer: its bytes, its text, its JSON, or nothing once the headers are there."""

from __future__ import annotations

import pytest
from engine_support import ENGINES, driven

from httptui.engines.base import AsyncEngine, Engine, Reply, Settings
from httptui.engines.errors import classify
from httptui.engines.registry import engine_info, load_engine
from httptui.target.process import EmbeddedTarget

READERS = [name for name in ENGINES if engine_info(name).reads != ("bytes",)]
SIZE = 3_000
BIG = 4_000_000
REQUESTS = 3


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_has_a_method_for_each_reading_that_it_tells_of_and_no_other(name: str) -> None:
    info = engine_info(name)
    kind = load_engine(info.reference)
    others = {read for read in ("text", "json", "headers") if hasattr(kind, f"send_{read}")}
    assert info.reads == kind.reads
    assert ("bytes", *sorted(others)) == ("bytes", *sorted({*info.reads} - {"bytes"}))


def test_how_an_answer_is_read_is_chosen_once_and_the_usual_way_stays_the_classs_own() -> None:
    class Mine(AsyncEngine):
        reads = ("bytes", "text")

        async def send(self, request: object) -> Reply:
            return 200, b"", "1.1"

        async def send_text(self, request: object) -> Reply:
            return 201, b"", "1.1"

    usual, by_text = Mine(Settings()), Mine(Settings(read="text"))
    assert "send" not in vars(usual)
    assert by_text.send == by_text.send_text
    with pytest.raises(AttributeError, match="send_json"):
        Mine(Settings(read="json"))


@pytest.mark.slow
async def test_each_reading_takes_the_body_whole_or_leaves_it() -> None:
    target = await EmbeddedTarget.start(listeners=2 * len(READERS))
    seen: dict[str, list[tuple[int, int, str]]] = {}
    try:
        for index, name in enumerate(READERS):
            for read in engine_info(name).reads:
                async with driven(name, Settings(pool=1, read=read)) as client:  # type: ignore[arg-type]
                    url = f"{target.base_url(index)}/json/{SIZE}"
                    replies = [await client.send(url) for _ in range(REQUESTS)]
                seen[f"{name} {read}"] = [(status, len(body), version) for status, body, version in replies]
        counted = await target.stats()
    finally:
        await target.stop()
    for name, replies in seen.items():
        size = 0 if name.endswith("headers") else SIZE
        assert replies == [(200, size, "1.1")] * REQUESTS, name
    for name, listener in zip(READERS, counted.listeners, strict=False):
        assert listener.requests == REQUESTS * len(engine_info(name).reads), name


@pytest.mark.slow
async def test_who_leaves_a_long_body_pays_with_a_connection_for_each_request() -> None:
    names = [name for name in READERS if "headers" in engine_info(name).reads]
    target = await EmbeddedTarget.start(listeners=len(names))
    try:
        for index, name in enumerate(names):
            async with driven(name, Settings(pool=1, read="headers")) as client:
                for _ in range(REQUESTS):
                    assert (await client.send(f"{target.base_url(index)}/bytes/{BIG}"))[:2] == (200, b"")
                opened = client.engine.connections_opened
            assert opened in (REQUESTS, None), name
        counted = await target.stats()
    finally:
        await target.stop()
    assert {
        name: listener.connections for name, listener in zip(names, counted.listeners, strict=True)
    } == dict.fromkeys(names, REQUESTS)


@pytest.mark.slow
async def test_what_is_no_json_is_an_error_of_the_protocol_for_every_engine() -> None:
    target = await EmbeddedTarget.start()
    try:
        for name in (name for name in READERS if "json" in engine_info(name).reads):
            async with driven(name, Settings(pool=1, read="json")) as client:
                with pytest.raises(Exception) as caught:  # noqa: PT011 - each library has its own class
                    await client.send(target.base_url() + "/bytes/100")
            assert classify(caught.value) == "protocol", (name, caught.value)
    finally:
        await target.stop()


def test_an_engine_without_further_readings_only_takes_bytes() -> None:
    assert Engine.reads == ("bytes",)
    assert engine_info("raw").reads == ("bytes",)
