"""Runs end when they are told to, with the right code, and nothing that they started outlives them."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from endings import still_running

from httptui.errors import ExitCode
from httptui.report.store import READER_SECONDS, reports_folder
from httptui.tui.cli.headless import in_loop

pytestmark = pytest.mark.slow

STRANGE = Path(__file__).resolve().parent.parent / "lane" / "strange_engines.py"
SECONDS = 60
SMALLEST_PIPE = 4096


@contextmanager
def started(*arguments: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A command that is on; whatever is left of it is ended at last."""
    process = subprocess.Popen(
        [sys.executable, "-m", "httptui", "run", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        env={**os.environ, **(env or {})},
    )
    try:
        yield process
    finally:
        for member in family_of(process):
            member.kill()
        process.communicate(timeout=SECONDS)


def family_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    if process.poll() is not None:
        return []
    return [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]


def wait_for(
    process: subprocess.Popen[str], there: Callable[[list[psutil.Process]], bool]
) -> list[psutil.Process]:
    """All processes of a command, once they are as wanted."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        family = family_of(process)
        if there(family):
            return family
        time.sleep(0.02)
    raise AssertionError(f"never came: {process.communicate(timeout=5)}")


def has(*words: str) -> Callable[[list[psutil.Process]], bool]:
    """Whether one of some processes has words in its command line."""

    def there(family: list[psutil.Process]) -> bool:
        return any(all(word in " ".join(told(one)) for word in words) for one in family)

    return there


def told(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def opening(name: str) -> tuple[str, ...]:
    return ("-e", f"{STRANGE}:{name}", "-d", "30s", "--warmup", "0")


@pytest.fixture
def hanging_tool(tmp_path: Path) -> dict[str, str]:
    """Surroundings in which an environment is made by a tool that starts another and hangs."""
    tool = tmp_path / "uv"
    tool.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)', 'of-the-tool'])\n"
    )
    tool.chmod(0o755)
    return {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "HTTPTUI_ENVIRONMENTS": str(tmp_path / "environments"),
    }


@pytest.mark.parametrize("name", ["HangsInOpen", "HoldsTheGil"])
def test_a_lane_whose_parent_is_killed_ends_while_a_client_opens(name: str) -> None:
    with started(*opening(name)) as process:
        family = wait_for(process, has("httptui.engines.lane"))
        process.kill()
        assert still_running(family, 2) == []


def test_a_lane_whose_parent_is_killed_ends_while_a_library_is_imported(tmp_path: Path) -> None:
    engine = tmp_path / "slow.py"
    engine.write_text(
        "from httptui.engines.base import SyncEngine\nimport pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'importing')!r}).touch()\ntime.sleep(600)\n"
        "class Slow(SyncEngine):\n    def send(self, request): ...\n"
    )
    with started("-e", f"{engine}:Slow", "-d", "30s") as process:
        family = wait_for(process, lambda _: (tmp_path / "importing").exists())
        process.kill()
        assert still_running(family, 2) == []


def test_what_makes_an_environment_ends_with_its_parent(hanging_tool: dict[str, str], tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('[[contender]]\nengine = "raw"\nrequires = ["a==1"]\n')
    with started(str(plan), env=hanging_tool) as process:
        family = wait_for(process, has("of-the-tool"))
        process.kill()
        assert still_running(family, 2) == []


def test_an_interrupt_ends_a_run_that_makes_an_environment(
    hanging_tool: dict[str, str], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('[[contender]]\nengine = "raw"\nrequires = ["a==1"]\n')
    with started(str(plan), env=hanging_tool) as process:
        family = wait_for(process, has("of-the-tool"))
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == ExitCode.INTERRUPTED
        assert still_running(family, 0) == []


@pytest.mark.parametrize("name", ["HangsInOpen", "HoldsTheGil"])
def test_an_interrupt_ends_a_run_whose_client_hangs_as_it_opens(name: str) -> None:
    with started(*opening(name)) as process:
        family = wait_for(process, has("httptui.engines.lane"))
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == ExitCode.INTERRUPTED
        assert still_running(family, 0) == []


@pytest.mark.parametrize("name", ["Hangs", "IgnoresCancelling", "BlocksLoop"])
def test_an_interrupt_ends_a_run_whose_requests_hang(name: str) -> None:
    with started(*opening(name), "--timeout", "1s", "--json", "-") as process:
        family = wait_for(process, has("httptui.engines.lane"))
        read_until(process, "running")
        process.send_signal(signal.SIGINT)
        assert process.wait(1 + 5) == ExitCode.INTERRUPTED
        assert still_running(family, 0) == []


def test_the_second_interrupt_ends_a_run_at_once() -> None:
    with started(*opening("BlocksLoop"), "--timeout", "30s") as process:
        family = wait_for(process, has("httptui.engines.lane"))
        read_until(process, "running")
        process.send_signal(signal.SIGINT)
        read_until(process, "Ctrl-C again")
        process.send_signal(signal.SIGINT)
        assert process.wait(1) == ExitCode.INTERRUPTED
        assert still_running(family, 0) == []


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="needs pipes that can be made small")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("what", ["stdout", "fifo"])
def test_one_signal_ends_a_run_whose_results_nobody_takes(
    what: str, number: signal.Signals, tmp_path: Path
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    never_read = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    target = "-" if what == "stdout" else str(fifo)
    with started("-e", "raw", "-c", "1", "-d", "60s", "--warmup", "0", "--json", target) as process:
        assert process.stdout is not None
        for reader in (never_read, process.stdout.fileno()):
            fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
        wait_for(process, has("httptui.engines.lane"))
        read_until(process, "req/s")
        process.send_signal(number)
        assert process.wait(5 + READER_SECONDS + 5) == ExitCode.INTERRUPTED
        told = process.stderr.read() if process.stderr is not None else ""
    os.close(never_read)
    (kept,) = reports_folder().glob("*.json")
    assert kept.stat().st_size > SMALLEST_PIPE
    assert f"saved {kept}" in told
    assert "its reader does not read" in told


def read_until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if word in line:
            return
    pytest.fail(f"the run ended before it said {word!r}")


def test_a_name_that_is_looked_up_for_long_keeps_nobody_from_leaving() -> None:
    async def leaving() -> int:
        looking = asyncio.ensure_future(asyncio.to_thread(time.sleep, 30))
        await asyncio.wait({looking}, timeout=0)
        raise asyncio.CancelledError

    began = time.monotonic()
    assert in_loop(leaving()) == ExitCode.INTERRUPTED
    assert time.monotonic() - began < 10
