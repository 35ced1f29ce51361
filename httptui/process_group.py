"""Processes in a session of their own, ended together with everything they have started."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from asyncio.subprocess import Process
from contextlib import suppress
from typing import Any

import psutil

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
