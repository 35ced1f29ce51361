"""Probe after the load: short uncounted turns at full and at half concurrency, with a bystander beside them.

The bystander is a lane of engine `raw` that sends one bare request at a time. Requests sent here are in no figure of
a contender. They are reported as uncounted, the bystander's with those of the contender that it is sent for, so that
the target's own count still agrees. No probe follows open loads, bursts, stages, loads bounded by requests, a pace
per host, contenders inside an app, sweeps, or runs that were stopped or changed by hand.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from statistics import median
from time import perf_counter, perf_counter_ns
from typing import Literal

import psutil
from msgspec import Struct

from httptui.engines.protocol import Done, Failed, Frame, Go, Ready
from httptui.plan.model import Contender, Plan, concurrency_of, seconds_of
from httptui.plan.requests import RequestParts
from httptui.plan.schedule import Step
from httptui.plan.urls import split_target
from httptui.results.judge.limiter_facts import opens_many_connections
from httptui.results.judge.probed import Probe
from httptui.results.snapshot import ContenderView
from httptui.runs.crew import Crew
from httptui.runs.lane_tally import Sampling
from httptui.runs.lanes import Lane, spawn_lane
from httptui.runs.machine import core_waits
from httptui.runs.setup import setup_of, whole_pool_of
from httptui.runs.tally import Tally
from httptui.runs.target import TargetAccess, tls_context
from httptui.units import listed, plural

SHARE_OF_LOAD = 0.2
SHORTEST_SECONDS, LONGEST_SECONDS = 0.3, 1.0
SHORTEST_TURN, LONGEST_TURN = 0.12, 0.4
ANSWERS_A_TURN, ANSWERS_IN_ALL = 5, 10
DRAINS = 2.5
LEAST_DRAIN, MOST_DRAIN = 1.0, 3.0
START_DELAY_NS = 20_000_000
READY_SECONDS = 10.0
SILENCE_SECONDS = 8.0
LOOKS = 4
FIRST_SECONDS = 0.01
SET_UPS = 5
SET_UP_SECONDS = 2.0
SEVERAL = 3
NS = 1e9


class Turns(Struct, frozen=True):
    """Durations of one probe in seconds: `beside` for full or half load, `alone` without load, and a `drain` for
    each.

    `bystanders` is the number of requests that a bystander has in flight.
    """

    beside: float
    alone: float
    drain: float
    bystanders: int


def may_probe(plan: Plan) -> bool:
    """Return whether a plan allows a probe: a timed closed load of one level, no pace per host, and no `--no-probe`.

    A bystander would break the pace per host. In an open load the plan's rate is the most that may be sent.
    """
    timed = plan.load.kind == "closed" and seconds_of(plan.load) is not None and not plan.load.stages
    return plan.schedule.probe and timed and plan.policy.per_host_rate is None


def turns_of(view: ContenderView) -> Turns | None:
    """Return the durations of a contender's probe, or None if there is too little time.

    Without drains, a probe takes at most a fifth of the contender's time under load, and at most a second.
    """
    seconds = min(SHARE_OF_LOAD * view.seconds, LONGEST_SECONDS)
    answered = view.answered_ms or view.latency_ms
    if seconds < SHORTEST_SECONDS or answered is None:
        return None
    mean = answered.mean / 1000
    wanted = max(ANSWERS_A_TURN, ANSWERS_IN_ALL / view.concurrency) * mean
    turn = min(max(wanted, SHORTEST_TURN), LONGEST_TURN, 0.4 * seconds)
    return Turns(
        beside=turn,
        alone=min(turn, 0.2 * seconds),
        drain=min(max(DRAINS * mean, LEAST_DRAIN), MOST_DRAIN),
        bystanders=SEVERAL if ANSWERS_A_TURN * mean > turn else 1,
    )


def step_of(lanes: Sequence[int], name: Literal["beside", "half"], turns: Turns) -> Step:
    """Return a turn of the probe."""
    return Step(
        lanes=tuple(lanes),
        seconds=turns.beside,
        warmup=True,
        probing=name,
        scale=0.5 if name == "half" else 1.0,
        drain_seconds=turns.drain,
    )


def half_of(plan: Plan, contender: Contender) -> int:
    """Return the number of a contender's requests in flight at half its concurrency."""
    return max(int(concurrency_of(plan, contender) * 0.5 + 0.5), 1)


class Prober:
    """Probes the contenders whose limiter is left open by the signals; `take` puts a step's lanes under load."""

    def __init__(
        self,
        tally: Tally,
        crew: Crew,
        target: TargetAccess,
        parts: RequestParts,
        take: Callable[[Step], Awaitable[None]],
    ) -> None:
        self._tally = tally
        self._plan = tally.plan
        self._crew = crew
        self._target = target
        self._parts = parts
        self._take = take

    async def run(self, stopping: asyncio.Event) -> None:
        """Probe all of them: together if the schedule puts them under load together, otherwise one by one."""
        tally = self._tally
        groups = [[index] for index in tally.open_limits()]
        if groups and self._plan.schedule.kind == "concurrent":
            groups = [self._crew.alive]
        planned = [(group, turns) for group in groups if (turns := self._turns_of(group)) is not None]
        if not planned:
            return
        began_ns, before = perf_counter_ns(), tally.warmup_requests
        tally.phase = "probing"
        near = self._target.asked.near
        first = planned[0][0][0]
        bystander = await Bystander.start(self._plan, self._parts, self._target, first)
        try:
            for group, turns in planned:
                if not stopping.is_set():
                    await self._probe(group, turns, bystander, stopping, near=near)
        finally:
            if bystander is not None:
                await bystander.close()
                tally.lanes[first].add_bystander(bystander.sent, bystander.connections)
        letters = [tally.lanes[index].id for group, _ in planned for index in group]
        seconds = (perf_counter_ns() - began_ns) / NS
        sent = plural(tally.warmup_requests - before, "request")
        tally.note(
            f"probed what limits {listed(letters)}, for {seconds:.1f} s: {sent} not counted",
            perf_counter_ns(),
        )

    def _turns_of(self, group: Sequence[int]) -> Turns | None:
        """Return the durations for a group, those of its slowest contender."""
        views = [self._tally.lanes[index].view(self._tally.origin_ns) for index in group]
        found = [turns for view in views if (turns := turns_of(view)) is not None]
        return max(found, key=lambda turns: (turns.beside, turns.drain), default=None)

    async def _probe(
        self,
        group: Sequence[int],
        turns: Turns,
        bystander: Bystander | None,
        stopping: asyncio.Event,
        *,
        near: bool,
    ) -> None:
        """Probe a group. Where nothing may be added to the plan's load, the bystander sends beside half of it."""
        lanes = [self._tally.lanes[index] for index in group]
        urls = self._target.urls(group[0])
        alone = None
        if bystander is not None:
            # Its connections must be open before it is compared with anybody.
            await bystander.send(FIRST_SECONDS, turns.drain, turns.bystanders)
        if near:
            beside, seen = await self._watched(step_of(group, "beside", turns), turns, bystander)
            hangs = any(
                "beside" in lane.sampled and lane.sampled["beside"].sample().unanswered for lane in lanes
            )
            several = any(lane.concurrency > 1 for lane in lanes)
            if several and not hangs and not stopping.is_set():
                await self._take(step_of(group, "half", turns))
        else:
            beside, seen = await self._watched(step_of(group, "half", turns), turns, bystander)
        if bystander is not None and not stopping.is_set():
            alone = await bystander.send(turns.alone, turns.drain)
        reopening = any(opens_many_connections(lane.view(self._tally.origin_ns)) for lane in lanes)
        opening_ms = await set_up_ms(urls[0], self._plan, self._target) if reopening and near else None
        for index, lane in zip(group, lanes, strict=True):
            samples = {name: sampling.sample() for name, sampling in lane.sampled.items()}
            lane.probe = Probe(
                beside=samples.get("beside"),
                half=samples.get("half"),
                half_in_flight=half_of(self._plan, lane.contender),
                bystander=None if beside is None else beside.sample(),
                alone=None if alone is None else alone.sample(),
                connections=seen[index].connections,
                core_wait=seen[index].core_wait,
                set_up_ms=opening_ms,
                reopened=bystander is not None and bystander.reopened,
                alike=not (
                    self._plan.policy.redirects or self._plan.policy.trust_env or lane.counts["retried"]
                ),
                few_allowed=_few_allowed(self._plan, lane.contender),
            )
        if opening_ms is not None:
            lanes[0].add_bystander(0, SET_UPS)

    async def _watched(
        self, step: Step, turns: Turns, bystander: Bystander | None
    ) -> tuple[Sampling | None, dict[int, Watched]]:
        """Put a step's lanes under load beside a bystander; return its sample and the system's observations."""
        seconds = step.seconds or 0.0
        looking = [watch(self._crew.pids_of(index), seconds) for index in step.lanes]
        sending = _nothing() if bystander is None else bystander.send(seconds, turns.drain, turns.bystanders)
        watching = asyncio.gather(*looking)
        sampling, _ = await asyncio.gather(sending, self._take(step))
        return sampling, dict(zip(step.lanes, await watching, strict=True))


def _few_allowed(plan: Plan, contender: Contender) -> bool:
    """Return whether a contender's pool may be smaller than its concurrency."""
    if contender.pool == "concurrency" or contender.reuse != "shared":
        return False
    return contender.pool == "library-defaults" or (whole_pool_of(plan, contender) or 0) < concurrency_of(
        plan, contender
    )


class Bystander:
    """A separate lane of engine `raw`, with one connection per request in flight."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._turns = itertools.count()
        self.sent = 0
        self.connections = 0

    @classmethod
    async def start(
        cls, plan: Plan, parts: RequestParts, target: TargetAccess, index: int
    ) -> Bystander | None:
        """Start a bystander on the URLs of the contender at an index; None if that fails, which costs no results."""
        setup = setup_of(plan, Contender(engine="raw"), parts, target, index)
        setup = replace(setup, concurrency=SEVERAL, pool=SEVERAL, retries=0)
        try:
            lane = await spawn_lane([setup])
        except OSError:
            return None
        if isinstance(await lane.receive(READY_SECONDS), Ready):
            return cls(lane)
        await lane.close()
        return None

    @property
    def reopened(self) -> bool:
        """True if it had to reconnect for most requests, because the target closes connections."""
        return self.connections > max(self.sent / 2, SEVERAL)

    async def send(self, seconds: float, drain: float, at_a_time: int = 1) -> Sampling | None:
        """Send requests one after another for a while; None if its process has died."""
        turn, sampling = next(self._turns), Sampling()
        go = Go(
            turn=turn,
            block=0,
            warmup=True,
            start_ns=perf_counter_ns() + START_DELAY_NS,
            seconds=seconds,
            concurrency=at_a_time,
            think_seconds=0.001,
            drain_seconds=drain,
        )
        await self._lane.send(go)
        while True:
            match await self._lane.receive(SILENCE_SECONDS):
                case Frame() as frame:
                    sampling.add(frame)
                case Done(turn=done) if done == turn:
                    self.sent += sampling.sample().sent
                    self.connections = sampling.connections or 0
                    return sampling
                case Failed():
                    return None

    async def close(self) -> None:
        """End its process."""
        await self._lane.close()


async def _nothing() -> None:
    """Stand in for a bystander that could not be started."""


class Watched(Struct, frozen=True):
    """Observations of a contender's processes: their most open connections, and the greatest share of time that one
    thread waited for a core. None if the system does not report them.
    """

    connections: int | None = None
    core_wait: float | None = None


async def watch(pids: Sequence[int], seconds: float) -> Watched:
    """Observe processes a few times while they are under load."""
    most: int | None = None
    began, before = perf_counter(), await asyncio.to_thread(core_waits, pids)
    for _ in range(LOOKS):
        await asyncio.sleep(seconds / LOOKS)
        with suppress(psutil.Error, OSError):
            most = max(most or 0, await asyncio.to_thread(_established, pids))
    after, spent = await asyncio.to_thread(core_waits, pids), perf_counter() - began
    waits = [(after[thread] - before[thread]) / spent for thread in before.keys() & after.keys()]
    return Watched(most, max(waits, default=None))


def _established(pids: Sequence[int]) -> int:
    return sum(
        connection.status == psutil.CONN_ESTABLISHED
        for pid in pids
        for connection in psutil.Process(pid).net_connections(kind="tcp")
    )


async def set_up_ms(url: str, plan: Plan, target: TargetAccess) -> float | None:
    """Return the median time in ms to open a connection to a URL's host, or None if that fails."""
    parts = split_target(url)
    context = tls_context(parts, plan, target.ca_file)
    times = []
    for _ in range(SET_UPS):
        began = perf_counter()
        try:
            async with asyncio.timeout(SET_UP_SECONDS):
                _, writer = await asyncio.open_connection(
                    target.asked.pins.get(parts.host, (parts.host,))[0],
                    parts.port,
                    ssl=context,
                    server_hostname=parts.host if context else None,
                )
        except (OSError, TimeoutError):
            return None
        times.append((perf_counter() - began) * 1000)
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(SET_UP_SECONDS):
                await writer.wait_closed()
    return median(times)
