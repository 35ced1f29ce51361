"""A client whose requests cost more CPU by a known amount: aiohttp, and a loop of so many turns after each answer.

The environment says how many turns: HTTPTUI_SPIN_TURNS, which a lane has from whoever starts it.
"""

from __future__ import annotations

import os
from time import process_time
from typing import Any

from engines.base import AsyncEngine, Reply, Request, Settings
from engines.clients.aiohttp import Aiohttp

TURNS = "HTTPTUI_SPIN_TURNS"
TIMED_TURNS = 500_000


class Spinning(AsyncEngine):
    """aiohttp with the loop."""

    package = "aiohttp"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._client = Aiohttp(settings)
        self._turns = int(os.environ[TURNS])

    @classmethod
    def prepare(cls, request: Request) -> Any:
        return Aiohttp.prepare(request)

    async def open(self) -> None:
        await self._client.open()

    async def send(self, request: Any) -> Reply:
        reply = await self._client.send(request)
        spin(self._turns)
        return reply

    async def close(self) -> None:
        await self._client.close()

    @property
    def connections_opened(self) -> int:
        return self._client.connections_opened


def spin(turns: int) -> None:
    """Do the same work, whatever the clock says, so that being interrupted does not shorten it."""
    for _ in range(turns):
        pass


def turns_of(microseconds: float, repeats: int = 9) -> int:
    """How many turns cost so much CPU here and now: from the quickest of some timings."""
    best = min(_timed() for _ in range(repeats))
    return max(1, round(microseconds / 1e6 / best * TIMED_TURNS))


def _timed() -> float:
    start = process_time()
    spin(TIMED_TURNS)
    return process_time() - start
