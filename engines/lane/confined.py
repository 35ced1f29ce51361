"""Control of Python's sockets and event loops: confined to a guard, with lookups counted and slowed down.

Libraries look names up with `socket.getaddrinfo`, which asyncio's loop calls in a thread, or uvloop's own
`getaddrinfo`, and connect with `socket.connect` or uvloop's own `create_connection`. All four are replaced in the
lane's process. Clients with a resolver of their own use none of them.

The answers are the addresses that were checked before the run; the count shows how often a client asks. A client
looks a name up when it opens a connection, so requests on a kept connection cause none.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from threading import Lock
from time import sleep
from typing import Any

from httptui.engines.base import Engine
from httptui.engines.hosts import Guard, is_address, normal_host

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


class Lookups:
    """Counts lookups of names; addresses need none.

    With `delay`, in seconds (the plan's `dns_ms`), the target is the embedded one, reached as `localhost`, the one
    name that needs no DNS server. Each lookup then blocks a thread for so much longer, as a slow one would, and
    returns only the IPv4 address, on which the target listens.
    """

    def __init__(self, delay: float | None = None) -> None:
        self.count = 0
        self._reported = 0
        self._delay = delay
        self._counting = Lock()

    def watch_process(self) -> None:
        """Count lookups through `socket` from now on."""
        resolve = socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, family: int = 0, *options: Any, **named: Any) -> Any:
            if is_name(host):
                self._add_one()
                if self._delay:
                    sleep(self._delay)
                family = self._family(family)
            return resolve(host, port, family, *options, **named)

        socket.getaddrinfo = getaddrinfo

    def watched(self, loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
        """Count the loop's own lookups from now on; asyncio's loop uses `socket`."""
        if isinstance(loop, asyncio.BaseEventLoop):
            return loop
        resolve = loop.getaddrinfo

        async def getaddrinfo(host: Any, port: Any, *, family: int = 0, **options: Any) -> Any:
            if is_name(host):
                self._add_one()
                if self._delay:
                    await loop.run_in_executor(None, sleep, self._delay)
                family = self._family(family)
            return await resolve(host, port, family=family, **options)

        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]
        return loop

    def since_last(self, engine: type[Engine], pool: int | None) -> int | None:
        """Return the lookups since the last call, or None if the engine does not look names up through Python.

        Without a pool size, aiohttp keeps its own choice of resolver, which is aiodns if that is installed.
        """
        by_aiodns = pool is None and "aiodns" in sys.modules
        before, self._reported = self._reported, self.count
        return None if engine.resolver != "python" or by_aiodns else self._reported - before

    def _add_one(self) -> None:
        with self._counting:
            self.count += 1

    def _family(self, family: int) -> int:
        return family or (0 if self._delay is None else socket.AF_INET)


def is_name(host: Any) -> bool:
    """Return whether a host is a name rather than an address or empty."""
    text = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host
    if not text or not isinstance(text, str) or ":" in text:
        return False
    try:
        socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return True
    return False
