"""Entry point of the probe: `python -m httptui.engines.probe`, spawned by its parent and ending with it.

The first message names the engine and is answered with {"failed": null or the reason}; each further message is a job.
"""

from __future__ import annotations

import json
import os
import warnings

from httptui.engines.lane.parent import Parent, Pipe, die_with_parent
from httptui.engines.probe.drive import Probe, failure_text
from httptui.engines.registry import load_engine


def main() -> None:
    """Load the engine, and carry out jobs until the parent is gone."""
    warnings.simplefilter("ignore")
    die_with_parent()
    pipe = Pipe.over_stdio()
    parent = Parent(pipe, json.loads)
    setup = parent.next()
    try:
        probe = Probe(load_engine(setup["engine"]))
    except BaseException as error:  # noqa: BLE001 - whatever a client raises is reported to the parent
        pipe.write({"failed": failure_text("import", error)})
        os._exit(0)
    pipe.write({"failed": None})
    while True:
        pipe.write(probe.carry_out(parent.next()))


if __name__ == "__main__":
    main()
