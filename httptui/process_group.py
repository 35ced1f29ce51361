"""Processes that were started in a session of their own, ended with all that they have started."""

from __future__ import annotations

import os
import signal
from asyncio.subprocess import Process
from contextlib import suppress

OWN_SESSION = os.name == "posix"
"""What `start_new_session` is to be: Windows has none, and there only the process itself is ended."""


def end_group(process: Process) -> None:
    """End a process and its group at once; nothing happens where it has ended."""
    with suppress(ProcessLookupError, PermissionError):
        if OWN_SESSION:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
