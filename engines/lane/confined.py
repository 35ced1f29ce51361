"""Python's sockets and event loops, held to a guard: what every library in pure Python connects by.

Libraries look names up by `socket.getaddrinfo`, or by the loop's own `getaddrinfo`, which uvloop has, and connect by
`socket.connect`, or by uvloop's own `create_connection`.  Each of the four is replaced in the lane's process.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

from httptui.engines.guard import Guard
from httptui.engines.hosts import is_address, normal_host

INTERNET = (socket.AF_INET, socket.AF_INET6)


def confine_process(guard: Guard) -> None:
    """Have names answered, and connections allowed, by the guard alone from now on."""
    _confine_lookups(guard)
    _confine_connections(guard)


def confined(loop: asyncio.AbstractEventLoop, guard: Guard) -> asyncio.AbstractEventLoop:
    """The loop, held to the guard, too; asyncio's uses `socket`."""
    if not isinstance(loop, asyncio.BaseEventLoop):
        _confine_loop_lookups(loop, guard)
        _confine_loop_connections(loop, guard)
    return loop


def _confine_loop_lookups(loop: asyncio.AbstractEventLoop, guard: Guard) -> None:
    resolve = loop.getaddrinfo

    async def getaddrinfo(host: Any, port: Any, *, flags: int = 0, **options: Any) -> Any:
        if not host:
            return await resolve(host, port, flags=flags, **options)
        found: list[Any] = []
        problem: OSError | None = None
        for address in guard.addresses_of(_text(host)):
            try:
                found += await resolve(address, port, flags=flags & ~socket.AI_ADDRCONFIG, **options)
            except socket.gaierror as error:
                problem = error
        return _some(found, problem)

    loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]


def _confine_loop_connections(loop: asyncio.AbstractEventLoop, guard: Guard) -> None:
    connect = loop.create_connection

    async def create_connection(factory: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        if not host:
            return await connect(factory, host, port, **options)
        if options.get("ssl") and options.get("server_hostname") is None:
            options["server_hostname"] = host
        problem: OSError | None = None
        for address in guard.addresses_of(_text(host)):
            try:
                return await connect(factory, address, port, **options)
            except ssl.SSLError:
                raise
            except OSError as error:
                problem = error
        return _some((), problem)

    loop.create_connection = create_connection  # type: ignore[method-assign,assignment]


def _confine_lookups(guard: Guard) -> None:
    resolve = socket.getaddrinfo

    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - as it is called
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        if not host:
            return resolve(host, port, family, type, proto, flags)
        found: list[Any] = []
        problem: OSError | None = None
        for address in guard.addresses_of(_text(host)):
            try:
                found += resolve(address, port, family, type, proto, flags & ~socket.AI_ADDRCONFIG)
            except socket.gaierror as error:
                problem = error
        return _some(found, problem)

    socket.getaddrinfo = getaddrinfo


def _confine_connections(guard: Guard) -> None:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    usual: dict[tuple[Any, int], Any] = {}

    def held(connection: socket.socket, address: Any) -> Any:
        """The address as it may be connected to: one that is allowed, in place of a name one that it has."""
        if connection.family not in INTERNET or not isinstance(address, tuple) or not address[0]:
            return address
        key = address[0], connection.family
        if key not in usual:
            usual[key] = _held_host(guard, *key)
        return (usual[key], *address[1:])

    def guarded(self: socket.socket, address: Any, /) -> None:
        connect(self, held(self, address))

    def guarded_ex(self: socket.socket, address: Any, /) -> int:
        return connect_ex(self, held(self, address))

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign,assignment]


def _held_host(guard: Guard, host: Any, family: int) -> Any:
    """An address as it is written; of a name one of its addresses that a socket of this family can connect to."""
    text = _text(host)
    known = guard.addresses_of(text)
    if is_address(normal_host(text)):
        return host
    six = family == socket.AF_INET6
    return next((address for address in known if (":" in address) is six), known[0])


def _some(found: Any, problem: OSError | None) -> Any:
    """What was found, or the error that kept it from being found."""
    if not found and problem is not None:
        raise problem
    return found


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
