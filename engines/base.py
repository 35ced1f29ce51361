"""What an engine is: the adapter that drives one client library, and the words it shares with its lane.

An engine *instance* is one client object (a session with its pool).  When instances are made is the reuse
strategy, which the lane applies to every engine alike.  The class attributes are literals, so that
`httptui.engines.registry` can read them without importing the client library.
"""

from __future__ import annotations

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar, Literal, Protocol

from httptui.engines.body_limit import DEFAULT_LARGEST, BodyLimit
from httptui.engines.guard import Guard
from httptui.engines.memory_watch import MemoryWatch

HttpVersion = Literal["1.1", "2"]
Reading = Literal["bytes", "text", "json", "headers"]
LoopName = Literal["asyncio", "uvloop"]

Reply = tuple[int, bytes, str]
"""Status code, whole body as the client delivers it, HTTP version of the answer ("1.1" or "2"); no body where only
the headers are read.
"""

FIRST_TOLD_STATUS = 300
"""From this status on, an adapter hands over headers, too, where its library has them at hand: `WithHeaders`."""


class WithHeaders(tuple[int, bytes, str]):
    """A reply with its headers, as the library has them: with `items()`, as pairs, or as the bytes of an HTTP/1 head.

    They are looked at once for each status, so an adapter only passes on what it has.
    """

    headers: Any

    def __new__(cls, reply: Reply, headers: Any) -> WithHeaders:
        made = super().__new__(cls, reply)
        made.headers = headers
        return made


@dataclass(frozen=True, slots=True)
class Request:
    """One request, checked already: ASCII URL, header names and values without control characters.

    A header's value is text that goes out in UTF-8, whatever its library takes text for.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


THIS_MACHINE = Guard()


def encoded_value(value: str) -> str | bytes:
    """A header's value for a library that takes bytes as they are, and text only in another encoding."""
    return value if value.isascii() else value.encode()


def as_latin1(value: str) -> str:
    """A header's value for a library that encodes text in Latin-1, so that UTF-8 goes out."""
    return value if value.isascii() else value.encode().decode("latin-1")


@dataclass(frozen=True)
class Settings:
    """How a client object is to be configured.

    `pool` is the number of connections it may open and keep, or None to leave every knob of the library's
    pool and TLS alone.  `timeout` is in seconds.  `redirects` are the most to follow; nothing is ever tried again,
    which is for the lane to do.
    `headers` are the names, in small letters, of what every request will carry, and `bodies` whether any may have a
    body: an engine need keep its library from adding only what is missing.  `common` are these headers whole,
    spelt and ordered as they are sent, for a library to which a client's cost less than a request's; () if unknown.
    `read` is what the caller does with an answer: take its bytes, its text or its parsed JSON, as the library gives
    them, or leave it once the headers are there.  `dns_ttl` is for how many seconds a looked-up name is kept, 0 for
    not at all, None as the library does by itself.  `guard` says where connections may go: what Python looks up and
    connects to is held to it without an adapter's doing; a library that does so by itself is told its addresses, and
    each hop of a redirect is put to it.  `max_body` is the largest body to read, in bytes, as sent and as unpacked,
    and `in_flight` how many are read at once at the most, which bounds them together: `body_limit`.
    """

    pool: int | None = 1
    timeout: float = 30.0
    http: HttpVersion = "1.1"
    verify: bool = True
    ca_file: str | None = None
    redirects: int = 0
    cookies: bool = False
    trust_env: bool = False
    headers: frozenset[str] = frozenset()
    bodies: bool = True
    read: Reading = "bytes"
    dns_ttl: float | None = None
    common: tuple[tuple[str, str], ...] = ()
    guard: Guard = THIS_MACHINE
    max_body: int = DEFAULT_LARGEST
    in_flight: int = 1

    @cached_property
    def body_limit(self) -> BodyLimit:
        """The one limit of all bodies that clients of these settings read."""
        return BodyLimit(self.max_body, self.in_flight)

    @cached_property
    def memory_watch(self) -> MemoryWatch:
        """The one watch over bodies that these clients read out of sight."""
        return MemoryWatch(self.body_limit)

    @cached_property
    def _shared_context(self) -> ssl.SSLContext:
        return self._new_context()

    def _new_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """The lane's one context, or a new one each time where the library's defaults are kept."""
        return self._new_context() if self.pool is None else self._shared_context


class Engine:
    """What sync and async engines have in common.

    `package`: the distribution whose version is shown ("" for the standard library).
    `http_versions`: what it can speak.  `abilities`: what it can follow, out of the policies "redirects", "cookies"
    and "trust_env", which are off where missing, and "dns_ttl".  `reads`: what it can do with an answer;
    for "text" it has a method `send_text`, and so on, which returns the same as `send`.  `resolver`: "python" where
    all names are looked up by Python's `socket` or the event loop, so that its lane can count and pin them, and
    "pinned" where its adapter gives the library the addresses of `settings.guard`; one whose resolver is its "own"
    is refused for a name.
    `methods`: the only ones it can send, () where it can send any.  `unsafe_shared`: the HTTP versions over which
    threads that share one client fail by it.  `usual_loop`: the event loop of an async engine where the contender
    names none and that loop is installed; asyncio otherwise.
    `sent_once`: what the library by itself sends once more where a connection broke, and its adapter does not let it.
    """

    package: ClassVar[str] = ""
    http_versions: ClassVar[tuple[str, ...]] = ("1.1",)
    abilities: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[Reading, ...]] = ("bytes",)
    resolver: ClassVar[Literal["python", "pinned", "own"]] = "own"
    methods: ClassVar[tuple[str, ...]] = ()
    unsafe_shared: ClassVar[tuple[HttpVersion, ...]] = ()
    usual_loop: ClassVar[LoopName] = "asyncio"
    sent_once: ClassVar[str] = ""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        if settings.read != "bytes":
            # Put before the method of the class once, so that no request asks how it is to be read.
            vars(self)["send"] = getattr(self, f"send_{settings.read}")

    @classmethod
    def prepare(cls, request: Request) -> Any:
        """Turn a request, once a lane, into whatever `send` takes (by default the request itself)."""
        return request

    @property
    def connections_opened(self) -> int | None:
        """Connections this client object has opened so far, or None where the library cannot tell."""
        return None


class AsyncEngine(Engine, ABC):
    """A client driven by tasks in one event loop."""

    async def open(self) -> None:
        """Make the client object; runs inside the loop."""

    @abstractmethod
    async def send(self, request: Any) -> Reply:
        """Send one prepared request and read the whole body; raises the library's own errors."""

    async def close(self) -> None:
        """Close the client object and every connection it holds."""


class Cancellable(Protocol):
    """Something under way that can be given up."""

    def cancel(self) -> object:
        """Give up at once."""


class CallbackEngine(AsyncEngine, ABC):
    """A client in one event loop that needs no task for each request, which its lane then spares it."""

    @abstractmethod
    def start(self, request: Any, done: Callable[[Reply | Exception], None]) -> Cancellable:
        """Send one prepared request; `done` is called once with its answer or error, after this has returned.

        `done` may start the next request.  What is cancelled is never done.
        """

    async def send(self, request: Any) -> Reply:
        """Send one prepared request and read the whole body; raises the library's own errors."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        under_way = self.start(request, partial(_settle, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            # An answer that came first has given the connection back, perhaps to another request.
            if answer.cancelled():
                under_way.cancel()
            raise


def _settle(answer: asyncio.Future[Reply], outcome: Reply | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


class SyncEngine(Engine, ABC):
    """A client driven by threads; with reuse `shared` several threads call `send` at once."""

    def open(self) -> None:
        """Make the client object."""

    @abstractmethod
    def send(self, request: Any) -> Reply:
        """Send one prepared request and read the whole body; raises the library's own errors."""

    def close(self) -> None:
        """Close the client object and every connection it holds."""
