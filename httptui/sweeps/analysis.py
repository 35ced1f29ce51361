"""What a sweep's curves mean: where more in flight is of no use, and where latency drowns the difference."""

from __future__ import annotations

from msgspec import Struct

from httptui.crossover import FoundCrossover
from httptui.usl import UslFit


class Scaling(Struct, frozen=True, kw_only=True):
    """How one contender's throughput goes with concurrency: a fit, and the smallest levels with 95 % of the most
    req/s, `saturation` whatever it costs, `knee` with a p99 of at most twice the lowest level's.

    None where the curve does not give them.
    """

    contender: str
    fit: UslFit | None = None
    knee: float | None = None
    saturation: float | None = None


class Crossover(Struct, frozen=True, kw_only=True):
    """From which latency on the choice between two contenders hardly changes throughput; `faster` is the one with
    more req/s at the lowest level, `cpu_ratio` the dearer one's CPU per request as a multiple of the cheaper one's.
    """

    faster: str
    slower: str
    found: FoundCrossover
    cpu_ratio: float | None = None
    sentence: str


class SweepAnalysis(Struct, frozen=True, kw_only=True):
    """`scaling` is of a curve over concurrency and `crossovers` of one over latency, the largest difference first;
    both are empty where the axes are others.
    """

    scaling: tuple[Scaling, ...] = ()
    crossovers: tuple[Crossover, ...] = ()
