"""Conductor of a run, shared by the app, the headless command and library users."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from time import perf_counter_ns
from typing import Any, Generic, Self, TypeVar

from httptui.errors import PlanError
from httptui.plan.abilities import authority_cautions, cautions
from httptui.plan.io import checked_plan
from httptui.plan.model import Plan, warmup_of
from httptui.plan.requests import request_parts
from httptui.plan.schedule import MOST_WARMUP_BLOCKS, Step, idle_step, warmup_steps
from httptui.plan.secrets import Redactor, redacted_plan, redacted_url
from httptui.report.environment import describe_environment, load_average
from httptui.results.report import Report
from httptui.results.snapshot import Snapshot
from httptui.runs.consent import Consented, check_plan
from httptui.runs.control import Control
from httptui.runs.crew import Crew
from httptui.runs.lane_tally import OVER
from httptui.runs.lanes import SILENCE_SECONDS
from httptui.runs.machine import METER_SECONDS, Meter, OwnCost
from httptui.runs.probing import Prober, may_probe
from httptui.runs.setup import StepLog
from httptui.runs.tally import Tally, build_report
from httptui.runs.target import TargetAccess
from httptui.target.options import Pacing
from httptui.units import plural

T = TypeVar("T")
SNAPSHOT_SECONDS = 0.25
LATE_SECONDS = 2.0
"""Seconds by which a lane may be late after the user stops the run."""


def run(
    plan: Plan, *, consent: frozenset[str] = frozenset(), environ: Mapping[str, str] | None = None
) -> Run:
    """Create a run, which begins when iterated over.

    `async for item in run(plan)` yields a `Snapshot` four times a second and, last, the `Report`. `consent` names the
    public hosts that the caller may put under load, and, prefixed with `build:` as in `build:odd==1`, requirements of
    the plan that may be built if they have no wheel. A name without that prefix is a host's and permits no build.
    Values of `env:` names are read from `environ`, by default from this process.

    Raises PlanError here. TargetError, RefusedError and NothingFinishedError are raised while iterating, before any
    load. Later failures, such as the end of an embedded target, are raised after a report of what was measured by
    then.
    """
    return Run(plan, consent=consent, environ=os.environ if environ is None else environ)


def run_sync(
    plan: Plan, *, consent: frozenset[str] = frozenset(), environ: Mapping[str, str] | None = None
) -> Report:
    """Run a plan to its end and return the report, for scripts and notebooks; raises the errors of `run`."""

    async def whole() -> Report:
        async with run(plan, consent=consent, environ=environ) as session:
            async for item in session:
                if isinstance(item, Report):
                    return item
        raise AssertionError("a run ends with its report")

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(whole())
    # A notebook already runs an event loop, so this run gets a loop in a thread of its own.
    with ThreadPoolExecutor(1, thread_name_prefix="run") as own:
        return own.submit(asyncio.run, whole()).result()


class Session(Generic[T]):
    """An iterator over `_items`, usable once. To leave the loop early, use `async with` or call `aclose`.

    Leaving ends everything at once, with all lanes and the target.
    """

    _items: AsyncGenerator[T, None]

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End it at once."""
        await self._items.aclose()


class Run(Session[Snapshot | Report]):
    """One run: yields snapshots and, last, the report."""

    def __init__(self, plan: Plan, *, consent: frozenset[str], environ: Mapping[str, str]) -> None:
        self.plan = plan = checked_plan(plan)
        if plan.sweep:
            raise PlanError(
                "sweep: a run is of one level; use httptui.sweep, or `httptui run`, for all of them"
            )
        self._consent = consent
        self._asked = Consented()
        self._parts = request_parts(plan, environ)
        self._started = datetime.now(UTC)
        self._began_ns = perf_counter_ns()
        self._redactor = Redactor.for_plan(plan, environ)
        self._log = StepLog(self._redactor)
        self._tally = Tally(plan, redactor=self._redactor, began_ns=self._began_ns)
        self._control = Control(plan, self._tally)
        self._environment: dict[str, Any] = {}
        self._cost = OwnCost()
        self._stopping = asyncio.Event()
        self._whole = False
        self._meter = Meter(self._tally, self._control.clock, self._fail)
        self._failure: Exception | None = None
        self._items = self._conduct()

    def stop(self) -> None:
        """Let requests in flight finish, then end with a report marked as incomplete."""
        self._stopping.set()
        self._control.end()

    @property
    def paused(self) -> bool:
        """True if the run is paused or about to be."""
        return self._control.paused

    def pause(self) -> None:
        """Send nothing until `resume`; requests in flight finish, and the load clock stands still."""
        self._control.pause()

    def resume(self) -> None:
        """Continue where the pause began."""
        self._control.resume()

    def step_load(self, direction: int) -> bool:
        """Change the load by one step up, or with -1 down: requests in flight per contender, or the rate of an open
        load.

        Returns False at the end of the scale.
        """
        return self._control.set_load(self._control.load.stepped(direction))

    def set_load(self, value: float) -> None:
        """Set the requests in flight per contender, or the rate of an open load per second.

        Raises ValueError with the allowed range.
        """
        self._control.set_load(self._control.load.set_to(value))

    @property
    def pacing(self) -> Pacing:
        """Delay and errors that the embedded target adds to its answers, as last requested."""
        return self._control.pacing

    def set_target(self, **changes: float) -> None:
        """Change `latency_ms`, `jitter_ms` or `error_rate` (0 … 1) of the embedded target.

        Raises TargetError for an invalid value, or if the target is not embedded.
        """
        self._control.set_target(dict(changes))

    def report_now(self) -> Report:
        """Build the report of the run up to this moment."""
        return self._report(self._tally.snapshot(self._control.clock.now(), anew=True))

    async def _conduct(self) -> AsyncGenerator[Snapshot | Report, None]:
        await self._unless_stopped(self._prepare())
        async with AsyncExitStack() as stack:
            driving = asyncio.create_task(self._drive(stack))
            try:
                while not driving.done():
                    yield self._tally.snapshot(self._control.clock.now())
                    await asyncio.wait({driving}, timeout=SNAPSHOT_SECONDS)
                self._raise_or_keep(driving.exception())
            finally:
                driving.cancel()
                await asyncio.wait({driving})
        self._tally.phase = "done"
        for lane in self._tally.lanes:
            if lane.state not in OVER:
                lane.end("stopped")
        last = self._tally.snapshot(self._control.clock.now())
        yield last
        yield self._report(last)
        if self._failure is not None and not self._whole:
            raise self._failure

    def _raise_or_keep(self, error: BaseException | None) -> None:
        """Raise an error that ended the run before any load; keep a later one until the measurements are reported."""
        if isinstance(error, Exception) and self._tally.begun:
            self._fail(error, f"{type(error).__name__}: {error}")
        elif error is not None:
            raise error

    def _fail(self, error: Exception, reason: str) -> None:
        """Give the run up, unless everything has been measured already."""
        self._log.failed(reason, error)
        if self._failure is None:
            self._failure = error
            if not self._whole:
                self._tally.give_up(reason, self._control.clock.now())

    async def _prepare(self) -> None:
        """Check consent, collect warnings, and describe the environment."""
        self._log.tell(lambda: f"plan: {redacted_plan(self.plan)}")
        self._asked = await check_plan(self.plan, self._consent)
        for warning in self._asked.warnings:
            self._tally.warn(warning)
        for caution in cautions(self.plan):
            self._tally.warn(caution)
        self._environment = await asyncio.to_thread(describe_environment)

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return the result of some work, or cancel it and return None if the run is stopped meanwhile."""
        working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            working.cancel()
            stopping.cancel()
            await asyncio.wait({working, stopping})

    async def _drive(self, stack: AsyncExitStack) -> None:
        """Start the target and the lanes, and end them at once if the run is abandoned."""
        if self._stopping.is_set():
            return
        target = await self._unless_stopped(TargetAccess.open(self.plan, self._asked))
        if target is None:
            return
        stack.push_async_callback(target.close)
        urls, pins = target.urls(0), target.asked.pins
        self._log.tell(lambda: f"target: {redacted_url(urls[0])} and {len(urls) - 1} more, addresses: {pins}")
        for caution in authority_cautions(self.plan) if target.own_authority else ():
            self._tally.warn(caution)
        crew = Crew(self._tally, target, self._parts, self._control, self._redactor, self._log, self._consent)
        stack.push_async_callback(crew.close)
        stack.callback(lambda: crew.note_ends(stopped=not self._whole))
        obeying = asyncio.create_task(self._control.obey(crew, target))
        stack.callback(obeying.cancel)
        try:
            await self._take_all(crew, target)
        except asyncio.CancelledError:
            crew.kill()
            target.kill()
            raise

    async def _take_all(self, crew: Crew, target: TargetAccess) -> None:
        """Take the lanes through warm-up and steps, epoch by epoch."""
        warmup_blocks = None
        for epoch in range(self._tally.steps[-1].epoch + 1):
            if epoch and self._over:
                break
            await self._unless_stopped(crew.start_all())
            if self._stopping.is_set():
                crew.kill()
                break
            await self._meter.watch_at_rest(crew, target, self._stopping)
            warmup_blocks = await self._warm_up(crew, target, warmup_blocks)
            if self._cut_short:
                break
            self._tally.note(
                f"warm-up over: {plural(self._tally.warmup_requests, 'request')} not counted",
                perf_counter_ns(),
            )
            if epoch == 0:
                self._tally.lay_out(self._tally.typical_seconds)
            await self._take_epoch(epoch, crew, target)
        self._whole = not self._cut_short
        await self._probe(crew, target)

    async def _take_epoch(self, epoch: int, crew: Crew, target: TargetAccess) -> None:
        """Take the steps of an epoch until the run is over."""
        block = None
        for step in [step for step in self._tally.steps if step.epoch == epoch]:
            if self._over:
                break
            if step.block != block:
                await self._control.begin_block()
                block = step.block
            if crew.able(step):
                await self._take(step, crew, target)
            if step.rest_after and step is not self._tally.steps[-1] and not self._cut_short:
                await self._rest(step.rest_after)

    async def _probe(self, crew: Crew, target: TargetAccess) -> None:
        """Probe the contenders whose limiter the load leaves open; a failing probe costs no results."""
        if not (self._whole and may_probe(self.plan)):
            return
        take = partial(self._take, crew=crew, target=target)
        try:
            await Prober(self._tally, crew, target, self._parts, take).run(self._stopping)
        except Exception as error:  # noqa: BLE001 - everything is measured by now, and would be lost
            self._log.failed("the probe", error)
            self._tally.warn(f"what limits the contenders was not probed: {type(error).__name__}: {error}")
        await self._meter.count_at(target)

    @property
    def _over(self) -> bool:
        """True if no further step is to be taken."""
        return self._cut_short or self._decided()

    @property
    def _cut_short(self) -> bool:
        """True if the run ends before its plan does: the user stopped it, or the target failed."""
        return self._stopping.is_set() or self._tally.target_failed

    def _decided(self) -> bool:
        """Return whether the order is settled, in a run that lasts until it is."""
        return self.plan.schedule.until == "decided" and self._tally.settled()

    async def _measure_idle(self, crew: Crew) -> None:
        """Let all lanes idle for a moment, to measure their own cost."""
        step = idle_step(self.plan)
        await crew.take(step)
        self._tally.end(step, self._control.clock.now())

    async def _warm_up(self, crew: Crew, target: TargetAccess, blocks: int | None) -> int:
        """Warm up for so many blocks or, if None, until every contender has reached a steady pace."""
        if blocks is None:
            await self._measure_idle(crew)
        automatic = warmup_of(self.plan.schedule.warmup).auto
        most = (MOST_WARMUP_BLOCKS if automatic else 1) if blocks is None else blocks
        for block in range(most):
            await self._control.begin_block()
            for step in warmup_steps(self.plan, block):
                if not self._cut_short and crew.able(step):
                    await self._take(step, crew, target)
            if self._cut_short or (blocks is None and automatic and self._tally.warm(block)):
                return block + 1
        return most

    async def _take(self, step: Step, crew: Crew, target: TargetAccess) -> None:
        self._log.tell(lambda: f"step: {step}")
        over, stopped = asyncio.Event(), False
        metering = asyncio.create_task(self._meter.watch(step, crew, target, over))
        stopping = asyncio.create_task(self._wait_for_stop(step))
        working = asyncio.create_task(crew.take(step))
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                self._tally.phase, stopped = "draining", True
                await crew.stop(step)
                await crew.end_late(working, LATE_SECONDS if self._stopping.is_set() else SILENCE_SECONDS)
            await working
        except asyncio.CancelledError:
            metering.cancel()
            raise
        finally:
            over.set()
            for task in (working, stopping):
                task.cancel()
            await asyncio.wait({working, stopping, metering})
            cut_short = stopped or self._cut_short
            self._tally.end(step, self._control.clock.now(), steal=self._meter.steal, cut_short=cut_short)
        await self._meter.count_at(target)

    async def _wait_for_stop(self, step: Step) -> None:
        """Wait until a step must end early: the user stops, the target has failed, or the order is settled."""
        while not self._cut_short and not (step.cuts > 1 and not step.warmup and self._decided()):
            with suppress(TimeoutError):
                async with asyncio.timeout(SNAPSHOT_SECONDS):
                    await self._stopping.wait()

    async def _rest(self, seconds: float) -> None:
        if seconds >= METER_SECONDS:
            self._tally.phase = "resting"
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({stopping}, timeout=seconds)
        stopping.cancel()
        self._tally.rested(seconds)

    def _report(self, snapshot: Snapshot) -> Report:
        return build_report(
            self._tally,
            snapshot,
            started=self._started.isoformat(timespec="seconds"),
            seconds=(perf_counter_ns() - self._began_ns) / 1e9,
            complete=snapshot.phase == "done" and self._whole,
            environment=self._environment
            | self._meter.environment
            | {"watching": self._cost.so_far(), "load_average_after": load_average()},
        )
