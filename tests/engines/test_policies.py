"""What the clients do beyond one plain request, once the plan allows it."""

from __future__ import annotations

import pytest
from engine_support import RecordingServer, driven

from engines.base import Settings
from engines.registry import engine_info


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
