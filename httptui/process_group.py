"""Processes in a session of their own, ended together with everything they have started."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from asyncio.subprocess import Process
from contextlib import suppress

OWN_SESSION = os.name == "posix"
"""Value of `start_new_session`: Windows has no sessions, and only the process itself is ended there."""
LOOK_SECONDS = 0.05


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


def close_streams(process: Process) -> None:
    """Close our ends of an ended process's streams, which its children may still hold open."""
    process._transport.close()  # type: ignore[attr-defined]
