"""What was seen of an engine, before any judgement: by the probe, by the servers, and by lanes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

SHORT_TIMEOUT = 1.0
"""Seconds that a client is given where it is to time out."""


class Ask(Struct, frozen=True):
    """One request for the probe to send, and after how many seconds to cancel it, if at all."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cancel_after: float | None = None


class Job(Struct, frozen=True):
    """The life of one client object: fields of the engines' `Settings`, and requests one after another."""

    settings: Mapping[str, Any]
    requests: tuple[Ask, ...]


class Reply(Struct, frozen=True, kw_only=True):
    """What `send` gave: an answer, or the kind and the message of an error.  `body` is cut at 64 KiB."""

    status: int | None = None
    version: str = ""
    size: int = 0
    sha256: str = ""
    body: bytes = b""
    error: str = ""
    message: str = ""


class Observation(Struct, frozen=True, kw_only=True):
    """What became of a job.  `failure`: why a client object could not be made, opened or closed, or that it hung."""

    replies: tuple[Reply, ...] = ()
    failure: str | None = None
    hung: bool = False
    connections_opened: int | None = None
    sockets_left: int | None = None

    def reply(self, index: int = 0) -> Reply:
        """One reply; where there is none, an error that says why."""
        if index < len(self.replies):
            return self.replies[index]
        return Reply(error="no reply", message=self.failure or "the client was not asked")


class Echo(Struct, frozen=True, kw_only=True):
    """What arrived at the target, as its `/echo` tells it."""

    method: str
    target: str
    http_version: str
    headers: tuple[tuple[str, str], ...]
    body: str
    body_encoding: str


class LaneSeen(Struct, frozen=True, kw_only=True):
    """What a run counted of one contender; `connections` are those that the target accepted."""

    planned: int
    ok: int
    cancelled: int
    errors: Mapping[str, int]
    connections: int | None
    cause: str | None = None
