"""Reading one HTTP/1 answer off bytes, pure: the head, and a chunked body."""

from __future__ import annotations

from http.client import BadStatusLine, HTTPException, LineTooLong
from typing import NamedTuple

CHUNKED = -1
UNTIL_CLOSE = -2
LONGEST_HEAD = 65_536
LONGEST_LENGTH = 19


class Head(NamedTuple):
    """What a head says: `length` of the body in bytes, or CHUNKED, or UNTIL_CLOSE; `keep` the connection or not."""

    status: int
    length: int
    version: str
    keep: bool


def parse_head(head: bytes) -> Head:
    """Parse a head without its empty line; HTTPException where it is not one."""
    lines = head.split(b"\r\n")
    version, status = _parse_status_line(lines[0])
    fields: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise HTTPException(f"malformed header line {line[:80]!r}")
        name, value = name.lower(), value.strip()
        if name == b"content-length" and fields.get(name, value) != value:
            raise HTTPException("Content-Length twice, with different values")
        fields[name] = fields[name] + b"," + value if name in fields and name != b"content-length" else value
    connection = {token.strip() for token in fields.get(b"connection", b"").lower().split(b",")}
    keep = b"close" not in connection if version == "1.1" else b"keep-alive" in connection
    length = _length_of(status, fields)
    return Head(status, length, version, keep and length != UNTIL_CLOSE)


def _parse_status_line(line: bytes) -> tuple[str, int]:
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if version not in (b"HTTP/1.1", b"HTTP/1.0") or len(code) != 3 or not code.isdigit() or rest[3:4].strip():
        raise BadStatusLine(repr(line[:80]))
    return version[5:].decode(), int(code)


def _length_of(status: int, fields: dict[bytes, bytes]) -> int:
    if status < 200 or status in (204, 304):
        return 0
    coding = fields.get(b"transfer-encoding", b"").lower()
    if coding:
        return CHUNKED if coding.split(b",")[-1].strip() == b"chunked" else UNTIL_CLOSE
    length = fields.get(b"content-length")
    if length is None:
        return UNTIL_CLOSE
    if not length.isdigit() or len(length) > LONGEST_LENGTH:
        raise HTTPException(f"malformed Content-Length {length[:80]!r}")
    return int(length)


def unchunk(data: bytearray, start: int, body: list[bytes]) -> tuple[int, bool]:
    """Take the whole chunks of `data` from `start` on into `body`: where to go on, and whether the last came."""
    while True:
        line_end = data.find(b"\r\n", start)
        if line_end < 0:
            if len(data) - start > LONGEST_HEAD:
                raise LineTooLong("chunk size")
            return start, False
        digits = bytes(data[start:line_end]).partition(b";")[0].strip()
        if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
            raise HTTPException(f"malformed chunk size {digits[:80]!r}")
        size = int(digits, 16)
        chunk_start = line_end + 2
        if size == 0:
            return _skip_trailers(data, start, chunk_start)
        chunk_end = chunk_start + size
        if len(data) < chunk_end + 2:
            return start, False
        if data[chunk_end : chunk_end + 2] != b"\r\n":
            raise HTTPException("a chunk is longer than its size")
        body.append(bytes(data[chunk_start:chunk_end]))
        start = chunk_end + 2


def _skip_trailers(data: bytearray, start: int, line_start: int) -> tuple[int, bool]:
    while (line_end := data.find(b"\r\n", line_start)) >= 0:
        if line_end == line_start:
            return line_end + 2, True
        line_start = line_end + 2
    if len(data) - start > LONGEST_HEAD:
        raise LineTooLong("trailer")
    return start, False
