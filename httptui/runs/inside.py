"""A contender inside a web application: the app's process, and the lane that drives its route, seen as one lane."""

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
    """Start what runs a contender, told by one setup for each of its processes, of which an app is one; `python` is
    the interpreter of an environment of its own.
    """
    if not setups[0].inside:
        return await spawn_lane(setups, python)
    setup = replace(setups[0], token=secrets.token_hex(16))
    return InsideLane(await LaneProcess.spawn(setup, python), setup)


class InsideLane:
    """Waits for the app, drives it from a lane of its own, and puts into each frame what the app tells of itself."""

    def __init__(self, app: LaneProcess, setup: Setup) -> None:
        self._app = app
        self._setup = setup
        self._driver: Lane | None = None

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of all that run the contender: the app."""
        return (self._app.pid,)

    @property
    def pids_of_all(self) -> tuple[int, ...]:
        """The app's number, and those of its driver."""
        return self.pids if self._driver is None else (*self.pids, *self._driver.pids_of_all)

    async def send(self, message: ToLane) -> None:
        """Send the driver a message; at the beginning of a turn the app's CPU time counts from there."""
        if self._driver is None:
            return
        if isinstance(message, Go):
            await self._app.send(Begin())
        await self._driver.send(message)

    async def receive(self, silence_seconds: float | None = SILENCE_SECONDS) -> FromLane:
        """The next message; where app or driver have died, `Failed` with the cause."""
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
        """Make both leave, the driver first; nothing of them is left after this."""
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

    async def _begin(self, silence_seconds: float | None) -> FromLane:
        """Wait until the app listens and its driver is ready; the app's word is the contender's."""
        ready = await self._app.receive(silence_seconds)
        if not isinstance(ready, Ready):
            return ready
        self._driver = await spawn_lane([driver_of(self._setup, ready.port)])
        first = await self._driver.receive(silence_seconds)
        return ready if isinstance(first, Ready) else first


def driver_of(setup: Setup, port: int) -> Setup:
    """The setup of a lane that drives the route of an app: the fastest engine, and GETs that nobody tries again."""
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
    """The driver's frame with the app's CPU time, the lag of its event loop, and its upstream calls."""
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
