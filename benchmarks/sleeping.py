"""An engine that only waits, so that the app's cost can be measured beside cheap lanes."""

from __future__ import annotations

import asyncio
import random

from httptui.engines.base import AsyncEngine, Reply, Request

FASTEST, SLOWEST = 0.01, 0.08
SPREAD = 0.35


class Sleeping(AsyncEngine):
    """Answers after a random time of its own, with the variation of a server."""

    async def open(self) -> None:
        """Draw its median answer time."""
        self._median = FASTEST * (SLOWEST / FASTEST) ** random.random()

    async def send(self, request: Request) -> Reply:
        """Wait, and return an answer."""
        await asyncio.sleep(self._median * random.lognormvariate(0, SPREAD))
        return 200, b"", "1.1"
