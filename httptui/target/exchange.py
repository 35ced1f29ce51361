"""One request as received, and the one function that answers it, whatever protocol it came by."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from time import thread_time

import msgspec

from httptui.target.answers import FAILED, Answer, json_answer, line
from httptui.target.routes import Route

MAX_ECHO_BODY = 1_048_576
"""Longer bodies are read and counted, but `/echo` refuses to tell them."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request received whole; `headers` in order and as spelled; `body` is kept for `/echo` only, up to
    MAX_ECHO_BODY of its `body_size` bytes.
    """

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    body_size: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request over HTTP/1.1 with its route, and whether its connection stays open after it; `wire` is the answer's
    bytes where they are always the same, `instant` is the same where nothing but the server-wide pacing can delay it.
    """

    request: Request
    route: Route
    keep_alive: bool
    wire: bytes | None
    instant: bytes | None


def answer(request: Request, route: Route, failed: bool, stats: Callable[[Request], Answer]) -> Answer:
    """What to send for a request that is not a fault, after the work that it asks for; `stats` is asked for its
    answer only if that is wanted.
    """
    if failed:
        return FAILED
    if route.kind == "stats":
        return stats(request)
    if route.kind == "echo":
        if request.body_size > MAX_ECHO_BODY:
            return line(413, f"echo tells bodies of up to {MAX_ECHO_BODY} bytes")
        return json_answer(echo_json(request))
    if route.kind == "cpu":
        use_cpu(route.seconds)
    return route.answer


def use_cpu(seconds: float) -> None:
    """Keep this thread, and with it the one worker that all connections share, busy for so much CPU time."""
    end = thread_time() + seconds
    while thread_time() < end:
        pass


def echo_json(request: Request) -> bytes:
    """What arrived, as JSON; a body that is not UTF-8 is told in base64."""
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
