"""Confinement of Python's sockets and event loops to a guard, which covers every library that connects through
Python.

Libraries look names up with `socket.getaddrinfo` or uvloop's own `getaddrinfo`, and connect with `socket.connect` or
uvloop's own `create_connection`. All four are replaced in the lane's process.
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
    """Let the guard answer every lookup and approve every connection of this process from now on."""
    _confine_lookups(guard)
    _confine_connections(guard)


def confined(loop: asyncio.AbstractEventLoop, guard: Guard) -> asyncio.AbstractEventLoop:
    """Confine a loop that has its own lookups and connects; asyncio's loop uses `socket`."""
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
        return _found_or_raise(found, problem)

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
        return _found_or_raise((), problem)

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
        return _found_or_raise(found, problem)

    socket.getaddrinfo = getaddrinfo


def _confine_connections(guard: Guard) -> None:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    usual: dict[tuple[Any, int], Any] = {}

    def allowed(connection: socket.socket, address: Any) -> Any:
        """Return the address to connect to: an allowed address, or for a name one of its addresses."""
        if connection.family not in INTERNET or not isinstance(address, tuple) or not address[0]:
            return address
        key = address[0], connection.family
        if key not in usual:
            usual[key] = _allowed_host(guard, *key)
        return (usual[key], *address[1:])

    def guarded(self: socket.socket, address: Any, /) -> None:
        connect(self, allowed(self, address))

    def guarded_ex(self: socket.socket, address: Any, /) -> int:
        return connect_ex(self, allowed(self, address))

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign,assignment]


def _allowed_host(guard: Guard, host: Any, family: int) -> Any:
    """Return an address as it is written, or for a name an address that a socket of this family can connect to."""
    text = _text(host)
    known = guard.addresses_of(text)
    if is_address(normal_host(text)):
        return host
    six = family == socket.AF_INET6
    return next((address for address in known if (":" in address) is six), known[0])


def _found_or_raise(found: Any, problem: OSError | None) -> Any:
    """Return the findings, or raise the error that prevented any."""
    if not found and problem is not None:
        raise problem
    return found


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
