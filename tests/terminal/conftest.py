"""What the terminal tests share: a short plan, and a terminal with a folder for the reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tmux import Terminal

PLAN = """
name = "short"
description = "Two clients for a moment."

[target]
url = "embedded"

[load]
concurrency = 4
seconds = {seconds}

[schedule]
warmup = "0"

[[contender]]
engine = "http.client"

[[contender]]
engine = "aiohttp"
"""


@pytest.fixture
def plan(tmp_path: Path) -> Callable[[float], Path]:
    """Writes a plan of two contenders that takes so many seconds."""

    def write(seconds: float) -> Path:
        path = tmp_path / "short.toml"
        path.write_text(PLAN.format(seconds=seconds))
        return path

    return write


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal of 120 × 40 in the test's folder, where its programs keep the user's data too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Terminal(tmp_path) as opened:
        yield opened
