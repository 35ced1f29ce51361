"""The lane's entry: `python -m engines.lane`, spawned by its parent, which speaks first and whose end is its own.

Messages are those of the parent's `httptui.lanes.frames`: setup in, ready out; then go, frames and done; then quit.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from engines.base import AsyncEngine, Engine, Request, Settings, SyncEngine
from engines.lane.async_driver import AsyncDriver
from engines.lane.lane import Driver, Lane, failure
from engines.lane.pipe import Pipe
from engines.lane.thread_driver import ThreadDriver
from engines.registry import load_engine


def main() -> None:
    """Set up the contender that the first message describes, and run it until told to quit."""
    pipe = Pipe.over_stdio()
    setup = pipe.read()
    if setup is None:
        return
    stage = "import"
    try:
        engine = load_engine(setup["engine"])
        stage = "open"
        driver = driver_of(engine, setup)
        driver.open()
    except Exception as error:  # noqa: BLE001 - whatever a client raises is told to the parent
        pipe.write(failure(stage, error))
        os._exit(1)
    gc.collect()
    gc.freeze()
    pipe.write(introduction(engine, driver))
    Lane(pipe, driver, frame_seconds=setup["frame_seconds"]).serve()


def driver_of(engine: type[Engine], setup: dict[str, Any]) -> Driver:
    """The engine with its settings, reuse strategy and workers; ImportError where uvloop is asked for and missing."""
    headers = tuple((name, value) for name, value in setup["headers"])
    settings = Settings(
        pool=setup["pool"],
        timeout=setup["timeout"],
        http=setup["http"],
        verify=setup["verify"],
        ca_file=setup["ca_file"],
        redirects=setup["redirects"],
        retries=setup["retries"],
        cookies=setup["cookies"],
        trust_env=setup["trust_env"],
        headers=frozenset(name.lower() for name, _ in headers),
        bodies=bool(setup["body"]),
    )
    request = Request(setup["method"], setup["url"], headers, setup["body"].encode())
    reuse, workers = setup["reuse"], setup["concurrency"]
    if issubclass(engine, AsyncEngine):
        loop = loop_of(setup["loop"])
        return AsyncDriver(partial(engine, settings), reuse, workers, engine.prepare(request), loop)
    if issubclass(engine, SyncEngine):
        return ThreadDriver(partial(engine, settings), reuse, workers, engine.prepare(request))
    raise TypeError(f"{engine.__name__} is neither an AsyncEngine nor a SyncEngine")


def loop_of(name: str) -> asyncio.AbstractEventLoop:
    """A new event loop of asyncio or uvloop."""
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def introduction(engine: type[Engine], driver: Driver) -> dict[str, Any]:
    """The message that says that the lane is ready, and on what it runs."""
    packages = [engine.package] if engine.package else []
    if driver.loop_name == "uvloop":
        packages.append("uvloop")
    versions = {}
    for package in packages:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "unknown"
    return {
        "type": "ready",
        "pid": os.getpid(),
        "python": f"{sys.implementation.name} {sys.version.split()[0]}",
        "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
        "loop": driver.loop_name,
        "mode": "async" if issubclass(engine, AsyncEngine) else "sync",
        "versions": versions,
    }


if __name__ == "__main__":
    main()
