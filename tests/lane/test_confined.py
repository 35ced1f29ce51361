"""Python's sockets and loops, held to a guard: no lookup, and connections to the checked addresses alone."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from httptui.engines.base import Engine
from httptui.engines.hosts import Guard, NoConsentError
from httptui.engines.lane.confined import confine_process, confined
from httptui.engines.lane.setup import loop_of

GUARD = Guard({"again.example": ("127.0.0.1",), "both.example": ("127.0.0.9", "::1")})
ELSEWHERE = ("203.0.113.1", "169.254.169.254", "other.example")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A process held to the guard; what is asked of the system's resolver, and connected to."""
    calls: list[Any] = []
    resolve, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex

    def getaddrinfo(host: Any, *options: Any, **named: Any) -> Any:
        calls.append(host)
        return resolve(host, *options, **named)

    def connecting(_: socket.socket, address: Any) -> None:
        calls.append(address)

    def connecting_ex(_: socket.socket, address: Any) -> int:
        calls.append(address)
        return 0

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket.socket, "connect_ex", connecting_ex)
    confine_process(GUARD)
    yield calls
    socket.getaddrinfo = resolve
    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign]


def test_a_name_has_its_addresses_without_a_lookup(asked: list[Any]) -> None:
    found = socket.getaddrinfo("both.example", 80, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    assert [address[0] for *_, address in found] == ["127.0.0.9", "::1"]
    only = socket.getaddrinfo(b"BOTH.example.", 80, family=socket.AF_INET6, type=socket.SOCK_STREAM)
    assert [address[0] for *_, address in only] == ["::1"]
    assert asked == ["127.0.0.9", "::1", "127.0.0.9", "::1"]


def test_a_name_without_an_address_of_the_family_is_not_found(asked: list[Any]) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("again.example", 80, family=socket.AF_INET6)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_nothing_else_is_looked_up_or_connected_to(asked: list[Any], host: str) -> None:
    with pytest.raises(NoConsentError):
        socket.getaddrinfo(host, 80)
    with socket.socket() as attempt:
        with pytest.raises(NoConsentError):
            attempt.connect((host, 80))
        with pytest.raises(NoConsentError):
            attempt.connect_ex((host, 80))
    assert asked == []


def test_a_socket_connects_to_an_address_of_its_family(asked: list[Any]) -> None:
    with socket.socket() as four, socket.socket(socket.AF_INET6) as six:
        four.connect(("both.example", 80))
        six.connect_ex(("both.example", 80, 0, 0))
        four.connect(("127.8.8.8", 80))
    assert asked == [("127.0.0.9", 80), ("::1", 80, 0, 0), ("127.8.8.8", 80)]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no Unix sockets")
def test_a_socket_that_leads_nowhere_is_left_alone(asked: list[Any]) -> None:
    with socket.socket(socket.AF_UNIX) as local:
        local.connect("/a/path")
    assert asked == ["/a/path"]


def test_the_loop_of_asyncio_is_held_as_well(asked: list[Any]) -> None:
    async def connect(host: str) -> Any:
        return await asyncio.get_running_loop().create_connection(asyncio.Protocol, host, 80)

    for host in ELSEWHERE:
        with pytest.raises(NoConsentError):
            asyncio.run(connect(host))
    assert not set(asked) & set(ELSEWHERE)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop")
def test_the_loop_with_sockets_of_its_own_is_held_as_well() -> None:
    loop = confined(loop_of("uvloop", Engine), GUARD)

    async def meet() -> tuple[bytes, list[str]]:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("again.example", port)
        ended = await reader.read()
        writer.close()
        server.close()
        found = await loop.getaddrinfo("both.example", 80, type=socket.SOCK_STREAM)
        return ended, [address[0] for *_, address in found]

    async def connect(host: str) -> None:
        await asyncio.open_connection(host, 80)

    async def look_up(host: str) -> None:
        await loop.getaddrinfo(host, 80)

    try:
        assert loop.run_until_complete(meet()) == (b"", ["127.0.0.9", "::1"])
        for host in ELSEWHERE:
            with pytest.raises(NoConsentError):
                loop.run_until_complete(connect(host))
            with pytest.raises(NoConsentError):
                loop.run_until_complete(look_up(host))
    finally:
        loop.close()
