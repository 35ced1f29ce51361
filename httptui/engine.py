"""Public names for authors of engines; importable wherever a lane runs, also in a contender's own environment.

    from httptui.engine import AsyncEngine, Reply, Request

    class Mine(AsyncEngine):
        async def send(self, request: Request) -> Reply: ...

Name it in a plan as "./mine.py:Mine", or by an entry point of the group `httptui.engines`.
"""

from __future__ import annotations

from httptui.engines.base import (
    AsyncEngine,
    CallbackEngine,
    Cancellable,
    Engine,
    Reply,
    Request,
    Settings,
    SyncEngine,
    WithHeaders,
    as_latin1,
    encoded_value,
)

__all__ = [
    "AsyncEngine",
    "CallbackEngine",
    "Cancellable",
    "Engine",
    "Reply",
    "Request",
    "Settings",
    "SyncEngine",
    "WithHeaders",
    "as_latin1",
    "encoded_value",
]
