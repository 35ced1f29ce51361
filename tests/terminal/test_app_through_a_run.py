"""A run by keyboard alone, and what must not break it: another size, a killed lane, a signal, a redirection."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tmux import HTTPTUI, Terminal, start, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
Plan = Callable[[float], Path]


def test_a_whole_round_by_keyboard_alone(terminal: Terminal, plan: Plan, tmp_path: Path) -> None:
    start(terminal, plan(6))
    terminal.press("e")
    terminal.wait_for("In flight", "f5 use")
    terminal.press("F5")
    terminal.wait_for("ready", "Throughput")
    terminal.press("r")
    terminal.wait_for("running", "block 2 of")
    terminal.press("f")
    terminal.wait_for("FROZEN")
    terminal.press("[", "[")
    terminal.wait_for("FROZEN", "s back")
    terminal.press("Down", "Enter")
    terminal.wait_for("Measured", "Percentiles", "FROZEN")
    terminal.press("f")
    terminal.wait_for("Measured", "✓ done")
    terminal.press("Escape")
    terminal.wait_for("Contenders", "Ranking", "final")
    terminal.press("w")
    terminal.wait(lambda _: bool(list(tmp_path.rglob("*.svg"))), "a saved screen")
    terminal.press("q")
    assert "aiohttp" in terminal.wait_for_prompt()


def test_a_run_goes_on_while_the_terminal_grows_and_shrinks(terminal: Terminal, plan: Plan) -> None:
    start(terminal, plan(60))
    terminal.press("r")
    terminal.wait_for("running")
    for width, height in ((160, 44), (60, 20), (120, 40)):
        terminal.resize(width, height)

        def fits(screen: str, width: int = width, height: int = height) -> bool:
            lines = screen.rstrip("\n").splitlines()
            return "─╮" in screen and max(map(len, lines)) == width and len(lines) == height

        terminal.wait(fits, f"{width} × {height} cells")
        shown = terminal.wait_for("Contenders", "http.client", "Ranking", "running", "q quit")
        assert "Traceback" not in shown
    terminal.press("s")
    terminal.wait_for("■ stopped", "http.client")
    terminal.press("q")
    terminal.wait_for_prompt()


def test_a_killed_lane_is_told_with_its_cause_and_the_others_go_on(terminal: Terminal, plan: Plan) -> None:
    start(terminal, plan(60))
    terminal.press("r")
    terminal.wait_for("running", "block 2 of")
    lanes = [process for process in terminal.started() if "httptui.engines.lane" in process.cmdline()]
    max(lanes, key=psutil.Process.create_time).kill()
    shown = terminal.wait_for("dnf", "killed by SIGKILL", "did not finish", "running")
    (block,) = {line.split("block ")[1].split()[0] for line in shown.splitlines() if "block " in line}
    terminal.wait_for(f"block {int(block) + 1} of")
    terminal.press("s")
    terminal.wait_for("■ stopped", "killed by SIGKILL")
    terminal.press("q")
    left = terminal.wait_for_prompt()
    assert "did not finish" in left or "dnf" in left
    wait_until(lambda: not terminal.started(), "the end of every process")


def test_a_signal_to_end_restores_the_terminal_and_leaves_the_figures_so_far(
    terminal: Terminal, plan: Plan
) -> None:
    start(terminal, plan(60))
    terminal.press("r")
    terminal.wait_for("running", "block 2 of")
    (app,) = psutil.Process(terminal.shell).children()
    app.terminate()
    left = terminal.wait_for_prompt()
    assert "http.client" in left
    assert "aiohttp" in left
    assert [terminal.fact(name) for name in ("alternate_on", "cursor_flag", "mouse_any_flag")] == [
        "0",
        "1",
        "0",
    ]
    terminal.type("echo code $?")
    terminal.wait_for("code 130")
    wait_until(lambda: not terminal.started(), "the end of every process")


def test_only_the_summary_reaches_a_redirected_standard_output(
    terminal: Terminal, plan: Plan, tmp_path: Path
) -> None:
    terminal.type(f"{HTTPTUI} --preset {plan(1)} > told.txt")
    terminal.wait_for("Contenders", "ready")
    terminal.press("r")
    terminal.wait_for("✓ done")
    assert (tmp_path / "told.txt").read_text() == ""
    terminal.press("q")
    assert "http.client" not in terminal.wait_for_prompt()
    told = (tmp_path / "told.txt").read_text("utf-8")
    assert "http.client" in told
    assert "aiohttp" in told
    assert "\x1b" not in told
