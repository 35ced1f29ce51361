"""The same on a bare pseudo-terminal, where no tmux is needed: start, run, quit, terminal restored."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.pseudo_terminal import PseudoTerminal
from httptui.errors import ExitCode

pytestmark = pytest.mark.slow

APP = [sys.executable, "-m", "httptui"]


def test_a_run_ends_with_the_summary_on_the_normal_screen_and_the_modes_restored(
    plan: Callable[[float], Path],
) -> None:
    with PseudoTerminal([*APP, "--preset", str(plan(1))]) as terminal:
        terminal.read_until("Contenders")
        terminal.press("r")
        terminal.read_until("done")
        terminal.press("q")
        assert terminal.read_to_end() == 0
        assert terminal.modes() == terminal.modes_before
        full_screen, _, normal_screen = terminal.output.rpartition(b"\x1b[?1049l")
    assert b"\x1b[?1049h" in full_screen
    assert terminal.output.rfind(b"\x1b[?25h") > terminal.output.rfind(b"\x1b[?25l")
    assert b"http.client" in normal_screen
    assert b"aiohttp" in normal_screen


def test_a_missed_expectation_is_told_on_the_normal_screen_and_by_the_exit_code(
    plan: Callable[[float], Path],
) -> None:
    path = plan(0.5)
    path.write_text('expect = ["req_per_s > 0", "aiohttp.req_per_s > 900k"]\n' + path.read_text())
    with PseudoTerminal([*APP, "--preset", str(path)]) as terminal:
        terminal.read_until("Contenders")
        terminal.press("r")
        terminal.read_until("done")
        terminal.press("q")
        assert terminal.read_to_end() == ExitCode.THRESHOLD_MISSED
        normal_screen = terminal.output.rpartition(b"\x1b[?1049l")[2].decode()
    assert "✗ missed: aiohttp.req_per_s > 900k" in normal_screen
    assert "✓ met: req_per_s > 0" in normal_screen
