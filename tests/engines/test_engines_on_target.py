"""Engines against the embedded target: HTTP/2, and its own counts."""

from __future__ import annotations

import asyncio

import pytest
from engine_support import driven

from httptui.engines.base import Settings
from httptui.engines.registry import engine_info
from httptui.target.process import EmbeddedTarget


@pytest.mark.slow
async def test_http_2_is_negotiated_where_asked_for_and_told() -> None:
    target = await EmbeddedTarget.start(http2=True)
    try:
        for name in ("httpx", "httpx-sync"):
            for version in engine_info(name).http_versions:
                settings = Settings(pool=2, http=version, ca_file=target.ca_file)  # type: ignore[arg-type]
                async with driven(name, settings) as client:
                    replies = [await client.send(target.base_url() + "/bytes/10") for _ in range(3)]
                assert [(status, len(body), told) for status, body, told in replies] == [
                    (200, 10, version)
                ] * 3
    finally:
        await target.stop()


@pytest.mark.slow
async def test_the_target_counts_what_each_engine_sent_and_opened(engine: str) -> None:
    target = await EmbeddedTarget.start()
    try:
        before = await target.stats()
        async with driven(engine, Settings(pool=4)) as client:
            for _ in range(5):
                await asyncio.gather(*(client.send(target.base_url() + "/") for _ in range(4)))
            opened = client.engine.connections_opened
        after = await target.stats()
    finally:
        await target.stop()
    connections = after.connections - before.connections
    assert after.requests - before.requests == 20
    assert connections <= 4
    assert opened in (connections, None)
