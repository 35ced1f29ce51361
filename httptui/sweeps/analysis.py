"""What a sweep's curves mean: where more in flight is of no use, and where latency drowns the difference."""

from __future__ import annotations

from msgspec import Struct


class Scaling(Struct, frozen=True, kw_only=True):
    """How one contender's throughput goes with concurrency.

    `knee` is the fewest in flight with 95 % of the most req/s and at most twice the base's p99.  `gamma` (req/s of
    one), `alpha` (contention) and `beta` (coherence) are those of the universal scalability law, and `peak` is the
    number in flight at which it is fastest; None where the curve does not give them.
    """

    contender: str
    knee: float | None = None
    peak: float | None = None
    gamma: float | None = None
    alpha: float | None = None
    beta: float | None = None


class Crossover(Struct, frozen=True, kw_only=True):
    """From which latency on the choice between two contenders changes throughput by less than 3 %.

    `measured_ms` is None where no level shows it; `predicted_ms` is c·s − R of the slower one, None where not known;
    `cpu_ratio` is the dearer one's CPU per request as a multiple of the cheaper one's.
    """

    faster: str
    slower: str
    measured_ms: float | None = None
    predicted_ms: float | None = None
    cpu_ratio: float | None = None
    sentence: str


class SweepAnalysis(Struct, frozen=True, kw_only=True):
    """Empty where the axes are others: `scaling` is of a curve over concurrency, `crossovers` of one over latency."""

    scaling: tuple[Scaling, ...] = ()
    crossovers: tuple[Crossover, ...] = ()
