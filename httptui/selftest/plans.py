"""The two runs of a self-test: one client against itself, and against itself with a known fault."""

from __future__ import annotations

from importlib import resources

from msgspec import structs

from httptui.plans.plan import Contender, Load, Plan, Schedule
from httptui.plans.schedule import FEWEST_BLOCKS, SHORTEST_SLICE_SECONDS
from httptui.statistics import MOST_DIFFERENCES

CLIENT = "aiohttp"
SHARE = 0.05
IN_FLIGHT = 16
EPOCHS = 3
SECONDS_FOR_EPOCHS = 50.0
START_SECONDS = 2.7
GAP_SECONDS = 0.05


def same_plan(seconds: float, seed: int) -> Plan:
    """One client twice; the run takes about half of `seconds`, those of the whole self-test.

    Many short turns, which make intervals narrower, and processes started anew, which makes them more honest.
    """
    epochs = EPOCHS if seconds >= SECONDS_FOR_EPOCHS else 1
    each = (seconds / 2 - epochs * START_SECONDS) / 2
    blocks = int(each / (SHORTEST_SLICE_SECONDS + GAP_SECONDS))
    blocks = min(max(blocks, FEWEST_BLOCKS), MOST_DIFFERENCES)
    turn = max(each / blocks - GAP_SECONDS, SHORTEST_SLICE_SECONDS)
    return Plan(
        name="selftest",
        load=Load(concurrency=IN_FLIGHT, seconds=blocks * turn),
        schedule=Schedule(kind="interleaved", blocks=blocks, epochs=epochs, seed=seed, warmup="500ms"),
        contender=(Contender(engine=CLIENT, label=CLIENT), Contender(engine=CLIENT, label=f"{CLIENT} again")),
    )


def effect_plan(seconds: float, seed: int) -> Plan:
    """The client, and the same one with `SHARE` more CPU time per request, both in the same wrapping."""
    contenders = (
        Contender(engine=engine_of("Sound"), label=CLIENT),
        Contender(engine=engine_of("Spinning"), label=f"{CLIENT} + {SHARE * 100:g} % CPU"),
    )
    return structs.replace(same_plan(seconds, seed), contender=contenders)


def engine_of(class_name: str) -> str:
    """A client of the self-test, as a file: it has no name, so that nobody takes it for one to be compared."""
    return f"{resources.files('httptui.engines').joinpath('selftest', 'spinning.py')}:{class_name}"
