"""The report a sweep leaves: the JSON of schema `httptui.sweep/1`, from which every other format is made."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from httptui.report.saved import SWEEP_SCHEMA, decoded, read_bytes, schema_of
from httptui.results.report import Recorded, Report
from httptui.results.scaling_laws import FoundCrossover, UslFit
from httptui.results.snapshot import Event, Labelled, Limiter


class Axis(Struct, frozen=True):
    """A field of the plan by its path, such as "concurrency", "latency_ms" or "load.rate", and its levels."""

    path: str
    levels: tuple[float, ...]


class SweepContender(Labelled, frozen=True, kw_only=True):
    """A contender of the sweep; `versions` is empty until it has run once, `cause` is why it failed last."""

    versions: dict[str, str] = field(default_factory=dict)
    cause: str | None = None


class Measured(Struct, frozen=True):
    """Centre of a figure over the blocks, with a 95 % interval if there are enough blocks."""

    value: float
    low: float | None = None
    high: float | None = None


class SweepSlice(Struct, frozen=True, kw_only=True):
    """One contender's turn at one level in one block.

    `turn` is the place of the level in its block and `position` that of the contender among those at the level, both
    from 0; `start` is in seconds since the sweep began. Rates are successful requests per second; latencies are
    service times, in an open load response times. `pool_wait_ms` is the mean wait for a connection of the pool, None
    if unknown; `connections` are those opened, warm-up included.
    """

    block: int
    turn: int
    position: int
    start: float
    seconds: float
    ok: int
    failed: int
    warmup_requests: int
    req_per_s: float
    cpu_us_per_request: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    connections: int | None = None
    pool_wait_ms: float | None = None


class SweepPoint(Struct, frozen=True, kw_only=True):
    """One contender at one level of each axis: `levels` in the order of the axes, `contender` its letter.

    Figures are None until a block has provided them; `ok`, `failed` and `connections` are sums over the blocks, and
    `slices` are the blocks themselves, in order.
    """

    levels: tuple[float, ...]
    contender: str
    req_per_s: Measured | None = None
    cpu_us_per_request: Measured | None = None
    p50_ms: Measured | None = None
    p99_ms: Measured | None = None
    pool_wait_ms: Measured | None = None
    ok: int = 0
    failed: int = 0
    connections: int | None = None
    limiter: Limiter | None = None
    slices: tuple[SweepSlice, ...] = ()

    @property
    def rate(self) -> float:
        """Centre of the successful requests per second; 0 if unknown."""
        return 0.0 if self.req_per_s is None else self.req_per_s.value

    @property
    def rates(self) -> dict[int, float]:
        """Successful requests per second by block."""
        return {turn.block: turn.req_per_s for turn in self.slices}


class Scaling(Struct, frozen=True, kw_only=True):
    """Scaling of one contender's throughput with concurrency.

    `fit` is the scalability law. `saturation` is the smallest level with 95 % of the highest req/s, `knee` the
    smallest that also has a p99 of at most twice that of the lowest level. Both are None unless req/s are shown to
    level off below the last level. `saturation_low` is the last level shown to have less than 95 %, `saturation_high`
    the first shown to have as much.
    """

    contender: str
    fit: UslFit | None = None
    knee: float | None = None
    saturation: float | None = None
    saturation_low: float | None = None
    saturation_high: float | None = None

    def knee_below(self, highest: float) -> float | None:
        """Return the knee unless it is the highest level, as some old reports have it: nothing shows what follows."""
        return self.knee if self.knee is not None and self.knee < highest else None

    def saturation_below(self, highest: float) -> float | None:
        """Return the level of saturation under the same condition."""
        return self.saturation if self.saturation is not None and self.saturation < highest else None

    def top_below(self, highest: float) -> float | None:
        """Return N* if its whole interval is at most the highest level."""
        if self.fit is None or self.fit.n_star is None or self.fit.n_star > highest:
            return None
        high = self.fit.n_star_high
        return (
            None if self.fit.n_star_low is not None and (high is None or high > highest) else self.fit.n_star
        )


class Crossover(Struct, frozen=True, kw_only=True):
    """The latency from which the choice between two contenders hardly changes throughput.

    `faster` is the one with more req/s at the lowest level; `cpu_ratio` is the ratio of their CPU per request, 1 or
    more.
    """

    faster: str
    slower: str
    found: FoundCrossover
    cpu_ratio: float | None = None
    sentence: str


class SweepAnalysis(Struct, frozen=True, kw_only=True):
    """Analysis of a sweep with one axis.

    `scaling` is of a curve over concurrency and `crossovers` of one over latency, the largest difference first; both
    are empty for other axes.
    """

    scaling: tuple[Scaling, ...] = ()
    crossovers: tuple[Crossover, ...] = ()


class SweepVerdict(Struct, frozen=True):
    """The verdict of a sweep: "invalid" if it ended because its target failed, "not comparable" if contenders did
    unequal work.
    """

    sentence: str
    kind: Literal["measured", "not comparable", "invalid"] = "measured"


class SweepReport(Recorded, frozen=True, kw_only=True):
    """The result of a sweep; with `complete` false, the state when it was cut short.

    `points` has one entry for every combination of levels and contender; the last axis changes fastest among the
    axes, contenders fastest of all. Entries that were not measured are empty.
    """

    schema: Literal["httptui.sweep/1"] = SWEEP_SCHEMA
    axes: tuple[Axis, ...]
    contenders: tuple[SweepContender, ...]
    blocks: int
    points: tuple[SweepPoint, ...]
    analysis: SweepAnalysis
    verdict: SweepVerdict
    warnings: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    def __repr__(self) -> str:
        return f"<SweepReport: {len(self.points)} points of {self.plan.get('name') or 'a sweep'}>"


SweepPhase = Literal["preparing", "warm-up", "running", "draining", "done"]


class SweepSnapshot(Struct, frozen=True, kw_only=True):
    """The sweep as it stands.

    `points` has one for every combination of levels and contender, the last axis changing fastest and contenders
    fastest of all; those not yet measured are empty.  `levels` (in the order of the axes) and `contender` (a letter)
    are under load now, `live_req_per_s` its pace; `block` is from 1.  `elapsed` and `total` are seconds of the whole
    sweep, preparations included: `total` is an estimate that gets better.  `progress` is 0 … 1.
    """

    sequence: int
    title: str
    target: str
    load: str
    phase: SweepPhase
    axes: tuple[Axis, ...]
    contenders: tuple[SweepContender, ...]
    points: tuple[SweepPoint, ...]
    block: int
    blocks: int
    levels: tuple[float, ...] | None = None
    contender: str | None = None
    live_req_per_s: float = 0.0
    elapsed: float
    total: float
    progress: float
    analysis: SweepAnalysis = SweepAnalysis()
    events: tuple[Event, ...] = ()
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<SweepSnapshot {self.sequence}: {self.elapsed:.1f} s>"


def read_either(path: Path) -> Report | SweepReport:
    """The report of a run or of a sweep in a JSON file; PlanError names a file that holds neither."""
    data = read_bytes(path)
    if schema_of(data) == SWEEP_SCHEMA:
        return decoded(data, SweepReport, path)
    return decoded(data, Report, path)
