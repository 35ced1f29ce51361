"""What the target answers, before any protocol: status, headers, body."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from http import HTTPStatus

WHOLE_LIMIT = 65_536
"""Bodies up to this many bytes are held and sent whole; longer ones are streamed filler."""

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
"""Bytes of the smallest document that `/json/N` has."""

BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers without the framing ones, and `body`, followed by `filler` bytes of FILLER repeated."""

    status: int
    headers: tuple[tuple[str, str], ...] = (TEXT,)
    body: bytes = b""
    filler: int = 0

    @property
    def length(self) -> int:
        """Bytes of body."""
        return len(self.body) + self.filler


def line(status: int, text: str) -> Answer:
    """One line of text."""
    return Answer(status, (TEXT,), f"{text}\n".encode())


def refusal(text: str) -> Answer:
    """A 400 with one clear line."""
    return line(400, text)


def json_answer(body: bytes) -> Answer:
    """A 200 with JSON."""
    return Answer(200, (JSON,), body)


def bytes_answer(size: int) -> Answer:
    """`size` bytes: held up to WHOLE_LIMIT, streamed beyond."""
    if size <= WHOLE_LIMIT:
        return Answer(200, (BINARY,), FILLER[:size])
    return Answer(200, (BINARY,), b"", size)


def json_of_size(size: int) -> Answer:
    """A JSON document of `size` bytes, LEAST_JSON at least: records as an interface gives them, in UTF-8, and what is
    needed to fill it up.
    """
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
    """An answer with that status, its phrase for a body, and a Location where it redirects."""
    if status in BODILESS or status == 205:
        return Answer(status, (), b"")
    headers = (TEXT, ("Location", "/")) if 300 <= status < 400 else (TEXT,)
    return Answer(status, headers, f"{status} {phrase(status)}\n".encode())


def phrase(status: int) -> str:
    """The reason phrase of a status, or "Unassigned"."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"


ROOT = Answer(200, (TEXT,), KIB)
GZIP = Answer(200, (TEXT, ("Content-Encoding", "gzip")), gzip.compress(KIB, mtime=0))
FAILED = line(503, "this answer was chosen to fail by error_rate")
