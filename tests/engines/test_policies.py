"""What the clients do beyond one plain request, once the plan allows it."""

from __future__ import annotations

import pytest
from engine_support import RecordingServer, driven, failure

from httptui.engines.base import Settings
from httptui.engines.errors import classify
from httptui.engines.hosts import Guard
from httptui.engines.registry import engine_info, list_engines

FOLLOWING = [one.name for one in list_engines() if one.installed and "redirects" in one.abilities]
ALL = [one.name for one in list_engines() if one.installed]


async def test_a_redirect_to_another_origin_carries_no_credentials(
    engine: str, server: RecordingServer
) -> None:
    if "redirects" not in engine_info(engine).abilities:
        pytest.skip("follows no redirects")
    other = RecordingServer()
    await other.start()
    try:
        async with driven(engine, Settings(redirects=2)) as client:
            url = server.url(f"/away/{other.port}")
            assert (await client.send(url, Authorization="Bearer secret", Cookie="a=secret"))[0] == 200
    finally:
        await other.stop()
    assert b"secret" in server.requests[0]
    assert b"secret" not in other.requests[0]


async def test_the_environments_proxy_is_used_where_the_plan_and_the_engine_allow_it(
    engine: str, server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = RecordingServer()
    await proxy.start()
    monkeypatch.setenv("http_proxy", proxy.url())
    try:
        async with driven(engine, Settings(trust_env=True)) as client:
            assert (await client.send(server.url("/")))[0] == 200
    finally:
        await proxy.stop()
    able = "trust_env" in engine_info(engine).abilities
    assert (len(proxy.requests), len(server.requests)) == ((1, 0) if able else (0, 1))


@pytest.mark.parametrize("name", FOLLOWING)
async def test_headers_with_secrets_stay_with_the_origins_of_the_plan(
    name: str, server: RecordingServer
) -> None:
    other = RecordingServer()
    await other.start()
    guard = Guard(urls=[server.url("/")], secrets=["X-Api-Key", "Authorization"])
    try:
        async with driven(name, Settings(redirects=2, guard=guard)) as client:
            for path in (f"/away/{other.port}", "/redirect/1"):
                sent = await client.send(
                    server.url(path), X_Api_Key="secret", Authorization="Bearer secret", X_Plain="kept"
                )
                assert sent[:2] == (200, b"ok")
    finally:
        await other.stop()
    assert [request.count(b"secret") for request in server.requests] == [2, 2, 2]
    (away,) = other.requests
    assert b"secret" not in away
    assert b"x-plain: kept" in away.lower()


@pytest.mark.parametrize("name", FOLLOWING)
async def test_the_plans_own_host_header_stays_with_the_origin_that_was_asked(
    name: str, server: RecordingServer
) -> None:
    other = RecordingServer()
    await other.start()
    # Both are the plan's, since what is meant for one of its origins is not meant for another.
    guard = Guard(urls=[server.url("/"), other.url("/")])
    settings = Settings(redirects=2, guard=guard, headers=frozenset({"host"}))
    try:
        async with driven(name, settings) as client:
            for path in ("/redirect/1", f"/away/{other.port}"):
                assert (await client.send(server.url(path), Host="shop.example"))[0] == 200
    finally:
        await other.stop()
    assert [hosts_in(request) for request in server.requests] == [[b"shop.example"]] * 3
    assert [hosts_in(request) for request in other.requests] == [[f"127.0.0.1:{other.port}".encode()]]


def hosts_in(request: bytes) -> list[bytes]:
    """The values of all Host headers of a request."""
    lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return [line.partition(b":")[2].strip() for line in lines if line.lower().startswith(b"host:")]


@pytest.mark.parametrize("name", FOLLOWING)
@pytest.mark.parametrize(
    "host", ["169.254.169.254", "0xa9fea9fe", "203.0.113.9", "other.example", "[64:ff9b::7f00:1]"]
)
async def test_a_redirect_to_a_host_nobody_was_asked_about_is_not_followed(
    name: str, host: str, server: RecordingServer
) -> None:
    async with driven(name, Settings(redirects=2, timeout=5)) as client:
        error = await failure(client, server.url(f"/to/{host}"))
    assert error is not None
    assert classify(error) == "redirects"
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", FOLLOWING)
async def test_more_redirects_than_the_plan_allows_are_an_error(name: str, server: RecordingServer) -> None:
    async with driven(name, Settings(redirects=2)) as client:
        assert (await client.send(server.url("/redirect/2")))[0] == 200
        error = await failure(client, server.url("/redirect/3"))
    assert error is not None
    assert classify(error) == "redirects"


@pytest.mark.parametrize(
    "name", [name for name in ALL if engine_info(name).resolver == "pinned" and name != "raw"]
)
async def test_a_library_that_looks_up_by_itself_is_told_the_addresses(
    name: str, server: RecordingServer
) -> None:
    url = server.url("/", host="pinned.invalid")
    guard = Guard({"pinned.invalid": ["127.0.0.1"]}, [url])
    async with driven(name, Settings(guard=guard)) as client:
        assert (await client.send(url))[:2] == (200, b"ok")


def test_every_engine_is_held_to_the_addresses_that_were_checked() -> None:
    assert {engine_info(name).resolver for name in ALL} == {"python", "pinned"}
