"""The app's threads scheduled before the load where a run has filled the machine, so that keys are answered: with a
fair share among all processes, what takes 5 ms of CPU may take hundreds of milliseconds there.

Only then, because whatever comes first holds up a client or the target for as long as a picture takes, which shows in
the 99.9th percentile where each has a core of its own; on a full machine they hold up one another far longer.  Linux
alone has it, as real-time scheduling in turns (sched(7), `SCHED_RR`), and allows it to root, to `CAP_SYS_NICE` and
within `RLIMIT_RTPRIO`.  What the app starts does not inherit it (`SCHED_RESET_ON_FORK`).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

from httptui.results.snapshot import Snapshot, is_shared

LOWEST = 1
SCREEN_THREADS = ("textual-input", "textual-output")
"""Textual's, beside the main thread."""


class Precedence:
    """The screen's threads, before the load or level with it; `wanted` is False where it shall stay level."""

    def __init__(self, *, wanted: bool = True) -> None:
        self._possible = wanted and sys.platform == "linux"
        self._held = False
        self.was_held = False

    def follow(self, snapshot: Snapshot) -> None:
        """Come first from the snapshot on that tells of a full machine."""
        if self._possible and not self._held and is_shared(snapshot.flags):
            self._possible = self._held = self._set(first=True)
            self.was_held |= self._held

    def release(self) -> None:
        """Be level with the load again."""
        if self._held:
            self._held = False
            self._set(first=False)

    def _set(self, *, first: bool) -> bool:
        """Whether the system let every thread be set; where it did not, all are as they were."""
        if sys.platform != "linux":
            return False
        policy, priority = (os.SCHED_RR, LOWEST) if first else (os.SCHED_OTHER, 0)
        try:
            for thread in _screen_threads():
                os.sched_setscheduler(thread, policy | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
        except OSError:
            if first:
                self._set(first=False)
            return False
        return True


def _screen_threads() -> Iterator[int]:
    """The kernel's numbers of the threads between a key and a picture."""
    for thread in threading.enumerate():
        is_screen = thread is threading.main_thread() or thread.name in SCREEN_THREADS
        if is_screen and thread.native_id is not None:
            yield thread.native_id
