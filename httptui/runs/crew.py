"""The lanes of one run: started together, put under load step by step, and ended with the run.

All steps together wait for their last answers not much longer than one request may take, so that a run ends in time
even if its target hangs.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter_ns

from msgspec import UNSET

from httptui.cores import pin
from httptui.engines.protocol import Done, Failed, Frame, Ready, Sent, Stop, ToLane
from httptui.errors import BuildRefusedError
from httptui.grants import builds_of
from httptui.plan.abilities import Environment, environment_of
from httptui.plan.checks import PACKAGES
from httptui.plan.model import Contender, Plan
from httptui.plan.requests import RequestParts, longest_request
from httptui.plan.schedule import Step
from httptui.plan.secrets import Redactor
from httptui.runs.control import Control
from httptui.runs.environments import (
    EnvironmentSpec,
    NoWheelError,
    UnmadeEnvironmentError,
    create_environment,
    existing_environment,
)
from httptui.runs.lane_tally import LaneTally
from httptui.runs.lanes import SILENCE_SECONDS, Lane, spawn_contender
from httptui.runs.setup import StepLog, go_of, setup_of, shown_frame, shown_setup
from httptui.runs.tally import Tally
from httptui.runs.target import TargetAccess
from httptui.safe_text import safe_text
from httptui.units import plural

GRACE_SECONDS, SPARE_SECONDS = 1.0, 2.0
USUAL_SECONDS, USUAL_LATENCIES = 0.5, 5.0
"""Wait that a step with answers may always take: this many seconds plus this many of its latencies."""


class Patience:
    """Remaining time that a run may wait for last answers.

    Steps whose answers come as usual do not use it up. Contenders that take turns and have had no answer yet share it
    evenly, so that one that hangs leaves time for the others.
    """

    def __init__(self, plan: Plan, lanes: Sequence[LaneTally]) -> None:
        self._lanes = lanes
        self._longest = longest_request(plan.policy) + GRACE_SECONDS
        self._left = self._longest + SPARE_SECONDS
        self._untried = set(range(len(lanes)))

    def drain_of(self, step: Step) -> float:
        """Return how many seconds after its end a step may wait for its last answers."""
        longest = self._longest if step.drain_seconds is None else min(step.drain_seconds, self._longest)
        usual = self._usual(step)
        left = self._left
        if not usual:
            others = self._untried.difference(step.lanes)
            left /= 1 + len(others) / len(step.lanes)
        return min(longest, (usual or 0.0) + left)

    def note(self, step: Step, seconds: float) -> None:
        """Record how many seconds after its end a step waited; steps that send nothing do not count."""
        if step.idle:
            return
        self._untried.difference_update(step.lanes)
        self._left = max(self._left - max(seconds - (self._usual(step) or 0.0), 0.0), 0.0)

    def _usual(self, step: Step) -> float | None:
        """Return how long a step usually waits, or None if any of its lanes has had no answer yet."""
        typical = [self._lanes[index].median_seconds for index in step.lanes]
        known = [seconds for seconds in typical if seconds is not None]
        return USUAL_SECONDS + USUAL_LATENCIES * max(known) if len(known) == len(typical) else None


START_DELAY_NS = 20_000_000
SETUP_SECONDS = 120.0
STOP_SECONDS = 2.0
"""Seconds that a lane asked to stop allows for requests in flight."""


class Crew:
    """Lanes by contender index. A failure is recorded in the tally, and the other lanes continue."""

    def __init__(
        self,
        tally: Tally,
        target: TargetAccess,
        parts: RequestParts,
        control: Control,
        redactor: Redactor,
        log: StepLog,
        granted: frozenset[str] = frozenset(),
    ) -> None:
        self._tally = tally
        self._log = log
        self._control = control
        self._under_load: set[int] = set()
        self._target = target
        self._parts = parts
        self._redactor = redactor
        self._lanes: dict[int, Lane] = {}
        self._turns = itertools.count()
        self._making = asyncio.Lock()
        self._patience = Patience(tally.plan, tally.lanes)
        self._granted = granted
        self._refused: BuildRefusedError | None = None

    async def start_all(self) -> None:
        """Start, or restart, every lane that has not failed, and wait until all are ready.

        Raises BuildRefusedError if a contender's packages would have to be built without permission.
        """
        await self.close()
        alive = [index for index, lane in enumerate(self._tally.lanes) if lane.state != "dnf"]
        await asyncio.gather(*(self._start_lane(index) for index in alive))
        if self._refused is not None:
            raise self._refused

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of everything alive that runs or drives the contenders."""
        return tuple(pid for lane in self._lanes.values() for pid in lane.pids_of_all)

    def able(self, step: Step) -> bool:
        """Return whether any lane of a step is alive."""
        return any(index in self._lanes for index in step.lanes)

    @property
    def alive(self) -> list[int]:
        """Indexes of the contenders whose lanes are alive."""
        return sorted(self._lanes)

    def pids_of(self, index: int) -> tuple[int, ...]:
        """Return the ids of the processes that run a contender; empty if its lane is gone."""
        return self._lanes[index].pids if index in self._lanes else ()

    async def take(self, step: Step) -> None:
        """Put the lanes of a step under load together, and wait until all are done or have failed."""
        control = self._control
        async with control.gate() as flowing:
            if not flowing:
                return
            start_ns = perf_counter_ns() + START_DELAY_NS
            self._tally.begin(step, control.clock.at(start_ns))
            turns = {index: next(self._turns) for index in step.lanes if index in self._lanes}
            drain_seconds = self._patience.drain_of(step)
            began = control.clock.at(start_ns)
            for index, turn in turns.items():
                go = go_of(
                    self._tally.plan,
                    index,
                    step,
                    turn=turn,
                    start_ns=start_ns,
                    scale=control.in_force.scale(index),
                    held_ns=control.clock.held_ns,
                    typical_seconds=self._tally.lanes[index].typical_seconds,
                    drain_seconds=drain_seconds,
                )
                await self._lanes[index].send(go)
            self._under_load = set(turns)
        await asyncio.gather(*(self._work(index, step, turn) for index, turn in turns.items()))
        if step.seconds is not None:
            self._patience.note(step, (control.clock.now() - began) / 1e9 - step.seconds)

    async def tell(self, message: Callable[[int], ToLane]) -> None:
        """Send each lane under load the message for its index."""
        for index in self._under_load & self._lanes.keys():
            await self._lanes[index].send(message(index))

    async def stop(self, step: Step) -> None:
        """Ask the lanes of a step to stop sending, and to give up requests in flight after two seconds."""
        for index in step.lanes:
            if index in self._lanes:
                await self._lanes[index].send(Stop(drain_seconds=STOP_SECONDS))

    async def end_late(self, working: asyncio.Task[None], seconds: float) -> None:
        """Wait until a stopped step is done, and end the lanes that are so many seconds late."""
        await asyncio.wait({working}, timeout=STOP_SECONDS + seconds)
        for index in tuple(self._under_load) if not working.done() else ():
            if index in self._lanes:
                self._lanes[index].kill()
                await self._lose(index, f"it did not stop within {STOP_SECONDS + seconds:g} s")
        await working

    def kill(self) -> None:
        """End every lane at once."""
        for lane in self._lanes.values():
            lane.kill()

    def note_ends(self, *, stopped: bool) -> None:
        """Record how every remaining lane ended."""
        for index in self._lanes:
            lane = self._tally.lanes[index]
            lane.end("stopped" if stopped else "finished")
            if lane.connections_at_target is not None:
                opened, sent = (
                    plural(lane.connections_at_target, "connection"),
                    lane.warmup_requests + lane.counts["planned"] + lane.counts["retried"],
                )
                names = f" and looked up {plural(lane.lookups, 'name')}" if lane.lookups else ""
                self._tally.note(
                    f"{lane.id} opened {opened}{names} for {plural(sent, 'request')}", perf_counter_ns()
                )

    async def close(self) -> None:
        """End every lane."""
        lanes, self._lanes = self._lanes, {}
        await asyncio.gather(*(lane.close() for lane in lanes.values()))

    async def _start_lane(self, index: int) -> None:
        contender, letter = self._tally.plan.contender[index], self._tally.lanes[index].id
        setups = [
            setup_of(self._tally.plan, contender, self._parts, self._target, index, process)
            for process in range(contender.processes)
        ]
        try:
            python = await self._python_of(index, contender)
            lane = self._lanes[index] = await spawn_contender(setups, python)
            self._log.tell(
                lambda: (
                    f"{letter}: started as {', '.join(map(str, lane.pids))} with {python or 'this Python'}: "
                    f"{[shown_setup(setup) for setup in setups]}"
                )
            )
        except NoWheelError as error:
            self._refuse_build(index, contender, error)
            return
        except UnmadeEnvironmentError as error:
            await self._lose(index, f"its environment could not be made: {error}")
            return
        except OSError as error:
            await self._lose(index, f"it could not be started: {error}")
            return
        if self._tally.plan.schedule.pin:
            first = 1 + sum(one.processes for one in self._tally.plan.contender[:index])
            for number, pid in enumerate(lane.pids, first):
                pin(pid, number)
        match await lane.receive(SETUP_SECONDS):
            case Ready() as ready:
                self._log.tell(
                    lambda: (
                        f"{letter}: ready: {ready.mode}, {ready.loop}, Python {ready.python}, {ready.versions}"
                    )
                )
                self._tally.lanes[index].begin(replace(ready, sent=self._shown(ready.sent)))
                told = described(ready, contender.processes)
                self._tally.note(f"{letter} is ready: {told}", perf_counter_ns())
            case Failed() as failed:
                await self._lose(index, failed.message)
            case other:
                await self._lose(index, f"sent {type(other).__name__} before it was ready")

    def _shown(self, sent: Sequence[Sent | None]) -> list[Sent | None]:
        """Redact and sanitise the requests that a client sent."""
        redact = self._redactor.redact
        return [
            None if one is None else replace(one, target=safe_text(redact(one.target), len(one.target)))
            for one in sent
        ]

    async def _python_of(self, index: int, contender: Contender) -> str:
        """Return the interpreter of a contender's own environment, created if need be, or ""."""
        environment = environment_of(contender)
        if not environment.is_own:
            return ""
        lent: tuple[str, ...] = ("uvloop",) if contender.loop == "uvloop" else ()
        if contender.inside is not UNSET:
            lent = PACKAGES
        if self._tally.plan.policy.retries:
            lent = (*lent, "tenacity")
        spec = EnvironmentSpec((*environment.requires, *lent), environment.python)
        async with self._making:
            if python := existing_environment(spec):
                return python
            letter = self._tally.lanes[index].id
            told = ", ".join([*spec.requires, *([f"Python {spec.python}"] if spec.python else [])])
            self._tally.note(f"{letter} gets an environment of its own, made once: {told}", perf_counter_ns())
            return await create_environment(spec, build=self._may_build(environment))

    def _may_build(self, environment: Environment) -> bool:
        return bool(environment.requires) and self._granted >= builds_of(environment.requires)

    def _refuse_build(self, index: int, contender: Contender, error: NoWheelError) -> None:
        self._refused = BuildRefusedError(
            f"{self._tally.lanes[index].id} asks for {error}, not all of which has a wheel for its Python: "
            "to build it runs its code; if it may, add --allow-build",
            environment_of(contender).requires,
        )

    async def _work(self, index: int, step: Step, turn: int) -> None:
        """Tally one lane's frames until its turn is done."""
        lane, letter = self._lanes[index], self._tally.lanes[index].id
        while True:
            match await lane.receive(SILENCE_SECONDS):
                case Frame() as frame:
                    self._log.tell(partial(shown_frame, letter, frame))
                    self._tally.add(index, frame, step, perf_counter_ns())
                case Done(turn=done) if done == turn:
                    break
                case Failed() as failed:
                    await self._lose(index, failed.message)
                    break
        self._under_load.discard(index)
        self._tally.leave(index)

    async def _lose(self, index: int, cause: str) -> None:
        lane = self._tally.lanes[index]
        if lane.state == "dnf":
            return
        self._log.tell(lambda: f"{lane.id}: did not finish: {cause}")
        told = safe_text(self._redactor.redact(cause))
        lane.end("dnf", told)
        self._tally.note(f"{lane.id} did not finish: {told}", perf_counter_ns(), "error")
        if index in self._lanes:
            await self._lanes.pop(index).close()


def described(ready: Ready, processes: int = 1) -> str:
    """Describe in a few words what a lane runs on."""
    versions = [f"{package} {version}" for package, version in ready.versions.items()]
    workers = "tasks" if ready.mode == "async" else "threads"
    if processes > 1:
        workers += f" of {processes} processes"
    return safe_text(", ".join([*versions, ready.python, workers]))
