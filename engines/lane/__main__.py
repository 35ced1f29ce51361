"""The lane's entry: `python -m engines.lane`, spawned by its parent, which speaks first and whose end is its own.

Messages are those of the parent's `httptui.lanes.frames`: setup in, ready out; then go, frames and done; then quit.
"""

from __future__ import annotations

import gc
import os
from functools import partial
from typing import Any

from engines.base import AsyncEngine, Engine, SyncEngine
from engines.lane.async_driver import AsyncDriver
from engines.lane.lane import Driver, Lane, failure
from engines.lane.pipe import Pipe
from engines.lane.setup import introduction, loop_of, request_of, settings_of
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
    pipe.write(introduction(engine, driver.loop_name))
    Lane(pipe, driver, frame_seconds=setup["frame_seconds"]).serve()


def driver_of(engine: type[Engine], setup: dict[str, Any]) -> Driver:
    """The engine with its settings, reuse strategy and workers; ImportError where uvloop is asked for and missing."""
    settings, request = settings_of(setup), request_of(setup)
    reuse, workers = setup["reuse"], setup["concurrency"]
    if issubclass(engine, AsyncEngine):
        loop = loop_of(setup["loop"])
        return AsyncDriver(partial(engine, settings), reuse, workers, engine.prepare(request), loop)
    if issubclass(engine, SyncEngine):
        return ThreadDriver(partial(engine, settings), reuse, workers, engine.prepare(request))
    raise TypeError(f"{engine.__name__} is neither an AsyncEngine nor a SyncEngine")


if __name__ == "__main__":
    main()
