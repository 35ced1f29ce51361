"""A plan: the frozen, checked description of one run.

`httptui.plan.io` decodes it, `httptui.plan.checks` checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from httptui.engines.body_limit import DEFAULT_LARGEST
from httptui.plan.field import (
    Field,
    all_of,
    embedded,
    interleaved,
    no_text,
    not_swept,
    of_load,
    retrying,
    several_urls,
)
from httptui.units import plural

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
    """The target: what is requested. The host `embedded` (or the URL `embedded`) is httptui's own test server.

    `urls`, or those in `urls_file` (one per line, # starts a comment), are requested in turn instead of `url`, in
    order or shuffled by the schedule's seed, the same for every contender. `{n}` in a URL's path or query is replaced
    by the request number: 0, 1, 2 … for each contender, counted after its warm-up.

    Every engine sends header values and `body` as UTF-8; `body_base64` is a body in base64, given instead of `body`
    if it is not text. An international host name is looked up, and matched with certificates, in its IDNA form.

    With `dns_ms` the embedded target is reached by name instead of by address, and each lookup of that name takes
    that many milliseconds longer.
    """

    url: Annotated[
        Url,
        Field(
            "The URL to request: http://…, https://…, or embedded[/path] for httptui's own test server. {n} in "
            "its path or query is replaced by the request's number.",
            "URL",
            "--url URL",
            example='"http://127.0.0.1:8000/items"',
            empty=("embedded, http://…, or a curl command", "http://… or a curl command", "a URL"),
        ),
    ] = "embedded"
    urls: Annotated[
        tuple[Url, ...],
        Meta(max_length=MOST_URLS),
        Field(
            "URLs to request in turn instead of one, the same for every contender. {n} in a path or query is "
            "replaced by the request's number.",
            "URLs",
            example='["embedded/bytes/1024", "embedded/bytes/2048"]',
            empty=("embedded/bytes/1024, one a line\nembedded/bytes/{n}, n its number",),
            item="URL",
            give="a URL on each line",
        ),
    ] = ()
    urls_file: (
        Annotated[
            str,
            Field(
                "A file with one URL per line; # starts a comment.",
                "URL file",
                "--urls FILE",
                example='"urls.txt"',
                empty=("urls.txt, one per line", "urls.txt"),
                give="the name of a file with a URL on each line",
            ),
        ]
        | None
    ) = None
    order: Annotated[
        Literal["in-order", "shuffle"],
        Field(
            "The order of the URLs: as given (in-order), or shuffled by the seed (shuffle).",
            "URL order",
            "--order ORDER",
            example='"shuffle"',
            names=(("in-order", "in order"), ("shuffle", "shuffled")),
            useful=several_urls,
        ),
    ] = "in-order"
    method: Annotated[
        str,
        Meta(max_length=20),
        Field("The HTTP method of every request.", "Method", "-X, --method METHOD", example='"POST"'),
    ] = "GET"
    headers: Annotated[
        dict[str, str],
        Field(
            "Headers of every request. A value env:NAME is read from the environment, which keeps secrets out of "
            "the plan.",
            "Headers",
            "-H, --header 'NAME: VALUE'",
            example='{ Authorization = "Bearer env:TOKEN" }',
            empty=("Name: value, one on each line\nAuthorization: Bearer env:TOKEN",),
        ),
    ] = {}
    body: Annotated[
        str,
        Meta(max_length=MOST_BODY_BYTES),
        Field(
            "The body of every request, sent as UTF-8.",
            "Body",
            "--data TEXT|@FILE",
            example='"q=httptui"',
            empty=("none",),
            typed="text",
        ),
    ] = ""
    body_base64: Annotated[
        str,
        Meta(max_length=4 * (MOST_BODY_BYTES + 2) // 3),
        Field("A body that is not text, in base64.", "Body in base64", example='"AAEC"', only=no_text),
    ] = ""
    verify: Annotated[
        bool,
        Field(
            "Verify TLS certificates.",
            "TLS",
            "--insecure",
            example="false",
            names=(("true", "verify the certificate"),),
        ),
    ] = True
    ca_file: (
        Annotated[
            str,
            Field(
                "A file of CA certificates to trust instead of the system's.",
                "CA file",
                "--ca-file FILE",
                example='"ca.pem"',
                empty=("the system’s",),
            ),
        ]
        | None
    ) = None
    dns_ms: (
        Annotated[
            float,
            Meta(ge=0, le=10_000),
            Field(
                "A delay added to each DNS lookup of the embedded target, which is then reached by name instead "
                "of by address.",
                "DNS delay",
                "--dns-delay MS",
                "ms",
                example="20",
                empty=("none",),
                useful=embedded,
            ),
        ]
        | None
    ) = None

    @property
    def all_urls(self) -> tuple[str, ...]:
        """Every URL that is requested."""
        return self.urls or (self.url,)


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Client behaviour beyond sending one plain request; everything is off by default. `timeout` is in seconds.

    A failed request is retried up to `retries` times, first after `retry_wait` seconds, then after twice as long each
    time, ± 50 % at random. `retry_on` lists what is retried: "connect", "timeout", an error kind or a status such as
    "503"; by default "connect" and, for idempotent methods, 502, 503 and 504. `per_host_rate` is the most requests
    per second that each contender sends to one host, evenly spaced. A body of more than `max_body` bytes, as sent or
    as decompressed, is abandoned and counts as the error "too_large"; so do bodies in flight that together exceed one
    and a half times that in one process, or 16 MiB each if that is more.
    """

    timeout: Annotated[
        float,
        Meta(gt=0, le=3_600),
        Field(
            "The time limit of one attempt of a request, from its start to the end of the body.",
            "Timeout",
            "--timeout TIME",
            "s",
            example="5.0",
        ),
    ] = 30.0
    redirects: Annotated[
        int,
        Meta(ge=0, le=20),
        Field("How many redirects to follow; 0 follows none.", "Redirects", "--redirects N", example="5"),
    ] = 0
    retries: Annotated[
        int,
        Meta(ge=0, le=10),
        Field("How often to retry a failed request; 0 never retries.", "Retries", "--retries N", example="2"),
    ] = 0
    retry_wait: Annotated[
        float,
        Meta(ge=0, le=60),
        Field(
            "The wait before the first retry; it doubles with each retry, ± 50 % at random.",
            "Retry wait",
            "--retry-wait TIME",
            "s",
            example="0.5",
            useful=retrying,
        ),
    ] = 0.1
    retry_on: Annotated[
        tuple[Text, ...],
        Meta(max_length=50),
        Field(
            "What to retry: connect, timeout, an error kind, or a status such as 503. Default: connect and, for "
            "idempotent methods, 502, 503 and 504.",
            "Retry on",
            "--retry-on CAUSE",
            example='["timeout", "503"]',
            empty=("connect, 502, 503, 504",),
            typed="words",
            useful=retrying,
        ),
    ] = ()
    per_host_rate: (
        Annotated[
            float,
            Meta(gt=0, le=100_000),
            Field(
                "The most requests per second that each contender sends to one host, evenly spaced. Default: no "
                "limit.",
                "Per host",
                "--per-host-rate R",
                "/s",
                example="50",
                empty=("no limit", "none"),
            ),
        ]
        | None
    ) = None
    cookies: Annotated[
        bool,
        Field(
            "Keep the cookies that servers set.",
            "Cookies",
            "--cookies/--no-cookies",
            example="true",
            names=(("true", "keep them"),),
        ),
    ] = False
    trust_env: Annotated[
        bool,
        Field(
            "Use the proxies of the environment (HTTP_PROXY and the like).",
            "Proxies",
            "--trust-env/--no-trust-env",
            example="true",
            names=(("true", "from env"),),
        ),
    ] = False
    max_body: Annotated[
        int,
        Meta(ge=1, le=2**40),
        Field(
            "The largest body to read, in bytes, as sent and as decompressed. A larger one is abandoned and "
            "counts as too_large.",
            "Max body",
            "--max-body BYTES",
            "bytes",
            example="1048576",
        ),
    ] = DEFAULT_LARGEST


class Stage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period in which the rate or the concurrency changes linearly to `to`."""

    seconds: Annotated[Seconds, Field("How long the change takes.", "Seconds", unit="s", example="10")]
    to: Annotated[
        float,
        Meta(ge=0, le=1_000_000),
        Field("The rate or the requests in flight at the end of the stage.", "To", example="100"),
    ]


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The load. `closed` keeps `concurrency` requests in flight, for `requests` or `seconds` per contender and round;
    each worker pauses `think` seconds between an answer and its next request. `burst` sends `concurrency` requests
    at once in each round. `open` sends `rate` requests per second, evenly spaced or as a Poisson process, whether
    or not answers come back; a request due while `concurrency` are in flight is dropped. `stages` change the rate,
    or the concurrency of a closed load, over time.
    """

    kind: Annotated[
        Literal["closed", "open", "burst"],
        Field(
            "The kind of load: a constant number of requests in flight (closed), a given rate whether or not "
            "answers come back (open), or many requests at once (burst).",
            "Load",
            example='"open"',
        ),
    ] = "closed"
    concurrency: Annotated[
        Concurrency,
        Field(
            "Requests that each contender keeps in flight; in an open load, their limit.",
            "In flight",
            "-c, --concurrency N",
            example="64",
        ),
    ] = 64
    requests: (
        Annotated[
            Positive,
            Field(
                "Requests that each contender sends per round, instead of a duration.",
                "Requests",
                "-n, --requests N",
                example="1000",
                empty=("1000",),
                only=of_load("closed"),
            ),
        ]
        | None
    ) = None
    seconds: (
        Annotated[
            Seconds,
            Field(
                "How long each contender is under load per round. Default: 10 s.",
                "Seconds",
                "-d, --duration TIME",
                example="10",
                empty=("10",),
                only=of_load("closed", "open"),
            ),
        ]
        | None
    ) = None
    rate: (
        Annotated[
            float,
            Meta(gt=0, le=1_000_000),
            Field(
                "Requests per second of an open load, due whether or not answers come back.",
                "Rate",
                "--rate R",
                "/s",
                example="200",
                empty=("100",),
                only=of_load("open"),
            ),
        ]
        | None
    ) = None
    arrivals: Annotated[
        Literal["constant", "poisson"],
        Field(
            "The spacing of an open load's requests: even (constant), or random, like that of independent users "
            "(poisson).",
            "Arrivals",
            "--arrivals KIND",
            example='"poisson"',
            only=of_load("open"),
        ),
    ] = "constant"
    think: Annotated[
        float,
        Meta(ge=0, le=3_600),
        Field(
            "A pause of each worker of a closed load between an answer and its next request.",
            "Think",
            "--think TIME",
            "s",
            example="0.05",
            only=of_load("closed"),
        ),
    ] = 0.0
    stages: Annotated[
        tuple[Stage, ...],
        Meta(max_length=50),
        Field(
            "A load that changes over time: 10s:100, 20s:500 ramps to 100 within 10 s, then to 500 within 20 s. "
            "The levels are requests in flight (closed) or req/s (open).",
            "Stages",
            "--stage TIME:LEVEL",
            example="[{ seconds = 10, to = 100 }]",
            empty=("10s:100, 20s:500",),
            item="stage",
            only=all_of(of_load("closed", "open"), not_swept),
        ),
    ] = ()


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The order and repetition of the load. `blocks` divides a timed round into paired slices (by default chosen from
    the time and the latencies of the warm-up); `rounds` repeats the load; `rest` is the pause between rounds and
    `cooldown` the pause after an interleaved slice, in seconds; `warmup` is "auto", "1s", "0" or a number of
    requests, never counted; `epochs` is how often the lanes are restarted; `until` "decided" ends the run when the
    ranking is decided; `delta` is the difference below which two contenders count as equal, 0.03 for 3 %; `pin`
    keeps each lane on one core; `probe` adds a short uncounted load after the last round that shows what limits
    each contender, if that is open.
    """

    kind: Annotated[
        ScheduleName,
        Field(
            "When contenders run: all at the same time (concurrent), in short turns in random order "
            "(interleaved), or one after the other (sequential).",
            "Order",
            "--schedule KIND",
            example='"interleaved"',
            only=not_swept,
        ),
    ] = "concurrent"
    rounds: Annotated[
        int,
        Meta(ge=1, le=1_000),
        Field("How often to repeat the load.", "Rounds", "--rounds N", example="3", only=not_swept),
    ] = 1
    blocks: (
        Annotated[
            int,
            Meta(ge=1, le=1_000),
            Field(
                "Turns per contender and round. Default: as many as the time allows.",
                "Blocks",
                "--blocks N",
                example="10",
                empty=("auto",),
            ),
        ]
        | None
    ) = None
    rest: Annotated[
        float,
        Meta(ge=0, le=3_600),
        Field(
            "A pause without load between two rounds.",
            "Rest",
            "--rest TIME",
            "s",
            example="1",
            useful=not_swept,
        ),
    ] = 0.0
    cooldown: Annotated[
        float,
        Meta(ge=0, le=60),
        Field(
            "A pause without load after each interleaved turn, so that late work of one contender does not "
            "disturb the next.",
            "Cool-down",
            "--cooldown TIME",
            "s",
            example="0.1",
            useful=interleaved,
        ),
    ] = 0.03
    seed: Annotated[
        int,
        Meta(ge=0, le=2**63 - 1),
        Field(
            "The seed of all random choices: the same seed gives the same turns and times.",
            "Seed",
            "--seed N",
            example="7",
        ),
    ] = 1
    warmup: Annotated[
        WarmupName,
        Field(
            "Load before the measurement, never counted: until every contender runs steadily (auto), for a time "
            "such as 1s, for a number of requests, or none (0).",
            "Warm-up",
            "--warmup WARMUP",
            example='"1s"',
            empty=("auto, 1s, 0", "auto"),
        ),
    ] = "auto"
    epochs: Annotated[
        int,
        Meta(ge=1, le=100),
        Field(
            "How often to run with fresh processes: every epoch restarts all lanes.",
            "Epochs",
            "--epochs N",
            example="3",
            only=not_swept,
        ),
    ] = 1
    until: Annotated[
        Literal["done", "decided"],
        Field(
            "When the run ends: after all of its load (done), or as soon as the ranking is decided (decided).",
            "Until",
            "--until WHEN",
            example='"decided"',
            only=not_swept,
        ),
    ] = "done"
    delta: Annotated[
        float,
        Meta(gt=0, le=0.5),
        Field(
            "The difference below which two contenders count as equal: 0.03 stands for 3 %.",
            "Equal within",
            "--delta SHARE",
            example="0.05",
        ),
    ] = 0.03
    pin: Annotated[
        bool,
        Field(
            "Pin each lane to one core, and the embedded target to the first.",
            "Pin",
            "--pin/--no-pin",
            example="true",
            names=(("true", "a core each"),),
        ),
    ] = False
    probe: Annotated[
        bool,
        Field(
            "Run half the load for a second after the measurement, not counted, to find what limits each "
            "contender.",
            "Probe",
            "--probe/--no-probe",
            example="false",
            names=(("true", "half load"),),
            useful=not_swept,
        ),
    ] = True


class Contender(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contender: engine × reuse × HTTP version × loop × pool, and its own concurrency if given.

    `processes` run it together: they share its requests in flight and its arrivals; each has its own client objects,
    pools and event loop. `inside` puts the client into a web application, whose route the engine `raw` requests: an
    `async def` route that awaits the client (`fastapi-async`), one that calls it and blocks the event loop
    (`fastapi-async-blocking`), or a `def` route that calls it in a thread (`fastapi-sync`); `fastapi-ping` is a route
    without a client. `read` is how answers are read: their bytes, their text or parsed JSON as the library gives it,
    or only their headers. `dns_ttl` is how many seconds a client object caches a DNS lookup; 0 never caches.
    `requires`, such as "httpx==0.27.2", and `python`, such as "3.13", give it its own environment.
    """

    engine: Annotated[
        str,
        Meta(min_length=1, max_length=500),
        Field(
            "The client library to use, such as aiohttp, httpx or requests, or an engine of your own: "
            "./mine.py:MyEngine.",
            "Client",
            example='"httpx"',
        ),
    ]
    reuse: Annotated[
        ReuseName,
        Field(
            "When to create a client object: once for all workers (shared), once per worker, once per request, "
            "or after every N requests.",
            "Reuse",
            example='"per-worker"',
            empty=("N",),
        ),
    ] = "shared"
    http: Annotated[HttpName, Field("The version of HTTP.", "HTTP", example='"2"')] = "1.1"
    loop: Annotated[
        LoopName | UnsetType,
        Field(
            "The event loop of an async client. Default: the client's usual one.",
            "Loop",
            example='"uvloop"',
        ),
    ] = UNSET
    pool: Annotated[
        PoolName | Concurrency,
        Field(
            "The most connections of a client: as many as requests in flight (concurrency), a number, or the "
            "library's defaults.",
            "Pool",
            example='"library-defaults"',
        ),
    ] = "concurrency"
    concurrency: Annotated[
        Concurrency | UnsetType,
        Field(
            "Requests of this contender in flight, instead of the load's number.",
            "In flight",
            example="8",
            empty=("load’s",),
        ),
    ] = UNSET
    processes: Annotated[
        int,
        Meta(ge=1, le=64),
        Field(
            "Processes that run this contender and share its load.",
            "Processes",
            example="2",
            told="{} processes",
        ),
    ] = 1
    inside: Annotated[
        InsideName | UnsetType,
        Field(
            "Run the client inside a FastAPI app, in a route that awaits it (fastapi-async), calls it and blocks "
            "the event loop (fastapi-async-blocking), or calls it in a thread (fastapi-sync); fastapi-ping is a "
            "route that uses no client.",
            "In FastAPI",
            example='"fastapi-async"',
            names=(
                ("", "no"),
                ("fastapi-async", "async"),
                ("fastapi-async-blocking", "blocking"),
                ("fastapi-sync", "sync"),
                ("fastapi-ping", "ping"),
            ),
            told="{}",
        ),
    ] = UNSET
    read: Annotated[
        ReadName,
        Field(
            "How to read answers: their bytes, their text or parsed JSON as the library gives it, or only their "
            "headers.",
            "Reads",
            example='"json"',
            told="reads {}",
        ),
    ] = "bytes"
    dns_ttl: (
        Annotated[
            float,
            Meta(ge=0, le=86_400),
            Field(
                "Seconds for which a client object caches a DNS lookup; 0 never caches. Default: as the library "
                "does.",
                "DNS cache",
                unit="s",
                example="60",
                empty=("library’s",),
            ),
        ]
        | UnsetType
    ) = UNSET
    label: Annotated[
        Text | UnsetType,
        Field(
            "A name for this contender, instead of the one made from its settings.",
            "Label",
            example='"httpx as we use it"',
            empty=("from its parts", "its parts"),
        ),
    ] = UNSET
    requires: Annotated[
        tuple[Requirement, ...],
        Meta(max_length=20),
        Field(
            "Packages of the contender's own environment, such as httpx==0.27.2.",
            "Requires",
            example='["httpx==0.27.2"]',
            empty=("what is installed", "installed"),
            typed="packages",
            told="requires {}",
        ),
    ] = ()
    python: Annotated[
        PythonName,
        Field(
            "The Python of the contender's own environment, such as 3.13, or 3.13t without the GIL. Default: the "
            "Python that runs httptui.",
            "Python",
            example='"3.13"',
            empty=("the one that runs httptui", "httptui’s"),
        ),
    ] = ""


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run. `contender` is an array of tables in TOML; `expect` lists pass criteria such as "aiohttp.p99 < 50ms".

    `compare` "alike" ranks only contenders that did equal work: the same requests sent, answers of the same status
    and size, the same number in flight. "as-is" ranks all and flags the differences, for plans that intend them.

    `sweep` turns the plan into many runs: the levels of one or two fields by path: "concurrency" (of the load),
    "latency_ms" (of the embedded target), "pool" (of every contender) or a path such as "load.rate". Every level is
    visited once in each of `schedule.blocks` blocks (default 6), in which each contender has a short turn.
    `load.seconds` is the total time per contender and level (default: half a second per turn). A turn is longer if it
    would hold fewer than six round trips of a swept latency, up to 1.5 s, or 16 ms for each request in flight if that
    is more.
    """

    name: Annotated[
        Text,
        Field(
            "The name of the plan, on the screen and in reports.",
            "Name",
            example='"our API"',
            empty=("untitled",),
        ),
    ] = ""
    description: Annotated[
        str,
        Meta(max_length=2_000),
        Field(
            "A note on what the plan shows and why, repeated in its reports.",
            "About",
            example='"one page of items"',
            empty=("what it shows, and why",),
            typed="text",
        ),
    ] = ""
    expect: Annotated[
        tuple[Text, ...],
        Meta(max_length=100),
        Field(
            "A pass criterion: a figure of one or of every contender, an operator and a number. If one is "
            "missed, the exit code is 3.",
            "Expect",
            "--expect CLAUSE",
            example='["aiohttp.p99 < 50ms", "errors == 0"]',
            empty=("p99 < 50ms, one per line",),
            item="line",
            only=not_swept,
        ),
    ] = ()
    compare: Annotated[
        CompareName,
        Field(
            "Which contenders to rank: only those that did equal work (alike), or all, with differences flagged "
            "(as-is).",
            "Compare",
            "--compare HOW",
            example='"as-is"',
            names=(("alike", "alike"), ("as-is", "as is")),
        ),
    ] = "alike"
    target: Target = Target()
    policy: Policy = Policy()
    load: Load = Load()
    schedule: Schedule = Schedule()
    sweep: Annotated[
        dict[str, Levels],
        Meta(max_length=2),
        Field(
            "Run every level of a number in short turns: concurrency = 1, 2, 4, or latency_ms, pool or a path "
            "such as load.rate. A second one makes a grid.",
            "Sweep",
            "--sweep FIELD=LEVELS",
            example="{ concurrency = [1, 4, 16] }",
            empty=("none, or concurrency = 1, 2, 4, 8", "none, or pool = 2, 4"),
        ),
    ] = {}
    contender: Annotated[tuple[Contender, ...], Meta(min_length=1, max_length=26)]


CHOICES: Mapping[str, Field] = {
    "target.source": Field(
        "Request one URL, or several in turn: typed here, or read from a file.",
        "Request",
        names=(("url", "one URL"), ("urls", "several"), ("urls_file", "from a file")),
    ),
    "load.bound": Field(
        "What ends the load.",
        "Ends after",
        names=(("seconds", "seconds"), ("requests", "requests"), ("stages", "stages")),
    ),
}
"""Choices of which of a table's fields is given, where one excludes the others; no plan has them.  `names` has the
fields' names, the usual one first.
"""


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
    """Return the letter of the contender at an index: A … Z."""
    return chr(ord("A") + index)


def concurrency_of(plan: Plan, contender: Contender) -> int:
    """Return the most requests in flight of a contender: its own number, the load's, or that of the highest stage."""
    if contender.concurrency is not UNSET:
        return contender.concurrency
    if plan.load.kind == "closed" and plan.load.stages:
        return max(plan.load.concurrency, *(round(stage.to) for stage in plan.load.stages))
    return plan.load.concurrency


def label_of(contender: Contender) -> str:
    """Name a contender: its own label, or engine · reuse and whatever differs from the usual."""
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
    """Return the seconds under load a round, 10 unless given; None if a number of requests bounds it."""
    if load.stages:
        return sum(stage.seconds for stage in load.stages)
    if load.kind == "burst" or load.requests is not None:
        return None
    return 10.0 if load.seconds is None else load.seconds


def describe_load(load: Load) -> str:
    """Describe the load in a few words, as the screen's first line has it."""
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


def describe_policy(plan: Plan) -> str:
    """Describe what any client of the plan may do, the time-out first: "timeout 30 s · 2 redirects"."""
    policy = plan.policy
    told = [f"timeout {policy.timeout:g} s"]
    told += [plural(policy.redirects, "redirect")] if policy.redirects else []
    told += [_retries(policy)] if policy.retries else []
    told += [f"{policy.per_host_rate:g} req/s for each host"] if policy.per_host_rate else []
    told += ["cookies"] if policy.cookies else []
    told += ["proxies of the environment"] if policy.trust_env else []
    return " · ".join(told if plan.target.verify else [*told, "TLS not verified"])


def _retries(policy: Policy) -> str:
    for_what = f" for {', '.join(policy.retry_on)}" if policy.retry_on else ""
    return f"{policy.retries} {'retry' if policy.retries == 1 else 'retries'} after {policy.retry_wait:g} s{for_what}"
