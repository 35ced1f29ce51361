"""A plan: the frozen, checked description of one run.

`httptui.plans.file` decodes it, `httptui.plans.checks` checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from httptui.engines.body_limit import DEFAULT_LARGEST

Positive = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Concurrency = Annotated[int, Meta(ge=1, le=10_000)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Text = Annotated[str, Meta(max_length=200)]
END = r"$(?!\n)"
"""The end of a text: alone, `$` lets a line break follow."""
ReuseName = Annotated[
    str,
    Meta(
        pattern=r"^(shared|per-worker|per-request|every-[1-9][0-9]{0,8})" + END,
        description="shared, per-worker, per-request or every-N",
    ),
]
HttpName = Literal["1.1", "2"]
LoopName = Literal["asyncio", "uvloop"]
PoolName = Literal["concurrency", "library-defaults"]
Requirement = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._,-]+\])?((==|!=|<=|>=|<|>|~=)[A-Za-z0-9.*+!_-]+,?)*"
        + END,
        max_length=200,
        description="a package, with extras and versions if need be, such as httpx[http2]==0.27.2",
    ),
]
PythonName = Annotated[
    str,
    Meta(
        pattern=r"^(3\.(1[1-9]|[2-9][0-9])t?)?" + END,
        description="a version such as 3.13, or 3.13t without the GIL",
    ),
]
Levels = Annotated[tuple[float, ...], Meta(min_length=1, max_length=100)]
ReadName = Literal["bytes", "text", "json", "headers"]
InsideName = Literal["fastapi-async", "fastapi-async-blocking", "fastapi-sync", "fastapi-ping"]
CONTROL = "raw"
"""The engine that is the ceiling of the others; it alone runs on uvloop without being told to."""
MOST_WARMUP_REQUESTS = 999_999_999
WARMUPS = '"auto", "0", a time such as "1s" or "250ms", or a number of requests'
WarmupName = Annotated[
    str | Annotated[int, Meta(ge=0, le=MOST_WARMUP_REQUESTS)],
    Meta(description=WARMUPS),
]
CompareName = Literal["alike", "as-is"]
ScheduleName = Literal["concurrent", "interleaved", "sequential"]
Url = Annotated[str, Meta(max_length=8_192)]
MOST_URLS = 1_000
MOST_BODY_BYTES = 1024 * 1024
"""The most that a request's body may have, in UTF-8, wherever the plan comes from."""


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is requested.  The host `embedded` (or the URL `embedded`) means our own target server.

    `urls`, or those in `urls_file` (one a line, # begins a comment), are requested in turn instead of `url`, in their
    order or shuffled by the schedule's seed, by every contender alike.  `{n}` in a URL's path or query stands for the
    request's number: 0, 1, 2 … for each contender, when its warm-up is over.

    Header values and `body` are sent in UTF-8 by every engine; `body_base64` is a body in base64, given instead of
    `body` where it is not text.  An international host name is looked up, and looked for in certificates, in the form
    that IDNA gives it.

    With `dns_ms` the embedded target is reached by a name instead of an address, and each lookup of that name takes
    so many milliseconds longer.
    """

    url: Url = "embedded"
    urls: Annotated[tuple[Url, ...], Meta(max_length=MOST_URLS)] = ()
    urls_file: str | None = None
    order: Literal["in-order", "shuffle"] = "in-order"
    method: Annotated[str, Meta(max_length=20)] = "GET"
    headers: dict[str, str] = {}
    body: Annotated[str, Meta(max_length=MOST_BODY_BYTES)] = ""
    body_base64: Annotated[str, Meta(max_length=4 * (MOST_BODY_BYTES + 2) // 3)] = ""
    verify: bool = True
    ca_file: str | None = None
    dns_ms: Annotated[float, Meta(ge=0, le=10_000)] | None = None

    @property
    def all_urls(self) -> tuple[str, ...]:
        """Every URL that is requested."""
        return self.urls or (self.url,)


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every client may do beyond one plain request; all off unless asked for.  `timeout` in seconds.

    A request that fails is tried again up to `retries` times, first after `retry_wait` seconds and then after twice
    as long each time, a random half more or less.  `retry_on` says for what: "connect", "timeout", a kind of error or
    a status such as "503"; unless given, for "connect" and, where the method is idempotent, 502, 503 and 504.
    `per_host_rate` is the most requests a second that each contender sends to one host, evenly spaced.
    A body of more than `max_body` bytes, as sent or as unpacked, is given up and counts as the error "too_large"; so
    are bodies in flight that come to more than one and a half times that in one process, or to more than 16 MiB each
    where that is more.
    """

    timeout: Annotated[float, Meta(gt=0, le=3_600)] = 30.0
    redirects: Annotated[int, Meta(ge=0, le=20)] = 0
    retries: Annotated[int, Meta(ge=0, le=10)] = 0
    retry_wait: Annotated[float, Meta(ge=0, le=60)] = 0.1
    retry_on: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    per_host_rate: Annotated[float, Meta(gt=0, le=100_000)] | None = None
    cookies: bool = False
    trust_env: bool = False
    max_body: Annotated[int, Meta(ge=1, le=2**40)] = DEFAULT_LARGEST


class Stage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of time in which the rate or the concurrency goes in a straight line to `to`."""

    seconds: Seconds
    to: Annotated[float, Meta(ge=0, le=1_000_000)]


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How hard.  `closed`: `concurrency` in flight, for `requests` or `seconds` a contender and round, each worker
    pausing `think` seconds between an answer and its next request.  `burst`: `concurrency` requests at once, each
    round.  `open`: `rate` requests per second, evenly or at the times of a Poisson process, whatever comes back; what
    finds `concurrency` in flight is dropped.  `stages` change the rate, or a closed load's concurrency, over time.
    """

    kind: Literal["closed", "burst", "open"] = "closed"
    concurrency: Concurrency = 64
    requests: Positive | None = None
    seconds: Seconds | None = None
    rate: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    arrivals: Literal["constant", "poisson"] = "constant"
    think: Annotated[float, Meta(ge=0, le=3_600)] = 0.0
    stages: Annotated[tuple[Stage, ...], Meta(max_length=50)] = ()


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In what order.  `blocks` divides a timed round into paired slices (chosen from the time, and the warm-up's
    latencies, if unset); `rounds` repeats the load; `rest` is the pause between rounds and `cooldown` that after an
    interleaved slice, in seconds; `warmup` is "auto", "1s", "0" or a number of requests, never counted; `epochs` is
    how often the lanes are started anew; `until` "decided" ends the run when the order is settled; `delta` is the
    difference below which two are called equal, 0.03 for 3 %; `pin` keeps each lane on one core; `probe` lets a
    short uncounted load after the last round show what limits each contender, where that is open.
    """

    kind: ScheduleName = "concurrent"
    rounds: Annotated[int, Meta(ge=1, le=1_000)] = 1
    blocks: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    rest: Annotated[float, Meta(ge=0, le=3_600)] = 0.0
    cooldown: Annotated[float, Meta(ge=0, le=60)] = 0.03
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 1
    warmup: WarmupName = "auto"
    epochs: Annotated[int, Meta(ge=1, le=100)] = 1
    until: Literal["done", "decided"] = "done"
    delta: Annotated[float, Meta(gt=0, le=0.5)] = 0.03
    pin: bool = False
    probe: bool = True


class Contender(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Engine × reuse × HTTP version × loop × pool, and its own concurrency where given.

    `processes` run it together: what is in flight, requests and arrivals are divided among them, and each has client
    objects, pools and an event loop of its own.
    `inside` puts the client into a web application, whose route is driven by the engine `raw`: an `async def` route
    that awaits it (`fastapi-async`), one that calls it and so blocks the event loop (`fastapi-async-blocking`), or a
    `def` route that calls it in a thread (`fastapi-sync`); `fastapi-ping` is a route that calls nobody.
    `read` is what is done with an answer: its bytes are taken, its text or parsed JSON as the library gives them, or
    it is left once the headers are there.  `dns_ttl` is for how many seconds a client object keeps a name that was
    looked up, 0 for not at all.
    `requires`, such as "httpx==0.27.2", and `python`, such as "3.13", give it an environment of its own.
    """

    engine: Annotated[str, Meta(min_length=1, max_length=500)]
    reuse: ReuseName = "shared"
    http: HttpName = "1.1"
    loop: LoopName | UnsetType = UNSET
    pool: PoolName | Concurrency = "concurrency"
    concurrency: Concurrency | UnsetType = UNSET
    processes: Annotated[int, Meta(ge=1, le=64)] = 1
    inside: InsideName | UnsetType = UNSET
    read: ReadName = "bytes"
    dns_ttl: Annotated[float, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    label: Text | UnsetType = UNSET
    requires: Annotated[tuple[Requirement, ...], Meta(max_length=20)] = ()
    python: PythonName = ""

    @property
    def own_environment(self) -> bool:
        """Whether it runs in an environment of its own."""
        return bool(self.requires or self.python)


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run, whole.  `contender` is the TOML's array of tables; `expect` what its results are held against, such as
    "aiohttp.p99 < 50ms".

    `compare` "alike" ranks only contenders that did equal work: the same requests as sent, answers of the same status
    and size, as many in flight.  "as-is" ranks all and flags what differs, for plans that mean the difference.

    `sweep` makes it many: the levels of one field of the plan, or of two, by their paths: "concurrency" (the load's),
    "latency_ms" (the embedded target's), "pool" (every contender's) or a path such as "load.rate".  Every level is
    visited once in each of `schedule.blocks` blocks (6 unless given), where each contender has a short turn;
    `load.seconds` is what a contender gets at one level in all of them (half a second a turn unless given).  A turn
    is longer where it would have fewer than six of a latency that is swept, or then 1.5 s, or 16 ms each in flight.
    """

    name: Text = ""
    description: Annotated[str, Meta(max_length=2_000)] = ""
    expect: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    compare: CompareName = "alike"
    target: Target = Target()
    policy: Policy = Policy()
    load: Load = Load()
    schedule: Schedule = Schedule()
    sweep: Annotated[dict[str, Levels], Meta(max_length=2)] = {}
    contender: Annotated[tuple[Contender, ...], Meta(min_length=1, max_length=26)]


class Warmup(Struct, frozen=True):
    """A parsed `schedule.warmup`: `auto`, or at most one of the two numbers is not zero."""

    seconds: float = 0.0
    requests: int = 0
    auto: bool = False


def warmup_of(value: str | int) -> Warmup:
    """Parse "auto", "1s", "250ms", "0" or a number of requests; ValueError says what is allowed."""
    if isinstance(value, int):
        if 0 <= value <= MOST_WARMUP_REQUESTS:
            return Warmup(requests=value)
        raise ValueError(WARMUPS)
    text = value.strip()
    if text == "auto":
        return Warmup(auto=True)
    if re.fullmatch(r"[0-9]{1,9}", text):
        return Warmup(requests=int(text))
    if match := re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(ms|s)", text):
        return Warmup(seconds=float(match[1]) / (1000 if match[2] == "ms" else 1))
    raise ValueError(WARMUPS)


def letter_of(index: int) -> str:
    """The letter of the contender at an index: A … Z."""
    return chr(ord("A") + index)


def concurrency_of(plan: Plan, contender: Contender) -> int:
    """Most requests in flight of one contender: its own, or the load's, or where the stages take it."""
    if contender.concurrency is not UNSET:
        return contender.concurrency
    if plan.load.kind == "closed" and plan.load.stages:
        return max(plan.load.concurrency, *(round(stage.to) for stage in plan.load.stages))
    return plan.load.concurrency


def label_of(contender: Contender) -> str:
    """The contender in words: its own label, or engine · reuse and whatever differs from the usual."""
    if contender.label is not UNSET:
        return contender.label
    parts = [contender.engine, contender.reuse]
    if contender.inside is not UNSET:
        parts.append(contender.inside)
    if contender.http != "1.1":
        parts.append(f"HTTP/{contender.http}")
    if contender.loop is not UNSET and (contender.loop != "asyncio" or contender.engine == CONTROL):
        parts.append(contender.loop)
    if contender.pool != "concurrency":
        parts.append(f"pool {contender.pool}" if isinstance(contender.pool, int) else contender.pool)
    if contender.concurrency is not UNSET:
        parts.append(f"{contender.concurrency} in flight")
    if contender.processes > 1:
        parts.append(f"{contender.processes} processes")
    parts += [*_reading_words(contender), *contender.requires]
    if contender.python:
        parts.append(f"Python {contender.python}")
    return " · ".join(parts)


def _reading_words(contender: Contender) -> Iterator[str]:
    if contender.read != "bytes":
        yield f"reads {contender.read}"
    if contender.dns_ttl is not UNSET:
        yield f"DNS cache {contender.dns_ttl:g} s" if contender.dns_ttl else "no DNS cache"


def seconds_of(load: Load) -> float | None:
    """Seconds under load a round, or None where a number of requests bounds it; 10 s where neither is given."""
    if load.stages:
        return sum(stage.seconds for stage in load.stages)
    if load.kind == "burst" or load.requests is not None:
        return None
    return 10.0 if load.seconds is None else load.seconds


def describe_load(load: Load) -> str:
    """The load in a few words, as the screen's first line has it."""
    if load.kind == "burst":
        return f"burst · {load.concurrency} at once"
    seconds = seconds_of(load)
    bound = f"{load.requests} requests" if seconds is None else f"{seconds:g} s"
    stages = " → ".join(f"{stage.to:g}" for stage in load.stages)
    if load.kind == "open":
        rate = f"{load.rate:g} → {stages}" if stages else f"{load.rate:g}"
        return f"open · {rate} req/s {load.arrivals} · {bound}"
    in_flight = f"{load.concurrency} → {stages}" if stages else str(load.concurrency)
    think = f" · think {load.think:g} s" if load.think else ""
    return f"closed · {in_flight} in flight · {bound}{think}"
