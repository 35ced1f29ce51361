"""The FastAPI app: one route, written as the contender's `inside` says.

All routes answer with the same few bytes of JSON, so that they differ in their upstream call alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

from fastapi import FastAPI, HTTPException

from httptui.engines.base import Reply
from httptui.engines.inside.ledger import Ledger
from httptui.engines.inside.upstream import AwaitedUpstream, CalledUpstream, Upstream
from httptui.engines.lane.heartbeat import heartbeat
from httptui.engines.statuses import is_success

ROUTE = "/upstream"
BAD_GATEWAY = 502
Answer = dict[str, int]
Endpoint = Callable[[], Answer] | Callable[[], Awaitable[Answer]]


def app_of(
    inside: str,
    upstream: Upstream | None,
    ledger: Ledger,
    take_over: Callable[[asyncio.AbstractEventLoop], object],
    give_up: Callable[[BaseException], NoReturn],
) -> FastAPI:
    """The app; its client is open from the app's start to its end.  Where it does not open, `give_up` is told why.
    `take_over` is handed the event loop before the client is made.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        take_over(asyncio.get_running_loop())
        try:
            if upstream is not None:
                await upstream.open()
        except BaseException as error:  # noqa: BLE001 - whatever a client raises is told
            give_up(error)
        beat = asyncio.create_task(heartbeat(ledger))
        yield
        beat.cancel()
        if upstream is not None:
            await upstream.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.get(ROUTE, response_model=None)(endpoint_of(inside, upstream))
    return app


def endpoint_of(inside: str, upstream: Upstream | None) -> Endpoint:
    """The route's function; TypeError where this upstream cannot be called so."""
    match inside, upstream:
        case "fastapi-ping", _:
            return ping
        case "fastapi-async", AwaitedUpstream():
            return awaiting(upstream)
        case "fastapi-async-blocking", CalledUpstream():
            return blocking(upstream)
        case "fastapi-sync", CalledUpstream():
            return in_a_thread(upstream)
    raise TypeError(f"{type(upstream).__name__} cannot be called by {inside}")


async def ping() -> Answer:
    """Answer at once, without an upstream call."""
    return {"status": 200, "bytes": 0}


def awaiting(upstream: AwaitedUpstream) -> Endpoint:
    """An `async def` route that awaits its client, as it should be."""

    async def route() -> Answer:
        try:
            return answer_of(await upstream.call())
        except Exception as error:
            raise HTTPException(BAD_GATEWAY) from error

    return route


def blocking(upstream: CalledUpstream) -> Endpoint:
    """An `async def` route that calls a sync client: until it has its answer, the event loop serves nobody."""

    async def route() -> Answer:
        return answered(upstream)

    return route


def in_a_thread(upstream: CalledUpstream) -> Endpoint:
    """A plain `def` route, which FastAPI runs in a thread of its pool."""

    def route() -> Answer:
        return answered(upstream)

    return route


def answered(upstream: CalledUpstream) -> Answer:
    """Call the target in this thread."""
    try:
        return answer_of(upstream.call())
    except Exception as error:
        raise HTTPException(BAD_GATEWAY) from error


def answer_of(reply: Reply) -> Answer:
    """What the app answers; HTTPException where the upstream answer was no success."""
    status, body, _ = reply
    if not is_success(status):
        raise HTTPException(BAD_GATEWAY)
    return {"status": status, "bytes": len(body)}
