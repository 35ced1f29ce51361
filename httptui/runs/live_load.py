"""The load of a run as its user has changed it: steps up and down, and what each lane is told."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from httptui.lanes.setup import whole_pool_of
from httptui.plans.plan import Load, Plan, concurrency_of, describe_load, letter_of
from httptui.units import format_rate, listed

MOST_IN_FLIGHT = 10_000
MOST_PER_SECOND = 1_000_000

IN_FLIGHT_STEPS = sorted({*(2**n for n in range(11)), *(3 * 2**n for n in range(9))})
"""Powers of two and what lies halfway between: 1, 2, 3, 4, 6, 8, 12, 16 … 1024, so that two steps double; a key that
is held down goes no further.
"""

RATE_STEPS = [
    number * 10**power for power in range(6) for number in (1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8)
] + [MOST_PER_SECOND]
"""Preferred numbers (ISO 3, R10, rounded), each about a quarter more than the last, so that three steps double."""


class LiveLoad(Struct, frozen=True):
    """Most requests in flight of each contender, or, in an open load, the rate of all, in requests per second; the
    highest where stages change it.
    """

    plan: Plan
    values: tuple[float, ...]

    @classmethod
    def of(cls, plan: Plan) -> LiveLoad:
        """The load as planned."""
        if plan.load.kind == "open":
            return cls(plan, (highest_rate(plan.load),) * len(plan.contender))
        return cls(plan, tuple(concurrency_of(plan, contender) for contender in plan.contender))

    def stepped(self, direction: int) -> LiveLoad:
        """One step more, or, with a negative direction, less; the same at the end of the scale."""
        steps = RATE_STEPS if self.plan.load.kind == "open" else IN_FLIGHT_STEPS
        stepped = (step_from(value, steps, direction) for value in self.values)
        return replace(
            self, values=tuple(max(value, least) for value, least in zip(stepped, self._least, strict=True))
        )

    def set_to(self, value: float) -> LiveLoad:
        """The same value for every contender; ValueError says what is allowed."""
        if self.plan.load.kind == "open":
            if not 0 < value <= MOST_PER_SECOND:
                raise ValueError(f"rate: {value:g} is not allowed; more than 0, up to {MOST_PER_SECOND}")
        elif value != int(value) or not max(self._least) <= value <= MOST_IN_FLIGHT:
            raise ValueError(
                f"in flight: {value:g} is not allowed; a whole number, {max(self._least)} … {MOST_IN_FLIGHT}"
            )
        return replace(self, values=(value,) * len(self.values))

    def scale(self, index: int) -> float:
        """The factor on the plan's load for the contender at an index."""
        return self.values[index] / LiveLoad.of(self.plan).values[index]

    @property
    def _least(self) -> tuple[int, ...]:
        """The least that each contender may have in flight: a process without any would keep its requests.  None of
        a rate.
        """
        load = self.plan.load
        if load.kind == "open":
            return (0,) * len(self.plan.contender)
        return tuple(1 if load.requests is None else contender.processes for contender in self.plan.contender)

    @property
    def text(self) -> str:
        """The load in a few words: "48 in flight", "A 48 and B 8 in flight", "640 req/s"."""
        up_to = "up to " if self.plan.load.stages else ""
        if self.plan.load.kind == "open":
            return f"{up_to}{format_rate(self.values[0])} req/s"
        return f"{up_to}{self._in_flight} in flight"

    @property
    def description(self) -> str:
        """The whole load in words, as `describe_load` has them for a plan."""
        load = self.plan.load
        if self == LiveLoad.of(self.plan):
            return describe_load(load)
        if load.stages or len(set(self.values)) > 1:
            return f"{describe_load(load)} · now {self.text}"
        if load.kind == "open":
            return describe_load(replace(load, rate=self.values[0]))
        return describe_load(replace(load, concurrency=round(self.values[0])))

    @property
    def in_flight(self) -> tuple[float, ...]:
        """Most requests in flight of each contender; none where the load is a rate."""
        return () if self.plan.load.kind == "open" else self.values

    @property
    def short_pools(self) -> str:
        """Whose requests wait for a connection inside their client, because its pool is as planned; or nothing."""
        if self.plan.load.kind == "open":
            return ""
        short = [
            f"{letter_of(index)} has {value:.0f} in flight on a pool of {pool}"
            + (f" in its {contender.processes} processes" if contender.processes > 1 else "")
            for index, (contender, value) in enumerate(zip(self.plan.contender, self.values, strict=True))
            if contender.reuse == "shared"
            and contender.http == "1.1"
            and (pool := whole_pool_of(self.plan, contender)) is not None
            and pool < value
        ]
        return f"{listed(short)}: the rest wait for a connection inside the client" if short else ""

    @property
    def _in_flight(self) -> str:
        if len(set(self.values)) == 1:
            return f"{self.values[0]:.0f}"
        return listed([f"{letter_of(index)} {value:.0f}" for index, value in enumerate(self.values)])


def highest_rate(load: Load) -> float:
    """The highest rate of an open load, in requests per second."""
    return max(load.rate or 0.0, *(stage.to for stage in load.stages)) if load.stages else load.rate or 0.0


def step_from(value: float, steps: Sequence[float], direction: int) -> float:
    """The next step above a value, or below it; the value itself where there is none."""
    if direction > 0:
        above = bisect_right(steps, value)
        return steps[above] if above < len(steps) else value
    below = bisect_left(steps, value) - 1
    return steps[below] if below >= 0 else value
