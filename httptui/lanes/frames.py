"""What goes over the pipe between a lane and its parent, as checked structs.

Each message is a 4-byte big-endian length and that many bytes of JSON with a `type`.  Nothing is sent per
request: a frame carries what changed since the last one.  Times are nanoseconds of the system-wide monotonic clock.
"""

from __future__ import annotations

from msgspec import Struct

from httptui.engines.body_limit import DEFAULT_LARGEST
from httptui.snapshot import Sent


class Setup(Struct, tag="setup", kw_only=True):
    """Parent to lane, first: the contender and its request.  An empty `loop` is the engine's usual one.
    `pool` None keeps the library's defaults.  `urls`, where
    there are any, are sent in turn instead of `url`.  What fails for a cause in `retry_on` is tried again up to
    `retries` times, first after `retry_wait` seconds.  At most `per_host_rate` requests a second go to each host.
    With `dns_delay`, in seconds, the target is reached by its name, and each lookup of a name takes so much longer.
    `pins` are the only addresses to connect to, by host, besides those of this machine; `proxies` are the URLs of the
    environment's.  The headers named in `secrets` stay with the origins of the plan's own URLs.
    An app answers only who knows its `token`.
    """

    engine: str
    reuse: str
    loop: str
    http: str
    pool: int | None
    concurrency: int
    timeout: float
    verify: bool
    ca_file: str | None
    redirects: int
    retries: int
    cookies: bool
    trust_env: bool
    method: str
    url: str
    headers: list[tuple[str, str]]
    body: str
    frame_seconds: float
    body_base64: str = ""
    inside: str = ""
    urls: list[str] = []
    retry_wait: float = 0.1
    retry_on: list[str] = []
    per_host_rate: float | None = None
    seed: int = 1
    read: str = "bytes"
    dns_ttl: float | None = None
    dns_delay: float | None = None
    max_body: int = DEFAULT_LARGEST
    pins: dict[str, list[str]] = {}
    secrets: list[str] = []
    proxies: list[str] = []
    token: str = ""


class Go(Struct, tag="go", kw_only=True):
    """Parent to lane: put this turn under load, for `seconds` or `requests`, or, with `burst`, one request a worker;
    with `rate`, in requests per second, as an open load, whose arrivals pass unsent where the turn is `idle`.
    `stages` are (seconds, rate or concurrency at their end).
    Workers of a closed load begin spread over `spread_seconds`, so that they do not march in step.  Frames are cut at
    every multiple of `cut_seconds` from `start_ns` (0: no cuts), and carry `block` plus the number of cuts so far, or
    -1 before `trim_seconds`, in the last `tail_seconds` and after.  What is in flight `drain_seconds` after the time
    is cancelled.  `scale` multiplies the rate or the concurrency.  `held_ns` is for how long the run has been on hold
    so far: times of frames are of a clock that stands still on hold.  Where several processes share a turn, all
    numbers are those of the whole turn, of which each takes its `part` (from 0) of `parts`.
    """

    turn: int
    block: int
    warmup: bool
    start_ns: int
    seconds: float | None = None
    requests: int | None = None
    burst: bool = False
    idle: bool = False
    rate: float | None = None
    poisson: bool = False
    seed: int = 0
    stages: list[tuple[float, float]] = []
    concurrency: int
    think_seconds: float = 0.0
    cut_seconds: float = 0.0
    trim_seconds: float = 0.0
    tail_seconds: float = 0.0
    spread_seconds: float = 0.0
    drain_seconds: float
    scale: float = 1.0
    held_ns: int = 0
    part: int = 0
    parts: int = 1


class Stop(Struct, tag="stop", kw_only=True):
    """Parent to lane: send no more, give what is in flight `drain_seconds`, then report the turn done."""

    drain_seconds: float


class Hold(Struct, tag="hold", kw_only=True):
    """Parent to lane: send nothing from a time on, a little ahead perhaps; the load's clock stands still there."""

    at_ns: int


class Resume(Struct, tag="resume", kw_only=True):
    """Parent to lane: the hold has ended at a time; go on where it began."""

    at_ns: int


class Change(Struct, tag="change", kw_only=True):
    """Parent to lane: from a time on, `scale` times the plan's concurrency or rate."""

    at_ns: int
    scale: float


class Begin(Struct, tag="begin"):
    """Parent to app: a turn begins, so forget the CPU time and the lag until now."""


class Read(Struct, tag="read"):
    """Parent to app: tell what has happened since it was told last."""


class Quit(Struct, tag="quit"):
    """Parent to lane: close every client and leave."""


class Ready(Struct, tag="ready", kw_only=True):
    """Lane or app to parent: the engine is imported and its first clients are open.  An app listens on `port`.
    `sent` are the first few requests as the client sends them, None for one of which that is not known.
    """

    pid: int
    python: str
    gil: bool
    loop: str | None
    mode: str
    versions: dict[str, str]
    port: int = 0
    sent: list[Sent | None] = []


class Answer(Struct, frozen=True, kw_only=True):
    """The first answer of a status in a turn: headers, none where the client gives none, the beginning of its body,
    and how many `bytes` that had.
    """

    headers: list[tuple[str, str]] = []
    body: str = ""
    bytes: int = 0


class Frame(Struct, tag="frame", kw_only=True):
    """Lane to parent: what happened between two times of one turn, all as deltas but `in_flight`,
    `connections` and the maxima.  `histogram` is flat: index, count, index, count …  `credits` are what the successes
    of the frame are worth to each block so far: the shares of their lives that lie inside it.  `ok_bytes`
    and `ok_bytes_squared` are the sums of the body bytes of each success, and of their squares.
    `first_answers`, by status, are those that are no success.
    `bounds` are lower bounds of the latencies of requests that timed out or were cancelled.  The load ends, or has
    ended, at `load_until_ns`, None where only requests bound it; what comes after that was sent before.

    Of a contender inside an app, `cpu_ns`, `lag_max_ns`, `lookups` and `http` are the app's, `connections` is not
    known, and the upstream calls of its client are told: how many were answered and failed, and the time of those
    that were answered; and how many `foreign` requests the app refused.
    """

    turn: int
    block: int
    warmup: bool
    start_ns: int
    end_ns: int
    planned: int
    ok: int
    error: int
    timeout: int
    dropped: int
    cancelled: int
    in_flight: int
    bytes: int
    ok_bytes: int = 0
    ok_bytes_squared: float = 0.0
    cpu_ns: int
    credits: dict[int, float] = {}
    histogram: list[int]
    latency_sum_ns: int
    latency_max_ns: int
    lag_max_ns: int | None
    bounds: list[int] = []
    bounds_sum_ns: int = 0
    bounds_max_ns: int = 0
    load_until_ns: int | None = None
    retried: int = 0
    lookups: int | None = None
    connections: int | None
    status: dict[str, int] = {}
    errors: dict[str, int] = {}
    messages: dict[str, str] = {}
    http: dict[str, int] = {}
    first_answers: dict[str, Answer] = {}
    response: list[int] = []
    response_sum_ns: int = 0
    response_max_ns: int = 0
    response_bounds: list[int] = []
    response_bounds_sum_ns: int = 0
    response_bounds_max_ns: int = 0
    late: list[int] = []
    upstream_answered: int = 0
    upstream_failed: int = 0
    upstream_ns: int = 0
    foreign: int = 0


class Reading(Struct, tag="reading", kw_only=True):
    """App to parent: what happened since the last reading; `message` is that of the first call that failed."""

    cpu_ns: int
    lag_max_ns: int
    answered: int
    failed: int
    retried: int
    lookups: int | None
    upstream_ns: int
    http: dict[str, int]
    message: str
    foreign: int = 0


class Done(Struct, tag="done", kw_only=True):
    """Lane to parent: the turn is over; its last frame was sent before."""

    turn: int


class Failed(Struct, tag="failed", kw_only=True):
    """Lane to parent, last: this contender cannot run, and why."""

    stage: str
    message: str


FromLane = Ready | Frame | Reading | Done | Failed
ToLane = Setup | Go | Hold | Resume | Change | Stop | Begin | Read | Quit
