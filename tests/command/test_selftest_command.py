"""`httptui selftest` from the outside."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from httptui.errors import ExitCode
from httptui.plan.model import Plan
from httptui.results.snapshot import Snapshot
from httptui.tui.cli import main


class Interrupted:
    """A run that Ctrl-C meets before there is anything to show; it ends with the report it is given."""

    def __init__(self, plan: Plan) -> None:
        self._stopped = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Snapshot]:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        yield  # type: ignore[misc]

    def stop(self) -> None:
        self._stopped.set()

    async def aclose(self) -> None:
        self._stopped.set()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--seconds", "5"], "Invalid value for '--seconds'"),
        (["--seconds", "many"], "Invalid value for '--seconds'"),
        (["--json", "/no/such/folder/x.json"], '--json: "/no/such/folder/x.json" is in a folder'),
    ],
)
def test_a_mistake_is_one_clear_line_before_any_load(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
):
    assert main.main(["selftest", *arguments]) == ExitCode.BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"httptui: {told}")


def test_an_interrupted_self_test_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("httptui.run", Interrupted, raising=False)
    assert main.main(["selftest", "--json", "-"]) == ExitCode.INTERRUPTED
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_a_short_self_test_gives_its_result_as_json_and_as_sentences(tmp_path: Path):
    path = tmp_path / "selftest.json"
    done = subprocess.run(
        [sys.executable, "-m", "httptui", "selftest", "--seconds", "15", "--json", str(path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode in (ExitCode.DONE, ExitCode.THRESHOLD_MISSED), done.stderr
    result = json.loads(path.read_bytes())
    assert result["schema"] == "httptui.selftest/1"
    assert result["trusted"] is (done.returncode == ExitCode.DONE)
    assert done.stdout.splitlines() == result["sentences"]
    assert len(result["same"]) in (1, 2)
    ratio = result["effect"]["cpu_per_request"]["ratio"]
    assert 0.5 < ratio < 2
