"""What a sweep's curves mean: where more in flight is of no use, and where latency drowns the difference."""

from __future__ import annotations

from msgspec import Struct

from httptui.crossover import FoundCrossover
from httptui.usl import UslFit


class Scaling(Struct, frozen=True, kw_only=True):
    """How one contender's throughput goes with concurrency: a fit, and the smallest levels with 95 % of the most
    req/s, `saturation` whatever it costs, `knee` with a p99 of at most twice the lowest level's.

    None where the curve does not give them: req/s must be shown to level off below the last level.  `saturation_low`
    is the last level shown to have less than 95 %, `saturation_high` the first shown to have as much.
    """

    contender: str
    fit: UslFit | None = None
    knee: float | None = None
    saturation: float | None = None
    saturation_low: float | None = None
    saturation_high: float | None = None

    def knee_below(self, highest: float) -> float | None:
        """The knee; none at the highest level, where older reports have some, for nothing shows what comes after."""
        return self.knee if self.knee is not None and self.knee < highest else None

    def saturation_below(self, highest: float) -> float | None:
        """The same of 95 % of the most."""
        return self.saturation if self.saturation is not None and self.saturation < highest else None

    def top_below(self, highest: float) -> float | None:
        """N*, where all of its interval is up to the highest level."""
        if self.fit is None or self.fit.n_star is None or self.fit.n_star > highest:
            return None
        high = self.fit.n_star_high
        return (
            None if self.fit.n_star_low is not None and (high is None or high > highest) else self.fit.n_star
        )


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
