"""Simulated runs from a seed: contenders of known speed on machines with known disturbances.

A world returns the logarithm of each turn's factor on the rate. Every block is a random order of turns, as in an
interleaved run, and the machine's state continues from turn to turn.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

from httptui.results.judge.blocks import BlockRecord

SLICE_SPREAD = 0.10
WANDER_SPREAD = 0.37
WANDER_LAG_1 = 0.88
OWN_SPREAD = 0.07

Turns = Sequence[Sequence[int]]
World = Callable[[random.Random, Turns], list[list[float]]]


def calm(source: random.Random, turns: Turns) -> list[list[float]]:
    """Independent normal noise of 10 % per turn."""
    return [[source.gauss(0, SLICE_SPREAD) for _ in block] for block in turns]


def drift(source: random.Random, turns: Turns) -> list[list[float]]:
    """The same noise on a machine that loses half its speed from first turn to last."""
    count = sum(len(block) for block in turns)
    line = iter(range(count))
    return [[next(line) / count * math.log(0.5) + noise for noise in block] for block in calm(source, turns)]


def bursts(source: random.Random, turns: Turns) -> list[list[float]]:
    """The same noise, with one turn in ten slowed down by a neighbour, to a half at the median."""
    return [
        [noise - (source.expovariate(1) if source.random() < 0.1 else 0.0) for noise in block]
        for block in calm(source, turns)
    ]


def heavy_tails(source: random.Random, turns: Turns) -> list[list[float]]:
    """Student's t with two degrees of freedom, which has no variance."""
    return [[0.05 * source.gauss(0, 1) / math.sqrt(source.expovariate(1)) for _ in block] for block in turns]


def wander(source: random.Random, turns: Turns) -> list[list[float]]:
    """A machine whose speed wanders as one measured did: sd(log) 0.37 from turn to turn, lag-1 0.88, plus 10 %."""
    state = source.gauss(0, WANDER_SPREAD)
    step = WANDER_SPREAD * math.sqrt(1 - WANDER_LAG_1**2)
    noise = calm(source, turns)
    for block in noise:
        for at in range(len(block)):
            state = WANDER_LAG_1 * state + source.gauss(0, step)
            block[at] += state
    return noise


def own_wander(source: random.Random, turns: Turns) -> list[list[float]]:
    """Contenders that wander independently, 7 % with lag-1 0.88 between blocks, which pairing cannot cancel."""
    count = len(turns[0])
    states = [source.gauss(0, OWN_SPREAD) for _ in range(count)]
    step = OWN_SPREAD * math.sqrt(1 - WANDER_LAG_1**2)
    noise = calm(source, turns)
    for block, order in zip(noise, turns, strict=True):
        states = [WANDER_LAG_1 * state + source.gauss(0, step) for state in states]
        for at, contender in enumerate(order):
            block[at] += states[contender]
    return noise


SOUND: Mapping[str, World] = {
    "calm": calm,
    "drift": drift,
    "bursts": bursts,
    "heavy tails": heavy_tails,
    "wandering machine": wander,
}
UNSOUND: Mapping[str, World] = {"contenders wander": own_wander}
FIELDS: Mapping[str, tuple[float, ...]] = {
    "2 equal": (1.0, 1.0),
    "6 equal": (1.0,) * 6,
    "2 tied of 6": (1.0, 1.0, 0.7, 0.5, 0.3, 0.1),
    "3 tied pairs": (1.0, 1.0, 0.6, 0.6, 0.3, 0.3),
    "3 pairs, 5 % apart": (1.0, 1.0, 0.95, 0.95, 0.9, 0.9),
    "2, 15 % apart": (1.0, 0.85),
    "6, each 15 % behind": tuple(0.85**place for place in range(6)),
}


def simulated(source: random.Random, world: World, speeds: Sequence[float], blocks: int) -> list[BlockRecord]:
    """Simulate a run of so many blocks; contender A has the first speed."""
    contenders = range(len(speeds))
    turns = [source.sample(contenders, len(speeds)) for _ in range(blocks)]
    return [
        BlockRecord(
            id=chr(65 + contender),
            block=number,
            position=position,
            epoch=0,
            ok=1000 * speeds[contender] * math.exp(factor),
            seconds=1.0,
        )
        for number, (order, factors) in enumerate(zip(turns, world(source, turns), strict=True))
        for position, (contender, factor) in enumerate(zip(order, factors, strict=True))
    ]
