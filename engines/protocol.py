"""What goes over the pipe between this package's processes, declared and framed once for both of its ends.

Each message is a 4-byte big-endian length and that many bytes of JSON, whose `type` is the class's name in small
letters.  A process says `GREETING` before its first message: whatever an environment prints while Python starts comes
before it, and what a library prints later goes to standard error.  Nothing is sent per request: a frame carries what
changed since the last one.  Times are nanoseconds of the system-wide monotonic clock.
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from httptui.engines.body_limit import DEFAULT_LARGEST

GREETING = b"\0httptui\0"
LENGTH_BYTES = 4
LARGEST_MESSAGE = 16 * 2**20
ESCAPING = "httptui.escaping"


@dataclass(frozen=True, kw_only=True)
class Setup:
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
    urls: list[str] = field(default_factory=list)
    retry_wait: float = 0.1
    retry_on: list[str] = field(default_factory=list)
    per_host_rate: float | None = None
    seed: int = 1
    read: str = "bytes"
    dns_ttl: float | None = None
    dns_delay: float | None = None
    max_body: int = DEFAULT_LARGEST
    pins: dict[str, list[str]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    proxies: list[str] = field(default_factory=list)
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class Go:
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
    stages: list[tuple[float, float]] = field(default_factory=list)
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


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Parent to lane: send no more, give what is in flight `drain_seconds`, then report the turn done."""

    drain_seconds: float


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Parent to lane: send nothing from a time on, a little ahead perhaps; the load's clock stands still there."""

    at_ns: int


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Parent to lane: the hold has ended at a time; go on where it began."""

    at_ns: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """Parent to lane: from a time on, `scale` times the plan's concurrency or rate."""

    at_ns: int
    scale: float


@dataclass(frozen=True, kw_only=True)
class Begin:
    """Parent to app: a turn begins, so forget the CPU time and the lag until now."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Parent to app: tell what has happened since it was told last."""


@dataclass(frozen=True, kw_only=True)
class Quit:
    """Parent to lane: close every client and leave."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request as a client put it on the wire: the target of its request line, its Accept-Encoding, and how many
    bytes of body it declared, None where it declared none.
    """

    method: str
    target: str
    accept_encoding: str | None = None
    body_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ready:
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
    sent: list[Sent | None] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The first answer of a status in a turn: headers, none where the client gives none, the beginning of its body,
    and how many `bytes` that had.
    """

    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Frame:
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
    credits: dict[int, float] = field(default_factory=dict)
    histogram: list[int]
    latency_sum_ns: int
    latency_max_ns: int
    lag_max_ns: int | None
    bounds: list[int] = field(default_factory=list)
    bounds_sum_ns: int = 0
    bounds_max_ns: int = 0
    load_until_ns: int | None = None
    retried: int = 0
    lookups: int | None = None
    connections: int | None
    status: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    http: dict[str, int] = field(default_factory=dict)
    first_answers: dict[str, Answer] = field(default_factory=dict)
    response: list[int] = field(default_factory=list)
    response_sum_ns: int = 0
    response_max_ns: int = 0
    response_bounds: list[int] = field(default_factory=list)
    response_bounds_sum_ns: int = 0
    response_bounds_max_ns: int = 0
    late: list[int] = field(default_factory=list)
    upstream_answered: int = 0
    upstream_failed: int = 0
    upstream_ns: int = 0
    foreign: int = 0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """App to parent: what happened since the last reading; `message` is that of the first call that failed."""

    cpu_ns: int
    lag_max_ns: int | None
    answered: int
    failed: int
    retried: int
    lookups: int | None
    upstream_ns: int
    http: dict[str, int]
    message: str
    foreign: int = 0


@dataclass(frozen=True, kw_only=True)
class Done:
    """Lane to parent: the turn is over; its last frame was sent before."""

    turn: int


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Lane to parent, last: this contender cannot run, and why."""

    stage: str
    message: str


ToLane = Setup | Go | Hold | Resume | Change | Stop | Begin | Read | Quit
FromLane = Ready | Frame | Reading | Done | Failed
_TO_LANE = {
    kind.__name__.lower(): kind for kind in (Setup, Go, Hold, Resume, Change, Stop, Begin, Read, Quit)
}


def to_lane(data: bytes) -> ToLane:
    """The message to a lane that JSON says, whose types its parent answers for."""
    fields: dict[str, Any] = json.loads(data)
    kind: type[ToLane] = _TO_LANE[fields.pop("type")]
    return kind(**fields)


def framed(message: object) -> bytes:
    """A message, or any other object of dataclasses, lists and tables, as it goes over the pipe."""
    return with_length(encoded(message))


def with_length(data: bytes) -> bytes:
    """A message's JSON as it goes over the pipe."""
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def encoded(message: object) -> bytes:
    r"""A message as JSON in UTF-8, whatever texts and objects a library has put into it.

    A lone surrogate, which readers of JSON refuse, is written as the text of its escape: "\udcff" in six letters.
    """
    if is_dataclass(message):
        message = {"type": type(message).__name__.lower(), **vars(message)}
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode("utf-8", ESCAPING)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return vars(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    return f"a {type(value).__name__}"


def _escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lone = error.object[error.start : error.end]
    return "".join(f"\\\\u{ord(character):04x}" for character in lone), error.end


codecs.register_error(ESCAPING, _escape)
