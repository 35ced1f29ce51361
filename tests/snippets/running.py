"""Scripts run inside the test's own process, where their functions and clocks can be reached."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

from httptui.codegen import snippet_of
from httptui.plan.model import Plan

LEAVE_CONNECTIONS = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""Marks for tests of scripts, of which some leave connections to the collector."""


def script_of(plan: Plan) -> str:
    """The script of a plan's only contender."""
    script = snippet_of(plan, 0)
    assert script is not None
    return script


def names_of(plan: Plan) -> dict[str, Any]:
    """All that its script defines, without its main having run."""
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(script_of(plan), "script.py", "exec"), names)
    return names


async def run_main(names: dict[str, Any]) -> None:
    """Run a script's main: an async one here, a sync one in a thread."""
    main = names["main"]
    async with asyncio.timeout(20):
        await (main() if inspect.iscoroutinefunction(main) else asyncio.to_thread(main))
