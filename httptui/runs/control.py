"""Changes by the user during a run: the load, the embedded target's pace, and pauses.

A change reaches all contenders under load at one moment, and the others when their turn comes. If contenders take
turns or send bursts, a change waits for the next block, so that every block has one load for all. Each change,
pauses included, is an event, a mark on the time axis and an entry of the report's `changes`; one of load or target
also flags the ranking.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter_ns
from typing import TYPE_CHECKING

from msgspec import Struct, structs
from msgspec.structs import replace

from httptui.engines.protocol import Change, Hold, Resume, ToLane
from httptui.errors import TargetError
from httptui.plan.model import Load, Plan, concurrency_of, describe_load, letter_of
from httptui.plan.urls import split_target
from httptui.results.snapshot import Phase
from httptui.runs.setup import whole_pool_of
from httptui.runs.tally import Tally
from httptui.target.options import Pacing, changed_pacing
from httptui.units import format_percent, format_rate, listed

if TYPE_CHECKING:
    from httptui.runs.crew import Crew
    from httptui.runs.target import TargetAccess

MOST_IN_FLIGHT = 10_000
MOST_PER_SECOND = 1_000_000

IN_FLIGHT_STEPS = sorted({*(2**n for n in range(11)), *(3 * 2**n for n in range(9))})
"""Powers of two and the midpoints between them: 1, 2, 3, 4, 6, 8, 12, 16 … 1024, so that two steps double. The limit
is for a key held down; `set_load` allows more.
"""

RATE_STEPS = [
    number * 10**power for power in range(6) for number in (1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8)
] + [MOST_PER_SECOND]
"""Preferred numbers (ISO 3, R10, rounded), each about 25 % above the last, so that three steps double."""


class LiveLoad(Struct, frozen=True):
    """The load as the user sets it: most requests in flight per contender, or the rate of an open load per second.

    Where stages vary the load, it is their highest value.
    """

    plan: Plan
    values: tuple[float, ...]

    @classmethod
    def of(cls, plan: Plan) -> LiveLoad:
        """Return the load as planned."""
        if plan.load.kind == "open":
            return cls(plan, (highest_rate(plan.load),) * len(plan.contender))
        return cls(plan, tuple(concurrency_of(plan, contender) for contender in plan.contender))

    def stepped(self, direction: int) -> LiveLoad:
        """Return the load one step higher, or lower for a negative direction; unchanged at the end of the scale."""
        steps = RATE_STEPS if self.plan.load.kind == "open" else IN_FLIGHT_STEPS
        stepped = (step_from(value, steps, direction) for value in self.values)
        return replace(
            self, values=tuple(max(value, least) for value, least in zip(stepped, self._least, strict=True))
        )

    def set_to(self, value: float) -> LiveLoad:
        """Return the same load for every contender; ValueError with the allowed range."""
        if self.plan.load.kind == "open":
            if not 0 < value <= MOST_PER_SECOND:
                raise ValueError(f"rate: {value:g} is not allowed; more than 0, up to {MOST_PER_SECOND}")
        elif value != int(value) or not max(self._least) <= value <= MOST_IN_FLIGHT:
            raise ValueError(
                f"in flight: {value:g} is not allowed; a whole number, {max(self._least)} … {MOST_IN_FLIGHT}"
            )
        return replace(self, values=(value,) * len(self.values))

    def scale(self, index: int) -> float:
        """Return the factor on the plan's load for the contender at an index."""
        return self.values[index] / LiveLoad.of(self.plan).values[index]

    @property
    def _least(self) -> tuple[int, ...]:
        """The fewest requests each contender may have in flight; 0 for a rate.

        Requests of a plan are divided among processes, and one without a worker would never send its share.
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
        """The whole load in words, in the style of `describe_load`."""
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
        """Most requests in flight per contender; empty for a rate."""
        return () if self.plan.load.kind == "open" else self.values

    @property
    def short_pools(self) -> str:
        """Contenders whose requests queue in the client, because pools keep their planned size; or ""."""
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
    """Return the highest rate of an open load, in requests per second."""
    return max(load.rate or 0.0, *(stage.to for stage in load.stages)) if load.stages else load.rate or 0.0


def step_from(value: float, steps: Sequence[float], direction: int) -> float:
    """Return the next step above or below a value, or the value itself if there is none."""
    if direction > 0:
        above = bisect_right(steps, value)
        return steps[above] if above < len(steps) else value
    below = bisect_left(steps, value) - 1
    return steps[below] if below >= 0 else value


FOREVER_NS = 2**63


class LoadClock:
    """Load clock: the system-wide monotonic clock minus all time on hold, in nanoseconds.

    `held_ns` is the length of all past holds, `hold_ns` the start of the current one.
    """

    def __init__(self) -> None:
        self.held_ns = 0
        self.hold_ns = FOREVER_NS

    @property
    def on_hold(self) -> bool:
        """True if the clock stands still or is about to."""
        return self.hold_ns < FOREVER_NS

    def now(self) -> int:
        """Return the present time."""
        return self.at(perf_counter_ns())

    def at(self, moment_ns: int) -> int:
        """Convert a recent moment of the system-wide clock."""
        return min(moment_ns, self.hold_ns) - self.held_ns

    def hold(self, at_ns: int) -> None:
        """Stop the clock from a moment on."""
        self.hold_ns = at_ns

    def resume(self, at_ns: int) -> int:
        """Continue where the hold began, and return its length in nanoseconds."""
        gap = at_ns - self.hold_ns
        self.held_ns += gap
        self.hold_ns = FOREVER_NS
        return gap


LEAD_NS = 20_000_000
NS = 1e9
Order = Callable[[], Awaitable[None]]


class Control:
    """Order queue: orders are accepted at once and carried out one by one.

    `load` and `pacing` are those last requested, `in_force` the load in effect.
    """

    def __init__(self, plan: Plan, tally: Tally) -> None:
        self.clock = LoadClock()
        self.load = self.in_force = LiveLoad.of(plan)
        self.pacing = Pacing()
        self.paused = False
        self._tally = tally
        self._embedded = split_target(plan.target.all_urls[0]).embedded
        self._by_blocks = plan.schedule.kind == "interleaved" or plan.load.kind == "burst"
        self._waiting: dict[str, Order] = {}
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._obeying = asyncio.Lock()
        self._ended = False
        self._phase: Phase = "preparing"
        self._pause_mark = 0
        self._crew: Crew | None = None
        self._target: TargetAccess | None = None

    def pause(self) -> None:
        """Send nothing until `resume`."""
        if not (self.paused or self._ended):
            self.paused = True
            self._flowing.clear()
            self._orders.put_nowait(self._hold)

    def resume(self) -> None:
        """Continue after a pause."""
        if self.paused and not self._ended:
            self.paused = False
            self._orders.put_nowait(self._go_on)

    def end(self) -> None:
        """Prepare for the end of the run: nothing waits for a pause any more, and no order is accepted."""
        self._ended = True
        self._flowing.set()

    def set_load(self, load: LiveLoad) -> bool:
        """Change the load; return False if it stays the same."""
        if load == self.load or self._ended:
            return False
        self.load = load
        self._order("load", load.text, partial(self._change_load, load))
        return True

    def set_target(self, changes: dict[str, object]) -> None:
        """Change how the embedded target answers; TargetError names an invalid value."""
        if not self._embedded:
            raise TargetError("target: only the embedded target can be changed")
        pacing = changed_pacing(self.pacing, changes)
        if pacing != self.pacing and not self._ended:
            text, self.pacing = described(self.pacing, pacing), pacing
            self._order("target", text, partial(self._change_target, pacing, text))

    async def obey(self, crew: Crew, target: TargetAccess) -> None:
        """Carry out orders as long as the run is on."""
        self._crew, self._target = crew, target
        while True:
            order = await self._orders.get()
            async with self._obeying:
                await self._carry_out(order)

    async def begin_block(self) -> None:
        """Carry out the orders that waited for a block to begin."""
        async with self._obeying:
            waiting, self._waiting = self._waiting, {}
            for order in waiting.values():
                await self._carry_out(order)

    @asynccontextmanager
    async def gate(self) -> AsyncIterator[bool]:
        """Delay a step while a pause is on, and hold off orders meanwhile; yields False if the run is to end."""
        while True:
            if not self._flowing.is_set():
                self._tally.phase = "paused"
            await self._flowing.wait()
            async with self._obeying:
                if self._flowing.is_set():
                    yield not self._ended
                    return

    def _order(self, kind: str, text: str, order: Order) -> None:
        if self._by_blocks:
            self._waiting[kind] = order
            self._note(f"{text} from the next block on")
        else:
            self._orders.put_nowait(order)

    async def _carry_out(self, order: Order) -> None:
        try:
            await order()
        except TargetError as error:
            self._tally.note(str(error), perf_counter_ns(), "error")

    async def _hold(self) -> None:
        if not self.paused or self.clock.on_hold or self._ended:
            return
        at_ns = perf_counter_ns() + LEAD_NS
        self.clock.hold(at_ns)
        await self._tell(lambda _: Hold(at_ns=at_ns))
        self._phase = "running" if self._tally.phase == "paused" else self._tally.phase
        self._tally.phase = "paused"
        self._pause_mark = len(self._tally.marks)
        self._mark("paused", at_ns, changes_load=False)
        self._note("paused")

    async def _go_on(self) -> None:
        if self.paused:
            return
        if self.clock.on_hold:
            at_ns = max(perf_counter_ns(), self.clock.hold_ns)
            seconds = self.clock.resume(at_ns) / NS
            await self._tell(lambda _: Resume(at_ns=at_ns))
            if self._tally.phase == "paused":
                self._tally.phase = self._phase
            mark = self._tally.marks[self._pause_mark]
            self._tally.marks[self._pause_mark] = structs.replace(mark, text=f"paused {seconds:.1f} s")
            self._note(f"resumed after {seconds:.1f} s")
        self._flowing.set()

    async def _change_load(self, load: LiveLoad) -> None:
        before, self.in_force = self.in_force, load
        at_ns = perf_counter_ns() + LEAD_NS
        await self._tell(lambda index: Change(at_ns=at_ns, scale=load.scale(index)))
        self._tally.load = load.description
        for lane, number in zip(self._tally.lanes, load.in_flight, strict=False):
            lane.allowed.change(at_ns, number)
        self._mark(load.text, at_ns, changes_load=True)
        self._note(f"{load.text}, after {before.text}")
        if load.short_pools and not before.short_pools:
            self._tally.note(load.short_pools, perf_counter_ns(), "warning")

    async def _change_target(self, pacing: Pacing, text: str) -> None:
        assert self._target is not None
        await self._target.set_pacing(pacing)
        self._mark(text, perf_counter_ns(), changes_load=True)
        self._note(f"target: {text}")

    async def _tell(self, message: Callable[[int], ToLane]) -> None:
        assert self._crew is not None
        await self._crew.tell(message)

    def _mark(self, text: str, at_ns: int, *, changes_load: bool) -> None:
        self._tally.mark(text, self.clock.at(at_ns), changes_load=changes_load)

    def _note(self, text: str) -> None:
        self._tally.note(text, perf_counter_ns())


def described(before: Pacing, after: Pacing) -> str:
    """Describe the changes in a few words: "latency 20 ms", "jitter 5 ms and errors 10 %"."""
    old, new = structs.asdict(before), structs.asdict(after)
    words = {
        "latency_ms": f"latency {after.latency_ms:g} ms",
        "jitter_ms": f"jitter {after.jitter_ms:g} ms",
        "error_rate": f"errors {format_percent(after.error_rate)}",
    }
    return listed([words[name] for name in new if new[name] != old[name]])
