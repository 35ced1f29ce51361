"""Test bench of one engine: its probe process, its listener, its witness and its proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
from msgspec import Struct

from httptui.doctor.findings import Ask, Job, Observation
from httptui.doctor.grounds import Grounds, Witness, clean_environment, hostile_environment
from httptui.engines.protocol import with_length
from httptui.engines.registry import EngineInfo
from httptui.own_process import Messages, own_command
from httptui.plan.abilities import Environment
from httptui.process_group import OWN_SESSION, close_streams, end_group, exit_code
from httptui.runs.environments import (
    EnvironmentSpec,
    NoWheelError,
    UnmadeEnvironmentError,
    create_environment,
)
from httptui.safe_text import safe_text

START_SECONDS = 60.0
LONGEST_LINE = 300


class _Setup(Struct, frozen=True):
    engine: str


class _Loaded(Struct, frozen=True):
    failed: str | None


class ProbeProcess:
    """Process of `httptui.engines.probe`, spawned on first use, and again after a job that hung or killed it; in an
    environment of the engine's own if there is a `spec` of one.
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

    async def counts(self) -> tuple[int, int]:
        """Return the connections and requests that the engine's listener has counted so far."""
        listener = (await self.grounds.plain.stats()).listeners[self._index]
        return listener.connections, listener.requests

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
        before = await self.counts()
        seen = await self.look(*asks, **settings)
        after = await self.counts()
        return seen, after[0] - before[0], after[1] - before[1]


@asynccontextmanager
async def open_bench(info: EngineInfo, grounds: Grounds, index: int) -> AsyncIterator[Bench]:
    """Open the bench of the engine at an index, and close it afterwards."""
    async with AsyncExitStack() as stack:
        witness, proxy = Witness(), Witness()
        for server in (witness, proxy):
            await server.start()
            stack.push_async_callback(server.stop)
        bench = Bench(info, grounds, index, witness, proxy)
        stack.push_async_callback(bench.probe.close)
        stack.push_async_callback(bench.hostile.close)
        yield bench
