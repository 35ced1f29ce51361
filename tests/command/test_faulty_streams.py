"""The real command with standard streams that are closed, full or not read, and with signals at awkward moments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from httptui.errors import ExitCode
from httptui.report.store import reports_folder

pytestmark = pytest.mark.slow

COMMAND = f"{sys.executable} -m httptui"
RUN = f"{COMMAND} run -e raw -c 1 -n 20 --warmup 0"
SECONDS = 60


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"exec {line}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def kept() -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(reports_folder().glob("*.json"))]


@pytest.mark.parametrize("broken", ["2>&-", "2>/dev/full", "2> >(head -n 1 >/dev/null)", "0<&- 2>&-"])
def test_a_broken_stderr_costs_neither_the_result_nor_the_exit_code(broken: str) -> None:
    assert shell(f"{RUN} {broken}").returncode == ExitCode.DONE
    (report,) = kept()
    assert report["complete"] is True
    assert "httptui.report/1" in shell(f"{RUN} --json - {broken}").stdout


@pytest.mark.parametrize("flags", ["--json -", "--stream", "--csv /dev/stdout"])
def test_a_closed_stdout_that_is_wanted_is_told_before_any_load(flags: str) -> None:
    done = shell(f"{RUN} {flags} >&-")
    assert done.returncode == ExitCode.BAD_INPUT
    assert done.stderr == f"httptui: {flags}: stdout is closed\n"


def test_a_closed_stdout_that_is_not_wanted_costs_nothing() -> None:
    done = shell(f"{RUN} >&-")
    assert done.returncode == ExitCode.DONE
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (">&-", "httptui: stdout: Bad file descriptor"),
        (">/dev/full", "httptui: stdout: No space left on device"),
    ],
)
def test_a_listing_that_cannot_be_written_is_told(broken: str, told: str) -> None:
    for command in ("presets", "engines", "completion bash"):
        done = shell(f"{COMMAND} {command} {broken}")
        assert done.returncode == ExitCode.BAD_INPUT, command
        assert done.stderr.splitlines()[-1:] == [told], command


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    for command in ("completion bash", "--help"):
        line = f"set -o pipefail; {{ sleep 0.5; {COMMAND} {command}; }} | true"
        done = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, check=False, timeout=SECONDS
        )
        assert (done.returncode, done.stderr) == (ExitCode.DONE, ""), command


def test_a_reader_that_goes_away_costs_the_other_outputs_nothing(tmp_path: Path) -> None:
    done = shell(f"{RUN} --markdown - --out {tmp_path}/o --json {tmp_path}/a.json > >(true)")
    assert done.returncode in (ExitCode.DONE, ExitCode.BAD_INPUT)
    assert "raw" in done.stderr
    assert (tmp_path / "a.json").exists()
    assert len(list((tmp_path / "o").iterdir())) == 3


SIGNALLED = """
import {where}, os, signal, sys
from httptui.tui.cli.entry import main
def interrupt(*_):
    os.kill(os.getpid(), signal.{number})
{hook}
sys.argv = ["httptui", "--version"]
sys.exit(main())
"""
WHILE_IMPORTING = """
real = builtins.__import__
def hooked(name, *rest, **named):
    if name == "click":
        interrupt()
    return real(name, *rest, **named)
builtins.__import__ = hooked
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    ("where", "hook", "code"),
    [
        ("builtins", WHILE_IMPORTING, ExitCode.INTERRUPTED),
        ("atexit", "atexit.register(interrupt)", ExitCode.DONE),
    ],
)
def test_a_signal_before_or_after_the_command_itself_shows_no_traceback(
    number: str, where: str, hook: str, code: ExitCode
) -> None:
    text = SIGNALLED.format(number=number, where=where, hook=hook)
    done = subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env=os.environ,
    )
    assert (done.returncode, done.stderr) == (code, "")
