"""The life of one client object: opened, used for one request after another, closed."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from typing import Any

from httptui.engines.base import AsyncEngine, Engine, SyncEngine
from httptui.engines.probe.job import (
    Errand,
    errands_of,
    settings_of,
    told_cancelled,
    told_error,
    told_failure,
    told_reply,
)
from httptui.engines.probe.sockets import open_sockets

SETTLE_SECONDS = 0.5
STEP_SECONDS = 0.01


class Probe:
    """Carries out jobs with one class of engine.

    The last client object is kept until the next job, so that its connections are gone only if `close` ended them.
    """

    def __init__(self, kind: type[Engine]) -> None:
        self._kind = kind
        self._last: Engine | None = None

    def carry_out(self, job: dict[str, Any]) -> dict[str, Any]:
        """What happened: replies, connections_opened, sockets_left, and failure where open or close failed."""
        self._last = None
        found: dict[str, Any] = {
            "replies": [],
            "failure": None,
            "connections_opened": None,
            "sockets_left": None,
        }
        try:
            engine = self._last = self._kind(settings_of(job))
        except Exception as error:  # noqa: BLE001 - an engine may raise anything
            return found | {"failure": told_failure("make", error)}
        if isinstance(engine, AsyncEngine):
            asyncio.run(_live_async(engine, errands_of(job), found))
        elif isinstance(engine, SyncEngine):
            _live_sync(engine, errands_of(job), found)
        return found


async def _live_async(engine: AsyncEngine, errands: tuple[Errand, ...], found: dict[str, Any]) -> None:
    before = open_sockets()
    stage = "open"
    try:
        await engine.open()
        for errand in errands:
            found["replies"].append(await _one_async(engine, errand))
        found["connections_opened"] = engine.connections_opened
        stage = "close"
        await engine.close()
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        found["failure"] = told_failure(stage, error)
    for _ in _until_settled(before):
        await asyncio.sleep(STEP_SECONDS)
    found["sockets_left"] = _left(before)


async def _one_async(engine: AsyncEngine, errand: Errand) -> dict[str, Any]:
    try:
        sending = asyncio.ensure_future(engine.send(engine.prepare(errand.request)))
        if errand.cancel_after is not None:
            asyncio.get_running_loop().call_later(errand.cancel_after, sending.cancel)
        await asyncio.wait({sending})
        return told_cancelled() if sending.cancelled() else told_reply(sending.result())
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        return told_error(error)


def _live_sync(engine: SyncEngine, errands: tuple[Errand, ...], found: dict[str, Any]) -> None:
    before = open_sockets()
    stage = "open"
    try:
        engine.open()
        for errand in errands:
            found["replies"].append(_one_sync(engine, errand))
        found["connections_opened"] = engine.connections_opened
        stage = "close"
        engine.close()
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        found["failure"] = told_failure(stage, error)
    for _ in _until_settled(before):
        time.sleep(STEP_SECONDS)
    found["sockets_left"] = _left(before)


def _one_sync(engine: SyncEngine, errand: Errand) -> dict[str, Any]:
    try:
        return told_reply(engine.send(engine.prepare(errand.request)))
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        return told_error(error)


def _left(before: int | None) -> int | None:
    now = open_sockets()
    return None if before is None or now is None else max(now - before, 0)


def _until_settled(before: int | None) -> Iterator[None]:
    """Steps to wait for, until no more sockets are open than before, or long enough."""
    # A failed request's traceback may hold its socket in a cycle, which no client object can close.
    gc.collect()
    deadline = time.monotonic() + SETTLE_SECONDS
    while _left(before) and time.monotonic() < deadline:
        yield
