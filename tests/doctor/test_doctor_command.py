"""`httptui doctor` from the outside: exit codes, stdout for data only, one clear line for each mistake."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from broken_engines import BROKEN
from test_doctor_render import examination

from httptui.doctor import costs
from httptui.doctor.findings import Examination, met
from httptui.engines.registry import list_engines
from httptui.errors import ExitCode
from httptui.plan.abilities import DOCUMENTED
from httptui.tui.cli import doctor as doctor_command
from httptui.tui.cli import main

Capture = pytest.CaptureFixture[str]

BY_CHANCE = {
    ("httpx-sync", "shared"),
    ("httpx-sync", "pool size"),
    ("pyreqwest", "after a cancel"),
    ("pyreqwest", "left open"),
    ("wreq", "after a cancel"),
    ("wreq", "left open"),
}
"""Exceptions that one examination sees and the next does not: they hang on which thread comes first."""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["aiohtp"], "httptui: engine: unknown engine 'aiohtp'; did you mean aiohttp? there are"),
        (["./no_such_file.py:Mine"], "httptui: engine: cannot read"),
        (["raw", "--accept", "manners"], "httptui: --accept: there is no check 'manners'; there are loads, "),
        (["raw", "--json", "no/such/folder/x"], 'httptui: --json: "no/such/folder/x" is in a folder'),
        (["raw", "--markdown", "no/such/folder/x"], 'httptui: --markdown: "no/such/folder/x" is in a folder'),
        (
            ["raw", "--markdown", "-", "--json", "-"],
            "httptui: --json and --markdown: only one of them can be",
        ),
    ],
)
def test_a_mistake_is_one_clear_line(arguments: list[str], line: str, capsys: Capture) -> None:
    assert main.main(["doctor", *arguments]) == ExitCode.BAD_INPUT
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(line)
    assert len(told.err.splitlines()) == 1


def test_an_engine_without_its_library_is_not_examined(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "other.py"
    path.write_text('class Mine(SyncEngine):\n    package = "no-such-library"\n')
    assert main.main(["doctor", f"{path}:Mine"]) == ExitCode.BAD_INPUT
    assert "which is not installed; pip install no-such-library" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_built_in_engine_conforms_and_needs_every_documented_exception(capsys: Capture) -> None:
    assert main.main(["doctor", "--json", "-"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    engines = {engine["engine"]: engine["findings"] for engine in told["engines"]}
    assert set(engines) == {info.name for info in list_engines() if info.installed}
    assert told["passed"]
    known = {
        (name, finding["check"])
        for name, findings in engines.items()
        for finding in findings
        if finding["outcome"] == "known" and finding["remark"] in DOCUMENTED.values()
    }
    documented = {(name, check) for name, check in DOCUMENTED if name in engines}
    assert known | (documented & BY_CHANCE) == documented


@pytest.mark.slow
def test_a_page_has_the_findings_and_the_costs_of_a_real_run(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def given(engines: object, accepted: object) -> tuple[Examination, ...]:
        return (examination("raw", met("gzip", "not decoded", "bodies are not decoded")),)

    monkeypatch.setattr(doctor_command, "examined", given)
    monkeypatch.setattr(costs, "costs", partial(costs.costs, turn_seconds=0.05))
    page = tmp_path / "clients.md"
    assert main.main(["doctor", "raw", "--markdown", str(page)]) == ExitCode.DONE
    told = capsys.readouterr()
    assert f"saved {page}" in told.err
    assert "  gzip               known" in told.out.splitlines()
    written = page.read_text("utf-8")
    assert re.search(r"\| raw \| [^|]+ \| tasks \| \d.* µs \| 1\.00 times \[1\.00–1\.00\] \|", written)
    assert "| library | the standard library of Python 3." in written
    own = re.search(
        r"a lane uses ([\d.]+) µs by callbacks, ([\d.]+) µs by tasks, ([\d.]+) µs by threads", written
    )
    assert own is not None
    assert all(0 < float(cost) < 50 for cost in own.groups())
    assert "| a gzip body | not decoded |" in written
    assert "headers of its own" not in written


@pytest.mark.slow
def test_a_missed_check_is_a_missed_threshold_unless_it_is_accepted(tmp_path: Path, capsys: Capture) -> None:
    path, saved = tmp_path / "broken.py", tmp_path / "doctor.json"
    path.write_text(BROKEN)
    missing = ["doctor", f"{path}:AddsAHeader", "--json", str(saved)]
    assert main.main(missing) == ExitCode.THRESHOLD_MISSED
    told = capsys.readouterr()
    assert "  headers added      FAIL" in told.out.splitlines()
    assert "headers added: X-Mine: 1" in told.out
    assert "AddsAHeader: missed headers added" in told.err
    assert json.loads(saved.read_bytes())["passed"] is False
    assert main.main([*missing, "--accept", "headers added"]) == ExitCode.DONE
    assert "  headers added      known" in capsys.readouterr().out.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_examination_cleans_up(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "httptui", "doctor", "raw"]
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert first == "examining 1 engine on 127.0.0.1\n"
    assert (process.returncode, out) == (ExitCode.INTERRUPTED, "")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
