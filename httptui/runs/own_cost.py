"""What it costs to lead a run and to watch it: the CPU time and the wake-ups of this process itself."""

from __future__ import annotations

from time import monotonic, process_time
from typing import Any

import psutil


class OwnCost:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began, self._spent = monotonic(), process_time()
        self._woken = self._process.num_ctx_switches().voluntary

    def so_far(self) -> dict[str, Any]:
        """Plain values for a report's `environment`: per cent of a core, and how often a second it slept and woke."""
        seconds = max(monotonic() - self._began, 1e-3)
        woken = self._process.num_ctx_switches().voluntary - self._woken
        return {
            "cpu_percent_of_a_core": round(100 * (process_time() - self._spent) / seconds, 1),
            "wakeups_per_s": round(woken / seconds, 1),
        }
