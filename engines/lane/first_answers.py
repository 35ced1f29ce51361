"""The first answer of each status that is no success, kept so that a failure can be diagnosed."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from httptui.engines.base import FIRST_TOLD_STATUS, Reply
from httptui.engines.protocol import Answer

MOST_KINDS = 8
BODY_BYTES = 4096
"""Twice what is shown: what is cut is shortened again once secrets are masked, so that none is cut in two."""
MOST_HEADERS, LONGEST_VALUE = 50, 1000


class FirstAnswers:
    """Those of one turn; any thread may look at an answer, one takes what is new."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._fresh: dict[str, Answer] = {}

    def look(self, reply: Reply) -> None:
        """Keep an answer if it is the first of its status."""
        status = int(reply[0])
        if status < FIRST_TOLD_STATUS or status in self._seen or len(self._seen) >= MOST_KINDS:
            return
        self._seen.add(status)
        self._fresh[str(status)] = described(reply)

    def take(self) -> dict[str, Answer]:
        """Those that are new since the last time, by status."""
        fresh, self._fresh = self._fresh, {}
        return fresh


def described(reply: Reply) -> Answer:
    """Headers as pairs, none where the client does not give them; the beginning of the body as text, and its size."""
    body, headers = reply[1], getattr(reply, "headers", b"")
    pairs: list[tuple[str, str]] = []
    # A library may have headers in any form, and what cannot be told must not end the lane.
    with suppress(Exception):
        pairs = list(_headers(headers))[:MOST_HEADERS]
    return Answer(
        headers=pairs,
        body=getincrementaldecoder("utf-8")("replace").decode(body[:BODY_BYTES]),
        bytes=len(body),
    )


def _headers(headers: Any) -> Iterator[tuple[str, str]]:
    if isinstance(headers, bytes):
        lines = headers.decode("latin-1").splitlines()[1:]
        pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    else:
        pairs = list(headers.items() if hasattr(headers, "items") else headers)
    for name, value in pairs:
        yield _text(name), _text(value)[:LONGEST_VALUE]


def _text(part: Any) -> str:
    return bytes(part).decode("latin-1") if isinstance(part, bytes | memoryview) else str(part)
