"""Entry point of an app: `python -m httptui.engines.inside`, spawned by its parent and ending with it.

Messages are those of `httptui.engines.protocol`: setup in, ready with the port out; then begin in, and a reading out
for each read; then quit.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from itertools import count

from httptui.engines.base import AsyncEngine, Engine, Settings, SyncEngine
from httptui.engines.inside.app import (
    Admitted,
    AwaitedUpstream,
    CalledUpstream,
    Ledger,
    Order,
    Server,
    Upstream,
    answer_parent,
    app_of,
    free_port,
)
from httptui.engines.lane.confined import Lookups, confine_process, confined
from httptui.engines.lane.parent import Parent, Pipe, die_with_parent, give_up
from httptui.engines.lane.setup import guard_of, introduction, requests_of, retries_of, settings_of
from httptui.engines.lane.supply import Requests
from httptui.engines.protocol import Setup, to_lane
from httptui.engines.registry import load_engine


def main() -> None:
    """Serve the app that the first message describes, until told to quit."""
    die_with_parent()
    pipe = Pipe.over_stdio()
    parent = Parent(pipe, to_lane)
    setup = parent.next()
    assert isinstance(setup, Setup)
    lookups = Lookups(setup.dns_delay)
    guard = guard_of(setup)
    confine_process(guard)
    lookups.watch_process()
    try:
        engine, retries = load_engine(setup.engine), retries_of(setup)
    except BaseException as error:  # noqa: BLE001 - whatever a client raises is reported to the parent
        give_up(pipe, "import", error)
    ledger, place = Ledger(retries, partial(lookups.since_last, engine, setup.pool)), free_port()
    requests, numbers = Requests(engine.prepare, requests_of(setup)), count()
    order = Order(setup.reuse, lambda: requests.at(next(numbers)), ledger, retries)
    settings, inside = settings_of(setup, guard), setup.inside
    upstream = None if inside == "fastapi-ping" else upstream_of(engine, settings, order)
    app = app_of(
        inside,
        upstream,
        ledger,
        lambda loop: lookups.watched(confined(loop, guard)),
        partial(give_up, pipe, "open"),
    )
    ready = replace(introduction(engine, "uvloop", "fastapi", "uvicorn"), port=place.getsockname()[1])
    server = Server(Admitted(app, setup.token, ledger), partial(pipe.write, ready))
    answer_parent(parent, pipe, server, ledger)
    server.run([place])
    os._exit(0)


def upstream_of(engine: type[Engine], settings: Settings, order: Order) -> Upstream:
    """Create the upstream: the contender's client with its settings and order."""
    if issubclass(engine, AsyncEngine):
        return AwaitedUpstream(partial(engine, settings), order)
    assert issubclass(engine, SyncEngine)
    return CalledUpstream(partial(engine, settings), order)


if __name__ == "__main__":
    main()
