"""Name lookups of a lane: counted, and made slower where the plan asks for it.

What Python's clients look up passes `socket.getaddrinfo`, of which asyncio's loop asks in a thread, or the loop's own
`getaddrinfo`, which uvloop has; clients with a resolver of their own pass neither.  A lookup is answered with the
addresses that were checked before the run (`httptui.engines.lane.confined`), so that what is counted is how often a
client asks.
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
    """Counts the names that are looked up, not the addresses that need no lookup.

    With `delay`, in seconds, the only name is that of the embedded target: each lookup takes so much longer and
    occupies a thread, as a slow one would, and finds the IPv4 address alone, since nothing listens on another.
    """

    def __init__(self, delay: float | None = None) -> None:
        self.count = 0
        self._told = 0
        self._delay = delay
        self._counting = Lock()

    def watch_process(self) -> None:
        """Count what is looked up through `socket` from now on."""
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
        """The loop, whose own lookups are counted from now on; asyncio's asks `socket`."""
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
        """How many there were since this was asked last, or None where an engine looks up names by itself.

        aiohttp's own choice of a resolver, left alone without a pool size, is aiodns where that is installed.
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
    """Whether a host is a name, not an address or nothing."""
    text = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host
    if not text or not isinstance(text, str) or ":" in text:
        return False
    try:
        socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        return True
    return False
