"""What a request line asks of the target: a pure function from the request target to a Route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl

from httptui.target.answers import (
    GZIP,
    LEAST_JSON,
    ROOT,
    WHOLE_LIMIT,
    Answer,
    bytes_answer,
    json_of_size,
    line,
    refusal,
    status_answer,
)
from httptui.target.options import MAX_DELAY_MS

MAX_BYTES = 256 * 1024 * 1024
MAX_FAULT_SECONDS = 300.0
MAX_CPU_MS = 1_000.0
FAULT_SECONDS = {"hang": 30.0, "drip": 10.0}
FAULTS = ("close", "truncate", "malformed", "drip", "hang", "reset")
PATHS = "/, /bytes/N, /json/N, /delay/MS, /cpu/MS, /status/CODE, /stats, /fault/NAME, /echo, /gzip"

Kind = Literal["fixed", "cpu", "echo", "stats", "fault"]


@dataclass(frozen=True, slots=True)
class Route:
    """What to do: send `answer` (fixed), and use CPU time before (work), tell what arrived (echo), tell the counts
    (stats), or misbehave (fault).

    `delay_ms` comes from the path; `latency_ms`, `jitter_ms` and `error_rate` from the query, None where it is
    silent; `seconds` bounds a fault that takes time, and is the CPU time of work.
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
        """True where path or query ask for a delay or for errors, so that each request must be drawn anew."""
        return bool(self.delay_ms or self.latency_ms or self.jitter_ms or self.error_rate)


class _BadValueError(ValueError):
    """A value in path or query that cannot be used; its text is the answer's line."""


@lru_cache(maxsize=256)
def route(target: str) -> Route:
    """The route of a request target (origin, absolute or asterisk form).  Never raises: what cannot be used is a
    400 or 404 answer.
    """
    path, _, query = _origin_form(target).partition("?")
    try:
        values = dict(_query_values(query))
        return _path_route(path, values)
    except _BadValueError as error:
        return Route("fixed", refusal(str(error)))


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


def _path_route(path: str, query: dict[str, float]) -> Route:
    _, name, *rest = path.split("/")
    argument = rest[0] if len(rest) == 1 else None
    kind: Kind = "fixed"
    answer, fault, delay_ms, cpu_ms = ROOT, "", 0.0, 0.0
    match name, argument:
        case ("", None) if path == "/":
            pass
        case ("gzip", None) if not rest:
            answer = GZIP
        case ("echo", None) if not rest:
            kind = "echo"
        case ("stats", None) if not rest:
            kind = "stats"
        case (("bytes" | "json"), str(text)):
            answer = _answer_of_size(name, text)
        case "delay", str(text):
            delay_ms = _number("delay", text, MAX_DELAY_MS)
        case "cpu", str(text):
            kind, cpu_ms = "cpu", _number("cpu", text, MAX_CPU_MS)
        case "status", str(text):
            answer = status_answer(_whole_number("status", text, 200, 599))
        case "fault", str(text):
            kind, fault = "fault", _fault(text)
        case _:
            answer = line(404, f"no such path; there are {PATHS}")
    return Route(
        kind,
        answer,
        fault,
        cpu_ms / 1000 if kind == "cpu" else query.get("seconds", FAULT_SECONDS.get(fault, 0.0)),
        delay_ms,
        query.get("latency_ms"),
        query.get("jitter_ms"),
        query.get("error_rate"),
    )


def _answer_of_size(name: str, text: str) -> Answer:
    if name == "json":
        return json_of_size(_whole_number(name, text, LEAST_JSON, WHOLE_LIMIT))
    return bytes_answer(_whole_number(name, text, 0, MAX_BYTES))


def _fault(text: str) -> str:
    if text not in FAULTS:
        raise _BadValueError(f"fault: {text[:40]!a} is unknown; there are {', '.join(FAULTS)}")
    return text


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
