"""Runners that take turns under load: a lane, a bare loop, and wrk."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Protocol, Self

from benchmarks.bare.loops import Job
from httptui.engines.protocol import Done, Frame, Go, Ready, Setup
from httptui.engines.registry import engine_info
from httptui.runs.crew import START_DELAY_NS
from httptui.runs.lanes import LaneProcess
from httptui.runs.setup import FRAME_SECONDS


@dataclass(frozen=True)
class Turn:
    """Result of one turn."""

    requests: int
    seconds: float
    cpu_seconds: float


class Runner(Protocol):
    """Something that can be put under load for a while."""

    async def turn(self, seconds: float) -> Turn:
        """Load the target for so many seconds."""
        ...

    async def close(self) -> None:
        """End everything that was started."""
        ...


class InLane:
    """An engine in its lane, driven as in a run."""

    def __init__(self, lane: LaneProcess, in_flight: int) -> None:
        self._lane = lane
        self._in_flight = in_flight
        self._turn = 0

    @classmethod
    async def start(cls, engine: str, loop: str, job: Job) -> Self:
        """Spawn the lane; RuntimeError if it cannot run."""
        setup = Setup(
            engine=engine_info(engine).reference,
            reuse="shared",
            loop=loop,
            http="1.1",
            pool=job.in_flight,
            concurrency=job.in_flight,
            timeout=30.0,
            verify=True,
            ca_file=None,
            redirects=0,
            retries=0,
            cookies=False,
            trust_env=False,
            method="GET",
            url=job.url,
            headers=list(job.headers.items()),
            body="",
            frame_seconds=FRAME_SECONDS,
        )
        lane = await LaneProcess.spawn(setup)
        answer = await lane.receive()
        if not isinstance(answer, Ready):
            await lane.close()
            raise RuntimeError(f"{engine}: {answer}")
        return cls(lane, job.in_flight)

    async def turn(self, seconds: float) -> Turn:
        """Run one turn, summed over its frames; RuntimeError if a request failed."""
        self._turn += 1
        go = Go(
            turn=self._turn,
            block=self._turn,
            warmup=False,
            start_ns=perf_counter_ns() + START_DELAY_NS,
            seconds=seconds,
            concurrency=self._in_flight,
            drain_seconds=10.0,
        )
        await self._lane.send(go)
        frames: list[Frame] = []
        while isinstance(message := await self._lane.receive(), Frame):
            frames.append(message)
        if not isinstance(message, Done) or any(frame.error or frame.timeout for frame in frames):
            raise RuntimeError(f"a lane failed: {message}, {frames[-1:]}")
        return Turn(
            requests=sum(frame.ok for frame in frames),
            seconds=(frames[-1].end_ns - frames[0].start_ns) / 1e9,
            cpu_seconds=sum(frame.cpu_ns for frame in frames) / 1e9,
        )

    async def close(self) -> None:
        """End the lane."""
        await self._lane.close()


class Bare:
    """A client's bare loop in a separate process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, client: str, loop: str, job: Job) -> Self:
        """Spawn the loop."""
        arguments = [client, loop, job.url, str(job.in_flight), json.dumps(job.headers)]
        command = [sys.executable, "-m", "benchmarks.bare", *arguments]
        # A separate session, like that of a lane, because the scheduler shares cores among sessions.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, start_new_session=os.name == "posix"
        )
        return cls(process)

    async def turn(self, seconds: float) -> Turn:
        """Run one turn; RuntimeError if the loop has died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{seconds}\n".encode())
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a bare loop ended with exit code {await self._process.wait()}")
        return Turn(**json.loads(line))

    async def close(self) -> None:
        """End the loop."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Wrk:
    """wrk with one thread, and a new process for each turn."""

    def __init__(self, job: Job) -> None:
        self._job = job

    async def turn(self, seconds: float) -> Turn:
        """Run one turn, of whole seconds because wrk accepts no others."""
        job = self._job
        headers = [part for name, value in job.headers.items() for part in ("-H", f"{name}: {value}")]
        command = ["wrk", "-t1", f"-c{job.in_flight}", f"-d{max(round(seconds), 1)}s", *headers, job.url]
        before = _cpu_of_ended_children()
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        told = (await process.communicate())[0].decode()
        done = re.search(r"(\d+) requests in ([\d.]+)s", told)
        if done is None:
            raise RuntimeError(f"wrk said: {told}")
        # No other child ends during a turn.
        return Turn(int(done[1]), float(done[2]), _cpu_of_ended_children() - before)

    async def close(self) -> None:
        """Do nothing: no process lives between turns."""


def _cpu_of_ended_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
