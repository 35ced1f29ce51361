"""One lane over its pipe: every way it can end is told with its cause."""

from __future__ import annotations

import asyncio
import errno
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from time import perf_counter_ns

import psutil
import pytest
from endings import still_running

from httptui.engines.lane.recorder import NO_BLOCK
from httptui.engines.protocol import GREETING, Done, Failed, Frame, Go, Ready, Setup, ToLane
from httptui.runs.lanes import LaneProcess, spawn_lane
from httptui.target.process import EmbeddedTarget

pytestmark = pytest.mark.slow


GREETS = f"import sys; sys.stdout.buffer.write({GREETING!r}); "


def setup_for(engine: str, url: str, **changes: object) -> Setup:
    fields: dict[str, object] = {
        "engine": engine,
        "reuse": "shared",
        "loop": "asyncio",
        "http": "1.1",
        "pool": 2,
        "concurrency": 2,
        "timeout": 5.0,
        "verify": True,
        "ca_file": None,
        "redirects": 0,
        "retries": 0,
        "cookies": False,
        "trust_env": False,
        "method": "GET",
        "url": url,
        "headers": [],
        "body": "",
        "frame_seconds": 0.05,
    }
    return Setup(**(fields | changes))  # type: ignore[arg-type]


async def test_frames_of_a_turn_add_up_and_are_cut_into_blocks() -> None:
    target = await EmbeddedTarget.start()
    lane = await LaneProcess.spawn(setup_for("httptui.engines.clients.raw:Raw", target.base_url() + "/"))
    try:
        ready = await lane.receive()
        assert isinstance(ready, Ready)
        assert (ready.pid, ready.mode, ready.loop) == (lane.pid, "async", "asyncio")
        start = perf_counter_ns() + 10_000_000
        go = Go(
            turn=3,
            block=5,
            warmup=False,
            start_ns=start,
            seconds=0.6,
            cut_seconds=0.2,
            drain_seconds=5.0,
            concurrency=2,
        )
        await lane.send(go)
        frames = []
        while isinstance(message := await lane.receive(), Frame):
            frames.append(message)
        assert message == Done(turn=3)
        counted = [frame for frame in frames if frame.block != NO_BLOCK]
        assert {frame.block for frame in counted} == {5, 6, 7}
        assert all(a.end_ns == b.start_ns for a, b in pairwise(frames))
        assert all(a.block <= b.block for a, b in pairwise(counted))
        credit = sum(worth for frame in frames for worth in frame.credits.values())
        assert 0 < credit <= sum(frame.ok for frame in frames) < credit + 2
        assert (frames[0].start_ns, frames[-1].in_flight) == (start, 0)
        assert sum(frame.ok for frame in frames) == (await target.stats()).requests > 0
    finally:
        await lane.close()
        await target.stop()


@pytest.mark.parametrize(
    ("engine", "named", "loop"),
    [
        ("raw:Raw", "", "uvloop"),
        ("raw:Raw", "asyncio", "asyncio"),
        ("aiohttp:Aiohttp", "", "asyncio"),
        ("aiohttp:Aiohttp", "uvloop", "uvloop"),
    ],
)
async def test_a_lane_tells_the_loop_that_it_runs_on(engine: str, named: str, loop: str) -> None:
    lane = await LaneProcess.spawn(
        setup_for(f"httptui.engines.clients.{engine}", "http://127.0.0.1:9/", loop=named)
    )
    ready = await lane.receive()
    await lane.close()
    assert isinstance(ready, Ready)
    assert (ready.loop, "uvloop" in ready.versions) == (loop, loop == "uvloop")


async def test_an_engine_that_fails_to_open_says_so() -> None:
    lane = await LaneProcess.spawn(
        setup_for("httptui.engines.clients.raw:NoSuchClass", "http://127.0.0.1:9/")
    )
    message = await lane.receive()
    await lane.close()
    assert isinstance(message, Failed)
    assert message.stage == "import"
    assert "NoSuchClass" in message.message


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("import sys; sys.exit('it broke')", "exited with code 1: it broke"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "killed by SIGSEGV"),
        (
            GREETS + "sys.stdout.buffer.write(b'\\0\\0\\0\\2{}'); sys.stdout.flush(); sys.stdin.read()",
            "cannot be read",
        ),
        (GREETS + "print('x' * 100, flush=True); sys.stdin.read()", "sent a message of 2,021,161,080 bytes"),
        ("import sys; print('x' * 200_000, flush=True); sys.stdin.read()", "bytes before it began"),
        ("import sys; sys.stdin.read()", "gave no sign of life for 0.5 s"),
    ],
)
async def test_a_lane_that_ends_otherwise_gives_its_cause(tmp_path: Path, script: str, cause: str) -> None:
    fake = tmp_path / "python"
    fake.write_text(f"#!{sys.executable}\n{script}\n")
    fake.chmod(0o755)
    lane = await LaneProcess.spawn(setup_for("x:Y", "http://127.0.0.1:9/"), python=str(fake))
    message = await lane.receive(0.5 if "no sign" in cause else 10)
    await lane.close()
    assert isinstance(message, Failed)
    assert cause in message.message


HOLDS_STDERR = """
import os, subprocess, sys
held = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, start_new_session={own_session})
print(held.pid, file=sys.stderr, flush=True)
{last}
"""
DIES = "os._exit(1)"
CLOSES_ITS_PIPE = "os.close(1); import time; time.sleep(600)"
LEAVES_WHEN_ASKED = """
read = sys.stdin.buffer.read
setup, leave = (read(int.from_bytes(read(4), "big")) for _ in range(2))
os._exit(0)
"""


async def holding_stderr(folder: Path, last: str, *, own_session: bool = False) -> LaneProcess:
    """A lane that starts what holds its stderr for minutes, tells its number there, and then does a last thing."""
    fake = folder / "python"
    fake.write_text(f"#!{sys.executable}\n{HOLDS_STDERR.format(own_session=own_session, last=last)}")
    fake.chmod(0o755)
    return await LaneProcess.spawn(setup_for("x:Y", "http://127.0.0.1:9/"), python=str(fake))


@pytest.mark.parametrize(
    ("last", "own_session", "how"),
    [
        (DIES, False, "exited with code 1"),
        (DIES, True, "exited with code 1"),
        (CLOSES_ITS_PIPE, False, "closed its end of the pipe, and did not end"),
    ],
)
async def test_a_lane_whose_stderr_is_held_by_what_it_started_gives_its_cause(
    tmp_path: Path, last: str, own_session: bool, how: str
) -> None:
    lane = await holding_stderr(tmp_path, last, own_session=own_session)
    async with asyncio.timeout(30):
        message = await lane.receive()
        await lane.close()
    assert isinstance(message, Failed)
    told, _, pid = message.message.rpartition(": ")
    assert told == how
    started: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        started.append(psutil.Process(int(pid)))
    # Only what has made a session of its own is out of reach.
    left = still_running(started, 0 if own_session else 10)
    for process in left:
        process.kill()
    assert bool(left) == own_session


async def test_a_lane_that_leaves_as_asked_is_not_waited_for_because_of_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httptui.runs.lanes.QUIT_SECONDS", 60.0)
    lane = await holding_stderr(tmp_path, LEAVES_WHEN_ASKED)
    async with asyncio.timeout(30):
        await lane.close()


async def test_what_an_environment_prints_while_it_starts_is_no_message(tmp_path: Path) -> None:
    loud = tmp_path / "python"
    loud.write_text(f'#!/bin/sh\necho "welcome to this environment"\nexec {sys.executable} "$@"\n')
    loud.chmod(0o755)
    lane = await LaneProcess.spawn(
        setup_for("httptui.engines.clients.raw:Raw", "http://127.0.0.1:9/"), python=str(loud)
    )
    ready = await lane.receive(10)
    await lane.close()
    assert isinstance(ready, Ready)


async def test_a_lane_whose_start_is_broken_off_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = []

    async def broken_off(lane: LaneProcess, message: ToLane) -> None:
        lanes.append((lane, psutil.Process(lane.pid)))
        raise asyncio.CancelledError

    monkeypatch.setattr(LaneProcess, "send", broken_off)
    with pytest.raises(asyncio.CancelledError):
        await LaneProcess.spawn(setup_for("x:Y", "http://127.0.0.1:9/"))
    ((lane, process),) = lanes
    assert still_running([process], 2) == []
    monkeypatch.undo()
    await lane.close()


async def test_the_last_line_of_a_lane_is_whole_so_that_secrets_in_it_can_be_told(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text(f"#!{sys.executable}\nimport sys; sys.exit('x' * 190 + 'secret-of-the-plan')\n")
    fake.chmod(0o755)
    lane = await LaneProcess.spawn(setup_for("x:Y", "http://127.0.0.1:9/"), python=str(fake))
    message = await lane.receive(10)
    await lane.close()
    assert isinstance(message, Failed)
    assert message.message.endswith("secret-of-the-plan")


async def test_processes_that_cannot_all_be_started_leave_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "python"
    fake.write_text(f"#!{sys.executable}\nimport sys; sys.stdin.read()\n")
    fake.chmod(0o755)
    spawn, spawned = LaneProcess.spawn, []

    async def spawn_one(setup: Setup, python: str) -> LaneProcess:
        if spawned:
            raise OSError(errno.EMFILE, "Too many open files")
        spawned.append(psutil.Process((lane := await spawn(setup, python)).pid))
        return lane

    monkeypatch.setattr(LaneProcess, "spawn", spawn_one)
    with pytest.raises(OSError, match="Too many open files"):
        await spawn_lane([setup_for("x:Y", "http://127.0.0.1:9/")] * 2, str(fake))
    assert len(spawned) == 1
    assert still_running(spawned) == []


@pytest.mark.parametrize(
    ("engine", "loop"),
    [
        ("raw:Raw", "uvloop"),
        ("raw:Raw", "asyncio"),
        ("aiohttp:Aiohttp", "uvloop"),
        ("httpx:Httpx", "asyncio"),
        ("requests:Requests", "asyncio"),
        ("wreq:Wreq", "asyncio"),
        ("pycurl:Pycurl", "asyncio"),
    ],
)
async def test_a_lane_looks_nothing_up_and_connects_to_the_checked_addresses_alone(
    engine: str, loop: str
) -> None:
    target = await EmbeddedTarget.start()
    counts = {}
    for host in ("pinned.invalid", "unknown.invalid"):
        setup = setup_for(
            f"httptui.engines.clients.{engine}",
            f"http://{host}:{target.ports[0]}/",
            loop=loop,
            pins={"pinned.invalid": ["127.0.0.1"]},
        )
        lane = await LaneProcess.spawn(setup)
        assert isinstance(await lane.receive(), Ready)
        start = perf_counter_ns() + 10_000_000
        await lane.send(
            Go(turn=1, block=0, warmup=False, start_ns=start, requests=4, drain_seconds=5.0, concurrency=2)
        )
        frames = []
        while isinstance(message := await lane.receive(), Frame):
            frames.append(message)
        await lane.close()
        counts[host] = sum(frame.ok for frame in frames), sum(frame.error for frame in frames)
    requests = (await target.stats()).requests
    await target.stop()
    assert counts == {"pinned.invalid": (4, 0), "unknown.invalid": (0, 4)}
    assert requests == 4
