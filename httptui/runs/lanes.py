"""A lane from its parent's side: one or several spawned processes, or an app that contains the contender's client and
a lane that drives it, with messages in both directions.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any, Protocol, get_args

import msgspec

from httptui.engines.admission import TOKEN_HEADER
from httptui.engines.protocol import (
    Begin,
    Done,
    Failed,
    Frame,
    FromLane,
    Go,
    Quit,
    Read,
    Reading,
    Ready,
    Setup,
    ToLane,
    framed,
)
from httptui.engines.registry import engine_info
from httptui.log import log_of
from httptui.own_process import (
    Messages,
    close_streams,
    end_group,
    exit_code,
    own_command,
    silence,
    start_process,
)
from httptui.plan.secrets import masked_pairs
from httptui.results.histogram import flat_of, merge
from httptui.safe_text import safe_text

LOG = log_of(__name__)
LANE = "httptui.engines.lane"
APP = "httptui.engines.inside"
SILENCE_SECONDS = 15.0
QUIT_SECONDS = 3.0
LAST_WORDS_SECONDS = 1.0
"""Seconds to wait for the end of stderr after a lane has died; processes that it started may keep it open."""
LAST_LINES = 20

_DECODERS = {kind.__name__.lower(): msgspec.json.Decoder(kind) for kind in get_args(FromLane)}


class _Head(msgspec.Struct):
    type: str


def from_lane(data: bytes) -> FromLane:
    """Decode a message of a lane or an app; MsgspecError if its type is unknown or a field does not fit."""
    kind = msgspec.json.decode(data, type=_Head).type
    if kind not in _DECODERS:
        raise msgspec.ValidationError(f'no message is a "{kind}"')
    message: FromLane = _DECODERS[kind].decode(data)
    return message


class Lane(Protocol):
    """Runner of one contender, in one or several processes."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Ids of the processes that run the contender."""

    @property
    def pids_of_all(self) -> tuple[int, ...]:
        """Ids of these and of the processes that only drive them."""
        return self.pids

    async def send(self, message: ToLane) -> None:
        """Send a message; dropped if the lane has died, which `receive` reports."""

    async def receive(self, silence_seconds: float = SILENCE_SECONDS) -> FromLane:
        """Return the next message; `Failed` with the cause if no more will come."""

    async def close(self) -> None:
        """Ask all processes to exit, and end them."""

    def kill(self) -> None:
        """End all processes at once, with everything they have started."""


class LaneProcess(Lane):
    """Process of a lane or an app, in a session of its own so that Ctrl-C reaches only the parent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        self._process = process
        self._messages = Messages(process.stdout)
        self._errors: deque[str] = deque(maxlen=LAST_LINES)
        self._listening = asyncio.create_task(self._read_errors())
        self._reading: asyncio.Task[FromLane] | None = None

    @classmethod
    async def spawn(cls, setup: Setup, python: str = "") -> LaneProcess:
        """Start a lane or app and send its setup; `python` is the interpreter of its own environment."""
        module = APP if setup.inside else LANE
        lane = cls(await start_process(*own_command(module, python=python)))
        try:
            await lane.send(setup)
        except BaseException:
            lane.kill()
            raise
        return lane

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def pids(self) -> tuple[int, ...]:
        """The process that runs the contender."""
        return (self.pid,)

    async def send(self, message: ToLane) -> None:
        """Send a message; dropped if the lane has died, which `receive` reports."""
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(ConnectionError):
            stdin.write(framed(message))
            await stdin.drain()

    async def receive(self, silence_seconds: float = SILENCE_SECONDS) -> FromLane:
        """Return the next message; `Failed` with the cause if the lane died, broke the protocol or fell silent."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_message())
            self._reading.add_done_callback(_retrieve_error)
        reading = self._reading
        try:
            # Setting up may take longer than the usual silence, but not without any work.
            silent = await silence(reading, self.pid, silence_seconds, SILENCE_SECONDS)
            if silent is not None:
                return self._failed(f"gave no sign of life for {silent:g} s")
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
        """Ask the lane to exit, and end it if it does not."""
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
        """End the lane and everything it has started, at once."""
        end_group(self._process)

    def _failed(self, message: str) -> Failed:
        self.kill()
        return Failed(stage="run", message=message)

    async def _cause_of_death(self) -> str:
        code = await exit_code(self._process, QUIT_SECONDS)
        # Processes that it started may keep its stderr open.
        self.kill()
        await asyncio.wait({self._listening}, timeout=LAST_WORDS_SECONDS)
        if code is None:
            how = "closed its end of the pipe, and did not end"
        else:
            how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
        last = next((line for line in reversed(self._errors) if line.strip()), "")
        # Not cut, because half a secret would not be recognised and masked.
        return f"{how}: {safe_text(last, len(last))}" if last else how

    async def _read_errors(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        while data := await stderr.read(65_536):
            lines = data.decode(errors="replace").splitlines()
            self._errors.extend(lines)
            for line in lines if LOG.isEnabledFor(logging.DEBUG) else ():
                LOG.debug("stderr of %d: %s", self.pid, masked_pairs(line))


def _retrieve_error(task: asyncio.Task[FromLane]) -> None:
    """Retrieve a task's error, which nobody else does if its lane has ended before."""
    if not task.cancelled():
        task.exception()


STANDING = ("in_flight", "connections")
"""Fields of frames that are absolute; the others are changes since the last frame."""


class Joiner:
    """Joins the frames of a contender's processes into those that one lane would have sent.

    A joined frame belongs to one block and begins where the last one ended. It is complete as soon as every part has
    reported that time or is done, so that time is counted once for all.
    """

    def __init__(self, parts: int) -> None:
        self._pending: list[deque[Frame]] = [deque() for _ in range(parts)]
        self._newest: dict[int, Frame] = {}
        self._done: set[int] = set()
        self._reached_ns: int | None = None

    def begin(self) -> None:
        """Begin a turn."""
        self._done.clear()
        self._reached_ns = None

    def add(self, part: int, frame: Frame) -> None:
        """Add the next frame of a part."""
        self._pending[part].append(frame)
        self._newest[part] = frame

    def end(self, part: int) -> None:
        """Note that a part has sent its last frame of the turn."""
        self._done.add(part)

    def joined(self) -> Iterator[Frame]:
        """Yield the joined frames that are complete by now, each once."""
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
    """Combine every count, histogram and maximum of all frames; of messages, keep the first."""
    same = ("turn", "block", "warmup", "start_ns", "end_ns", "load_until_ns", *STANDING)
    return {
        name: total_of([getattr(frame, name) for frame in frames], most=name.endswith("_max_ns"))
        for name in (field.name for field in fields(Frame))
        if name not in same
    }


def total_of(values: Sequence[Any], *, most: bool = False) -> Any:
    """Add numbers, flat histograms or dicts of counts; with `most`, return the greatest number instead.

    Returns None if a part of a sum is unknown, or if no value for the greatest is known. In a dict of texts, the
    first of each key is kept.
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


async def spawn_lane(setups: Sequence[Setup], python: str = "") -> Lane:
    """Start one process per setup, or none at all; OSError if the system cannot start one.

    `python` is the interpreter of their own environment.
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


class SplitLane(Lane):
    """A lane of several processes: each gets its part of a turn, and their frames are joined.

    If one fails, all are ended.
    """

    def __init__(self, processes: Sequence[LaneProcess]) -> None:
        self._processes = tuple(processes)
        self._joiner = Joiner(len(self._processes))
        self._quiet: set[int] = set()
        self._hearing: dict[asyncio.Task[FromLane], int] = {}
        self._heard: deque[FromLane] = deque()

    @property
    def pids(self) -> tuple[int, ...]:
        """Ids of the processes."""
        return tuple(process.pid for process in self._processes)

    async def send(self, message: ToLane) -> None:
        """Send a message to all processes; in a turn, each gets its part."""
        parts = len(self._processes)
        messages = [message] * parts
        if isinstance(message, Go):
            messages = [replace(message, part=part, parts=parts) for part in range(parts)]
            self._joiner.begin()
            self._quiet.clear()
        sending = zip(self._processes, messages, strict=True)
        await asyncio.gather(*(process.send(own) for process, own in sending))

    async def receive(self, silence_seconds: float = SILENCE_SECONDS) -> FromLane:
        """Return the next message of all processes together; the silence of one is a failure."""
        while not self._heard:
            await self._hear(silence_seconds)
        return self._heard.popleft()

    async def close(self) -> None:
        """Ask all processes to exit, and end them."""
        for task in self._hearing:
            task.cancel()
        await asyncio.gather(*self._hearing, return_exceptions=True)
        await asyncio.gather(*(process.close() for process in self._processes))

    def kill(self) -> None:
        """End all processes at once."""
        for process in self._processes:
            process.kill()

    async def _hear(self, silence_seconds: float) -> None:
        """Wait for a message from any process that has not finished its turn."""
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


DRIVER = "raw"
ROUTE = "/upstream"
UPSTREAM_STATUS = "status"


async def spawn_contender(setups: Sequence[Setup], python: str = "") -> Lane:
    """Start the processes of a contender, one per setup, or an app with its driver.

    `python` is the interpreter of the contender's own environment.
    """
    if not setups[0].inside:
        return await spawn_lane(setups, python)
    setup = replace(setups[0], token=secrets.token_hex(16))
    return InsideLane(await LaneProcess.spawn(setup, python), setup)


class InsideLane(Lane):
    """Starts the app, drives it from a lane, and merges the app's readings into each frame."""

    def __init__(self, app: LaneProcess, setup: Setup) -> None:
        self._app = app
        self._setup = setup
        self._driver: Lane | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """The process that runs the contender: the app."""
        return (self._app.pid,)

    @property
    def pids_of_all(self) -> tuple[int, ...]:
        """The app's process and those of its driver."""
        return self.pids if self._driver is None else (*self.pids, *self._driver.pids_of_all)

    async def send(self, message: ToLane) -> None:
        """Send the driver a message; when a turn begins, the app's CPU time is counted from there."""
        if self._driver is None:
            return
        if isinstance(message, Go):
            await self._app.send(Begin())
        await self._driver.send(message)

    async def receive(self, silence_seconds: float = SILENCE_SECONDS) -> FromLane:
        """Return the next message; `Failed` with the cause if app or driver have died."""
        if self._driver is None:
            return await self._begin(silence_seconds)
        message = await self._driver.receive(silence_seconds)
        if not isinstance(message, Frame):
            return message
        await self._app.send(Read())
        match await self._app.receive(silence_seconds):
            case Reading() as reading:
                return frame_of(message, reading)
            case Failed() as failed:
                return Failed(stage=failed.stage, message=f"its app: {failed.message}")
            case other:
                return Failed(stage="run", message=f"its app sent {type(other).__name__} where it was asked")

    async def close(self) -> None:
        """Ask both to exit, the driver first, and end them."""
        try:
            if self._driver is not None:
                await self._driver.close()
        finally:
            await self._app.close()

    def kill(self) -> None:
        """End both at once."""
        if self._driver is not None:
            self._driver.kill()
        self._app.kill()

    async def _begin(self, silence_seconds: float) -> FromLane:
        """Wait until the app listens and its driver is ready; return the app's message."""
        ready = await self._app.receive(silence_seconds)
        if not isinstance(ready, Ready):
            return ready
        self._driver = await spawn_lane([driver_of(self._setup, ready.port)])
        first = await self._driver.receive(silence_seconds)
        return ready if isinstance(first, Ready) else first


def driver_of(setup: Setup, port: int) -> Setup:
    """Build the setup of the driving lane: the fastest engine, sending GETs without retries."""
    return Setup(
        engine=engine_info(DRIVER).reference,
        reuse="shared",
        loop="uvloop",
        http="1.1",
        pool=setup.concurrency,
        concurrency=setup.concurrency,
        timeout=setup.timeout,
        verify=True,
        ca_file=None,
        redirects=0,
        retries=0,
        cookies=False,
        trust_env=False,
        method="GET",
        url=f"http://127.0.0.1:{port}{ROUTE}",
        headers=[(TOKEN_HEADER, setup.token)] if setup.token else [],
        body="",
        frame_seconds=setup.frame_seconds,
        per_host_rate=setup.per_host_rate,
    )


def frame_of(frame: Frame, reading: Reading) -> Frame:
    """Return the driver's frame with the app's CPU time, event-loop lag and upstream calls."""
    told = {UPSTREAM_STATUS: reading.message} if reading.message else {}
    return replace(
        frame,
        cpu_ns=reading.cpu_ns,
        lag_max_ns=reading.lag_max_ns,
        connections=None,
        retried=reading.retried,
        lookups=reading.lookups,
        http=reading.http or frame.http,
        messages=frame.messages | told,
        upstream_answered=reading.answered,
        upstream_failed=reading.failed,
        upstream_ns=reading.upstream_ns,
        foreign=reading.foreign,
    )
