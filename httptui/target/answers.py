"""Answers of the target, independent of the protocol: from the request line to status, headers and body."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from time import thread_time
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from httptui.target.options import MAX_DELAY_MS

WHOLE_LIMIT = 65_536
"""Bodies up to this many bytes are held in memory and sent whole; longer ones are streamed filler."""

TEXT = ("Content-Type", "text/plain; charset=utf-8")
JSON = ("Content-Type", "application/json")
BINARY = ("Content-Type", "application/octet-stream")

FILLER = (b"httptui embedded target: filler that does not compress to nothing. 0123456789abcdef\n" * 800)[
    :WHOLE_LIMIT
]
KIB = (b"httptui embedded target: one KiB of plain text, the same for every client and every run.\n" * 12)[
    :1024
]

LEAST_JSON = 25
"""Size in bytes of the smallest document of `/json/N`."""

BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers other than framing ones, and `body`, followed by `filler` bytes of FILLER repeated."""

    status: int
    headers: tuple[tuple[str, str], ...] = (TEXT,)
    body: bytes = b""
    filler: int = 0

    @property
    def length(self) -> int:
        """Size of the body in bytes."""
        return len(self.body) + self.filler


def line(status: int, text: str) -> Answer:
    """Return an answer of one line of text."""
    return Answer(status, (TEXT,), f"{text}\n".encode())


def json_answer(body: bytes) -> Answer:
    """Return a 200 with JSON."""
    return Answer(200, (JSON,), body)


def bytes_answer(size: int) -> Answer:
    """Return an answer of `size` bytes: held in memory up to WHOLE_LIMIT, streamed beyond."""
    if size <= WHOLE_LIMIT:
        return Answer(200, (BINARY,), FILLER[:size])
    return Answer(200, (BINARY,), b"", size)


def json_of_size(size: int) -> Answer:
    """Return a JSON document of `size` bytes, at least LEAST_JSON: records in UTF-8, as from an API, and padding."""
    records: list[bytes] = []
    left = size - LEAST_JSON
    while len(record := _record(len(records))) < left:
        records.append(record)
        left -= len(record) + (len(records) > 1)
    items = b",".join(records)
    return json_answer(b'{"items":[%b],"padding":"%b"}' % (items, b"." * (size - LEAST_JSON - len(items))))


def _record(number: int) -> bytes:
    fields = {
        "id": number,
        "name": f"Crème brûlée {number}",
        "price": number + 0.5,
        "tags": ["süß", None, True],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def status_answer(status: int) -> Answer:
    """Return an answer with that status, its reason phrase as the body, and a Location if it redirects."""
    if status in BODILESS or status == 205:
        return Answer(status, (), b"")
    headers = (TEXT, ("Location", "/")) if 300 <= status < 400 else (TEXT,)
    return Answer(status, headers, f"{status} {phrase(status)}\n".encode())


def phrase(status: int) -> str:
    """Return the reason phrase of a status, or "Unassigned"."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"


ROOT = Answer(200, (TEXT,), KIB)
GZIP = Answer(200, (TEXT, ("Content-Encoding", "gzip")), gzip.compress(KIB, mtime=0))
FAILED = line(503, "this answer was chosen to fail by error_rate")


MAX_BYTES = 256 * 1024 * 1024
MAX_FAULT_SECONDS = 300.0
MAX_CPU_MS = 1_000.0
FAULT_SECONDS = {"hang": 30.0, "drip": 10.0}
FAULTS = ("close", "truncate", "malformed", "drip", "hang", "reset")
PATHS = "/, /bytes/N, /json/N, /delay/MS, /cpu/MS, /status/CODE, /stats, /fault/NAME, /echo, /gzip"

Kind = Literal["fixed", "cpu", "echo", "stats", "fault"]


@dataclass(frozen=True, slots=True)
class Route:
    """Action for a request: send `answer` (fixed), first use CPU time (cpu), describe the request (echo), return the
    counts (stats), or misbehave (fault).

    `delay_ms` comes from the path; `latency_ms`, `jitter_ms` and `error_rate` from the query, None if absent there.
    `seconds` is the duration of a fault, or the CPU time.
    """

    kind: Kind
    answer: Answer = ROOT
    fault: str = ""
    seconds: float = 0.0
    delay_ms: float = 0.0
    latency_ms: float | None = None
    jitter_ms: float | None = None
    error_rate: float | None = None

    @property
    def paced(self) -> bool:
        """True if path or query ask for a delay or errors, so that each request must be drawn."""
        return bool(self.delay_ms or self.latency_ms or self.jitter_ms or self.error_rate)


class _BadValueError(ValueError):
    """An unusable value in path or query; the text is the answer's line."""


@lru_cache(maxsize=256)
def route(target: str) -> Route:
    """Return the route of a request target (origin, absolute or asterisk form).

    Never raises: an unusable target gets a 400 or 404 answer.
    """
    path, _, query = _origin_form(target).partition("?")
    try:
        values = dict(_query_values(query))
        return replace(
            _path_route(path, values),
            latency_ms=values.get("latency_ms"),
            jitter_ms=values.get("jitter_ms"),
            error_rate=values.get("error_rate"),
        )
    except _BadValueError as error:
        return Route("fixed", line(400, str(error)))


def _origin_form(target: str) -> str:
    if target.startswith("/"):
        return target
    if match := re.match(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*", target):
        rest = target[match.end() :]
        return rest if rest.startswith("/") else f"/{rest}"
    return "/" if target == "*" else f"//{target}"


def _query_values(query: str) -> Iterator[tuple[str, float]]:
    limits = {
        "latency_ms": MAX_DELAY_MS,
        "jitter_ms": MAX_DELAY_MS,
        "error_rate": 1.0,
        "seconds": MAX_FAULT_SECONDS,
    }
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in limits:
            yield name, _number(name, text, limits[name])


_PLAIN = {
    "/": Route("fixed"),
    "/gzip": Route("fixed", GZIP),
    "/echo": Route("echo"),
    "/stats": Route("stats"),
}


def _path_route(path: str, query: dict[str, float]) -> Route:
    if path in _PLAIN:
        return _PLAIN[path]
    match path.split("/")[1:]:
        case ["bytes", text]:
            return Route("fixed", bytes_answer(_whole_number("bytes", text, 0, MAX_BYTES)))
        case ["json", text]:
            return Route("fixed", json_of_size(_whole_number("json", text, LEAST_JSON, WHOLE_LIMIT)))
        case ["delay", text]:
            return Route("fixed", delay_ms=_number("delay", text, MAX_DELAY_MS))
        case ["cpu", text]:
            return Route("cpu", seconds=_number("cpu", text, MAX_CPU_MS) / 1000)
        case ["status", text]:
            return Route("fixed", status_answer(_whole_number("status", text, 200, 599)))
        case ["fault", text]:
            if text not in FAULTS:
                raise _BadValueError(f"fault: {text[:40]!a} is unknown; there are {', '.join(FAULTS)}")
            return Route("fault", fault=text, seconds=query.get("seconds", FAULT_SECONDS.get(text, 0.0)))
    return Route("fixed", line(404, f"no such path; there are {PATHS}"))


def _whole_number(name: str, text: str, least: int, most: int) -> int:
    if re.fullmatch(r"[0-9]{1,12}", text) and least <= int(text) <= most:
        return int(text)
    raise _BadValueError(
        f"{name}: {text[:40]!a} cannot be used; a whole number from {least} to {most} is needed"
    )


def _number(name: str, text: str, most: float) -> float:
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9}", text) and float(text) <= most:
        return float(text)
    raise _BadValueError(f"{name}: {text[:40]!a} cannot be used; a number from 0 to {most:g} is needed")


MAX_ECHO_BODY = 1_048_576
"""Longer bodies are read and counted, but `/echo` refuses to return them."""


@dataclass(frozen=True, slots=True)
class Request:
    """A complete request; `headers` are in order and as spelt.

    `body` is kept for `/echo` only, up to MAX_ECHO_BODY of its `body_size` bytes.
    """

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    body_size: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """An HTTP/1.1 request with its route; `keep_alive` means that its connection stays open.

    `wire` is the serialised answer if it is always the same; `instant` is the same if only the server-wide pacing can
    delay it.
    """

    request: Request
    route: Route
    keep_alive: bool
    wire: bytes | None
    instant: bytes | None


def answer(request: Request, route: Route, failed: bool, stats: Callable[[Request], Answer]) -> Answer:
    """Return the answer to a request that is not a fault, after its work, if any; `stats` is called if needed."""
    if failed:
        return FAILED
    if route.kind == "stats":
        return stats(request)
    if route.kind == "echo":
        if request.body_size > MAX_ECHO_BODY:
            return line(413, f"echo returns bodies of up to {MAX_ECHO_BODY} bytes")
        return json_answer(echo_json(request))
    if route.kind == "cpu":
        use_cpu(route.seconds)
    return route.answer


def use_cpu(seconds: float) -> None:
    """Keep this thread, the only worker of all connections, busy for so much CPU time."""
    end = thread_time() + seconds
    while thread_time() < end:
        pass


def echo_json(request: Request) -> bytes:
    """Describe the request as JSON; a body that is not UTF-8 is in base64."""
    try:
        body, encoding = request.body.decode(), "text"
    except UnicodeDecodeError:
        body, encoding = base64.b64encode(request.body).decode("ascii"), "base64"
    return msgspec.json.encode(
        {
            "method": request.method,
            "target": request.target,
            "http_version": request.version,
            "headers": request.headers,
            "body": body,
            "body_encoding": encoding,
        }
    )
