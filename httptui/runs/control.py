"""What a user changes while a run is on: the load, the embedded target's pace, and pauses.

A change reaches all contenders that are under load at one moment, and those that come later with their turn.  Where
contenders take turns, or send bursts, a change waits for the next block, so that a block is of one load for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter_ns
from typing import Protocol

from msgspec import structs

from httptui.errors import TargetError
from httptui.engines.protocol import Change, Hold, Resume, ToLane
from httptui.plans.plan import Plan
from httptui.plans.urls import split_target
from httptui.runs.live_load import LiveLoad
from httptui.runs.load_clock import LoadClock
from httptui.snapshot import Phase
from httptui.tallies.tally import Tally
from httptui.target.options import Pacing, changed_pacing
from httptui.units import format_percent, listed

LEAD_NS = 20_000_000
NS = 1e9
Order = Callable[[], Awaitable[None]]


class Lanes(Protocol):
    """The lanes of a run."""

    async def tell(self, message: Callable[[int], ToLane]) -> None:
        """Send each lane under load, given its index, a message."""


class PacedTarget(Protocol):
    """The target of a run."""

    async def set_pacing(self, pacing: Pacing) -> None:
        """Change how it answers from now on."""


class Control:
    """Orders are taken at once and obeyed one after the other; `load` and `pacing` are those last asked for."""

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
        self._lanes: Lanes | None = None
        self._target: PacedTarget | None = None

    def pause(self) -> None:
        """Send nothing until `resume`."""
        if not (self.paused or self._ended):
            self.paused = True
            self._flowing.clear()
            self._orders.put_nowait(self._hold)

    def resume(self) -> None:
        """Go on."""
        if self.paused and not self._ended:
            self.paused = False
            self._orders.put_nowait(self._go_on)

    def end(self) -> None:
        """The run is being stopped: nothing waits for a pause to end, and no order is taken any more."""
        self._ended = True
        self._flowing.set()

    def set_load(self, load: LiveLoad) -> bool:
        """Change the load; False where it is the same."""
        if load == self.load or self._ended:
            return False
        self.load = load
        self._order("load", load.text, partial(self._change_load, load))
        return True

    def set_target(self, changes: dict[str, object]) -> None:
        """Change how the embedded target answers; TargetError names the value that cannot be used."""
        if not self._embedded:
            raise TargetError("target: only the embedded target can be changed")
        pacing = changed_pacing(self.pacing, changes)
        if pacing != self.pacing and not self._ended:
            text, self.pacing = described(self.pacing, pacing), pacing
            self._order("target", text, partial(self._change_target, pacing, text))

    async def obey(self, lanes: Lanes, target: PacedTarget) -> None:
        """Carry out orders for as long as the run is on."""
        self._lanes, self._target = lanes, target
        while True:
            order = await self._orders.get()
            async with self._obeying:
                await self._carry_out(order)

    async def begin_block(self) -> None:
        """Carry out what has waited for a block to begin."""
        async with self._obeying:
            waiting, self._waiting = self._waiting, {}
            for order in waiting.values():
                await self._carry_out(order)

    @asynccontextmanager
    async def gate(self) -> AsyncIterator[bool]:
        """Let a step begin once no pause is on, and no order come in between; False where the run is to end."""
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
        assert self._lanes is not None
        await self._lanes.tell(message)

    def _mark(self, text: str, at_ns: int, *, changes_load: bool) -> None:
        self._tally.mark(text, self.clock.at(at_ns), changes_load=changes_load)

    def _note(self, text: str) -> None:
        self._tally.note(text, perf_counter_ns())


def described(before: Pacing, after: Pacing) -> str:
    """What has changed in a few words: "latency 20 ms", "jitter 5 ms and errors 10 %"."""
    old, new = structs.asdict(before), structs.asdict(after)
    words = {
        "latency_ms": f"latency {after.latency_ms:g} ms",
        "jitter_ms": f"jitter {after.jitter_ms:g} ms",
        "error_rate": f"errors {format_percent(after.error_rate)}",
    }
    return listed([words[name] for name in new if new[name] != old[name]])
