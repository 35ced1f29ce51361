"""The app as `textual serve` starts it for a browser: no terminal, packets on its standard streams."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

pytestmark = pytest.mark.slow

APP = [sys.executable, "-m", "httptui"]
WEB = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "120", "ROWS": "40"}


def packet(kind: str, payload: str) -> bytes:
    """One packet: its kind, its length and what is in it."""
    data = payload.encode()
    return kind.encode() + len(data).to_bytes(4, "big") + data


def packets(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """What the app writes, packet by packet, after its greeting."""
    assert stream.readline() == b"__GANGLION__\n"
    while head := stream.read(5):
        yield chr(head[0]), stream.read(int.from_bytes(head[1:], "big"))


def test_a_run_is_shown_in_a_browser_and_nothing_but_packets_is_written(
    plan: Callable[[float], Path],
) -> None:
    process = subprocess.Popen(
        [*APP, "--preset", str(plan(1))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | WEB,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    keys = [(b"Contenders", "r"), (b"done", "q")]
    shown, kinds = b"", ""
    for kind, payload in packets(process.stdout):
        kinds += kind
        shown += payload if kind == "D" else b""
        if keys and keys[0][0] in shown:
            process.stdin.write(packet("D", keys.pop(0)[1]))
            process.stdin.flush()
            shown = b""
        if kind == "M" and b'"exit"' in payload:
            process.stdin.write(packet("M", '{"type": "exit"}'))
            process.stdin.flush()
    _, problems = process.communicate(timeout=20)
    assert (process.returncode, problems) == (0, b"")
    assert keys == []
    assert set(kinds) == {"D", "M"}
