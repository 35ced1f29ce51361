"""aiohttp with a known fault, 5 % more CPU time than needed, and a control without the fault, for the self-test.

No entry point names them, so no list shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time_ns
from typing import Any, ClassVar

from httptui.engines.base import AsyncEngine, Reply, Request, Settings
from httptui.engines.clients.aiohttp import Aiohttp

SHARE = 0.05
REQUESTS_A_SPIN = 8


class Spinner:
    """Burns CPU time until it is `share` of the process's other CPU time since the spinner was created.

    `spent_ns` returns the CPU time of the process, so that neither a slow machine nor an interruption changes the
    share.
    """

    def __init__(self, share: float, spent_ns: Callable[[], int] = process_time_ns) -> None:
        self._share = share
        self._spent_ns = spent_ns
        self._began_ns = spent_ns()
        self._spun_ns = 0

    def catch_up(self) -> None:
        """Spin for the time owed so far."""
        start_ns = now_ns = self._spent_ns()
        own_ns = start_ns - self._began_ns - self._spun_ns
        end_ns = start_ns + self._share * own_ns - self._spun_ns
        while now_ns < end_ns:
            now_ns = self._spent_ns()
        self._spun_ns += now_ns - start_ns


class Sound(AsyncEngine):
    """Control that does everything that `Spinning` does except spinning."""

    package = "aiohttp"
    share: ClassVar[float] = 0.0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._client = Aiohttp(settings)
        self._answers = 0

    @classmethod
    def prepare(cls, request: Request) -> Any:
        return Aiohttp.prepare(request)

    async def open(self) -> None:
        await self._client.open()
        self._spinner = Spinner(self.share)

    async def send(self, request: Any) -> Reply:
        reply = await self._client.send(request)
        self._answers += 1
        if self._answers % REQUESTS_A_SPIN == 0:
            self._spinner.catch_up()
        return reply

    async def close(self) -> None:
        await self._client.close()

    @property
    def connections_opened(self) -> int | None:
        return self._client.connections_opened


class Spinning(Sound):
    """The control plus the fault."""

    share = SHARE
