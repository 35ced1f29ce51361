"""An engine that only waits, so that what the app costs can be measured beside lanes that cost little."""

from __future__ import annotations

import asyncio
import random

from httptui.engines.base import AsyncEngine, Reply, Request

FASTEST, SLOWEST = 0.01, 0.08
SPREAD = 0.35


class Sleeping(AsyncEngine):
    """Answers come after a time of its own, in seconds, that varies as those of a server do."""

    async def open(self) -> None:
        """Choose how long answers take."""
        self._median = FASTEST * (SLOWEST / FASTEST) ** random.random()

    async def send(self, request: Request) -> Reply:
        """Wait, and have an answer."""
        await asyncio.sleep(self._median * random.lognormvariate(0, SPREAD))
        return 200, b"", "1.1"
