"""What a contender inside a web application must hold: a client that its route can call, and the app's libraries."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import UNSET

from httptui.plans.plan import Contender
from httptui.plans.request_checks import shown
from httptui.units import listed

if TYPE_CHECKING:
    from httptui.engines.registry import EngineInfo

PACKAGES = ("fastapi", "uvicorn", "httptools", "uvloop")
"""What an app needs beside its client."""
DRIVER = "raw"
MODES: Mapping[str, tuple[str, ...]] = {
    "async": ("fastapi-async",),
    "sync": ("fastapi-async-blocking", "fastapi-sync"),
}
CALLS = {
    "fastapi-async": "awaits an async client",
    "fastapi-async-blocking": "calls a sync client in the event loop",
    "fastapi-sync": "calls a sync client in a thread",
}


def inside_problems(
    contender: Contender,
    path: str,
    info: EngineInfo,
    find: Callable[[str], object] = importlib.util.find_spec,
) -> Iterator[str]:
    """What keeps a contender from being placed inside an app; `find` finds a package by name, or None."""
    inside = contender.inside
    if inside is UNSET:
        return
    name = f'"{inside}"'
    if inside == "fastapi-ping":
        if contender.engine != DRIVER:
            yield f'{path}.inside: {name} calls no client, so its engine is "{DRIVER}", not {shown(contender.engine)}'
    elif inside not in MODES[info.mode]:
        fitting = " or ".join(f'"{one}"' for one in MODES[info.mode])
        yield f"{path}.inside: {name} {CALLS[inside]}, and {shown(contender.engine)} is {info.mode}; {fitting}"
    missing = [package for package in PACKAGES if not contender.own_environment and find(package) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        yield (
            f"{path}.inside: {name} needs {listed(missing)}, which {verb} not installed; "
            "pip install 'httptui[fastapi]'"
        )
    if contender.loop is not UNSET and info.mode == "async":
        yield f"{path}.loop: an app runs on uvloop whatever its client; leave it out"
    if contender.processes > 1:
        yield f"{path}.processes: {contender.processes} for a client inside an app, which is one process; 1"
