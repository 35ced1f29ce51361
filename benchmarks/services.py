"""Servers of known behaviour, against which verdicts, limiters and gates are checked.

    from benchmarks.services import Service, serve

    async with serve(Service(latency_ms=20, slow_ms=200, slow_share=0.1)) as place:
        plan = Plan(target=Target(url=place.url), ...)
        ...
        counts = await place.counts()

Each `serve` is one process on 127.0.0.1 that ends with its `async with`, with its parent, and after `LIFETIME`
seconds. The fields of `Service` combine. Several services share one process and its event loop, each with its own
port: `place.urls[i]`. `where` gives some requests another behaviour, selected by a text in their head:

    Service(body_bytes=9_000, where=(("GET /slow", Service(latency_ms=300)), ("X-Client: odd", Service())))

A behaviour of `where` is complete: it inherits nothing from the service around it. The clients of
`benchmarks.odd_engines` send `X-Client: odd`, so that one contender of a plan can be answered differently from the
others. `python -m benchmarks.services '{"latency_ms": 20}'` serves by hand until Ctrl-C.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from httptui.target.listening import CertificateFolder

LIFETIME = 1_800
START_SECONDS = 20.0
ANSWER_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Service:
    """Behaviour of one server. Times are milliseconds, shares 0 … 1; 0, "" and () disable a field.

    Waiting: each answer is held for `latency_ms` ± a uniform `jitter_ms`, or for `slow_ms` in a share of
    `slow_share`. Then the head is sent; the body follows at once, or after `body_after_ms`, and in `pieces` that are
    `piece_ms` apart. Every `pause_every_ms` the whole process stops for `pause_ms`, like a garbage collector.

    Capacity: each request burns `cpu_ms` on the only thread. Each of the `workers` holds one request for its latency;
    others queue. Above `rate` requests per second, further ones are answered 429 with Retry-After, or, with `rate_by`
    "delay", held until their turn. `connections` are served at once; others stay in the backlog, or, with `beyond`
    "close", are closed.

    Connections: closed after `keep_alive` answers, with `Connection: close` unless `silent_close`; idle ones after
    `idle_close_ms`. `tls` uses a certificate of `place.ca_file`.

    Answers: `status` with `headers` and a body of `body_bytes` (or `body` itself), gzip-encoded with `gzip`. With
    `part`, 206 with so many of those bytes. `interim` statuses such as 103 are sent when the request arrives.

    Failures: a share `fail` is answered `fail_status` at once, a share `hang` never, a share `drop` by closing the
    connection. Counted from its first request, the server answers nothing after `mute_after_s` (for `mute_for_s`, if
    given), answers only `fail_status` after `fail_after_s`, and exits after `die_after_s` or at request number
    `die_after`.
    """

    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    slow_ms: float = 0.0
    slow_share: float = 0.0
    body_after_ms: float = 0.0
    pieces: int = 1
    piece_ms: float = 0.0
    pause_ms: float = 0.0
    pause_every_ms: float = 1_000.0
    cpu_ms: float = 0.0
    workers: int = 0
    rate: float = 0.0
    rate_by: Literal["429", "delay"] = "429"
    connections: int = 0
    beyond: Literal["wait", "close"] = "wait"
    keep_alive: int = 0
    silent_close: bool = False
    idle_close_ms: float = 0.0
    tls: bool = False
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body_bytes: int = 16
    body: str = ""
    gzip: bool = False
    part: int = 0
    interim: tuple[int, ...] = ()
    fail: float = 0.0
    fail_status: int = 500
    hang: float = 0.0
    drop: float = 0.0
    mute_after_s: float = 0.0
    mute_for_s: float = 0.0
    fail_after_s: float = 0.0
    die_after_s: float = 0.0
    die_after: int = 0
    where: tuple[tuple[str, Service], ...] = ()


class Counts(msgspec.Struct, frozen=True):
    """Counts of a process since it began, on all its ports.

    `requests` are those that arrived whole; `statuses` are the answered ones by status. `held_ms` is the mean time
    from a request to the end of its answer, by the text of `where` that applied ("" for none): the truth for a
    client's latency. `most_connections` is the most that were open at once.
    """

    requests: int
    statuses: dict[str, int]
    by_text: dict[str, int]
    held_ms: dict[str, float]
    connections: int
    most_connections: int
    cpu_seconds: float


class Listening(msgspec.Struct, frozen=True):
    """First line of a serving process."""

    ports: tuple[int, ...]


class Order(msgspec.Struct, frozen=True):
    """First line to a serving process."""

    services: tuple[Service, ...]
    leaf: str | None
    key: str | None
    lifetime: float
    seed: int


class Place:
    """A running process of services; `url` is the first one's."""

    def __init__(
        self, process: asyncio.subprocess.Process, urls: tuple[str, ...], ca_file: str | None
    ) -> None:
        self._process = process
        self.urls = urls
        self.ca_file = ca_file

    @property
    def url(self) -> str:
        """URL of the first service, without a path."""
        return self.urls[0]

    @property
    def pid(self) -> int:
        """Process id, so that a case can load or watch the machine beside it."""
        return self._process.pid

    async def counts(self) -> Counts:
        """Return its counts so far; RuntimeError if it has died."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(b"counts\n")
            await self._process.stdin.drain()
        return msgspec.json.decode(await _line(self._process, ANSWER_SECONDS), type=Counts)

    def die(self) -> None:
        """Kill the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def stop(self) -> None:
        """Suspend the process: its connections stay open, and nothing is answered until `go_on`."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Continue the suspended process."""
        self._process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def serve(*services: Service, seed: int = 1, lifetime: float = LIFETIME) -> AsyncIterator[Place]:
    """Serve until the block ends; RuntimeError if the process does not report that it listens."""
    with contextlib.ExitStack() as stack:
        encrypted = any(service.tls for service in services)
        made = stack.enter_context(CertificateFolder("127.0.0.1")) if encrypted else None
        order = Order(
            services=services,
            leaf=str(made.leaf) if made else None,
            key=str(made.key) if made else None,
            lifetime=lifetime,
            seed=seed,
        )
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.serving", stdin=pipe, stdout=pipe, start_new_session=True
        )
        assert process.stdin is not None
        try:
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            ports = msgspec.json.decode(await _line(process, START_SECONDS), type=Listening).ports
            urls = tuple(
                f"{'https' if service.tls else 'http'}://127.0.0.1:{port}"
                for service, port in zip(services, ports, strict=True)
            )
            yield Place(process, urls, str(made.ca_file) if made else None)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()


async def _line(process: asyncio.subprocess.Process, seconds: float) -> bytes:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), seconds)
    if not line:
        raise RuntimeError(f"a service has ended with {await process.wait()}")
    return line


async def _serve_by_hand(text: str) -> None:
    async with serve(msgspec.json.decode(text, type=Service)) as place:
        print(place.url, flush=True)
        await asyncio.sleep(LIFETIME)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve_by_hand(sys.argv[1] if len(sys.argv) > 1 else "{}"))
