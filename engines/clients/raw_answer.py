"""Reading one HTTP/1 answer off bytes, pure: the head, and a chunked body."""

from __future__ import annotations

from http.client import BadStatusLine, HTTPException, LineTooLong
from typing import NamedTuple

CHUNKED = -1
UNTIL_CLOSE = -2
SWITCHING = 101
CR = 0x0D
LONGEST_HEAD = 65_536
LONGEST_LENGTH = 19


class Head(NamedTuple):
    """What a head says: `length` of the body in bytes, or CHUNKED, or UNTIL_CLOSE; `keep` the connection, once the
    body has come, or not.
    """

    status: int
    length: int
    version: str
    keep: bool


def end_of_head(data: bytes | bytearray, start: int = 0) -> tuple[int, int]:
    """Find the empty line that ends a head, searching from `start`: where the head ends and where the rest begins,
    or (-1, -1).  Lines end in CRLF or a bare LF.
    """
    crlf, lf = data.find(b"\n\r\n", start), data.find(b"\n\n", start)
    if lf >= 0 and (crlf < 0 or lf < crlf):
        end, rest = lf, lf + 2
    elif crlf >= 0:
        end, rest = crlf, crlf + 3
    else:
        return -1, -1
    return end - (data[end - 1 : end] == b"\r"), rest


def parse_head(head: bytes) -> Head:
    """Parse a head without its empty line, as most clients do; HTTPException where it is not one.

    Bare LF line ends, continued lines (obs-fold), blanks before the colon, lines without a name and a Content-Length
    told twice alike are read; bare CR and contradictory lengths are not.
    """
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    version, status = _parse_status_line(lines[0])
    fields: dict[bytes, list[bytes]] = {}
    for line in _unfolded(lines[1:]):
        name, colon, value = line.partition(b":")
        if not colon or b"\r" in line:
            raise HTTPException(f"malformed header line {line[:80]!r}")
        fields.setdefault(name.strip().lower(), []).append(value.strip())
    tokens = {token.strip() for token in b",".join(fields.get(b"connection", [])).lower().split(b",")}
    keep = b"close" not in tokens if version == "1.1" else b"keep-alive" in tokens
    length = _length_of(status, fields)
    return Head(status, length, version, keep and status != SWITCHING)


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """The header lines with their continuations; one that continues nothing is left out."""
    whole: list[bytes] = []
    for line in lines:
        if not line.startswith((b" ", b"\t")):
            whole.append(line)
        elif whole:
            whole[-1] += b" " + line.strip()
    return whole


def _parse_status_line(line: bytes) -> tuple[str, int]:
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if version not in (b"HTTP/1.1", b"HTTP/1.0") or len(code) != 3 or not code.isdigit() or rest[3:4].strip():
        raise BadStatusLine(repr(line[:80]))
    return version[5:].decode(), int(code)


def _length_of(status: int, fields: dict[bytes, list[bytes]]) -> int:
    if status < 200 or status in (204, 304):
        return 0
    codings = [
        coding.strip().lower() for line in fields.get(b"transfer-encoding", []) for coding in line.split(b",")
    ]
    if codings and codings != [b"identity"]:
        return CHUNKED if codings[-1] == b"chunked" else UNTIL_CLOSE
    lengths = {length.strip() for line in fields.get(b"content-length", []) for length in line.split(b",")}
    if not lengths:
        return UNTIL_CLOSE
    length = lengths.pop()
    if lengths:
        raise HTTPException("Content-Length twice, with different values")
    if not length.isdigit() or len(length) > LONGEST_LENGTH:
        raise HTTPException(f"malformed Content-Length {length[:80]!r}")
    return int(length)


def unchunk(data: bytearray, start: int, body: list[bytes]) -> tuple[int, bool]:
    """Take the whole chunks of `data` from `start` on into `body`: where to go on, and whether the last came."""
    while True:
        line_end = _line_end(data, start)
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
    while (line_end := _line_end(data, line_start)) >= 0:
        if line_end == line_start:
            return line_end + 2, True
        line_start = line_end + 2
    if len(data) - start > LONGEST_HEAD:
        raise LineTooLong("trailer")
    return start, False


def _line_end(data: bytearray, start: int) -> int:
    """Where the CRLF of a chunked body's line begins, -1 before it came; a bare LF is refused, as most clients do."""
    newline = data.find(b"\n", start)
    if newline < 0:
        return -1
    if newline == start or data[newline - 1] != CR:
        raise HTTPException("a line of a chunked body ends in a bare LF")
    return newline - 1
