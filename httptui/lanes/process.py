"""One lane as its parent sees it: a spawned process, messages to it, and messages from it."""

from __future__ import annotations

import asyncio
import math
import signal
import sys
from collections import deque
from contextlib import suppress

import msgspec

from httptui.lanes.frames import Failed, FromLane, Quit, Setup, ToLane
from httptui.own_process import own_command
from httptui.process_group import OWN_SESSION, close_streams, end_group, exit_code
from httptui.safe_text import safe_text

LANE = "httptui.engines.lane"
APP = "httptui.engines.inside"
LENGTH_BYTES = 4
LARGEST_MESSAGE = 16 * 2**20
SILENCE_SECONDS = 15.0
SLICE_SECONDS = 1.0
QUIT_SECONDS = 3.0
LAST_WORDS_SECONDS = 1.0
"""How long the stderr of a lane that has ended may stay open: what it has started may hold it for ever."""
LAST_LINES = 20

_decoder: msgspec.json.Decoder[FromLane] = msgspec.json.Decoder(FromLane)
_encoder = msgspec.json.Encoder()


class LaneProcess:
    """Spawns a lane or an app in a session of its own, so that Ctrl-C reaches only the parent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
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
        data = _encoder.encode(message)
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(ConnectionError):
            stdin.write(len(data).to_bytes(LENGTH_BYTES, "big") + data)
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

    async def _read_message(self) -> FromLane:
        stdout = self._process.stdout
        assert stdout is not None
        length = int.from_bytes(await stdout.readexactly(LENGTH_BYTES), "big")
        if length > LARGEST_MESSAGE:
            return self._failed(f"sent a message of {length} bytes")
        return _decoder.decode(await stdout.readexactly(length))

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
