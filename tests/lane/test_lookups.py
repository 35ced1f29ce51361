"""Which lookups a lane counts, and how it makes them slower."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import pytest

from httptui.engines.base import Engine
from httptui.engines.lane.confined import Lookups, is_name
from httptui.engines.lane.setup import loop_of

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]


class ByPython(Engine):
    resolver = "python"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the system's resolver is asked for: host and family."""
    calls: list[tuple[Any, ...]] = []

    def getaddrinfo(host: Any, port: Any, family: int = 0, *_: Any, **__: Any) -> Any:
        calls.append((host, family))
        return FOUND

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return calls


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", True),
        (b"localhost", True),
        ("a.example", True),
        ("127.0.0.1", False),
        (b"127.0.0.1", False),
        ("::1", False),
        ("fe80::1%lo", False),
        ("", False),
        (None, False),
    ],
)
def test_an_address_needs_no_lookup(host: Any, name: bool) -> None:
    assert is_name(host) is name


def test_names_are_counted_and_addresses_handed_on(asked: list[tuple[Any, ...]]) -> None:
    lookups = Lookups()
    lookups.watch_process()
    assert socket.getaddrinfo("a.example", 80) == FOUND
    socket.getaddrinfo("127.0.0.1", 80)
    assert asyncio.run(_looked_up("b.example")) == FOUND
    assert asked == [("a.example", 0), ("127.0.0.1", 0), ("b.example", 0)]
    assert lookups.since_last(ByPython, 1) == 2
    assert lookups.since_last(ByPython, 1) == 0


def test_a_slow_lookup_waits_first_and_finds_where_the_target_listens(
    asked: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("httptui.engines.lane.confined.sleep", slept.append)
    Lookups(0.02).watch_process()
    socket.getaddrinfo("localhost", 80)
    socket.getaddrinfo("localhost", 80, family=socket.AF_INET6)
    socket.getaddrinfo("127.0.0.1", 80)
    assert slept == [0.02, 0.02]
    assert asked == [("localhost", socket.AF_INET), ("localhost", socket.AF_INET6), ("127.0.0.1", 0)]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop")
def test_a_loop_that_looks_up_by_itself_is_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("httptui.engines.lane.confined.sleep", slept.append)
    lookups = Lookups(0.02)
    loop = lookups.watched(loop_of("uvloop", Engine))
    try:
        found = loop.run_until_complete(loop.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM))
        loop.run_until_complete(loop.getaddrinfo("127.0.0.1", 80))
    finally:
        loop.close()
    assert [address for *_, address in found] == [("127.0.0.1", 80)]
    assert (lookups.since_last(ByPython, 1), slept) == (1, [0.02])


def test_nothing_is_told_of_an_engine_with_a_resolver_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Lookups().since_last(Engine, 1) is None
    monkeypatch.setitem(sys.modules, "aiodns", None)
    assert Lookups().since_last(ByPython, None) is None
    assert Lookups().since_last(ByPython, 1) == 0


async def _looked_up(host: str) -> Any:
    return await asyncio.get_running_loop().getaddrinfo(host, 80)
