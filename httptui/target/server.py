"""The target as a whole: listeners, counts and pacing in one event loop; in the foreground for `httptui target`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from contextlib import AsyncExitStack
from types import TracebackType

import msgspec

from httptui.engines.admission import REFUSED, is_ours
from httptui.target.answers import Answer, Request, json_answer, line
from httptui.target.http1 import Connection
from httptui.target.http2 import serve_http2
from httptui.target.listening import (
    CertificateFolder,
    Certificates,
    Shared,
    listening_socket,
    raise_file_limit,
    reserved_socket,
    run_in_fast_loop,
)
from httptui.target.options import (
    Tally,
    TargetOptions,
    TargetStats,
    changed_pacing,
    checked_options,
    stats_of,
)


class Target:
    """Server that listens inside `async with`; leaving drops every connection and removes every file."""

    def __init__(self, options: TargetOptions) -> None:
        self.options = options
        self.ports: tuple[int, ...] = ()
        self.ca_file: str | None = None
        self._tallies = tuple(Tally() for _ in range(options.listeners))
        self._stack = AsyncExitStack()
        self._foreign = 0

    async def __aenter__(self) -> Target:
        options = self.options
        self._shared = Shared(options, self._told)
        async with AsyncExitStack() as stack:
            certificates = None
            if options.encrypted:
                certificates = stack.enter_context(CertificateFolder(options.host))
                self.ca_file = str(certificates.ca_file)
            await self._listen(stack, certificates)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def stats(self) -> TargetStats:
        """Return the present counts."""
        return stats_of(self._tallies, self.options.nonce, self._foreign)

    def _told(self, request: Request) -> Answer:
        """Answer a request for the counts if it has the token, if any, and a host of this machine, or refuse it."""
        if not is_ours(request.headers, self.options.token, self.options.host):
            self._foreign += 1
            return line(403, f"/stats is {REFUSED}")
        return json_answer(msgspec.json.encode(self.stats()))

    def set_pacing(self, changes: dict[str, object]) -> None:
        """Change server-wide latency, jitter or errors from the next request on; TargetError for a bad value."""
        self._shared.set_pacing(changed_pacing(self._shared.pacing, changes))

    async def _listen(self, stack: AsyncExitStack, certificates: Certificates | None) -> None:
        stack.callback(self._drop_connections)
        host, ports = self.options.host, []
        for index, tally in enumerate(self._tallies):
            port = self.options.port + index if self.options.port else 0
            if self.options.http2 and certificates is not None:
                reserved = stack.enter_context(reserved_socket(host, port))
                address, port = reserved.getsockname()[:2]
                ports.append(port)
                await serve_http2(address, port, certificates, self._shared, tally)
            else:
                sock = listening_socket(host, port)
                ports.append(sock.getsockname()[1])
                stack.callback((await self._serve_http1(sock, certificates, tally)).close)
        self.ports = tuple(ports)

    async def _serve_http1(
        self, sock: socket.socket, certificates: Certificates | None, tally: Tally
    ) -> asyncio.AbstractServer:
        context = certificates.server_context() if certificates else None
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Connection(self._shared, tally), sock=sock, ssl=context)

    def _drop_connections(self) -> None:
        for connection in list(self._shared.connections):
            connection.abort()


def run_foreground(**values: object) -> int:
    """Serve by some values of `TargetOptions` until Ctrl-C or SIGTERM, then return 0.

    When ready, prints its URL, and with TLS the path of the CA file, to stdout. Raises TargetError, in one line, if a
    value or the port cannot be used.
    """
    options = checked_options(values)
    raise_file_limit()
    try:
        return run_in_fast_loop(_serve(options))
    except KeyboardInterrupt:
        return 0


async def _serve(options: TargetOptions) -> int:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    async with Target(options) as target:
        scheme = "https" if options.encrypted else "http"
        host = f"[{options.host}]" if ":" in options.host else options.host
        with contextlib.suppress(OSError):  # It keeps serving even if stdout is closed.
            sys.stdout.write(f"{scheme}://{host}:{target.ports[0]}/\n")
            if target.ca_file is not None:
                sys.stdout.write(f"CA file: {target.ca_file}\n")
            sys.stdout.flush()
        await ended.wait()
    return 0
