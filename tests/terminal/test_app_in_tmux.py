"""The app in a real terminal: a run from the first key to the prompt, and every way of ending it."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tmux import PROMPT, Terminal, start, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
Plan = Callable[[float], Path]


def app_of(terminal: Terminal) -> psutil.Process:
    """The app's own process."""
    (app,) = psutil.Process(terminal.shell).children()
    return app


def saved(folder: Path, suffix: str) -> list[Path]:
    """The files of one kind that were saved among the reports below a folder."""
    return list(folder.rglob(f"reports/*{suffix}"))


def test_a_run_is_started_saved_and_left_with_the_terminal_as_it_was(
    terminal: Terminal, plan: Plan, tmp_path: Path
) -> None:
    terminal.type("stty -a > before")
    # What is typed while it works would be shown before its prompt, which would then come last.
    terminal.wait_for(f"before\n{PROMPT}")
    start(terminal, plan(2))
    assert terminal.fact("alternate_on") == "1"
    terminal.press("r")
    terminal.wait_for("running")
    assert "aiohttp" in terminal.wait_for("✓ done", "http.client")

    terminal.press("w")
    terminal.wait(lambda _: bool(saved(tmp_path, ".svg")), "a saved screen")
    (report,) = saved(tmp_path, ".json")
    kept = json.loads(report.read_text())
    assert kept["complete"] is True
    assert [contender["engine"] for contender in kept["contenders"]] == ["http.client", "aiohttp"]
    assert all(contender["requests"]["ok"] > 0 for contender in kept["contenders"])
    files = [report, *saved(tmp_path, ".md"), *saved(tmp_path, ".svg")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600] * 3
    assert "http.client" in files[1].read_text()
    assert files[2].read_text().lstrip().startswith("<svg")

    terminal.press("q")
    left = terminal.wait_for_prompt()
    assert "http.client" in left
    assert "aiohttp" in left
    assert [terminal.fact(name) for name in ("alternate_on", "cursor_flag", "mouse_any_flag")] == [
        "0",
        "1",
        "0",
    ]
    terminal.type("clear; stty -a | cmp before - && echo same' 'modes")
    terminal.wait_for("same modes")
    assert terminal.started() == []


def test_ctrl_c_stops_the_run_and_leaves_the_app_open(terminal: Terminal, plan: Plan) -> None:
    start(terminal, plan(60))
    terminal.press("r")
    terminal.wait_for("running")
    terminal.press("C-c")
    terminal.wait_for("■ stopped")
    terminal.press("q")
    terminal.wait_for_prompt()
    wait_until(lambda: not terminal.started(), "the end of every process")
    assert terminal.fact("alternate_on") == "0"


def test_quitting_during_a_run_leaves_no_process(terminal: Terminal, plan: Plan) -> None:
    start(terminal, plan(60))
    terminal.press("r")
    terminal.wait_for("running")
    assert len(terminal.started()) >= 4
    terminal.press("C-c", "C-c")
    terminal.wait_for_prompt()
    wait_until(lambda: not terminal.started(), "the end of every process")
    assert terminal.fact("alternate_on") == "0"


def test_killing_the_app_ends_its_lanes_and_its_target(terminal: Terminal, plan: Plan) -> None:
    start(terminal, plan(60))
    terminal.press("r")
    terminal.wait_for("running")
    commands = [" ".join(process.cmdline()) for process in terminal.started()]
    assert sum("httptui.engines.lane" in command for command in commands) == 2
    assert sum("httptui.target" in command for command in commands) == 1
    app_of(terminal).kill()
    wait_until(lambda: not terminal.started(), "the end of every process")


def test_the_app_draws_again_when_the_terminal_is_resized(terminal: Terminal, plan: Plan) -> None:
    start(terminal, plan(60))
    terminal.resize(80, 24)
    # Until the app has drawn again, the terminal shows what is left of the wider screen, cut off.
    terminal.wait(
        lambda screen: (
            max(map(len, screen.splitlines())) <= 80
            and all(text in screen for text in ("Contenders", "http.client", "ready", "quit"))
        ),
        "80 columns",
    )
    terminal.press("q")
    terminal.wait_for_prompt()
