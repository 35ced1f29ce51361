"""Processes that were started in a session of their own, ended with all that they have started."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from asyncio.subprocess import Process
from contextlib import suppress

OWN_SESSION = os.name == "posix"
"""What `start_new_session` is to be: Windows has none, and there only the process itself is ended."""
LOOK_SECONDS = 0.05


def end_group(process: Process) -> None:
    """End a process and its group at once; nothing happens where it has ended."""
    with suppress(ProcessLookupError, PermissionError):
        if OWN_SESSION:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


async def exit_code(process: Process, seconds: float = math.inf) -> int | None:
    """Wait until a process has ended, at most so long; its exit code, or None where it has not ended.

    `Process.wait` may also wait until everybody has closed the process's streams, which what it has started can hold
    for ever.  Time in which this process itself stood still is not counted.
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
    """Close our ends of the streams of a process that has ended, which what it has started may still hold."""
    process._transport.close()  # type: ignore[attr-defined]
