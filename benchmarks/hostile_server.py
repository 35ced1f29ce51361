"""Hostile server with invalid answers: `python -m benchmarks.hostile_server KIND SEED FOLDER`.

Prints its port, and for TLS writes the authority into FOLDER. The bytes of its n-th connection depend only on kind,
seed and n. It listens on 127.0.0.1 and ends with its standard input.
"""

from __future__ import annotations

import gzip
import itertools
import random
import socket
import ssl
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import trustme

from benchmarks.hostile_frames import frames

Pieces = Iterator[bytes]

TALK_SECONDS = 20.0
HANG_SECONDS = 1.5
MIB = 2**20
KINDS_OF_BOMB = 8
MARKS = (b"\x1b]0;httptui\x07", b"\x1b[31m", "\x9b31m\x9d0;x".encode(), "\u202etxt.exe".encode(), b"\x9b2J")
"""Characters that a terminal would obey, or display as something else."""
INSERTIONS = (
    *(b"\x00", b"\r", b"\n", b"\r\n\r\n", b"\xff\xfe", b": ", b" ", b"\t", b"-1", b"0" * 40, b"9" * 30),
    *(b"Transfer-Encoding: chunked\r\n", b"Content-Length: 7\r\n", b"Content-Encoding: gzip\r\n"),
    *(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"x" * 70_000, b"X: y\r\n" * 300),
    *(b"Set-Cookie: " + b"c=d; " * 50 + b"\r\n", b"Location: http://[::1\r\n", b"Connection: close\r\n"),
    *MARKS,
)
MARKED = b"".join(MARKS)
GOOD = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n8;x=y\r\ndefghijk\r\n0\r\nT: 1\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end",
    b"HTTP/1.1 404 " + MARKED + b"\r\nX-Mark: " + MARKED + b"\r\nContent-Length: 40\r\n\r\n" + MARKED[:40],
    b"HTTP/1.1 503 Busy\r\nRetry-After: " + MARKED + b"\r\nContent-Length: 2\r\n\r\nno",
    b"HTTP/1.1 302 Found\r\nLocation: /" + MARKED + b"\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s"
    % (len(gzip.compress(b"hello" * 99, mtime=0)), gzip.compress(b"hello" * 99, mtime=0)),
    b"HTTP/1.1 200 OK\r\nSet-Cookie: a=" + MARKED + b"\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 204 No Content\r\n\r\n",
)


def mutated(draw: random.Random, data: bytes) -> bytes:
    """Apply up to four random changes to the bytes."""
    for _ in range(draw.choice((0, 0, 1, 1, 2, 3, 4))):
        at = draw.randrange(len(data) + 1)
        match draw.randrange(6):
            case 0:
                data = data[:at] + draw.choice(INSERTIONS) + data[at:]
            case 1:
                data = data[:at] + data[at + draw.randrange(1, 30) :]
            case 2:
                end = at + draw.randrange(1, 60)
                data = data[:end] + data[at:end] * draw.choice((1, 1, 5)) + data[end:]
            case 3 if at < len(data):
                data = data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
            case 4:
                data = data[:at]
            case _:
                data = data[:at] + draw.randbytes(draw.randrange(1, 20)) + data[at:]
    return data


def http1(draw: random.Random) -> Pieces:
    """Yield one answer of HTTP/1, mostly broken, in pieces."""
    if draw.random() < 0.02:
        yield from itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 2_000)
    data = mutated(draw, draw.choice(GOOD))
    while data:
        size = draw.choice((len(data), len(data), 1 + draw.randrange(40)))
        yield data[:size]
        data = data[size:]


def bombs(draw: random.Random) -> Pieces:
    """Yield a body that would fill the memory of a client that reads it whole."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    chunk = b"%x\r\n%s\r\n" % (MIB, bytes(MIB))
    match draw.randrange(KINDS_OF_BOMB):
        case 0:
            yield head + b"Content-Encoding: gzip\r\n\r\n" + GZIPPED
        case 1:
            yield head + b"Content-Encoding: deflate\r\n\r\n" + DEFLATED
        case 2:
            yield head + b"Content-Encoding: zstd\r\n\r\n" + ZSTD
        case 3:
            yield head + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(GZIPPED, 9, mtime=0)
        case 4:
            yield head + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(GZIPPED) + GZIPPED
        case 5:
            yield head + b"Transfer-Encoding: chunked\r\n\r\n"
            yield from itertools.repeat(chunk, 2_048)
        case 6:
            yield head + b"\r\n"
            yield from itertools.repeat(bytes(MIB), 2_048)
        case _:
            yield head + b"Content-Length: 2147483648\r\n\r\n"
            yield from itertools.repeat(bytes(MIB), 2_048)


def _deflated() -> bytes:
    """Return a GiB of zeros as one deflate stream without its end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(16 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * 64


def _zstd() -> bytes:
    """Return a GiB of zeros in zstd: blocks that repeat one byte 128 Ki times, in a frame with a window of 1 MiB."""
    block = (1 << 1 | 131_072 << 3).to_bytes(3, "little") + b"\x00"
    return b"\x28\xb5\x2f\xfd\x00\x50" + block * 8_192


PLAIN_DEFLATED = _deflated()
DEFLATED = b"\x78\xda" + PLAIN_DEFLATED
GZIPPED = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + PLAIN_DEFLATED
ZSTD = _zstd()


class Server:
    """Answers each request with the next pieces of a kind; over TLS the handshake may be broken too."""

    def __init__(
        self,
        answer: Callable[[random.Random], Pieces],
        seed: str,
        context: ssl.SSLContext | None = None,
        *,
        breaks_handshakes: bool = False,
    ) -> None:
        self._answer = answer
        self._seed = seed
        self._context = context
        self._breaks = breaks_handshakes
        self._numbers = itertools.count()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]

    def serve(self) -> None:
        """Answer without end."""
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        number = next(self._numbers)
        draw = random.Random(f"{self._seed}:{number}")
        with suppress(OSError, ValueError), connection:
            connection.settimeout(TALK_SECONDS)
            if self._context is None:
                self._exchange(connection, draw)
            # The first connection of a run only checks that the target is there.
            elif self._breaks and number and draw.random() < 0.4:
                self._break_handshake(connection, draw)
            else:
                with self._context.wrap_socket(connection, server_side=True) as secure:
                    self._exchange(secure, draw)

    def _exchange(self, connection: socket.socket, draw: random.Random) -> None:
        if isinstance(connection, ssl.SSLSocket) and connection.selected_alpn_protocol() == "h2":
            for piece in frames(connection, draw):
                connection.sendall(piece)
            return
        while _head(connection):
            for piece in self._answer(draw):
                connection.sendall(piece)
            if draw.random() < 0.02:
                threading.Event().wait(HANG_SECONDS)
            elif draw.random() < 0.5:
                continue
            return

    def _break_handshake(self, connection: socket.socket, draw: random.Random) -> None:
        """Answer a client's hello with noise, or with our own hello after some changes."""
        assert self._context is not None
        hello = connection.recv(65_536)
        ours, theirs = ssl.MemoryBIO(), ssl.MemoryBIO()
        ours.write(hello)
        with suppress(ssl.SSLError):
            self._context.wrap_bio(ours, theirs, server_side=True).do_handshake()
        data = theirs.read() if draw.random() < 0.7 else draw.randbytes(draw.randrange(1, 5_000))
        connection.sendall(mutated(draw, data) or b"\x15\x03\x03")
        with suppress(OSError):
            connection.recv(65_536)


def _head(connection: socket.socket) -> bool:
    """Return whether the head of another request has arrived."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return False
        data += more
    return True


def context_in(folder: Path, *protocols: str) -> ssl.SSLContext:
    """Return a context with a certificate for 127.0.0.1, whose authority is written to the folder."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    context.set_alpn_protocols(list(protocols))
    return context


def main() -> None:
    """Serve one kind until standard input ends."""
    kind, seed, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    name = f"{kind}:{seed}"
    match kind:
        case "http1":
            server = Server(http1, name)
        case "bombs":
            server = Server(bombs, name)
        case "tls":
            server = Server(http1, name, context_in(folder, "http/1.1"), breaks_handshakes=True)
        case _:
            server = Server(http1, name, context_in(folder, "h2"))
    threading.Thread(target=server.serve, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
