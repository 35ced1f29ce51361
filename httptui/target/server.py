"""The target as a whole: its listeners, its counts and its pacing, within one event loop."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from random import Random
from types import TracebackType

from httptui.target.delays import DelayQueue
from httptui.target.http1 import Connection, Shared
from httptui.target.options import TargetOptions, changed_pacing
from httptui.target.sockets import bound_socket
from httptui.target.stats import Tally, TargetStats, stats_json, stats_of
from httptui.target.tls import CertificateFolder, Certificates


class Target:
    """`async with Target(options) as target:` listens; leaving drops every connection and removes every file."""

    def __init__(self, options: TargetOptions) -> None:
        self.options = options
        self.ports: tuple[int, ...] = ()
        self.ca_file: str | None = None
        self._tallies = tuple(Tally() for _ in range(options.listeners))
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Target:
        options = self.options
        self._shared = Shared(
            delays=DelayQueue(asyncio.get_running_loop()),
            stats=lambda: stats_json(self._tallies, options.nonce),
            pacing=options.pacing,
            rng=Random(options.seed),
            encrypted=options.encrypted,
            calm=options.pacing.calm,
        )
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
        """The counts as they stand."""
        return stats_of(self._tallies, self.options.nonce)

    def set_pacing(self, changes: dict[str, object]) -> None:
        """Change server-wide latency, jitter or errors from the next request on; TargetError names a bad value."""
        self._shared.pacing = changed_pacing(self._shared.pacing, changes)
        self._shared.calm = self._shared.pacing.calm

    async def _listen(self, stack: AsyncExitStack, certificates: Certificates | None) -> None:
        context = certificates.server_context() if certificates else None
        loop = asyncio.get_running_loop()
        stack.callback(self._drop_connections)
        ports = []
        for index, tally in enumerate(self._tallies):
            port = self.options.port + index if self.options.port else 0
            sock = bound_socket(self.options.host, port)
            ports.append(sock.getsockname()[1])
            server = await loop.create_server(
                lambda tally=tally: Connection(self._shared, tally), sock=sock, ssl=context
            )
            stack.callback(server.close)
        self.ports = tuple(ports)

    def _drop_connections(self) -> None:
        for connection in list(self._shared.connections):
            connection.abort()
