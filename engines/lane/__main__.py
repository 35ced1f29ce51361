"""Entry point of a lane: `python -m httptui.engines.lane`, spawned by its parent and ending with it.

Messages are those of `httptui.engines.protocol`: setup in, ready out; then go in, frames and done out; then quit.
"""

from __future__ import annotations

import gc
from dataclasses import replace
from functools import partial

from httptui.engines.base import AsyncEngine, Engine, Settings, SyncEngine
from httptui.engines.files import make_room_for
from httptui.engines.lane.as_sent import as_sent
from httptui.engines.lane.async_driver import AsyncDriver
from httptui.engines.lane.confined import Lookups, confine_process, confined
from httptui.engines.lane.lane import Driver, Lane
from httptui.engines.lane.parent import Parent, Pipe, die_with_parent, give_up
from httptui.engines.lane.setup import guard_of, introduction, loop_of, requests_of, retries_of, settings_of
from httptui.engines.lane.supply import Requests, Supply
from httptui.engines.lane.thread_driver import ThreadDriver
from httptui.engines.memory_watch import resident_bytes
from httptui.engines.protocol import Setup, to_lane
from httptui.engines.registry import load_engine


def main() -> None:
    """Set up the contender that the first message describes, and run it until told to quit."""
    die_with_parent()
    pipe = Pipe.over_stdio()
    parent = Parent(pipe, to_lane)
    setup = parent.next()
    assert isinstance(setup, Setup)
    stage, lookups = "import", Lookups(setup.dns_delay)
    guard = guard_of(setup)
    confine_process(guard)
    lookups.watch_process()
    make_room_for(setup.concurrency)
    try:
        engine, settings = load_engine(setup.engine), settings_of(setup, guard)
        sent = as_sent(engine, settings, requests_of(setup))
        stage = "open"
        driver = driver_of(engine, settings, setup, lookups)
        driver.open()
    except BaseException as error:  # noqa: BLE001 - whatever a client raises is reported to the parent
        give_up(pipe, stage, error)
    gc.collect()
    gc.freeze()
    pipe.write(replace(introduction(engine, driver.loop_name), sent=sent))
    counted = partial(lookups.since_last, engine, setup.pool)
    most = resident_bytes() + settings.body_limit.most_memory
    Lane(pipe, parent, driver, counted, setup, most_bytes=most).serve()


def driver_of(engine: type[Engine], settings: Settings, setup: Setup, lookups: Lookups) -> Driver:
    """Create the driver: the engine with its settings, reuse strategy and workers.

    Raises ImportError if the setup asks for uvloop or tenacity and it is missing.
    """
    supply = Supply(Requests(engine.prepare, requests_of(setup)), setup.per_host_rate)
    reuse, workers, retries, limit = setup.reuse, setup.concurrency, retries_of(setup), settings.timeout
    if issubclass(engine, AsyncEngine):
        loop = lookups.watched(confined(loop_of(setup.loop, engine), settings.guard))
        return AsyncDriver(partial(engine, settings), reuse, workers, supply, loop, retries, limit)
    assert issubclass(engine, SyncEngine)
    return ThreadDriver(partial(engine, settings), reuse, workers, supply, retries, limit)


if __name__ == "__main__":
    main()
