"""Whether processes have ended, and those that still run after a while."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil


def ended(process: psutil.Process) -> bool:
    """Whether it runs no more; the first process of a system may be seconds late to take note of an orphan's end."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def still_running(processes: Iterable[psutil.Process], seconds: float = 10) -> list[psutil.Process]:
    """Those that have not ended in time."""
    until = time.monotonic() + seconds
    left = list(processes)
    while (left := [process for process in left if not ended(process)]) and time.monotonic() < until:
        time.sleep(0.02)
    return left
