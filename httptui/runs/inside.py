"""A contender inside a web application: the app's process and the lane that drives its route, as one lane."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from httptui.engines.admission import TOKEN_HEADER
from httptui.engines.protocol import Begin, Failed, Frame, FromLane, Go, Read, Reading, Ready, Setup, ToLane
from httptui.engines.registry import engine_info
from httptui.runs.lanes import SILENCE_SECONDS, Lane, LaneProcess, spawn_lane

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


class InsideLane:
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
