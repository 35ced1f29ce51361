"""httptui compares Python HTTP clients, and the ways to use them, under one load.

import asyncio
from httptui import Contender, Plan, Report, run

async def main() -> None:
    plan = Plan(contender=(Contender(engine="aiohttp"), Contender(engine="httpx")))
    async for item in run(plan):
        if isinstance(item, Report):
            print(item.verdict.sentence)

asyncio.run(main())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from httptui.version import __version__

if TYPE_CHECKING:
    from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Target
    from httptui.results.report import Report
    from httptui.results.snapshot import Snapshot
    from httptui.runs.conductor import Run, run, run_sync
    from httptui.sweeps.conductor import Sweep, sweep
    from httptui.sweeps.report import SweepReport, SweepSnapshot

__all__ = [
    "Contender",
    "Load",
    "Plan",
    "Policy",
    "Report",
    "Run",
    "Schedule",
    "Snapshot",
    "Sweep",
    "SweepReport",
    "SweepSnapshot",
    "Target",
    "__version__",
    "run",
    "run_sync",
    "sweep",
]

_HOMES = {
    "run": "httptui.runs.conductor",
    "run_sync": "httptui.runs.conductor",
    "Run": "httptui.runs.conductor",
    "Report": "httptui.results.report",
    "Snapshot": "httptui.results.snapshot",
    "sweep": "httptui.sweeps.conductor",
    "Sweep": "httptui.sweeps.conductor",
    "SweepReport": "httptui.sweeps.report",
    "SweepSnapshot": "httptui.sweeps.report",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that `import httptui` costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'httptui' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "httptui.plan.model")), name)


def __dir__() -> list[str]:
    """List the public names, also those not imported yet."""
    return sorted({*globals(), *__all__})
