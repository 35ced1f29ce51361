"""FastAPI app of a contender: its client as upstream, one route written as its `inside` says, and a uvicorn server.

All routes answer with the same few bytes of JSON, so that they differ only in their upstream call, and every call is
timed. An app has no workers of its own. A client that is not shared serves one call at a time and is then free for
the next: `per-worker` means one client per concurrent call, and `every-N` replaces each client after N calls.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from time import perf_counter_ns, process_time_ns
from typing import Any, NamedTuple, NoReturn

import uvicorn
from fastapi import FastAPI, HTTPException

from httptui.engines.admission import REFUSED, is_ours
from httptui.engines.base import AsyncEngine, Reply, SyncEngine
from httptui.engines.errors import is_success, message_of
from httptui.engines.lane.clients import AsyncRotation, Clients, SyncRotation, uses_of
from httptui.engines.lane.overdue import heartbeat
from httptui.engines.lane.parent import Parent, Pipe
from httptui.engines.lane.recorder import drained
from httptui.engines.lane.retrying import Retries
from httptui.engines.protocol import Begin, Quit, Read, Reading, ToLane


class Ledger:
    """Counts of upstream calls, retries, name lookups, CPU time and event-loop lag.

    Any thread may add; one thread drains, in an order that cannot count a call twice.
    """

    def __init__(
        self, retries: Retries | None = None, lookups: Callable[[], int | None] = lambda: None
    ) -> None:
        self.lag_max_ns: int | None = 0
        self.foreign = 0
        self.beat_ns: int | None = None
        self._retries = retries
        self._lookups = lookups
        self._retried_before = self._foreign_before = 0
        self._answers: list[tuple[int, str]] = []
        self._failures: list[str] = []
        self._cpu_before = process_time_ns()

    def answered(self, reply: Reply, elapsed_ns: int) -> None:
        """Count an answered call, as failed if its status is no success."""
        status, _, version = reply
        if is_success(status):
            self._answers.append((elapsed_ns, version))
        else:
            self._failures.append(f"upstream answered with status {int(status)}")

    def failed(self, error: Exception) -> None:
        self._failures.append(f"upstream: {type(error).__name__}: {message_of(error)}")

    def begin(self) -> None:
        """Reset CPU time and lag: the app was idle, and the load begins."""
        self._cpu_before = process_time_ns()
        self.lag_max_ns = 0

    def drain(self) -> Reading:
        """Return everything since the last drain."""
        answers, failures = drained(self._answers), drained(self._failures)
        cpu, lag = process_time_ns(), self.lag_max_ns
        foreign = self.foreign
        retried = 0 if self._retries is None else self._retries.count
        reading = Reading(
            cpu_ns=cpu - self._cpu_before,
            lag_max_ns=lag,
            answered=len(answers),
            failed=len(failures),
            retried=retried - self._retried_before,
            lookups=self._lookups(),
            upstream_ns=sum(elapsed for elapsed, _ in answers),
            http=Counter(version for _, version in answers),
            message=failures[0] if failures else "",
            foreign=foreign - self._foreign_before,
        )
        self._foreign_before = foreign
        self._cpu_before, self._retried_before, self.lag_max_ns = cpu, retried, 0
        return reading


FOR_EVER = sys.maxsize


class Order(NamedTuple):
    """Use of a client: reuse strategy, source of requests, the ledger for its calls, and retries, if any."""

    reuse: str
    draw: Callable[[], Any]
    ledger: Ledger
    retries: Retries | None = None


class AwaitedUpstream:
    """An async client, whose calls are awaited."""

    def __init__(self, make: Callable[[], AsyncEngine], order: Order) -> None:
        self._clients = Clients(make)
        self._reuse, self._draw, self._ledger, retries = order
        self._send = self._once if retries is None else retries.wrap_async(self._once)
        self._shared: AsyncEngine | None = None
        self._free: list[AsyncRotation] = []

    async def open(self) -> None:
        """Create the client if it is shared."""
        if self._reuse == "shared":
            self._shared = self._clients.make()
            await self._shared.open()
            self._clients.add(self._shared)

    async def call(self) -> Reply:
        """Call the target once; raises the library's own errors."""
        began = perf_counter_ns()
        try:
            reply = await self._send(self._draw())
        except Exception as error:
            self._ledger.failed(error)
            raise
        self._ledger.answered(reply, perf_counter_ns() - began)
        return reply

    async def close(self) -> None:
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            await client.close()

    async def _once(self, request: Any) -> Reply:
        if self._shared is not None:
            return await self._shared.send(request)
        try:
            rotation = self._free.pop()
        except IndexError:
            rotation = AsyncRotation(self._clients, uses_of(self._reuse) or FOR_EVER)
        try:
            return await rotation.send(request)
        finally:
            self._free.append(rotation)


class CalledUpstream:
    """A sync client, whose calls block the calling thread: one of a pool, or the event loop's own."""

    def __init__(self, make: Callable[[], SyncEngine], order: Order) -> None:
        self._clients = Clients(make)
        self._reuse, self._draw, self._ledger, retries = order
        self._send = self._once if retries is None else retries.wrap_sync(self._once)
        self._shared: SyncEngine | None = None
        self._free: list[SyncRotation] = []

    async def open(self) -> None:
        if self._reuse == "shared":
            self._shared = self._clients.make()
            self._shared.open()
            self._clients.add(self._shared)

    def call(self) -> Reply:
        began = perf_counter_ns()
        try:
            reply = self._send(self._draw())
        except Exception as error:
            self._ledger.failed(error)
            raise
        self._ledger.answered(reply, perf_counter_ns() - began)
        return reply

    async def close(self) -> None:
        for client in tuple(self._clients.open):
            self._clients.retire(client)
            client.close()

    def _once(self, request: Any) -> Reply:
        if self._shared is not None:
            return self._shared.send(request)
        try:
            rotation = self._free.pop()
        except IndexError:
            rotation = SyncRotation(self._clients, uses_of(self._reuse) or FOR_EVER)
        try:
            return rotation.send(request)
        finally:
            self._free.append(rotation)


Upstream = AwaitedUpstream | CalledUpstream


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


def answer_parent(parent: Parent[ToLane], pipe: Pipe, server: Server, ledger: Ledger) -> None:
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
