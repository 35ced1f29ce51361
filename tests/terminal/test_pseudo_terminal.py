"""The same on a bare pseudo-terminal, where no tmux is needed: start, run, quit, terminal restored."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.pseudo_terminal import PseudoTerminal

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
