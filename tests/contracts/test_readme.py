"""What the README shows works as it stands there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from httptui.errors import ExitCode
from tui.command.main import COMMANDS
from tui.screens.run_keys import RUN_KEYS

HTTPTUI = [sys.executable, "-m", "httptui"]


@pytest.fixture(scope="module")
def readme() -> str:
    """The README's text."""
    return (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def block(readme: str, wanted: str, language: str = "python") -> str:
    """The one code block of a language that has a text in it."""
    (found,) = [code for code in re.findall(rf"```{language}\n(.*?)```", readme, re.DOTALL) if wanted in code]
    return str(found)


@pytest.mark.slow
def test_the_engine_in_the_readme_serves_every_request(readme: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(block(readme, "class MyEngine"))
    flags = ["-e", "./mine.py:MyEngine", "-c", "2", "-n", "20", "--warmup", "0", "--json", "-"]
    done = subprocess.run(
        [*HTTPTUI, "run", *flags], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (contender,) = json.loads(done.stdout)["contenders"]
    assert contender["engine"] == "./mine.py:MyEngine"
    assert contender["requests"]["ok"] == 20
    assert contender["connections_opened"] == 20


@pytest.mark.slow
def test_the_python_example_in_the_readme_tells_a_verdict_and_both_rates(readme: str, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(block(readme, "async for item in run(plan)"))
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *progress, verdict, first, second = done.stdout.splitlines()
    assert progress[-1] == "100%"
    assert "aiohttp" in verdict
    assert {first.split()[0], second.split()[0]} == {"A", "B"}
    assert first.endswith(" req/s")


def test_every_command_and_flag_in_the_readme_exists(readme: str) -> None:
    lines = re.findall(r"^httptui .*?(?<!\\)$", readme, re.MULTILINE | re.DOTALL)
    commands = [shlex.split(line.replace("\\\n", ""), comments=True)[1:] for line in lines]
    assert len(commands) >= 6
    for command in commands:
        assert command[0] in COMMANDS
        told = subprocess.run(
            [*HTTPTUI, command[0], "--help"], capture_output=True, text=True, check=True
        ).stdout
        flags = [word for word in command if word.startswith("-") and word != "-"]
        assert not [flag for flag in flags if not re.search(rf"(?<![\w-]){flag}\b", told)]


def test_every_key_that_the_tour_presses_exists(readme: str) -> None:
    pressed = set(re.findall(r"`([a-z?])`", readme))
    assert pressed
    assert pressed <= {key.key for key in RUN_KEYS}


def test_the_exit_codes_in_the_readme_are_those_of_the_tool(readme: str) -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)}
    assert told == {int(code) for code in ExitCode} - {int(ExitCode.THRESHOLD_MISSED)}


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_every_file_that_the_docs_name_is_there(name: str, project: Path) -> None:
    text = (project / name).read_text("utf-8")
    links = [(project / name).parent / link for link in re.findall(r"\]\(([^)]+)\)", text)]
    paths = [project / path for path in re.findall(r"`([a-z]+/[\w/.]*)`", text)]
    assert links
    assert not [path for path in links + paths if not path.exists()]
