"""Name lookups of a lane: counted, and slowed down if the plan asks for it.

Lookups by Python clients pass through `socket.getaddrinfo`, which asyncio's loop calls in a thread, or through
uvloop's own `getaddrinfo`. Clients with a resolver of their own use neither. The answers are the addresses that were
checked before the run (`httptui.engines.lane.confined`); the count shows how often a client asks. A client looks a
name up when it opens a connection, so requests on a kept connection cause none.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from threading import Lock
from time import sleep
from typing import Any

from httptui.engines.base import Engine


class Lookups:
    """Counts lookups of names; addresses need none.

    With `delay`, in seconds (the plan's `dns_ms`), the target is the embedded one, reached as `localhost`, the one
    name that needs no DNS server. Each lookup then blocks a thread for so much longer, as a slow one would, and
    returns only the IPv4 address, on which the target listens.
    """

    def __init__(self, delay: float | None = None) -> None:
        self.count = 0
        self._told = 0
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
        before, self._told = self._told, self.count
        return None if engine.resolver != "python" or by_aiodns else self._told - before

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
