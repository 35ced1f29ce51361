"""The servers and files that every engine is examined on; all of it on 127.0.0.1, and gone afterwards."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from httptui.doctor.witness import Witness
from httptui.target.process import EmbeddedTarget

ELSEWHERE = "elsewhere.example"
NETRC = "machine 127.0.0.1 login doctor password not-to-be-sent\n"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LEFT_OUT = frozenset({*PROXIES, "no_proxy", "netrc"})


@dataclass(frozen=True)
class Grounds:
    """`plain` has a listener for each engine and, as number `uncounted`, one for all; `encrypted` has one for all;
    `stranger` is a TLS server whose certificate, of the authority in `strangers_ca`, is for another host; nobody
    listens on `closed_port`.
    """

    plain: EmbeddedTarget
    uncounted: int
    encrypted: EmbeddedTarget
    stranger: Witness
    strangers_ca: str
    closed_port: int
    netrc: str


@asynccontextmanager
async def open_grounds(engines: int, *, http2: bool) -> AsyncIterator[Grounds]:
    """Grounds for so many engines; TargetError where a target does not start."""
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
        closed = stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        netrc, strangers_ca = folder / "netrc", folder / "ca.pem"
        netrc.write_text(NETRC)
        netrc.chmod(0o600)
        strangers_ca.write_bytes(authority.cert_pem.bytes())
        port: int = closed.getsockname()[1]
        yield Grounds(plain, engines, encrypted, stranger, str(strangers_ca), port, str(netrc))


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without proxies and netrc."""
    return {name: value for name, value in environ.items() if name.lower() not in LEFT_OUT}


def hostile_environment(proxy: str, netrc: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment with a proxy for everything, in both spellings, and a netrc file."""
    proxies = {name: proxy for lower in PROXIES for name in (lower, lower.upper())}
    return clean_environment(environ) | proxies | {"NETRC": netrc}


def _server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(ELSEWHERE).configure_cert(context)
    return context
