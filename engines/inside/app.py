"""FastAPI app of a contender: one route written as its `inside` says, admission of requests, and a uvicorn server.

All routes answer with the same few bytes of JSON, so that they differ only in their upstream call.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI, HTTPException

from httptui.engines.admission import REFUSED, is_ours
from httptui.engines.base import Reply
from httptui.engines.inside.upstream import AwaitedUpstream, CalledUpstream, Ledger, Upstream
from httptui.engines.lane.overdue import heartbeat
from httptui.engines.lane.parent import Parent, Pipe
from httptui.engines.protocol import Begin, Quit, Read, ToLane
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
    """Create the app, whose client is open from start-up to shutdown.

    `take_over` receives the event loop before the client is created. If the client fails to open, `give_up` receives
    the error.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        take_over(asyncio.get_running_loop())
        try:
            if upstream is not None:
                await upstream.open()
        except BaseException as error:  # noqa: BLE001 - whatever a client raises is reported
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
    """Return the route's function; TypeError if this upstream does not fit."""
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
    """Return an `async def` route that awaits its client, as recommended."""

    async def route() -> Answer:
        try:
            return answer_of(await upstream.call())
        except Exception as error:
            raise HTTPException(BAD_GATEWAY) from error

    return route


def blocking(upstream: CalledUpstream) -> Endpoint:
    """Return an `async def` route that calls a sync client, which blocks the event loop until the answer comes."""

    async def route() -> Answer:
        return answered(upstream)

    return route


def in_a_thread(upstream: CalledUpstream) -> Endpoint:
    """Return a plain `def` route, which FastAPI runs in a thread of its pool."""

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
    """Return the app's answer; HTTPException if the upstream answer was no success."""
    status, body, _ = reply
    if not is_success(status):
        raise HTTPException(BAD_GATEWAY)
    return {"status": status, "bytes": len(body)}


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
FORBIDDEN = 403


class Admitted:
    """Wrapper of an app that refuses and counts requests without the token, or under another host."""

    def __init__(self, app: App, token: str, ledger: Ledger) -> None:
        self._app = app
        self._token = token
        self._ledger = ledger
        # The driver's own headers, once admitted: comparing them is cheaper than checking them on each request.
        self._usual: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request with the token."""
        if scope["type"] == "http" and scope["headers"] != self._usual:
            if not is_ours(_text(scope["headers"]), self._token):
                self._ledger.foreign += 1
                await send({"type": "http.response.start", "status": FORBIDDEN, "headers": []})
                await send({"type": "http.response.body", "body": REFUSED.encode()})
                return
            self._usual = list(scope["headers"])
        await self._app(scope, receive, send)


def _text(headers: Any) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


LONGEST_IDLE_SECONDS = 86_400
CLOSING_SECONDS = 1


class Server(uvicorn.Server):
    """A server that reports when it listens."""

    def __init__(self, app: App, listening: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            # Contenders take turns, and an idle one keeps its connections.
            timeout_keep_alive=LONGEST_IDLE_SECONDS,
            timeout_graceful_shutdown=CLOSING_SECONDS,
        )
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, listen, and report it."""
        await super().startup(sockets)
        if self.started:
            self._listening()


def free_port() -> socket.socket:
    """Return a socket bound to a free port of 127.0.0.1."""
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    place.bind(("127.0.0.1", 0))
    return place


def obey(parent: Parent[ToLane], pipe: Pipe, server: Server, ledger: Ledger) -> None:
    """Answer the parent from a thread, which a blocked event loop does not stop."""
    threading.Thread(
        target=_listen, args=(parent, pipe, server, ledger), name="listener", daemon=True
    ).start()


def _listen(parent: Parent[ToLane], pipe: Pipe, server: Server, ledger: Ledger) -> None:
    while True:
        message = parent.next()
        match message:
            case Begin():
                ledger.begin()
            case Read():
                pipe.write(ledger.drain())
            case Quit():
                server.should_exit = True
