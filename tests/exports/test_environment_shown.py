"""What a run was made on, as people read it."""

from __future__ import annotations

from typing import Any

import pytest
from sample_report import report

from httptui.report.document import environment_of


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("memory_bytes", 25_276_510_208, ("memory", "23.5 GiB")),
        ("memory_bytes", None, ("memory bytes", "–")),
        ("python", {"version": "3.11.7", "gil": True}, ("python", "version 3.11.7 · gil yes")),
        ("system", {"virtual": False, "tcp_tw_reuse": 2}, ("system", "virtual no · tcp tw reuse 2")),
        ("loops", ["asyncio", "uvloop"], ("loops", "asyncio, uvloop")),
        ("loops", [], ("loops", "–")),
        ("cpu", {"cpu_seconds": 0.729518693}, ("cpu", "cpu seconds 0.7295")),
        (
            "target",
            {"contenders": [{"connections": 64, "requests": 9}, {"connections": 1, "requests": 8}]},
            ("target", "contenders (connections 64 · requests 9), (connections 1 · requests 8)"),
        ),
    ],
)
def test_values_are_told_in_words(key: str, value: Any, told: tuple[str, str]) -> None:
    rows = list(environment_of(report(environment={key: value})))
    assert rows[2] == ("machine", *told)
    assert [row[0] for row in rows] == ["run", "run", "machine", "A", "B"]
