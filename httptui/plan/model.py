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

    url: Annotated[
        Url,
        Field(
            "The URL that is requested: http://…, https://…, or embedded[/path] for a server of our own. {n} in its "
            "path or query stands for the request's number.",
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
            "URLs that are requested in turn instead of one, by every contender alike. {n} in a path or query stands "
            "for the request's number.",
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
                "A file with a URL on each line, where # begins a comment.",
                "URL file",
                "--urls FILE",
                example='"urls.txt"',
                empty=("urls.txt, one on each line", "urls.txt"),
                give="the name of a file with a URL on each line",
            ),
        ]
        | None
    ) = None
    order: Annotated[
        Literal["in-order", "shuffle"],
        Field(
            "Whether the URLs are requested in their order, or in one that is drawn from the seed.",
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
            "Sent with every request. A value env:NAME stands for a variable of the environment, for secrets.",
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
            "The body of every request, sent in UTF-8.",
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
        Field("The body in base64, where it is not text.", "Body in base64", example='"AAEC"', only=no_text),
    ] = ""
    verify: Annotated[
        bool,
        Field(
            "Whether a certificate must be one that is trusted.",
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
                "A file of certificates to trust in place of the system's.",
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
                "Milliseconds that each lookup of the embedded target's name takes longer; unless given, it is "
                "reached by its address.",
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
    """What every client may do beyond one plain request; all off unless asked for.  `timeout` in seconds.

    A request that fails is tried again up to `retries` times, first after `retry_wait` seconds and then after twice
    as long each time, a random half more or less.  `retry_on` says for what: "connect", "timeout", a kind of error or
    a status such as "503"; unless given, for "connect" and, where the method is idempotent, 502, 503 and 504.
    `per_host_rate` is the most requests a second that each contender sends to one host, evenly spaced.
    A body of more than `max_body` bytes, as sent or as unpacked, is given up and counts as the error "too_large"; so
    are bodies in flight that come to more than one and a half times that in one process, or to more than 16 MiB each
    where that is more.
    """

    timeout: Annotated[
        float,
        Meta(gt=0, le=3_600),
        Field(
            "The longest that one try of a request may take, whatever comes of it meanwhile.",
            "Timeout",
            "--timeout TIME",
            "s",
            example="5.0",
        ),
    ] = 30.0
    redirects: Annotated[
        int,
        Meta(ge=0, le=20),
        Field("How many redirects are followed; 0 follows none.", "Redirects", "--redirects N", example="5"),
    ] = 0
    retries: Annotated[
        int,
        Meta(ge=0, le=10),
        Field(
            "How often a request that failed is tried again; 0 never.", "Retries", "--retries N", example="2"
        ),
    ] = 0
    retry_wait: Annotated[
        float,
        Meta(ge=0, le=60),
        Field(
            "Seconds before a request is tried again, twice as long each time, a random half more or less.",
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
            "For what a request is tried again: connect, timeout, a kind of error or a status such as 503. Unless "
            "given, for connect and, where sending twice does no harm, 502, 503 and 504.",
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
                "The most requests a second that each contender sends to one host, evenly spaced; unless given, as "
                "many as it can.",
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
            "Whether a client keeps the cookies that it is sent.",
            "Cookies",
            "--cookies/--no-cookies",
            example="true",
            names=(("true", "keep them"),),
        ),
    ] = False
    trust_env: Annotated[
        bool,
        Field(
            "Whether clients heed HTTP_PROXY and the like of the environment.",
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
            "The largest body that is read, in bytes, as sent or as unpacked; a larger one is given up and counts as "
            "too_large.",
            "Max body",
            "--max-body BYTES",
            "bytes",
            example="1048576",
        ),
    ] = DEFAULT_LARGEST


class Stage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of time in which the rate or the concurrency goes in a straight line to `to`."""

    seconds: Annotated[Seconds, Field("How long it takes.", "Seconds", unit="s", example="10")]
    to: Annotated[
        float,
        Meta(ge=0, le=1_000_000),
        Field("The rate, or the requests in flight, at its end.", "To", example="100"),
    ]


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How hard.  `closed`: `concurrency` in flight, for `requests` or `seconds` a contender and round, each worker
    pausing `think` seconds between an answer and its next request.  `burst`: `concurrency` requests at once, each
    round.  `open`: `rate` requests per second, evenly or at the times of a Poisson process, whatever comes back; what
    finds `concurrency` in flight is dropped.  `stages` change the rate, or a closed load's concurrency, over time.
    """

    kind: Annotated[
        Literal["closed", "open", "burst"],
        Field(
            "How hard: a number in flight for some seconds or requests (closed), so many requests a second whatever "
            "comes back (open), or that many at once (burst).",
            "Load",
            example='"open"',
        ),
    ] = "closed"
    concurrency: Annotated[
        Concurrency,
        Field(
            "How many requests of each contender are in flight at once; in an open load, the most.",
            "In flight",
            "-c, --concurrency N",
            example="64",
        ),
    ] = 64
    requests: (
        Annotated[
            Positive,
            Field(
                "How many requests each contender sends in each round, in place of a time.",
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
                "How long each contender is under load in each round; 10 s unless given.",
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
                "Of an open load: requests a second that are due, whatever comes back.",
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
            "Of an open load: requests at even distances (constant), or at random ones as of many users (poisson).",
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
            "Of a closed load: a pause of each worker between an answer and its next request.",
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
            "A load that changes: 10s:100, 20s:500 goes to 100 within 10 s, then to 500 within 20 s; in flight if "
            "closed, req/s if open.",
            "Stages",
            "--stage TIME:LEVEL",
            example="[{ seconds = 10, to = 100 }]",
            empty=("10s:100, 20s:500",),
            item="stage",
            only=all_of(of_load("closed", "open"), not_swept),
        ),
    ] = ()


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In what order.  `blocks` divides a timed round into paired slices (chosen from the time, and the warm-up's
    latencies, if unset); `rounds` repeats the load; `rest` is the pause between rounds and `cooldown` that after an
    interleaved slice, in seconds; `warmup` is "auto", "1s", "0" or a number of requests, never counted; `epochs` is
    how often the lanes are started anew; `until` "decided" ends the run when the order is settled; `delta` is the
    difference below which two are called equal, 0.03 for 3 %; `pin` keeps each lane on one core; `probe` lets a
    short uncounted load after the last round show what limits each contender, where that is open.
    """

    kind: Annotated[
        ScheduleName,
        Field(
            "Who is under load when: all at once (concurrent), in short turns drawn by lot (interleaved), or one "
            "after the other (sequential).",
            "Order",
            "--schedule KIND",
            example='"interleaved"',
            only=not_swept,
        ),
    ] = "concurrent"
    rounds: Annotated[
        int,
        Meta(ge=1, le=1_000),
        Field("How often the load is repeated.", "Rounds", "--rounds N", example="3", only=not_swept),
    ] = 1
    blocks: (
        Annotated[
            int,
            Meta(ge=1, le=1_000),
            Field(
                "How many turns each contender has in a round; unless given, as many as there is time for.",
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
            "Seconds without load between two rounds.",
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
            "Seconds without load after each interleaved turn, so that what is left of it does not meet the next.",
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
            "What chance is drawn from: the same seed gives the same turns and the same times.",
            "Seed",
            "--seed N",
            example="7",
        ),
    ] = 1
    warmup: Annotated[
        WarmupName,
        Field(
            "Load that comes first and is never counted: auto ends it when every contender has found its pace; or a "
            "time such as 1s, a number of requests, or 0.",
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
            "Parts of the run with lanes of their own: every epoch starts the processes anew.",
            "Epochs",
            "--epochs N",
            example="3",
            only=not_swept,
        ),
    ] = 1
    until: Annotated[
        Literal["done", "decided"],
        Field(
            "When the run ends: when all is sent (done), or as soon as the order is settled (decided).",
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
            "The difference below which two contenders are called equal: 0.03 stands for 3 %.",
            "Tie below",
            "--delta SHARE",
            example="0.05",
        ),
    ] = 0.03
    pin: Annotated[
        bool,
        Field(
            "Whether each lane is kept on one core, and the embedded target on the first.",
            "Pin",
            "--pin/--no-pin",
            example="true",
            names=(("true", "a core each"),),
        ),
    ] = False
    probe: Annotated[
        bool,
        Field(
            "Whether half the load is tried for a second at the end, not counted, to see what limits each contender.",
            "Probe",
            "--probe/--no-probe",
            example="false",
            names=(("true", "half load"),),
            useful=not_swept,
        ),
    ] = True


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

    engine: Annotated[
        str,
        Meta(min_length=1, max_length=500),
        Field(
            "The adapter that drives one client library, such as aiohttp, httpx or requests, or ./mine.py:MyEngine.",
            "Client",
            example='"httpx"',
        ),
    ]
    reuse: Annotated[
        ReuseName,
        Field(
            "When a client object is made: once for all (shared), once per worker, once per request, or anew after "
            "every N requests.",
            "Reuse",
            example='"per-worker"',
            empty=("N",),
        ),
    ] = "shared"
    http: Annotated[HttpName, Field("The version of HTTP that is spoken.", "HTTP", example='"2"')] = "1.1"
    loop: Annotated[
        LoopName | UnsetType,
        Field(
            "The event loop of an async client; unless given, the client's usual one.",
            "Loop",
            example='"uvloop"',
        ),
    ] = UNSET
    pool: Annotated[
        PoolName | Concurrency,
        Field(
            "How many connections a client may open: as many as are in flight, a number, or the library's defaults.",
            "Pool",
            example='"library-defaults"',
        ),
    ] = "concurrency"
    concurrency: Annotated[
        Concurrency | UnsetType,
        Field(
            "How many requests of this contender are in flight at once, in place of the load's number.",
            "In flight",
            example="8",
            empty=("load’s",),
        ),
    ] = UNSET
    processes: Annotated[
        int,
        Meta(ge=1, le=64),
        Field(
            "How many processes run this contender; what is in flight is divided among them.",
            "Processes",
            example="2",
            told="{} processes",
        ),
    ] = 1
    inside: Annotated[
        InsideName | UnsetType,
        Field(
            "Whether the client is inside a FastAPI app, whose route awaits it (fastapi-async), calls it and so "
            "blocks the event loop (fastapi-async-blocking), or calls it in a thread (fastapi-sync); fastapi-ping is "
            "a route that calls nobody.",
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
            "What is done with an answer: its bytes are taken, or its text or parsed JSON as the library gives them, "
            "or it is left once the headers are there.",
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
                "Seconds for which a client object keeps a name that was looked up, 0 for not at all; unless given, "
                "as the library does.",
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
            "What this contender is called everywhere, in place of the name made of its parts.",
            "Label",
            example='"httpx as we use it"',
            empty=("from its parts", "its parts"),
        ),
    ] = UNSET
    requires: Annotated[
        tuple[Requirement, ...],
        Meta(max_length=20),
        Field(
            "Packages of an environment of its own, such as httpx==0.27.2.",
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
            "The Python of an environment of its own, such as 3.13, or 3.13t without the GIL; unless given, the one "
            "that runs httptui.",
            "Python",
            example='"3.13"',
            empty=("the one that runs httptui", "httptui’s"),
        ),
    ] = ""


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

    name: Annotated[
        Text,
        Field(
            "What the plan is called, on the screen and in reports.",
            "Name",
            example='"our API"',
            empty=("untitled",),
        ),
    ] = ""
    description: Annotated[
        str,
        Meta(max_length=2_000),
        Field(
            "What it shows, and why: told with the plan, and in its reports.",
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
            "What must hold at the end: a quantity, of one contender or of every one, an operator and a number. One "
            "that is missed ends the process with exit code 3.",
            "Expect",
            "--expect CLAUSE",
            example='["aiohttp.p99 < 50ms", "errors == 0"]',
            empty=("p99 < 50ms, one on each line",),
            item="line",
            only=not_swept,
        ),
    ] = ()
    compare: Annotated[
        CompareName,
        Field(
            "Which contenders are ranked: only those that did equal work (alike), or all, with a flag that says what "
            "differs (as-is).",
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
            "Every level of a number in short turns: concurrency = 1, 2, 4, or latency_ms, pool or a path such as "
            "load.rate; a second one makes a grid.",
            "Sweep",
            "--sweep FIELD=LEVELS",
            example="{ concurrency = [1, 4, 16] }",
            empty=("none, or concurrency = 1, 2, 4, 8", "none, or pool = 2, 4"),
        ),
    ] = {}
    contender: Annotated[tuple[Contender, ...], Meta(min_length=1, max_length=26)]


CHOICES: Mapping[str, Field] = {
    "target.source": Field(
        "Whether one URL is requested, or several in turn: those typed here, or those of a file.",
        "Asks for",
        names=(("url", "one URL"), ("urls", "several"), ("urls_file", "from a file")),
    ),
    "load.bound": Field(
        "What says how long the load lasts.",
        "Lasts for",
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


def describe_policy(plan: Plan) -> str:
    """What any client of the plan may do, the time-out first: "timeout 30 s · 2 redirects"."""
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
