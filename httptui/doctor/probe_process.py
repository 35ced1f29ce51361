"""The probe as its parent sees it: a spawned process that carries out one job after another with one engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from httptui.doctor.observation import Job, Observation
from httptui.engines.protocol import with_length
from httptui.own_process import Messages, own_command
from httptui.process_group import OWN_SESSION, close_streams, end_group, exit_code
from httptui.safe_text import safe_text

START_SECONDS = 60.0
LONGEST_LINE = 300


class _Setup(Struct, frozen=True):
    engine: str


class _Loaded(Struct, frozen=True):
    failed: str | None


class ProbeProcess:
    """Spawns `python -m httptui.engines.probe` when it is first needed, and anew after a job that hung or killed it."""

    def __init__(self, reference: str, environ: Mapping[str, str]) -> None:
        self._reference = reference
        self._environ = dict(environ)
        self._process: asyncio.subprocess.Process | None = None
        self._messages: Messages | None = None

    async def start(self) -> str | None:
        """Load the engine; None, or why it cannot be loaded."""
        await self.close()
        self._process = await asyncio.create_subprocess_exec(
            *own_command("httptui.engines.probe"),
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
        """What became of a job; one that takes longer than so many seconds, or kills the probe, is told as failed."""
        if self._process is None and (failed := await self.start()):
            return Observation(failure=failed)
        try:
            return msgspec.json.decode(await self._exchange(job, seconds), type=Observation)
        except (TimeoutError, EOFError, OSError, msgspec.MsgspecError) as error:
            await self.close()
            return Observation(failure=_cause(error, seconds), hung=isinstance(error, TimeoutError))

    async def close(self) -> None:
        """End the probe and all it started."""
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
