"""Clients that do nothing, one for each way a lane drives clients, so that a request costs only the lane's own.

No entry point names them, so no list shows them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from httptui.engines.base import AsyncEngine, CallbackEngine, Cancellable, Reply, SyncEngine

REPLY: Reply = (200, b"", "1.1")


class Called(CallbackEngine):
    """Calls back in the loop's next iteration."""

    def start(self, request: Any, done: Callable[[Reply | Exception], None]) -> Cancellable:
        return asyncio.get_running_loop().call_soon(done, REPLY)


class Awaited(AsyncEngine):
    """Answers in the loop's next iteration."""

    async def send(self, request: Any) -> Reply:
        await asyncio.sleep(0)
        return REPLY


class Waited(SyncEngine):
    """Answers at once."""

    def send(self, request: Any) -> Reply:
        return REPLY
