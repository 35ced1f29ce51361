"""What a sweep's panel draws: one snapshot, and how the screen looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from httptui.plans.plan import Plan
from httptui.plans.sweep import CONCURRENCY, LATENCY, POOL
from httptui.scale import milliseconds, short
from httptui.sweeps.points import Axis, Measured, SweepPoint
from httptui.sweeps.snapshot import SweepSnapshot
from httptui.sweeps.tally import SweepTally
from httptui.units import format_ms, format_rate, format_us
from httptui.tui.panels.view import Status
from httptui.tui.plots.lines import LATENCIES, RATES, Measure

Levels = tuple[float, ...]


class Figure(NamedTuple):
    """One of the figures that a sweep measures: its name, a point's value of it, the value in words and in a few
    characters, how its axis is drawn, and which of several values is the best.
    """

    name: str
    of: Callable[[SweepPoint], Measured | None]
    words: Callable[[float], str]
    brief: Callable[[float], str]
    measure: Measure
    best: Callable[[Sequence[float]], float]


def two_digits(value: float) -> str:
    """A number of two digits or so, with a suffix: 47, 320, 1.3k, 15k."""
    return short(float(f"{value:.2g}"))


def brief_ms(value: float) -> str:
    """Milliseconds in two digits or so: 4.1ms, 320µs."""
    return milliseconds(float(f"{value:.2g}")).replace(" ", "")


def _us(value: float) -> str:
    return milliseconds(value / 1000)


FIGURES = (
    Figure("req/s", lambda point: point.req_per_s, format_rate, two_digits, RATES, max),
    Figure(
        "CPU/req",
        lambda point: point.cpu_us_per_request,
        format_us,
        lambda value: brief_ms(value / 1000),
        Measure(_us, 1.0),
        min,
    ),
    Figure("p99", lambda point: point.p99_ms, format_ms, brief_ms, LATENCIES, min),
    Figure("pool wait", lambda point: point.pool_wait_ms, format_ms, brief_ms, LATENCIES, min),
)
LONG_NAMES = {
    "req/s": "Throughput · req/s",
    "CPU/req": "CPU per request",
    "p99": "Latency · p99",
    "pool wait": "Wait for a connection of the pool",
}
_AXIS_NAMES = {CONCURRENCY: "in flight", "load.concurrency": "in flight", LATENCY: "latency", POOL: "pool"}


@dataclass(frozen=True, slots=True)
class SweepView:
    """One frame.  `status` is the session's; `behind` is how many seconds lie after a frozen picture; `figure` is
    what is drawn, by its place in `FIGURES`; `chosen` is the letter of the contender that is looked at; `verdict` is
    the last word, once there is one; `keys` has the key of each action, for the sentences that name one.
    """

    snapshot: SweepSnapshot
    status: Status = "idle"
    frozen: bool = False
    behind: float = 0.0
    figure: Figure = FIGURES[0]
    log: bool = False
    linear: bool = False
    blocks: bool = False
    chosen: str | None = None
    verdict: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_grid(self) -> bool:
        """Whether there are two axes."""
        return len(self.snapshot.axes) == 2

    def points(self, letter: str) -> dict[Levels, SweepPoint]:
        """A contender's points by their levels."""
        return {point.levels: point for point in self.snapshot.points if point.contender == letter}

    def figures(self) -> tuple[Figure, ...]:
        """The figures to look at: waiting for the pool only where it is known."""
        known = any(point.pool_wait_ms is not None for point in self.snapshot.points)
        return FIGURES if known else FIGURES[:-1]


def axis_name(axis: Axis) -> str:
    """An axis in a word or two: "in flight", "latency", "load.rate"."""
    return _AXIS_NAMES.get(axis.path, axis.path)


def axis_level(axis: Axis, level: float) -> str:
    """A level of an axis as a table has it: "64", "20 ms"."""
    return milliseconds(level) if axis.path == LATENCY and level else f"{level:g}"


def short_names(view: SweepView) -> dict[str, str]:
    """Each contender's name: the first part of its label where that tells all of them apart, else the label."""
    firsts = {one.id: one.label.partition(" · ")[0] for one in view.snapshot.contenders}
    if len(set(firsts.values())) == len(firsts):
        return firsts
    return {one.id: one.label for one in view.snapshot.contenders}


def level_words(axes: Sequence[Axis], levels: Levels) -> str:
    """A point's levels in words: "64 in flight", "pool 10, 64 in flight"."""
    return ", ".join(_level(axis, level) for axis, level in zip(axes, levels, strict=True))


def _level(axis: Axis, level: float) -> str:
    name, told = axis_name(axis), axis_level(axis, level)
    return f"{name} {told}" if name not in ("in flight", "latency") else f"{told} {name}"


def all_levels(axes: Sequence[Axis]) -> list[Levels]:
    """Every combination, the last axis changing fastest."""
    return list(product(*(axis.levels for axis in axes)))


def sweep_before(plan: Plan) -> SweepSnapshot:
    """The plan as a snapshot of a sweep that has not begun."""
    return SweepTally(plan).snapshot(0.0)
