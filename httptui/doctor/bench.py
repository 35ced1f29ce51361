"""Where one engine is examined: its probes, its listener of the target, its witness and its proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from httptui.engines.registry import EngineInfo
from httptui.doctor.grounds import Grounds, clean_environment, hostile_environment
from httptui.doctor.observation import Ask, Job, Observation
from httptui.doctor.probe_process import ProbeProcess
from httptui.doctor.witness import Witness

TIMEOUT = 10.0
"""Seconds; a client that is slower than this on loopback, or a name server, counts as broken."""

GUARD_SECONDS = 10.0
"""What a job may take beyond its requests' time-outs before its probe is ended."""

MOST_HANGS = 2


class GaveUpError(Exception):
    """An engine hung so often that looking on would only cost time."""


class Bench:
    """One engine, and everything it is examined with.  What its client objects leave open is gathered in `sockets`,
    `failures` and `all_gone`.
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
        self.probe = ProbeProcess(info.reference, clean_environment())
        self.hostile = ProbeProcess(
            info.reference, hostile_environment(f"http://127.0.0.1:{proxy.port}", grounds.netrc)
        )

    def at_target(self, path: str) -> str:
        """A URL of the engine's own listener."""
        return self.grounds.plain.base_url(self._index) + path

    def beside(self, path: str) -> str:
        """A URL of the same target at a listener of which nobody takes the count."""
        return self.grounds.plain.base_url(self.grounds.uncounted) + path

    def at_encrypted(self, path: str) -> str:
        """A URL of the target over TLS."""
        return self.grounds.encrypted.base_url() + path

    def at_witness(self, path: str) -> str:
        """A URL of the witness."""
        return f"http://127.0.0.1:{self.witness.port}{path}"

    async def counts(self) -> tuple[int, int]:
        """Connections and requests that the engine's listener has counted so far."""
        listener = (await self.grounds.plain.stats()).listeners[self._index]
        return listener.connections, listener.requests

    async def look(self, *asks: Ask, hostile: bool = False, **settings: Any) -> Observation:
        """Have a client object of these settings send these requests, and see what it leaves open.

        GaveUpError where too many have hung already.
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
        """The same, with the connections and requests that it made at the engine's listener."""
        before = await self.counts()
        seen = await self.look(*asks, **settings)
        after = await self.counts()
        return seen, after[0] - before[0], after[1] - before[1]


@asynccontextmanager
async def open_bench(info: EngineInfo, grounds: Grounds, index: int) -> AsyncIterator[Bench]:
    """The bench of the engine at an index, gone afterwards."""
    async with AsyncExitStack() as stack:
        witness, proxy = Witness(), Witness()
        for server in (witness, proxy):
            await server.start()
            stack.push_async_callback(server.stop)
        bench = Bench(info, grounds, index, witness, proxy)
        stack.push_async_callback(bench.probe.close)
        stack.push_async_callback(bench.hostile.close)
        yield bench
