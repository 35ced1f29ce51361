"""Base classes of engines, the adapters that each drive one client library, and the types they share with a lane.

An engine *instance* is one client object: a session with its pool. The reuse strategy decides when instances are
made, and the lane applies it to every engine alike. Class attributes are literals, so that `httptui.engines.registry`
can read them without importing the client library.
"""

from __future__ import annotations

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar, Literal, Protocol

from httptui.engines.body_limit import DEFAULT_LARGEST, BodyLimit
from httptui.engines.hosts import Guard
from httptui.engines.memory_watch import MemoryWatch

HttpVersion = Literal["1.1", "2"]
Reading = Literal["bytes", "text", "json", "headers"]
LoopName = Literal["asyncio", "uvloop"]

Reply = tuple[int, bytes, str]
"""Status code, body as the client delivers it, and HTTP version of the answer ("1.1" or "2"). The body is empty where
only the headers are read.
"""

FIRST_STATUS_WITH_HEADERS = 300
"""Lowest status for which an adapter also returns the headers, as `WithHeaders`, where its library has them at hand.
"""


class WithHeaders(tuple[int, bytes, str]):
    """A reply with its headers in the library's own form: an object with `items()`, pairs, or the bytes of an HTTP/1
    head.

    The lane reads them once for each status, so an adapter passes them on unconverted.
    """

    headers: Any

    def __new__(cls, reply: Reply, headers: Any) -> WithHeaders:
        made = super().__new__(cls, reply)
        made.headers = headers
        return made


def reply_of(status: int, body: bytes, version: str, response: Any) -> Reply:
    """Return the reply to a request, with the headers of a `response` from FIRST_STATUS_WITH_HEADERS on."""
    reply = status, body, version
    return reply if status < FIRST_STATUS_WITH_HEADERS else WithHeaders(reply, response.headers)


@dataclass(frozen=True, slots=True)
class Request:
    """One checked request: the URL is ASCII; header names and values hold no control characters.

    Header values go out in UTF-8, whatever encoding the library uses for text.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


THIS_MACHINE = Guard()


def encoded_value(value: str) -> str | bytes:
    """Encode a header's value as UTF-8 bytes if it is not ASCII, for a library that would encode text otherwise."""
    return value if value.isascii() else value.encode()


def as_latin1(value: str) -> str:
    """Return a header's value as text whose Latin-1 encoding is its UTF-8, for a library that encodes in Latin-1."""
    return value if value.isascii() else value.encode().decode("latin-1")


@dataclass(frozen=True)
class Settings:
    """Configuration of a client object.

    - `pool`: the number of connections to open and keep; None leaves the library's own pool and TLS settings alone.
    - `timeout`: seconds.
    - `redirects`: the most to follow. An adapter never retries; that is the lane's task.
    - `headers`: lower-case names of the headers of every request, and `bodies`: whether any request may have a body.
      Adapters use both to suppress only the default headers that the plan does not set.
    - `common`: those headers in full, spelt and ordered as sent, for libraries where headers of the client cost less
      than headers of a request; () if requests differ.
    - `read`: what to do with an answer: deliver its bytes, its text or its parsed JSON, or stop after the headers.
    - `dns_ttl`: seconds to cache a looked-up name, 0 for no cache, None for the library's default.
    - `guard`: the allowed destinations. Lookups and connections made through Python are confined to it by the lane;
      an adapter whose library connects by itself passes on its addresses and checks every redirect against it.
    - `max_body`: the largest body in bytes, both as sent and decompressed, and `in_flight`: the most bodies that are
      read at once. Together they give `body_limit`.
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
        """The limit shared by all bodies that clients of these settings read."""
        return BodyLimit(self.max_body, self.in_flight)

    @cached_property
    def memory_watch(self) -> MemoryWatch:
        """The watch shared by all bodies that these clients read in one opaque call."""
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
        """The lane's shared context, or a new one at each access if the library's defaults are kept."""
        return self._new_context() if self.pool is None else self._shared_context


class Engine:
    """Attributes and defaults common to sync and async engines.

    - `package`: the distribution whose version is shown ("" for the standard library).
    - `http_versions`: the versions it can speak.
    - `abilities`: which of "redirects", "cookies", "trust_env" and "dns_ttl" it supports; the others stay off.
    - `reads`: what it can do with an answer. For "text" it has a method `send_text`, and so on, which returns the
      same as `send`.
    - `resolver`: "python" if all names are looked up by Python's `socket` or the event loop, where the lane counts
      and pins them; "pinned" if the adapter gives the library the addresses of `settings.guard`; "own" engines are
      refused for host names.
    - `methods`: the only HTTP methods it can send; () means any.
    - `unsafe_shared`: the HTTP versions at which one client shared by several threads fails.
    - `usual_loop`: the event loop of an async engine where the contender names none and that loop is installed;
      otherwise asyncio.
    - `sent_once`: the requests that the library would resend by itself on a broken connection, which its adapter
      prevents.
    - `requires` and `python`: the packages of an environment created for the engine, such as "niquests>=3", and its
      Python, such as "3.13"; without them it runs in httptui's. A contender adds packages and may replace the Python.
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
    requires: ClassVar[Sequence[str]] = ()
    python: ClassVar[str] = ""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        if settings.read != "bytes":
            # Replacing the method once costs requests nothing; a test of `read` in `send` would.
            vars(self)["send"] = getattr(self, f"send_{settings.read}")

    @classmethod
    def prepare(cls, request: Request) -> Any:
        """Convert a request, once in a lane, to the argument of `send`; by default the request itself."""
        return request

    @property
    def connections_opened(self) -> int | None:
        """Connections this client object has opened so far, or None if the library does not report them."""
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
    """An operation in progress that can be cancelled."""

    def cancel(self) -> object:
        """Give up at once."""


class CallbackEngine(AsyncEngine, ABC):
    """A client in one event loop that needs no task per request; its lane then creates none."""

    @abstractmethod
    def start(self, request: Any, done: Callable[[Reply | Exception], None]) -> Cancellable:
        """Send one prepared request, and call `done` once with its answer or error, after this method has returned.

        `done` may start the next request. It is not called for a cancelled request.
        """

    async def send(self, request: Any) -> Reply:
        """Send one prepared request and read the whole body; raises the library's own errors."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        under_way = self.start(request, partial(_settle, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            # If the answer came first, its connection is back in the pool and may already carry another request.
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
    """A client driven by threads; with reuse `shared`, several threads call `send` at once."""

    def open(self) -> None:
        """Make the client object."""

    @abstractmethod
    def send(self, request: Any) -> Reply:
        """Send one prepared request and read the whole body; raises the library's own errors."""

    def close(self) -> None:
        """Close the client object and every connection it holds."""
