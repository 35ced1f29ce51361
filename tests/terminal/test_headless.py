"""The command without a terminal: progress, the ranking, and every way of ending it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tmux import wait_until

pytestmark = pytest.mark.slow

APP = [sys.executable, "-m", "httptui"]
MARK = "HTTPTUI_TEST_MARK"
Plan = Callable[[float], Path]


def bearers(mark: str) -> list[int]:
    """Every process that inherited a mark, zombies aside."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == mark:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_a_run_without_a_terminal_tells_its_progress_and_then_the_ranking(plan: Plan, tmp_path: Path) -> None:
    done = subprocess.run(
        [*APP, "run", str(plan(1))], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    told = done.stderr + done.stdout
    assert "\x1b" not in told
    assert "running" in done.stderr
    assert "http.client" in told
    assert "aiohttp" in told


def test_the_report_alone_goes_to_standard_output(plan: Plan, tmp_path: Path) -> None:
    command = [*APP, "run", str(plan(1)), "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    report = json.loads(done.stdout)
    assert report["complete"] is True
    for contender in report["contenders"]:
        counted = contender["requests"]
        planned = counted.pop("planned")
        assert planned == sum(counted.values()) > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_partial_report_and_no_process(plan: Plan, tmp_path: Path, number: int) -> None:
    mark = uuid.uuid4().hex
    command = [*APP, "run", str(plan(60)), "--json", "partial.json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, MARK: mark},
    ) as process:
        assert process.stderr is not None
        # Each has been answered once it has a rate.
        for line in process.stderr:
            if line.count("req/s") == 2:
                break
        assert len(bearers(mark)) >= 4
        process.send_signal(number)
        process.stderr.read()
        assert process.wait(30) == 130
    report = json.loads((tmp_path / "partial.json").read_text())
    assert report["complete"] is False
    assert [contender["requests"]["ok"] > 0 for contender in report["contenders"]] == [True, True]
    wait_until(lambda: not bearers(mark), "the end of every process")
