"""A lane of several processes, which share its load and are one contender to everybody else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from httptui.engines.protocol import Done, Failed, Frame, FromLane, Go, Ready, Setup, ToLane
from httptui.lanes.joining import Joiner
from httptui.lanes.process import SILENCE_SECONDS, LaneProcess


class Lane(Protocol):
    """What runs one contender, in one process or in several."""

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes' numbers."""

    @property
    def pids_of_all(self) -> tuple[int, ...]:
        """The numbers of these and of the processes that only drive them."""

    async def send(self, message: ToLane) -> None:
        """Send a message."""

    async def receive(self, silence_seconds: float | None = SILENCE_SECONDS) -> FromLane:
        """The next message; `Failed` with the cause where there will be no more."""

    async def close(self) -> None:
        """Make all of it leave."""

    def kill(self) -> None:
        """End all of it at once."""


async def spawn_lane(setups: Sequence[Setup], python: str = "") -> Lane:
    """Start a process for each setup, or none of them; `python` is the interpreter of an environment of their own.

    OSError where the system cannot start one more.
    """
    processes: list[LaneProcess] = []
    try:
        while len(processes) < len(setups):
            processes.append(await LaneProcess.spawn(setups[len(processes)], python))
    except BaseException:
        for process in processes:
            process.kill()
            await process.close()
        raise
    return processes[0] if len(processes) == 1 else SplitLane(processes)


class SplitLane:
    """Tells each of its processes which part of a turn is its own, and joins what they send.  Where one of them
    fails, all are ended.
    """

    def __init__(self, processes: Sequence[LaneProcess]) -> None:
        self._processes = tuple(processes)
        self._joiner = Joiner(len(self._processes))
        self._quiet: set[int] = set()
        self._hearing: dict[asyncio.Task[FromLane], int] = {}
        self._heard: deque[FromLane] = deque()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes' numbers."""
        return tuple(process.pid for process in self._processes)

    @property
    def pids_of_all(self) -> tuple[int, ...]:
        """The same: nothing else drives them."""
        return self.pids

    async def send(self, message: ToLane) -> None:
        """Send a message to all of them; of a turn, each gets its part."""
        parts = len(self._processes)
        messages = [message] * parts
        if isinstance(message, Go):
            messages = [replace(message, part=part, parts=parts) for part in range(parts)]
            self._joiner.begin()
            self._quiet.clear()
        sending = zip(self._processes, messages, strict=True)
        await asyncio.gather(*(process.send(own) for process, own in sending))

    async def receive(self, silence_seconds: float | None = SILENCE_SECONDS) -> FromLane:
        """The next message of all of them together; silence of one of them is a failure, too."""
        while not self._heard:
            await self._hear(silence_seconds)
        return self._heard.popleft()

    async def close(self) -> None:
        """Make all of them leave."""
        for task in self._hearing:
            task.cancel()
        await asyncio.gather(*self._hearing, return_exceptions=True)
        await asyncio.gather(*(process.close() for process in self._processes))

    def kill(self) -> None:
        """End all of them at once."""
        for process in self._processes:
            process.kill()

    async def _hear(self, silence_seconds: float | None) -> None:
        """Wait for one of those that have more to say."""
        heard_of = self._quiet.union(self._hearing.values())
        for part, process in enumerate(self._processes):
            if part not in heard_of:
                self._hearing[asyncio.create_task(process.receive(silence_seconds))] = part
        done, _ = await asyncio.wait(self._hearing, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            self._take(self._hearing.pop(task), task.result())

    def _take(self, part: int, message: FromLane) -> None:
        match message:
            case Frame():
                self._joiner.add(part, message)
                self._heard.extend(self._joiner.joined())
            case Failed():
                self._fail(part, message)
            case Ready() | Done():
                self._quiet.add(part)
                self._joiner.end(part)
                self._heard.extend(self._joiner.joined())
                if len(self._quiet) == len(self._processes):
                    self._heard.append(message)

    def _fail(self, part: int, failed: Failed) -> None:
        self.kill()
        told = f"process {part + 1} of {len(self._processes)}: {failed.message}"
        self._heard.append(Failed(stage=failed.stage, message=told))
