"""Monitoring of machine and target while contenders are under load, and collection of the target's counts.

A failed reading costs figures, not the run; only an embedded target that no longer answers ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, perf_counter_ns, process_time
from typing import Any

import psutil
from msgspec import Struct

from httptui.errors import TargetError
from httptui.plan.schedule import Step
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.runs.control import LoadClock
from httptui.runs.crew import Crew
from httptui.runs.tally import Tally
from httptui.runs.target import TargetAccess, stats_for_report

SHORTEST_WATCH = 1.0
"""CPU seconds, idle ones included, below which the clock ticks of CPU times say nothing about other programs."""


class Reading(Struct, frozen=True):
    """CPU seconds so far.

    - `busy`, `total`: of the machine; `stolen`: taken by other virtual machines, None if the system does not report
      it.
    - `target`: of the embedded target.
    - `programs`: of all programs; `ours`: of the run's own processes, None if unknown.

    `at_ns` is the time of the reading in nanoseconds.
    """

    at_ns: int
    busy: float
    total: float
    stolen: float | None
    target: float | None
    programs: float = 0.0
    ours: float | None = None


def read_machine(at_ns: int, target: float | None, ours: float | None = None) -> Reading:
    """Read the machine's CPU times; waiting for disks counts as idle, stolen time as busy.

    Interrupts are busy time of no program, because the network's own work is not another program's.
    """
    times = psutil.cpu_times()
    guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    total = sum(times) - guest
    idle = times.idle + getattr(times, "iowait", 0.0)
    programs = times.user + times.system + getattr(times, "nice", 0.0) - guest
    return Reading(at_ns, total - idle, total, getattr(times, "steal", None), target, programs, ours)


def cpu_seconds_of(pids: Iterable[int]) -> float:
    """Return the CPU seconds of this process and others so far; ended processes are skipped."""
    total = process_time()
    for pid in pids:
        with suppress(psutil.Error):
            times = psutil.Process(pid).cpu_times()
            total += times.user + times.system
    return total


def foreign_between(before: Reading, after: Reading) -> float | None:
    """Return the share of the machine's time, 0 … 1, that programs outside the run used between two readings."""
    if before.ours is None or after.ours is None or after.total <= before.total:
        return None
    if after.ours < before.ours:
        # A process of the run has ended, and its CPU time can no longer be read.
        return None
    others = after.programs - before.programs - (after.ours - before.ours)
    return max(others, 0.0) / (after.total - before.total)


def core_waits(pids: Sequence[int]) -> dict[int, float]:
    """Return the seconds that each thread of some processes has waited for a core; empty if unknown."""
    waits: dict[int, float] = {}
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError, ValueError, IndexError):
                waits[int(file.parent.name)] = int(file.read_text().split()[1]) / 1e9
    return waits


def steal_between(before: Reading, after: Reading) -> float | None:
    """Return the share of the machine's time, 0 … 1, that was stolen between two readings."""
    if before.stolen is None or after.stolen is None or after.total <= before.total:
        return None
    return (after.stolen - before.stolen) / (after.total - before.total)


class LoadMeter:
    """Sum of intervals between two readings, and the CPU use in all of them.

    `at_rest` is the share that other programs used before the load, reported if it is unknown under load.
    """

    def __init__(self) -> None:
        self.at_rest: float | None = None
        self._spent_ns = 0
        self._busy = 0.0
        self._total = 0.0
        self._target: float | None = None
        self._foreign, self._watched = 0.0, 0.0

    def add(self, before: Reading, after: Reading) -> None:
        """Add the interval between two readings."""
        self._spent_ns += after.at_ns - before.at_ns
        self._busy += after.busy - before.busy
        self._total += after.total - before.total
        if after.target is not None and before.target is not None:
            self._target = (self._target or 0.0) + after.target - before.target
        if (share := foreign_between(before, after)) is not None:
            self._foreign += share * (after.total - before.total)
            self._watched += after.total - before.total

    def load(self) -> MachineLoad:
        """Return the CPU use; unknown if no time has passed."""
        if not self._spent_ns or self._total <= 0:
            return MachineLoad(cores=psutil.cpu_count() or 1)
        return MachineLoad(
            cpu_busy=self._busy / self._total,
            target_busy=None if self._target is None else self._target * 1e9 / self._spent_ns,
            foreign=self._foreign / self._watched if self._watched >= SHORTEST_WATCH else self.at_rest,
            cores=psutil.cpu_count() or 1,
        )


class OwnCost:
    """CPU time and wake-ups of this process since the object was created."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began, self._spent = monotonic(), process_time()
        self._woken = self._process.num_ctx_switches().voluntary

    def so_far(self) -> dict[str, Any]:
        """Return plain values for a report's `environment`: per cent of a core, and wake-ups per second."""
        seconds = max(monotonic() - self._began, 1e-3)
        woken = self._process.num_ctx_switches().voluntary - self._woken
        return {
            "cpu_percent_of_a_core": round(100 * (process_time() - self._spent) / seconds, 1),
            "wakeups_per_s": round(woken / seconds, 1),
        }


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
