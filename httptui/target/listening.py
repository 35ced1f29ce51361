"""Parts shared by a target's listeners: sockets, certificates, limits and common state."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, TypeVar

import certifi
import trustme

from httptui.errors import TargetError
from httptui.target.answers import Answer, Exchange, Request
from httptui.target.options import Pacing, TargetOptions
from httptui.target.pacing import DelayQueue


class Shared:
    """State shared by all listeners.

    `stats` answers requests for the counts; `memo` caches the exchanges of known chunks; `calm` is true while pacing
    adds nothing; `keep` holds tasks that run as long as the target.
    """

    __slots__ = ("calm", "connections", "delays", "encrypted", "keep", "memo", "pacing", "rng", "stats")

    def __init__(self, options: TargetOptions, stats: Callable[[Request], Answer]) -> None:
        self.stats = stats
        self.encrypted = options.encrypted
        self.delays = DelayQueue(asyncio.get_running_loop())
        self.rng = Random(options.seed)
        self.memo: dict[bytes, Sequence[Exchange]] = {}
        self.connections: set[asyncio.Transport] = set()
        self.keep: list[asyncio.Task[None]] = []
        self.set_pacing(options.pacing)

    def set_pacing(self, pacing: Pacing) -> None:
        """Replace the server-wide pacing."""
        self.pacing = pacing
        self.calm = pacing.calm


BACKLOG = 4_096


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host`:`port` (0: any free port); TargetError says why it cannot."""
    sock = _bound(host, port)
    sock.listen(BACKLOG)
    sock.setblocking(False)  # noqa: FBT003
    return sock


def reserved_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket that does not listen, which reserves the port for a server that binds it itself."""
    if port:
        listening_socket(host, port).close()
    return _bound(host, port, shared=True)


def _bound(host: str, port: int, shared: bool = False) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
    except OSError as error:
        raise TargetError(f"target: cannot listen on {host}: {error.strerror or error}") from None
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(address)
    except OSError as error:
        sock.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise TargetError(
            f"target: port {port} on {host} {reason}; choose another, or 0 for a free one"
        ) from None
    except OverflowError:
        sock.close()
        raise TargetError(f"target: port {port} is beyond 65535") from None
    return sock


Result = TypeVar("Result")


def run_in_fast_loop(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end in a new event loop, uvloop if installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)


def raise_file_limit() -> None:
    """Raise this process's limit of open files as far as the system permits."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


NAMES = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Paths of PEM files.

    `ca_file` is certifi's bundle plus our CA, so that loading it costs a client as much as in practice. `leaf` holds
    the chain, and `key` its private key.
    """

    ca_file: Path
    leaf: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Return a context for the HTTP/1.1 server."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.leaf, self.key)
        context.set_alpn_protocols(["http/1.1"])
        return context


class CertificateFolder:
    """A private folder (0700) with fresh certificates, removed at exit."""

    def __init__(self, host: str) -> None:
        self._names = tuple(dict.fromkeys((*NAMES, host)))
        self._folder = tempfile.TemporaryDirectory(prefix="httptui-target-")

    def __enter__(self) -> Certificates:
        folder = Path(self._folder.name)
        authority = trustme.CA()
        leaf = authority.issue_cert(*self._names)
        found = Certificates(folder / "ca.pem", folder / "leaf.pem", folder / "key.pem")
        found.ca_file.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())
        found.leaf.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
        found.key.touch(mode=0o600)
        leaf.private_key_pem.write_to_path(found.key)
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()
