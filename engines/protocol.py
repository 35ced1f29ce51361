"""Wire protocol between this package's processes, declared and framed once for both ends.

A message is a 4-byte big-endian length and that many bytes of JSON, whose `type` is the lower-case class name. A
process writes `GREETING` before its first message, which separates the messages from anything that its environment
prints while Python starts; later prints go to standard error. Nothing is sent per request: a frame carries the
changes since the last one. Times are nanoseconds of the system-wide monotonic clock.
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
    """Parent to lane, first: the contender and its requests.

    - `loop`: empty means the engine's usual one. `pool`: None keeps the library's defaults.
    - `urls`: if not empty, sent in turn instead of `url`.
    - `retry_on`: causes that are retried, up to `retries` times, first after `retry_wait` seconds.
    - `per_host_rate`: the most requests per second to each host.
    - `dns_delay`: seconds that each name lookup is slowed by; the target is then reached as `localhost`, because an
      address needs no lookup.
    - `read`: what is done with an answer; in every mode `bytes` of a frame are the body bytes that the client
      delivered.
    - `pins`: the only addresses to connect to, by host, besides this machine's; `proxies`: URLs of the environment's.
    - `secrets`: names of headers that stay with the origins of the plan's own URLs.
    - `token`: an app answers only requests that carry it.
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
    """Parent to lane: put this turn under load.

    - Bounds: `seconds`, `requests`, or with `burst` one request per worker.
    - `rate`: requests per second of an open load. In an `idle` turn its arrivals pass unsent.
    - `stages`: pairs of seconds, and the rate or concurrency at their end.
    - `spread_seconds`: time over which the workers of a closed load start, so that they do not run in step.
    - `cut_seconds`: frames are cut at every multiple of it from `start_ns` (0: no cuts). They carry `block` plus the
      number of cuts so far, or -1 before `trim_seconds`, in the last `tail_seconds` and after the end.
    - `drain_seconds`: requests still in flight so long after the end are cancelled.
    - `scale`: factor on the rate or the concurrency.
    - `held_ns`: total time on hold so far; frames use a clock that stands still during holds.
    - `part` (from 0) of `parts`: this process's share where several share a turn; all numbers are of the whole turn.
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
    """Parent to lane: stop sending, allow `drain_seconds` for requests in flight, then report the turn as done."""

    drain_seconds: float


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Parent to lane: send nothing from `at_ns` on, which may lie slightly ahead; the load clock stops there."""

    at_ns: int


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Parent to lane: end the hold at `at_ns` and continue where it began."""

    at_ns: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """Parent to lane: from `at_ns` on, apply `scale` to the plan's concurrency or rate."""

    at_ns: int
    scale: float


@dataclass(frozen=True, kw_only=True)
class Begin:
    """Parent to app: a turn begins; reset CPU time and event-loop lag."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Parent to app: report everything since the last reading."""


@dataclass(frozen=True, kw_only=True)
class Quit:
    """Parent to lane: close every client and exit."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request as a client put it on the wire.

    `target` is that of the request line; `body_bytes` is the declared length of the body, None if undeclared.
    """

    method: str
    target: str
    accept_encoding: str | None = None
    body_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Lane or app to parent: the engine is imported and its first clients are open.

    An app listens on `port`. `sent` are the first few requests as the client sends them, None for any that is
    unknown.
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
    """The first answer of a status in a turn: headers if the client gives them, start and size of the body."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Lane to parent: everything that happened in one interval of a turn.

    All values are deltas except `in_flight`, `connections` and the maxima. The parent may join the frames of
    processes that share a contender into one.

    - `histogram`: index, count, index, count …
    - `credits`: by block, the sum of the shares of each success's life that lie inside it.
    - `bytes`: body bytes that the client delivered, of all answers. `ok_bytes` and `ok_bytes_squared` are the sums,
      over successes, of the body bytes and of their squares.
    - `first_answers`: by status, the first one of each status from FIRST_STATUS_WITH_HEADERS on.
    - `bounds`: lower bounds on the latencies of requests that timed out or were cancelled.
    - `load_until_ns`: when sending ends or has ended, None where only requests bound the load. Answers after it
      belong to requests sent before.
    - `lookups`: names looked up, or None if the library does it by itself. A client looks a name up when it connects,
      so requests on a kept connection cause none.

    For a contender inside an app, `cpu_ns`, `lag_max_ns`, `lookups` and `http` are the app's, and `connections` is
    unknown. `upstream_answered`, `upstream_failed` and `upstream_ns` (of answered calls) describe its client's calls,
    and `foreign` counts the requests that the app refused.
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
    """App to parent: changes since the last reading; `message` is that of the first failed call."""

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
    """Lane to parent: the turn is over, and its last frame has been sent."""

    turn: int


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Lane to parent, last: this contender cannot run; `message` says why."""

    stage: str
    message: str


ToLane = Setup | Go | Hold | Resume | Change | Stop | Begin | Read | Quit
FromLane = Ready | Frame | Reading | Done | Failed
_TO_LANE = {
    kind.__name__.lower(): kind for kind in (Setup, Go, Hold, Resume, Change, Stop, Begin, Read, Quit)
}


def to_lane(data: bytes) -> ToLane:
    """Decode a message to a lane. Its types are not checked: the sender is our own parent."""
    fields: dict[str, Any] = json.loads(data)
    kind: type[ToLane] = _TO_LANE[fields.pop("type")]
    return kind(**fields)


def framed(message: object) -> bytes:
    """Encode and frame a message, or any object of dataclasses, lists and dicts."""
    return with_length(encoded(message))


def with_length(data: bytes) -> bytes:
    """Prefix a message's JSON with its length."""
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def encoded(message: object) -> bytes:
    r"""Encode a message as JSON in UTF-8, whatever texts and objects a library has put into it.

    A lone surrogate, which JSON readers refuse, is written as the text of its escape: "\udcff" in six characters.
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
