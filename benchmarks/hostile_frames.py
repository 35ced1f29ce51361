"""Attacks of a hostile HTTP/2 server: mutated frames, random frames, and floods of one kind of frame."""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterator

from hpack import Encoder

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FLOOD = 2_000
LARGEST_PAYLOAD = 16_384


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Build one frame."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def frames(connection: ssl.SSLSocket, draw: random.Random) -> Iterator[bytes]:
    """Yield the bytes of one connection: an answer on each open stream, some of them malformed."""
    yield frame(SETTINGS, 0, 0)
    data = b""
    while True:
        more = connection.recv(65_536)
        if not more:
            return
        data = (data + more).removeprefix(PREFACE)
        while len(data) >= 9 and len(data) >= (whole := 9 + int.from_bytes(data[:3], "big")):
            kind, flags, stream = data[3], data[4], int.from_bytes(data[5:9], "big")
            data = data[whole:]
            if kind == SETTINGS and not flags & ACK:
                yield frame(SETTINGS, ACK, 0)
            elif kind == HEADERS:
                yield from answer(draw, stream)
                if draw.random() < 0.2:
                    return


def answer(draw: random.Random, stream: int) -> Iterator[bytes]:
    """Yield the answer on one stream."""
    fields = [(":status", "200"), ("content-type", "text/plain")]
    if draw.random() < 0.3:
        fields.append(("x-mark", "\x1b]0;x\x07\x9b31m"))
    good = [
        frame(HEADERS, END_HEADERS, stream, Encoder().encode(fields)),
        frame(DATA, END_STREAM, stream, b"hello"),
    ]
    match draw.randrange(8):
        case 0 | 1:
            yield from good
        case 2 | 3:
            changed = bytearray(b"".join(good))
            for _ in range(draw.randrange(1, 4)):
                changed[draw.randrange(len(changed))] = draw.randrange(256)
            yield bytes(changed)
        case 4:
            yield good[0]
            for _ in range(draw.randrange(1, 6)):
                payload = draw.randbytes(draw.choice((0, 4, 8, 100, LARGEST_PAYLOAD)))
                yield frame(
                    draw.randrange(13), draw.randrange(256), draw.choice((0, stream, 2, 2**31 - 1)), payload
                )
        case 5:
            yield from _flood(draw, stream)
        case 6:
            large = [(":status", "200"), *((f"x-{number}", "v" * 4_000) for number in range(200))]
            block = Encoder().encode(large)
            yield frame(HEADERS, 0, stream, block[:LARGEST_PAYLOAD])
            for start in range(LARGEST_PAYLOAD, len(block), LARGEST_PAYLOAD):
                yield frame(CONTINUATION, 0, stream, block[start : start + LARGEST_PAYLOAD])
        case _:
            yield good[0]
            yield frame(GOAWAY, 0, 0, (0).to_bytes(4, "big") + draw.randrange(14).to_bytes(4, "big"))


def _flood(draw: random.Random, stream: int) -> Iterator[bytes]:
    one = draw.choice(
        (
            frame(SETTINGS, 0, 0),
            frame(PING, 0, 0, bytes(8)),
            frame(RST_STREAM, 0, stream, bytes(4)),
            frame(WINDOW, 0, 0, (1).to_bytes(4, "big")),
            frame(DATA, 0, stream),
            frame(CONTINUATION, 0, stream),
            frame(PUSH, END_HEADERS, stream, (2).to_bytes(4, "big")),
        )
    )
    yield one * FLOOD
