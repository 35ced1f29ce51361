"""Start of our own processes, from this package's files whatever the current folder holds, and their end."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from httptui.engines.protocol import GREETING, LARGEST_MESSAGE, LENGTH_BYTES
from httptui.errors import NO_MORE, is_refused

_PACKAGE = str(Path(__file__).parent)
_BEGIN = """
import importlib.util, runpy, sys
place, module = sys.argv[1:3]
del sys.argv[1:3]
spec = importlib.util.spec_from_file_location("httptui", place + "/__init__.py", submodule_search_locations=[place])
sys.modules["httptui"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["httptui"])
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def own_command(module: str, *arguments: str, python: str = "") -> list[str]:
    """Return the command that runs a module of this package in a separate process.

    `python` may be the interpreter of an environment without this package, which is then lent to it, but nothing that
    lies beside it. With `-P`, nothing in the current folder can be imported.
    """
    return [python or sys.executable, "-P", "-c", _BEGIN, _PACKAGE, module, *arguments]


async def start_process(*command: str, stderr: int = PIPE) -> Process:
    """Start a process in a session of its own, its streams being pipes; OSError where the system does not allow one
    more, or not the thread in which Python may wait for its end.
    """
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=OWN_SESSION
        )
    except (RuntimeError, OSError) as error:
        if is_refused(error):
            raise OSError(NO_MORE) from None
        raise


class Messages:
    """Messages of a process of this package, as JSON; text that its Python printed before the greeting is skipped."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self._greeted = False

    async def next(self) -> bytes:
        """Return the next message; IncompleteReadError if the process has ended, OSError if it is no message."""
        if not self._greeted:
            try:
                await self._stream.readuntil(GREETING)
            except asyncio.LimitOverrunError as error:
                raise OSError(f"printed {error.consumed:,} bytes before it began") from None
            self._greeted = True
        length = int.from_bytes(await self._stream.readexactly(LENGTH_BYTES), "big")
        if length > LARGEST_MESSAGE:
            raise OSError(f"sent a message of {length:,} bytes")
        return await self._stream.readexactly(length)


OWN_SESSION = os.name == "posix"
"""Value of `start_new_session`: Windows has no sessions, and only the process itself is ended there."""
LOOK_SECONDS = 0.05
SLICE_SECONDS = 1.0


def end_group(process: Process) -> None:
    """End a process and its group at once; does nothing if it has ended."""
    with suppress(ProcessLookupError, PermissionError):
        if OWN_SESSION:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


async def exit_code(process: Process, seconds: float = math.inf) -> int | None:
    """Wait for the end of a process, at most so long; return its exit code, or None if it has not ended.

    `Process.wait` may also wait for the end of the process's streams, which its children can hold open forever. Time
    in which this process itself stood still is not counted.
    """
    if process.returncode is not None:
        return process.returncode
    waiting = asyncio.ensure_future(process.wait())
    try:
        while process.returncode is None and seconds > 0:
            took = min(seconds, LOOK_SECONDS)
            await asyncio.wait({waiting}, timeout=took)
            seconds -= took
    finally:
        waiting.cancel()
    return process.returncode


async def silence(task: asyncio.Task[Any], pid: int, seconds: float, idle_seconds: float) -> float | None:
    """Wait for a task that another process must complete; return None once it is done, or how long it was silent.

    The wait ends after `seconds`, or earlier once the process has used no CPU time for `idle_seconds`: one that
    starts up works, however slowly, and one that was stopped or hangs does not. While this process itself stands
    still, suspended or blocked by its terminal, nobody else is silent: such time counts for at most the slice in
    which it fell.
    """
    waited, idle, before = 0.0, 0.0, _cpu_seconds(pid)
    while waited < seconds:
        took = min(seconds - waited, SLICE_SECONDS)
        done, _ = await asyncio.wait({task}, timeout=took)
        if done:
            return None
        waited += took
        used = _cpu_seconds(pid)
        idle = idle + took if used is not None and used == before else 0.0
        before = used
        if idle >= idle_seconds:
            return idle
    return seconds


def _cpu_seconds(pid: int) -> float | None:
    """Return the CPU time that a process has used, or None if the system does not tell."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return None
    return float(times.user + times.system)


def close_streams(process: Process) -> None:
    """Close our ends of an ended process's streams, which its children may still hold open."""
    process._transport.close()  # type: ignore[attr-defined]
