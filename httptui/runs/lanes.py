"""A lane as its parent sees it: one spawned process or several, messages to it, and messages from it."""

from __future__ import annotations

import asyncio
import math
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any, Protocol, get_args

import msgspec

from httptui.engines.protocol import Done, Failed, Frame, FromLane, Go, Quit, Ready, Setup, ToLane, framed
from httptui.own_process import Messages, own_command
from httptui.process_group import OWN_SESSION, close_streams, end_group, exit_code
from httptui.results.histogram import flat_of, merge
from httptui.safe_text import safe_text

LANE = "httptui.engines.lane"
APP = "httptui.engines.inside"
SILENCE_SECONDS = 15.0
SLICE_SECONDS = 1.0
QUIT_SECONDS = 3.0
LAST_WORDS_SECONDS = 1.0
"""How long the stderr of a lane that has ended may stay open: what it has started may hold it for ever."""
LAST_LINES = 20

_DECODERS = {kind.__name__.lower(): msgspec.json.Decoder(kind) for kind in get_args(FromLane)}


class _Head(msgspec.Struct):
    type: str


def from_lane(data: bytes) -> FromLane:
    """A message of a lane or an app; MsgspecError where it is none of those there are, or has other types."""
    kind = msgspec.json.decode(data, type=_Head).type
    if kind not in _DECODERS:
        raise msgspec.ValidationError(f'no message is a "{kind}"')
    message: FromLane = _DECODERS[kind].decode(data)
    return message


class LaneProcess:
    """Spawns a lane or an app in a session of its own, so that Ctrl-C reaches only the parent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self._process = process
        self._messages = Messages(process.stdout)
        self._errors: deque[str] = deque(maxlen=LAST_LINES)
        self._listening = asyncio.create_task(self._read_errors())
        self._reading: asyncio.Task[FromLane] | None = None

    @classmethod
    async def spawn(cls, setup: Setup, python: str = "") -> LaneProcess:
        """Start a lane, or the app that the contender is inside of, and hand it its contender; `python` is the
        interpreter of an environment of its own.
        """
        module = APP if setup.inside else LANE
        process = await asyncio.create_subprocess_exec(
            *own_command(module, python=python),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=OWN_SESSION,
        )
        lane = cls(process)
        try:
            await lane.send(setup)
        except BaseException:
            lane.kill()
            raise
        return lane

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of all that run the contender: this one."""
        return (self.pid,)

    @property
    def pids_of_all(self) -> tuple[int, ...]:
        """The same: nothing else drives it."""
        return self.pids

    async def send(self, message: ToLane) -> None:
        """Send a message; one to a lane that has died is dropped, because `receive` tells of its end."""
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(ConnectionError):
            stdin.write(framed(message))
            await stdin.drain()

    async def receive(self, silence_seconds: float | None = SILENCE_SECONDS) -> FromLane:
        """The next message; a lane that died, broke the protocol or fell silent gives `Failed` with the cause."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_message())
            self._reading.add_done_callback(_heeded)
        reading = self._reading
        try:
            if not await _ended(reading, silence_seconds):
                return self._failed(f"gave no sign of life for {silence_seconds:g} s")
            self._reading = None
            return reading.result()
        except msgspec.MsgspecError as error:
            return self._failed(f"sent a message that cannot be read ({error})")
        except (asyncio.IncompleteReadError, ConnectionError):
            return self._failed(await self._cause_of_death())
        except OSError as error:
            return self._failed(str(error))

    async def _read_message(self) -> FromLane:
        return from_lane(await self._messages.next())

    async def close(self) -> None:
        """Ask the lane to leave, and make it leave where it does not; nothing of it is left after this."""
        try:
            async with asyncio.timeout(QUIT_SECONDS):
                await self.send(Quit())
                await exit_code(self._process)
        except TimeoutError:
            pass
        finally:
            self.kill()
            self._listening.cancel()
            if self._reading is not None:
                self._reading.cancel()
        await exit_code(self._process)
        close_streams(self._process)

    def kill(self) -> None:
        """End the lane and whatever it has started, at once."""
        end_group(self._process)

    def _failed(self, message: str) -> Failed:
        self.kill()
        return Failed(stage="run", message=message)

    async def _cause_of_death(self) -> str:
        code = await exit_code(self._process, QUIT_SECONDS)
        # Also what it has started, which may hold its stderr.
        self.kill()
        await asyncio.wait({self._listening}, timeout=LAST_WORDS_SECONDS)
        if code is None:
            how = "closed its end of the pipe, and did not end"
        else:
            how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        last = next((line for line in reversed(self._errors) if line.strip()), "")
        # Whole, since a secret that is cut in two is not known for one.
        return f"{how}: {safe_text(last, len(last))}" if last else how

    async def _read_errors(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        while data := await stderr.read(65_536):
            self._errors.extend(data.decode(errors="replace").splitlines())


async def _ended(task: asyncio.Task[FromLane], seconds: float | None) -> bool:
    """Wait so long for a task; whether it has ended.

    Time in which this process stood still, suspended or held up by its terminal, is nobody's silence: it is not
    counted beyond the slice in which it fell.
    """
    rest = math.inf if seconds is None else seconds
    while rest > 0:
        took = min(rest, SLICE_SECONDS)
        done, _ = await asyncio.wait({task}, timeout=took)
        if done:
            return True
        rest -= took
    return False


def _heeded(task: asyncio.Task[FromLane]) -> None:
    """Look at a task's error, which nobody else does where its lane is ended before."""
    if not task.cancelled():
        task.exception()


STANDING = ("in_flight", "connections")
"""What frames tell as it stands, where the rest is what has changed since the last one."""


class Joiner:
    """Gathers the frames of so many parts.  A joined frame is of one block and begins where the last one ended; it is
    there as soon as every part has told of its time or is done, so that time is counted once for all of them.
    """

    def __init__(self, parts: int) -> None:
        self._pending: list[deque[Frame]] = [deque() for _ in range(parts)]
        self._newest: dict[int, Frame] = {}
        self._done: set[int] = set()
        self._reached_ns: int | None = None

    def begin(self) -> None:
        """A turn begins."""
        self._done.clear()
        self._reached_ns = None

    def add(self, part: int, frame: Frame) -> None:
        """Add the next frame of a part."""
        self._pending[part].append(frame)
        self._newest[part] = frame

    def end(self, part: int) -> None:
        """A part has sent its last frame of the turn."""
        self._done.add(part)

    def joined(self) -> Iterator[Frame]:
        """The joined frames that are there by now, each told once."""
        while all(frames or part in self._done for part, frames in enumerate(self._pending)):
            heads = [frames[0] for frames in self._pending if frames]
            if not heads:
                return
            block = min(heads, key=lambda frame: frame.start_ns).block
            end_ns = max(frame.end_ns for frame in heads if frame.block == block)
            taken: list[Frame] = []
            for frames in self._pending:
                while frames and frames[0].block == block and frames[0].end_ns <= end_ns:
                    taken.append(frames.popleft())
            yield self._one_of(taken, end_ns)

    def _one_of(self, taken: Sequence[Frame], end_ns: int) -> Frame:
        start_ns = min(frame.start_ns for frame in taken)
        if self._reached_ns is not None:
            start_ns = self._reached_ns
        self._reached_ns = max(start_ns, end_ns)
        newest = list(self._newest.values())
        standing = {name: total_of([getattr(frame, name) for frame in newest]) for name in STANDING}
        changes = added(taken) | standing
        return replace(taken[0], start_ns=start_ns, end_ns=self._reached_ns, **changes)


def added(frames: Sequence[Frame]) -> dict[str, Any]:
    """Every field that is a count, a histogram or a maximum, of all frames together; of messages the first."""
    same = ("turn", "block", "warmup", "start_ns", "end_ns", "load_until_ns", *STANDING)
    return {
        name: total_of([getattr(frame, name) for frame in frames], most=name.endswith("_max_ns"))
        for name in (field.name for field in fields(Frame))
        if name not in same
    }


def total_of(values: Sequence[Any], *, most: bool = False) -> Any:
    """The sum of numbers, flat histograms or tables of counts, or, with `most`, the greatest number.  None where a
    part of a sum is not known, or nothing of which the greatest is wanted.  Of texts by key, the first for each.
    """
    if isinstance(values[0], list):
        counts: dict[int, int] = {}
        for flat in values:
            merge(counts, flat)
        return list(flat_of(counts))
    if isinstance(values[0], dict):
        table: dict[Any, Any] = {}
        for one in values:
            for key, value in one.items():
                table[key] = (
                    table.get(key, 0) + value if isinstance(value, int | float) else table.get(key, value)
                )
        return table
    known = [value for value in values if value is not None]
    if most:
        return max(known, default=None)
    return sum(known) if len(known) == len(values) else None


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
