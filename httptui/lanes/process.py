"""One lane as its parent sees it: a spawned process, messages to it, and messages from it."""

from __future__ import annotations

import asyncio
import math
import signal
import sys
from collections import deque
from contextlib import suppress
from typing import get_args

import msgspec

from httptui.engines.protocol import Failed, FromLane, Quit, Setup, ToLane, framed
from httptui.own_process import Messages, own_command
from httptui.process_group import OWN_SESSION, close_streams, end_group, exit_code
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
            *own_command(module, python=python or sys.executable),
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
