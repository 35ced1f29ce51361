"""A plan's sweep: its axes and levels, and the plain plan of one short visit to each of them, as pure functions."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from httptui.plans.plan import Plan, seconds_of
from httptui.plans.urls import REMEMBERED
from httptui.units import listed, plural

USUAL_BLOCKS = 6
USUAL_SLICE_SECONDS = 0.5
USUAL_WARMUP = "200ms"
FEWEST_LATENCIES, SECONDS_AFAR = 6, 1.5
"""A turn with an injected latency lasts at least so many of them, and so long: at its start all requests of a slow
client queue for its CPU, which over less time would weigh more than the difference that is looked for."""
SECONDS_IN_FLIGHT = 0.016
"""And, in a closed load, so long for each request in flight, which a client of 125 req/s answers twice in that time:
what is measured before every worker has sent and been answered is not of that concurrency."""
CONCURRENCY, LATENCY, POOL = "concurrency", "latency_ms", "pool"

_STEP = re.compile(r"(?P<name>[a-z_]+)(?:\[(?P<index>\d+)\])?")


class Visit(NamedTuple):
    """One level of each axis in one block: all contenders have a short turn there, one after the other.

    `turn` is the visit's place in its block, from 0; `levels` are in the order of the axes.
    """

    block: int
    turn: int
    levels: tuple[float, ...]
    seed: int


def blocks_of(plan: Plan) -> int:
    """How often every level is visited."""
    return plan.schedule.blocks or USUAL_BLOCKS


def slice_seconds_of(plan: Plan, levels: Sequence[float] = ()) -> float | None:
    """Seconds of one contender's turn at some levels, or None where a number of requests bounds it."""
    if seconds_of(plan.load) is None:
        return None
    seconds = USUAL_SLICE_SECONDS if plan.load.seconds is None else plan.load.seconds / blocks_of(plan)
    in_flight = SECONDS_IN_FLIGHT * in_flight_of(plan, levels) if plan.load.kind == "closed" else 0.0
    latency = latency_of(plan, levels) / 1000
    afar = max(SECONDS_AFAR, FEWEST_LATENCIES * latency) if latency else 0.0
    return max(seconds, afar, in_flight)


def in_flight_of(plan: Plan, levels: Sequence[float]) -> float:
    """The most requests in flight of any contender at some levels."""
    swept = dict(zip(plan.sweep, levels, strict=False))
    own = [contender.concurrency for contender in plan.contender if contender.concurrency is not UNSET]
    set_here = [level for path, level in swept.items() if path.rpartition(".")[2] == CONCURRENCY]
    shared = [] if {CONCURRENCY, "load.concurrency"} & swept.keys() else [plan.load.concurrency]
    return max([*own, *set_here, *shared])


def latency_of(plan: Plan, levels: Sequence[float]) -> float:
    """Milliseconds that the sweep itself injects at some levels."""
    return dict(zip(plan.sweep, levels, strict=False)).get(LATENCY, 0.0)


def grid_of(plan: Plan) -> tuple[tuple[float, ...], ...]:
    """Every combination of the axes' levels, the last axis changing fastest."""
    return tuple(itertools.product(*plan.sweep.values()))


def visits_of(plan: Plan) -> tuple[Visit, ...]:
    """Randomised complete blocks: in each of them every combination once, in an order drawn anew from the seed.

    The seed of a visit draws the order of the contenders there, and the arrivals of an open load.
    """
    draw, grid = random.Random(plan.schedule.seed), grid_of(plan)
    return tuple(
        Visit(block, turn, levels, draw.getrandbits(32))
        for block in range(blocks_of(plan))
        for turn, levels in enumerate(draw.sample(grid, len(grid)))
    )


def plan_at(plan: Plan, levels: Sequence[float], seed: int = 1) -> Plan:
    """The plain plan of one visit to a checked plan's levels: one short interleaved turn for each contender."""
    return msgspec.convert(mapping_at(plan, levels, seed), Plan)


def mapping_at(plan: Plan, levels: Sequence[float], seed: int = 1) -> dict[str, Any]:
    """`plan_at` as plain values, whose levels nothing has checked yet."""
    data: dict[str, Any] = msgspec.to_builtins(plan)
    seconds = slice_seconds_of(plan, levels)
    warmup = USUAL_WARMUP if plan.schedule.warmup == "auto" else plan.schedule.warmup
    data["sweep"] = {}
    data["load"]["seconds"] = seconds
    # The levels of a sweep show what a probe would.
    data["schedule"] |= {
        "blocks": None if seconds is None else 1,
        "seed": seed,
        "warmup": warmup,
        "probe": False,
    }
    for path, level in zip(plan.sweep, levels, strict=True):
        _put(data, path, int(level) if level == int(level) else level)
    return data


def _put(data: dict[str, Any], path: str, level: float) -> None:
    if path == LATENCY:
        target = data["target"]
        if target["urls"]:
            target["urls"] = [with_latency(url, level) for url in target["urls"]]
        else:
            target["url"] = with_latency(target["url"], level)
    elif path == POOL:
        for contender in data["contender"]:
            contender["pool"] = level
    elif path == CONCURRENCY:
        data["load"]["concurrency"] = level
    else:
        *steps, last = path.split(".")
        table = data
        for step in steps:
            if match := _STEP.fullmatch(step):
                found = table[match["name"]]
                table = found if match["index"] is None else found[int(match["index"])]
        table[last] = level


@lru_cache(maxsize=REMEMBERED)
def with_latency(url: str, latency_ms: float) -> str:
    """The URL of the embedded target with another `latency_ms` in its query.

    Remembered, because every other level is visited at each latency.
    """
    base, _, query = url.partition("?")
    others = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != LATENCY]
    return f"{base}?{'&'.join([*others, f'{LATENCY}={latency_ms:.9g}'])}"


def describe_sweep(plan: Plan) -> str:
    """The sweep in a few words: "sweep of concurrency 1 … 256 · 9 levels · 6 blocks"."""
    return describe_grid(plan.sweep, blocks_of(plan))


def describe_grid(axes: Mapping[str, Sequence[float]], blocks: int) -> str:
    """The same of axes with their levels."""
    levels = math.prod(map(len, axes.values()))
    return f"sweep of {describe_axes(axes)} · {plural(levels, 'level')} · {plural(blocks, 'block')}"


def describe_axes(axes: Mapping[str, Sequence[float]]) -> str:
    """Axes with the ends of their levels, of which each has one at least: "pool 2 … 100 and concurrency 1 … 256"."""
    return listed([f"{path} {_range(levels)}" for path, levels in axes.items()])


def _range(levels: Sequence[float]) -> str:
    return " … ".join(f"{level:g}" for level in dict.fromkeys((min(levels), max(levels))))
