"""What the terminal tests share: a short plan, and a folder for the reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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
