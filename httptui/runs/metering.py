"""Monitoring of machine and target during steps, and collection of the target's counts.

A failed reading costs figures, not the run; only an embedded target that no longer answers ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import perf_counter_ns
from typing import Any

from httptui.errors import TargetError
from httptui.plan.schedule import Step
from httptui.runs.control import LoadClock
from httptui.runs.crew import Crew
from httptui.runs.machine import (
    LoadMeter,
    Reading,
    cpu_seconds_of,
    foreign_between,
    read_machine,
    steal_between,
)
from httptui.runs.tally import Tally
from httptui.runs.target import TargetAccess, stats_for_report

METER_SECONDS = 1.0


class Meter:
    """Writes two readings per second to the tally.

    `steal` is the stolen share of CPU time in the last step, and `environment` the target's part of the report.
    `fail` is called once if the target no longer answers.
    """

    def __init__(self, tally: Tally, clock: LoadClock, fail: Callable[[Exception, str], None]) -> None:
        self.steal: float | None = None
        self.environment: dict[str, Any] = {}
        self._tally, self._clock, self._fail = tally, clock, fail
        self._meters = [LoadMeter() for _ in tally.lanes]
        self._lost = False

    async def watch_at_rest(self, crew: Crew, target: TargetAccess, stopping: asyncio.Event) -> None:
        """Measure other programs once before the load, under which a target on this machine would hide them."""
        if not target.beside or self._meters[0].at_rest is not None:
            return
        before = await self._try(self._read_programs, crew)
        with suppress(TimeoutError):
            async with asyncio.timeout(METER_SECONDS / 2):
                await stopping.wait()
        after = await self._try(self._read_programs, crew)
        if before is None or after is None:
            return
        share = foreign_between(before, after)
        for meter in self._meters:
            meter.at_rest = share

    async def watch(self, step: Step, crew: Crew, target: TargetAccess, over: asyncio.Event) -> None:
        """Record CPU use and the target's counts until a step is over."""
        clock = self._clock
        first = before = await self._try(self._read, crew, target)
        held = clock.held_ns
        while not over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(min(METER_SECONDS, step.seconds or METER_SECONDS) / 2):
                    await over.wait()
            after = await self._try(self._read, crew, target)
            first, before = first or after, before or after
            if first is None or before is None or after is None:
                continue
            self.steal = steal_between(first, after)
            flowed = held == clock.held_ns and not clock.on_hold
            held = clock.held_ns
            for index in step.lanes if flowed and not step.warmup else ():
                self._meters[index].add(before, after)
                self._tally.machine[index] = self._meters[index].load()
            before = after

    async def count_at(self, target: TargetAccess) -> float | None:
        """Record the embedded target's counts, and return its CPU seconds."""
        if self._lost:
            return None
        try:
            stats = await target.stats()
        except TargetError as error:
            self._lost = True
            self._fail(error, str(error))
            return None
        if stats is None:
            return None
        for lane, listener in zip(self._tally.lanes, stats.listeners, strict=True):
            lane.connections_at_target = listener.connections - lane.connections_of_bystander
            lane.requests_at_target = listener.requests
        if stats.foreign_requests:
            self._tally.warn("another program asked the target for its counts, and was refused")
        bystanders = [lane.connections_of_bystander for lane in self._tally.lanes]
        self.environment["target"] = stats_for_report(stats, bystanders)
        return stats.cpu_seconds

    async def _try(self, read: Callable[..., Awaitable[Reading]], *what: object) -> Reading | None:
        try:
            return await read(*what)
        except OSError as error:
            self._tally.warn(f"how busy the machine was is not known: {error.strerror or error}")
            return None

    async def _read(self, crew: Crew, target: TargetAccess) -> Reading:
        """Read the machine's CPU times and the run's own share."""
        spent = await self.count_at(target)
        ours = None if target.beside else cpu_seconds_of(crew.pids) + (spent or 0.0)
        return read_machine(perf_counter_ns(), spent, ours)

    @staticmethod
    async def _read_programs(crew: Crew) -> Reading:
        return read_machine(perf_counter_ns(), None, cpu_seconds_of(crew.pids))
