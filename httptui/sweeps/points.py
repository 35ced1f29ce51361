"""What a sweep measures: axes, the contenders on them, and a point for each level and contender."""

from __future__ import annotations

from msgspec import Struct

from httptui.snapshot import Limiter


class Axis(Struct, frozen=True):
    """A field of the plan by its path, such as "concurrency", "latency_ms" or "load.rate", and its levels."""

    path: str
    levels: tuple[float, ...]


class SweepContender(Struct, frozen=True, kw_only=True):
    """A contender of the sweep; `versions` is empty until it has run once, `cause` is why it was last lost."""

    id: str
    label: str
    engine: str
    reuse: str
    versions: dict[str, str] = {}
    cause: str | None = None


class Measured(Struct, frozen=True):
    """The centre of a figure over the blocks, and its 95 % interval where the blocks are enough for one."""

    value: float
    low: float | None = None
    high: float | None = None


class SweepSlice(Struct, frozen=True, kw_only=True):
    """One contender's turn at one level in one block.

    `turn` is the place of the level in its block and `position` that of the contender among those at the level, both
    from 0; `start` in seconds since the sweep began.  Rates are successful requests per second; latencies are service
    times, in an open load response times.  `pool_wait_ms` is the mean wait for a connection of the pool, None where
    it is not known; `connections` are those opened, warm-up included.
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

    Figures are None until a block has given them; `ok`, `failed` and `connections` are sums over the blocks, and
    `slices` are the blocks themselves, in their order.
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
