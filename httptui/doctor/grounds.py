"""Servers and files shared by all examinations, on 127.0.0.1 and removed afterwards."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from httptui.target.process import EmbeddedTarget

CHUNKS = (b"three", b" chunks of", b" one body")
SETTLE_SECONDS = 2.0
LARGEST_HEAD = 65_536

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
_QUIET = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nquiet"
_REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /landed\r\nContent-Length: 0\r\n\r\n"
_COOKIE = b"HTTP/1.1 200 OK\r\nSet-Cookie: doctor=1; Path=/\r\nContent-Length: 2\r\n\r\nok"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n" % b"".join(
    b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in CHUNKS
)


class Witness:
    """Loopback server that records what it is sent.

    `/cookie` sets a cookie, `/chunked` answers in chunks, `/redirect` leads to `/landed`, `/last` closes its
    connection, `/quiet` does so unannounced, `/drop` closes it without an answer, `/hold` never answers; any other
    path answers ok.

    `heads` are the bytes of each request's head, `carriers` the number of its connection; `opened` and `open` count
    connections.
    """

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.carriers: list[int] = []
        self.opened = 0
        self.open = 0
        self.port = 0
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        """Listen on a free port, over TLS with a context; OSError if the host is not this machine."""
        self._server = await asyncio.start_server(self._accept, host, 0, ssl=context, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def none_open(self) -> bool:
        """Return whether every connection has ended, after a short wait."""
        return await self._until(lambda: self.open == 0)

    async def stop(self) -> None:
        """End every connection and stop listening."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until(self, holds: Callable[[], bool]) -> bool:
        try:
            async with asyncio.timeout(SETTLE_SECONDS), self._changed:
                return await self._changed.wait_for(holds)
        except TimeoutError:
            return False

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        task = asyncio.create_task(self._serve(reader, writer, self.opened))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                self.carriers.append(number)
                answer = await _answer(head, reader)
                writer.write(answer)
                await writer.drain()
                if answer in (_LAST, _QUIET, b""):
                    break
        except (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            self.open -= 1
            async with self._changed:
                self._changed.notify_all()


async def _answer(head: bytes, reader: asyncio.StreamReader) -> bytes:
    target = head.split(b" ", 2)[1]
    if target == b"/hold":
        await reader.readuntil(b"\r\n\r\n")
    special = {
        b"/cookie": _COOKIE,
        b"/chunked": _CHUNKED,
        b"/redirect": _REDIRECT,
        b"/last": _LAST,
        b"/quiet": _QUIET,
        b"/drop": b"",
    }
    return special.get(target, _OK)


ELSEWHERE = "elsewhere.example"
NETRC = "machine 127.0.0.1 login doctor password not-to-be-sent\n"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LEFT_OUT = frozenset({*PROXIES, "no_proxy", "netrc"})


@dataclass(frozen=True)
class Grounds:
    """The shared servers.

    - `plain`: a target with a listener for each engine and, at index `uncounted`, one for all; `encrypted`: one for
      all.
    - `stranger`: a TLS server with a certificate for another host, issued by the authority in `strangers_ca`.
    - `own_authority`: a TLS server whose certificate, in `own_authoritys_ca`, is its own authority.
    - `ipv6`: a server on [::1], if this machine has that address; `closed_port`: a port without a listener.
    """

    plain: EmbeddedTarget
    uncounted: int
    encrypted: EmbeddedTarget
    stranger: Witness
    strangers_ca: str
    own_authority: Witness
    own_authoritys_ca: str
    ipv6: Witness | None
    closed_port: int
    netrc: str


@asynccontextmanager
async def open_grounds(engines: int, *, http2: bool) -> AsyncIterator[Grounds]:
    """Open the servers for so many engines; TargetError if a target does not start."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="httptui-doctor-")))
        plain = await EmbeddedTarget.start(listeners=engines + 1)
        stack.push_async_callback(plain.stop)
        encrypted = await EmbeddedTarget.start(tls=True, http2=http2)
        stack.push_async_callback(encrypted.stop)
        authority = trustme.CA()
        context = _server_context(authority)
        stranger = Witness()
        await stranger.start(context)
        stack.push_async_callback(stranger.stop)
        own_authority, own_authoritys_ca = Witness(), folder / "own.pem"
        await own_authority.start(_own_context(own_authoritys_ca))
        stack.push_async_callback(own_authority.stop)
        ipv6 = await _on_ipv6(stack)
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        netrc, strangers_ca = folder / "netrc", folder / "ca.pem"
        netrc.write_text(NETRC)
        netrc.chmod(0o600)
        strangers_ca.write_bytes(authority.cert_pem.bytes())
        port: int = closed.getsockname()[1]
        yield Grounds(
            plain,
            engines,
            encrypted,
            stranger,
            str(strangers_ca),
            own_authority,
            str(own_authoritys_ca),
            ipv6,
            port,
            str(netrc),
        )


def clean_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment without proxies and netrc."""
    return {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if name.lower() not in LEFT_OUT
    }


def hostile_environment(proxy: str, netrc: str, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment with a proxy for everything, in both spellings, and a netrc file."""
    proxies = {name: proxy for lower in PROXIES for name in (lower, lower.upper())}
    return clean_environment(environ) | proxies | {"NETRC": netrc}


async def _on_ipv6(stack: AsyncExitStack) -> Witness | None:
    """Start a witness on [::1]; None if this machine has no such address."""
    witness = Witness()
    try:
        await witness.start(host="::1")
    except OSError:
        return None
    stack.push_async_callback(witness.stop)
    return witness


def _own_context(path: Path) -> ssl.SSLContext:
    """Return a context with a certificate for 127.0.0.1 that is its own authority, as made by `openssl req -x509`.

    The certificate is written to the path.
    """
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "httptui doctor")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(Encoding.PEM))
    with_key = path.with_name("own-key.pem")
    with_key.touch(mode=0o600)
    with_key.write_bytes(
        path.read_bytes() + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(with_key)
    return context


def _server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(ELSEWHERE).configure_cert(context)
    return context
