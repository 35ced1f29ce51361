"""Runs whose limiter is known, because target, client or load are made for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.odd_engines import engine
from benchmarks.services import Service
from httptui import Contender, Load, Plan, Policy, Schedule, Target
from httptui.plan.model import ScheduleName
from httptui.results.snapshot import LimiterKind

TIMEOUT = 3.0


@dataclass(frozen=True, eq=False)
class Case:
    """A run whose contenders have a known limiter; `right` are the acceptable kinds.

    The target is a `service` unknown to the run or, without one, the embedded target at `path`; with `foreign`, the
    same target in a process that the run did not start. With `burning`, other processes keep every core busy. All
    contenders must be named correctly, or with `first_only` only the first.
    """

    name: str
    right: tuple[LimiterKind, ...]
    contenders: tuple[Contender, ...]
    service: Service | None = None
    concurrency: int = 16
    path: str = ""
    load: Load = field(default_factory=Load)
    policy: Policy = field(default_factory=lambda: Policy(timeout=TIMEOUT))
    schedule: ScheduleName = "sequential"
    tls: bool = False
    foreign: bool = False
    burning: bool = False
    first_only: bool = False

    def plan(self, url: str, ca_file: str | None, seconds: float, seed: int) -> Plan:
        """Build the run's plan for a target URL."""
        load = self.load
        return Plan(
            name=self.name,
            target=Target(url=url + self.path, ca_file=ca_file),
            policy=self.policy,
            load=Load(
                kind=load.kind,
                concurrency=self.concurrency,
                seconds=seconds,
                rate=load.rate,
                arrivals=load.arrivals,
                think=load.think,
            ),
            schedule=Schedule(kind=self.schedule, seed=seed, warmup="300ms"),
            contender=self.contenders,
        )


def one(name: str, /, **fields: object) -> tuple[Contender, ...]:
    """Return a single contender of an engine."""
    return (Contender(engine=name, **fields),)  # type: ignore[arg-type]


def odd(name: str) -> tuple[Contender, ...]:
    """Return a single contender of one of `benchmarks.odd_engines`."""
    return (Contender(engine=engine(name), label=name),)


AIOHTTP, HTTPX, REQUESTS, RAW = one("aiohttp"), one("httpx"), one("requests"), one("raw")
WAIT_20, WAIT_50 = Service(latency_ms=20), Service(latency_ms=50)
TLS_PAIR = (Contender(engine="aiohttp", reuse="per-request"), Contender(engine="aiohttp"))

CPU = (
    Case("threads of requests", ("client CPU",), REQUESTS, concurrency=64),
    Case("httpx, one client for 64", ("client CPU",), HTTPX, concurrency=64),
    Case("httpx on a target of 1 ms", ("client CPU",), HTTPX, Service(latency_ms=1), 64),
    Case("threads of http.client", ("client CPU",), one("http.client"), Service(), 8),
    Case("threads of urllib3", ("client CPU",), one("urllib3"), Service(latency_ms=1), 32),
    Case("a client that burns 1 ms", ("client CPU",), odd("Blocking"), Service(latency_ms=1)),
    Case("httpx in two processes", ("client CPU", "machine"), one("httpx", processes=2), concurrency=64),
    Case("every core kept busy by others", ("machine",), AIOHTTP, burning=True),
)
LATENCY = (
    Case("100 ms", ("latency",), AIOHTTP, path="/delay/100", concurrency=64),
    Case("100 ms, every core busy", ("latency",), AIOHTTP, path="/delay/100", concurrency=64, burning=True),
    Case("100 ms, elsewhere", ("latency",), AIOHTTP, Service(latency_ms=100), 64),
    Case("20 ms, raw beside aiohttp", ("latency",), (*RAW, *AIOHTTP), WAIT_20, schedule="interleaved"),
    Case("50 ms, httpx", ("latency",), HTTPX, WAIT_50),
    Case("50 ms, threads of requests", ("latency",), REQUESTS, WAIT_50),
    Case("50 ms, a client for each worker", ("latency",), one("httpx", reuse="per-worker"), WAIT_50),
    Case("50 ms, two processes", ("latency",), one("aiohttp", processes=2), WAIT_50),
    Case("50 ms, pyreqwest", ("latency",), one("pyreqwest"), WAIT_50),
    Case("50 ms, HTTP/2", ("latency",), one("httpx", http="2"), path="/delay/50", tls=True),
    Case("50 ms, three at once", ("latency",), (*RAW, *AIOHTTP, *REQUESTS), WAIT_50, schedule="concurrent"),
    Case("400 ms", ("latency",), AIOHTTP, Service(latency_ms=400)),
    Case("one at a time, 20 ms", ("latency",), AIOHTTP, WAIT_20, 1),
    Case("jitter of 15 ms around 20 ms", ("latency",), AIOHTTP, Service(latency_ms=20, jitter_ms=15)),
    Case("two speeds: 10 % slow", ("latency",), AIOHTTP, Service(latency_ms=2, slow_ms=60, slow_share=0.1)),
    Case("two speeds: half slow", ("latency",), AIOHTTP, Service(latency_ms=5, slow_ms=80, slow_share=0.5)),
    Case("a slow first byte", ("latency",), AIOHTTP, Service(latency_ms=60, body_bytes=50_000)),
    Case("a slow body", ("latency",), AIOHTTP, Service(body_bytes=20_000, pieces=5, piece_ms=10)),
    Case("a body after 40 ms", ("latency",), HTTPX, Service(body_after_ms=40, body_bytes=2_000)),
    Case("30 ms over TLS", ("latency",), AIOHTTP, Service(latency_ms=30, tls=True)),
    Case("pauses of 200 ms a second", ("latency",), AIOHTTP, Service(latency_ms=20, pause_ms=200)),
    Case("closed after each answer of 40 ms", ("latency",), AIOHTTP, Service(latency_ms=40, keep_alive=1)),
)
TARGET = (
    Case("2 ms of CPU a request", ("target",), AIOHTTP, path="/cpu/2"),
    Case("2 ms of CPU a request, elsewhere", ("target",), AIOHTTP, path="/cpu/2", foreign=True),
    Case("one worker of 5 ms", ("target",), AIOHTTP, Service(workers=1, latency_ms=5)),
    Case("one worker of 5 ms, raw", ("target",), RAW, Service(workers=1, latency_ms=5)),
    Case("one worker of 5 ms over TLS", ("target",), HTTPX, Service(workers=1, latency_ms=5, tls=True)),
    Case("a lock of 4 workers", ("target",), AIOHTTP, Service(workers=4, latency_ms=10)),
    Case("2 workers, threads of requests", ("target",), REQUESTS, Service(workers=2, latency_ms=10)),
    Case("3 ms of CPU with pauses", ("target",), AIOHTTP, Service(cpu_ms=3, pause_ms=50, pause_every_ms=400)),
    Case("200/s by delay", ("target",), AIOHTTP, Service(rate=200, rate_by="delay")),
    Case("200/s by delay, httpx", ("target",), HTTPX, Service(rate=200, rate_by="delay"), 8),
    Case(
        "10 MB/s of bodies", ("target",), AIOHTTP, Service(rate=100, rate_by="delay", body_bytes=100_000), 32
    ),
    Case(
        "a pool of 8 at one worker", ("target",), one("aiohttp", pool=8), Service(workers=1, latency_ms=5), 32
    ),
    Case(
        "one worker of 5 ms, two clients",
        ("target",),
        (*AIOHTTP, *HTTPX),
        Service(workers=1, latency_ms=5),
        schedule="interleaved",
    ),
    Case(
        "400/s asked of 200/s",
        ("target",),
        AIOHTTP,
        Service(workers=1, latency_ms=5),
        load=Load(kind="open", rate=400),
    ),
)
CONNECTIONS = (
    Case("a pool of 2", ("pool",), one("aiohttp", pool=2), path="/delay/20", concurrency=64),
    Case("a pool of 2, aiohttp", ("pool",), one("aiohttp", pool=2), WAIT_20, 32),
    Case("a pool of 2, httpx", ("pool",), one("httpx", pool=2), WAIT_20, 32),
    Case("a pool of 1, httpx", ("pool",), one("httpx", pool=1), WAIT_20, 8),
    Case("a pool of 4, urllib3", ("pool",), one("urllib3", pool=4), WAIT_20, 32),
    Case("a pool of 2, requests", ("pool",), one("requests", pool=2), WAIT_20),
    Case("a pool of 4, raw", ("pool",), one("raw", pool=4), WAIT_20, 32),
    Case("a pool of 2, pyreqwest", ("pool",), one("pyreqwest", pool=2), WAIT_20),
    Case("pools of 2 in two processes", ("pool",), one("aiohttp", pool=2, processes=2), WAIT_20, 32),
    Case(
        "pools of 2, aiohttp beside httpx",
        ("pool",),
        (*one("aiohttp", pool=2), *one("httpx", pool=2)),
        WAIT_20,
        schedule="interleaved",
    ),
    Case(
        "TLS for each request, beside one kept", ("connection set-up",), TLS_PAIR, tls=True, first_only=True
    ),
    Case("closed after each answer, TLS", ("connection set-up",), AIOHTTP, Service(keep_alive=1, tls=True)),
    # It counts no connections, so the only sign of its handshakes is the core that they fill.
    Case(
        "a client that reconnects, TLS",
        ("connection set-up", "client CPU"),
        odd("Reconnecting"),
        Service(tls=True),
    ),
    Case("8 connections for 32", ("connection limit",), AIOHTTP, Service(connections=8, latency_ms=20), 32),
    Case("4 connections for 16, httpx", ("connection limit",), HTTPX, Service(connections=4, latency_ms=20)),
    Case(
        "closes beyond 8 connections",
        ("connection limit",),
        AIOHTTP,
        Service(connections=8, beyond="close", latency_ms=20),
        32,
    ),
)
CLIENT = (
    Case("sleeps 5 ms before requests", ("client",), odd("Sleeping"), Service(), 4),
    Case("sleeps 5 ms after answers", ("client",), odd("SleepingAfter"), Service(), 4),
    Case("sleeps 5 ms, on the run's own target", ("client",), odd("Sleeping"), concurrency=4),
    Case("sends one at a time", ("client",), odd("Serial"), Service(latency_ms=5)),
    Case("sends four at a time", ("client",), odd("Few"), Service(latency_ms=10), 32),
    Case("holds its event loop for 5 ms", ("event loop", "client"), odd("Holding"), Service(latency_ms=1)),
    Case(
        "an app whose event loop is held",
        ("event loop",),
        one("requests", inside="fastapi-async-blocking"),
        path="/delay/20",
        concurrency=64,
    ),
    Case(
        "an app with 40 threads",
        ("thread pool",),
        one("requests", inside="fastapi-sync"),
        path="/delay/200",
        concurrency=64,
    ),
)
PLANNED = (
    Case("429 above 100/s", ("rate limit",), AIOHTTP, Service(rate=100)),
    Case("429 above 400/s, 20 ms", ("rate limit",), HTTPX, Service(rate=400, latency_ms=20), 32),
    Case("nothing but 429", ("rate limit",), AIOHTTP, Service(status=429, latency_ms=5)),
    Case("100/s, kept", ("rate",), AIOHTTP, Service(latency_ms=5), load=Load(kind="open", rate=100)),
    Case(
        "50/s at random times",
        ("rate",),
        REQUESTS,
        WAIT_20,
        load=Load(kind="open", rate=50, arrivals="poisson"),
    ),
    Case("a pace of 40/s", ("politeness",), AIOHTTP, WAIT_20, policy=Policy(per_host_rate=40)),
    Case("think time of 50 ms", ("think time",), AIOHTTP, Service(latency_ms=2), 8, load=Load(think=0.05)),
    Case("think time of 200 ms", ("think time",), HTTPX, WAIT_20, load=Load(think=0.2)),
)
CASES = (*CPU, *LATENCY, *TARGET, *CONNECTIONS, *CLIENT, *PLANNED)
