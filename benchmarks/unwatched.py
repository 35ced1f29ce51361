"""A run without a screen: as many snapshots per second as the app takes, none of them drawn.

`python -m benchmarks.unwatched PLAN SECONDS` prints the CPU seconds per second of its process during the run; the
app's excess over that is the cost of its screen. Garbage collection is as rare as in the app.
"""

from __future__ import annotations

import asyncio
import sys
from time import monotonic, process_time

from httptui import Snapshot, run
from httptui.presets.loader import load_preset
from httptui.tui.toolkit.garbage import collect_rarely

SETTLE_SECONDS = 2.0


async def share_of_a_core(plan_file: str, seconds: float) -> float:
    """Return this process's CPU seconds per second, without lanes and target; RuntimeError if the run ends first."""
    began: float | None = None
    start = spent = 0.0
    async with run(load_preset(plan_file)) as items:
        async for item in items:
            if not isinstance(item, Snapshot) or item.phase != "running":
                continue
            now = monotonic()
            began = now if began is None else began
            if not start and now - began >= SETTLE_SECONDS:
                collect_rarely()
                start, spent = monotonic(), process_time()
            elif start and now - start >= seconds:
                return (process_time() - spent) / (now - start)
    raise RuntimeError(f"the run ended before it had been measured for {seconds:g} s")


def main() -> None:
    """Measure and print."""
    print(asyncio.run(share_of_a_core(sys.argv[1], float(sys.argv[2]))))


if __name__ == "__main__":
    main()
