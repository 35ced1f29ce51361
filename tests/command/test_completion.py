"""What a shell is offered, asked as the shell asks; click's own scripts carry it there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from httptui.errors import ExitCode
from httptui.presets.loader import preset_paths
from httptui.tui.cli import main
from httptui.tui.cli.completion import PROGRAM, VARIABLE, WHERE

Capture = pytest.CaptureFixture[str]


def offered(*words: str) -> list[str]:
    """What is offered for the last of some words; a file is told as FILE."""
    shell = ShellComplete(main.httptui, {}, PROGRAM, VARIABLE)
    *args, incomplete = words
    return ["FILE" if item.type == "file" else item.value for item in shell.get_completions(args, incomplete)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["doct"], ["doctor"]),
        (["--pre"], ["--preset"]),
        (["--preset", "dem"], ["demo"]),
        (["run", "leapcell-f"], ["leapcell-fair"]),
        (["run", "./mine"], ["FILE"]),
        (["presets", "show", "leapcell-f"], ["leapcell-fair"]),
        (["run", "-e", "aioh"], ["aiohttp"]),
        (["run", "-e", "aiohttp:per-r"], ["aiohttp:per-request"]),
        (["run", "-e", "aiohttp:e"], ["aiohttp:every-100"]),
        (["run", "-e", "aiohttp,lo"], ["aiohttp,loop="]),
        (["run", "-e", "aiohttp,loop="], ["aiohttp,loop=asyncio", "aiohttp,loop=uvloop"]),
        (["run", "-e", "requests,inside=fastapi-s"], ["requests,inside=fastapi-sync"]),
        (["run", "-e", "aiohttp,http=2"], ["aiohttp,http=2"]),
        (["run", "-e", "aiohttp,read=t"], ["aiohttp,read=text"]),
        (["run", "-e", "./mine.py:My"], ["FILE"]),
        (["run", "--schedule", "i"], ["interleaved"]),
        (["run", "--ca-file", "x"], ["FILE"]),
        (["doctor", "http.c"], ["http.client"]),
        (["engines", "show", "urll"], ["urllib3"]),
        (["completion", "z"], ["zsh"]),
        (["config", "sc"], ["schema"]),
    ],
)
def test_the_next_word_is_offered(words: list[str], found: list[str]) -> None:
    assert offered(*words) == found


def test_every_command_is_offered_first_but_the_app_which_has_no_name() -> None:
    assert offered("") == [name for name in main.COMMANDS if name != "app"]


def test_options_of_the_app_are_offered_beside_those_of_the_command() -> None:
    assert {"--help", "--version", "--preset", "--i-own", "--out"} <= set(offered("--"))


def test_every_preset_is_offered() -> None:
    assert offered("--preset", "") == list(preset_paths())


@pytest.mark.parametrize("shell", list(WHERE))
def test_the_script_is_clicks_own(shell: str, capsys: Capture) -> None:
    assert main.main(["completion", shell]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in told


def test_another_shell_is_refused(capsys: Capture) -> None:
    assert main.main(["completion", "tcsh"]) == ExitCode.BAD_INPUT
    assert "'tcsh' is not one of" in capsys.readouterr().err


def test_the_command_answers_as_the_script_asks(tmp_path: Path) -> None:
    environment = {"COMP_WORDS": "httptui run lea", "COMP_CWORD": "2", VARIABLE: "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-c", "from httptui.tui.cli.main import main; main()"],
        env={**environment, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["plain,leapcell-as-published", "plain,leapcell-fair"]
    assert done.stderr == ""
