"""Test benches: the servers and files shared by all examinations, on 127.0.0.1 and removed afterwards, and each
engine's own probe process, listener, witness and proxy.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Self

import msgspec
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import Struct

from httptui.doctor.findings import Ask, Job, Observation
from httptui.engines.protocol import with_length
from httptui.engines.registry import EngineInfo
from httptui.own_process import OWN_SESSION, Messages, close_streams, end_group, exit_code, own_command
from httptui.plan.abilities import Environment
from httptui.runs.environments import (
    EnvironmentSpec,
    NoWheelError,
    UnmadeEnvironmentError,
    create_environment,
)
from httptui.safe_text import safe_text
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

    def __init__(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.heads: list[bytes] = []
        self.carriers: list[int] = []
        self.opened = 0
        self.open = 0
        self.port = 0
        self._context = context
        self._host = host
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port, over TLS with a context; OSError if the host is not this machine."""
        self._server = await asyncio.start_server(
            self._accept, self._host, 0, ssl=self._context, limit=LARGEST_HEAD
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def none_open(self) -> bool:
        """Return whether every connection has ended, after a short wait."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS), self._changed:
                return await self._changed.wait_for(lambda: self.open == 0)
        except TimeoutError:
            return False

    async def __aexit__(self, *_: object) -> None:
        """End every connection and stop listening."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

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
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(ELSEWHERE).configure_cert(context)
        stranger = await stack.enter_async_context(Witness(context))
        own_authoritys_ca = folder / "own.pem"
        own_authority = await stack.enter_async_context(Witness(_own_context(own_authoritys_ca)))
        ipv6 = None
        with suppress(OSError):  # Not every machine has that address.
            ipv6 = await stack.enter_async_context(Witness(host="::1"))
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        strangers_ca = folder / "ca.pem"
        strangers_ca.write_bytes(authority.cert_pem.bytes())
        yield Grounds(
            plain=plain,
            uncounted=engines,
            encrypted=encrypted,
            stranger=stranger,
            strangers_ca=str(strangers_ca),
            own_authority=own_authority,
            own_authoritys_ca=str(own_authoritys_ca),
            ipv6=ipv6,
            closed_port=closed.getsockname()[1],
            netrc=written_netrc(folder),
        )


def written_netrc(folder: str | Path) -> str:
    """Write a netrc file with credentials for this machine, and return its path."""
    path = Path(folder, "netrc")
    path.write_text(NETRC)
    path.chmod(0o600)
    return str(path)


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


START_SECONDS = 60.0
LONGEST_LINE = 300


class _Setup(Struct, frozen=True):
    engine: str


class _Loaded(Struct, frozen=True):
    failed: str | None


class ProbeProcess:
    """Process of `httptui.engines.probe`, spawned on first use and after a job that hung or killed it.

    With a `spec`, it runs in the engine's own environment.
    """

    def __init__(
        self, reference: str, environ: Mapping[str, str], spec: EnvironmentSpec | None = None
    ) -> None:
        self._reference = reference
        self._spec = spec
        self._environ = dict(environ)
        self._process: asyncio.subprocess.Process | None = None
        self._messages: Messages | None = None

    async def start(self) -> str | None:
        """Load the engine; return None, or the reason for a failure."""
        await self.close()
        try:
            python = "" if self._spec is None else await create_environment(self._spec)
        except NoWheelError as error:
            return safe_text(f"its environment needs a package without a wheel: {error}", LONGEST_LINE)
        except UnmadeEnvironmentError as error:
            return safe_text(f"its environment could not be made: {error}", LONGEST_LINE)
        self._process = await asyncio.create_subprocess_exec(
            *own_command("httptui.engines.probe.drive", python=python),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=OWN_SESSION,
            env=self._environ,
        )
        assert self._process.stdout is not None
        self._messages = Messages(self._process.stdout)
        try:
            answer = await self._exchange(_Setup(self._reference), START_SECONDS)
            failed = msgspec.json.decode(answer, type=_Loaded).failed
        except (TimeoutError, EOFError, OSError, msgspec.MsgspecError) as error:
            failed = _cause(error, START_SECONDS)
        if failed is not None:
            await self.close()
        return None if failed is None else safe_text(failed, LONGEST_LINE)

    async def carry_out(self, job: Job, seconds: float) -> Observation:
        """Run a job and return its observation; a job that takes too long or kills the probe has failed."""
        if self._process is None and (failed := await self.start()):
            return Observation(failure=failed)
        try:
            return msgspec.json.decode(await self._exchange(job, seconds), type=Observation)
        except (TimeoutError, EOFError, OSError, msgspec.MsgspecError) as error:
            await self.close()
            return Observation(failure=_cause(error, seconds), hung=isinstance(error, TimeoutError))

    async def close(self) -> None:
        """End the probe and everything it started."""
        process, self._process = self._process, None
        if process is None:
            return
        end_group(process)
        await exit_code(process)
        close_streams(process)

    async def _exchange(self, message: Struct, seconds: float) -> bytes:
        assert self._process is not None
        assert self._messages is not None
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(with_length(msgspec.json.encode(message)))
        async with asyncio.timeout(seconds):
            await stdin.drain()
            return await self._messages.next()


def _cause(error: BaseException, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"hung: no sign of life for {seconds:g} s"
    if isinstance(error, EOFError):
        return "the process ended"
    return safe_text(f"cannot be understood: {error}")


TIMEOUT = 10.0
"""Seconds; a client that is slower than this on loopback, or a slower name server, counts as broken."""

GUARD_SECONDS = 10.0
"""Seconds that a job may take beyond its requests' time-outs before its probe is ended."""

MOST_HANGS = 2


class GaveUpError(Exception):
    """An engine hung so often that further checks would only cost time."""


class Bench:
    """One engine with everything used to examine it.

    `sockets`, `failures` and `all_gone` collect what its client objects leave open.
    """

    def __init__(
        self, info: EngineInfo, grounds: Grounds, index: int, witness: Witness, proxy: Witness
    ) -> None:
        self.info = info
        self.grounds = grounds
        self.witness = witness
        self.proxy = proxy
        self.sockets: list[int | None] = []
        self.failures: list[str] = []
        self.all_gone = True
        self._index = index
        self._hangs = 0
        environment = Environment(info.requires, info.python)
        spec = EnvironmentSpec(*environment) if environment.is_own else None
        self.probe = ProbeProcess(info.reference, clean_environment(), spec)
        self.hostile = ProbeProcess(
            info.reference, hostile_environment(f"http://127.0.0.1:{proxy.port}", grounds.netrc), spec
        )

    def at_target(self, path: str) -> str:
        """Return a URL at the engine's own listener."""
        return self.grounds.plain.base_url(self._index) + path

    def beside(self, path: str) -> str:
        """Return a URL of the same target at a listener whose counts are ignored."""
        return self.grounds.plain.base_url(self.grounds.uncounted) + path

    def at_encrypted(self, path: str) -> str:
        """Return a URL of the target over TLS."""
        return self.grounds.encrypted.base_url() + path

    def at_witness(self, path: str) -> str:
        """Return a URL of the witness."""
        return f"http://127.0.0.1:{self.witness.port}{path}"

    async def look(self, *asks: Ask, hostile: bool = False, **settings: Any) -> Observation:
        """Send requests with a client object of these settings, and observe what it leaves open.

        Raises GaveUpError if too many jobs have hung already.
        """
        if self._hangs >= MOST_HANGS:
            raise GaveUpError
        job = Job({"timeout": TIMEOUT, **settings}, asks)
        probe = self.hostile if hostile else self.probe
        limit = GUARD_SECONDS + job.settings["timeout"] * len(asks)
        seen = await probe.carry_out(job, limit)
        self._hangs += seen.hung
        self.sockets.append(seen.sockets_left)
        if seen.failure is not None:
            self.failures.append(seen.failure)
        self.all_gone = await self.witness.none_open() and self.all_gone
        return seen

    async def counted(self, *asks: Ask, **settings: Any) -> tuple[Observation, int, int]:
        """Do the same, and return also the connections and requests that it made at the engine's listener."""
        before = (await self.grounds.plain.stats()).listeners[self._index]
        seen = await self.look(*asks, **settings)
        after = (await self.grounds.plain.stats()).listeners[self._index]
        return seen, after.connections - before.connections, after.requests - before.requests


@asynccontextmanager
async def open_bench(info: EngineInfo, grounds: Grounds, index: int) -> AsyncIterator[Bench]:
    """Open the bench of the engine at an index, and close it afterwards."""
    async with AsyncExitStack() as stack:
        witness = await stack.enter_async_context(Witness())
        proxy = await stack.enter_async_context(Witness())
        bench = Bench(info, grounds, index, witness, proxy)
        stack.push_async_callback(bench.probe.close)
        stack.push_async_callback(bench.hostile.close)
        yield bench
