"""What a server writes cannot reach the terminal as anything but text."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from benchmarks.pseudo_terminal import PseudoTerminal

pytestmark = pytest.mark.slow

APP = [sys.executable, "-m", "httptui"]
CANARY = b"PWNED"
CLIPBOARD = b"\x1b]52;c;" + CANARY + b"\x07"
ANSWERS = (
    CLIPBOARD + b" \xc2\x9b31m [@click=app.bell]x[/] no status line\r\n\r\n",
    b"HTTP/1.1 200 " + CLIPBOARD + b"\r\nContent-Length: 0\r\nX-Title: " + CLIPBOARD + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: " + CLIPBOARD + b"\r\n\r\n",
)
PLAN = """
[target]
url = "http://127.0.0.1:{port}/"
[load]
concurrency = 1
requests = 9
[schedule]
warmup = "0"
kind = "sequential"
[[contender]]
engine = "http.client"
[[contender]]
engine = "aiohttp"
[[contender]]
engine = "requests"
[[contender]]
engine = "raw"
"""


class Hostile(ThreadingTCPServer):
    """Answers every connection with the next of its answers, and closes it."""

    daemon_threads = True
    answered = 0


class Answering(StreamRequestHandler):
    """Reads one request's head and writes the answer that is due."""

    def handle(self) -> None:
        assert isinstance(self.server, Hostile)
        while self.rfile.readline().strip():
            pass
        self.wfile.write(ANSWERS[self.server.answered % len(ANSWERS)])
        self.server.answered += 1


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Path]:
    """A plan against a hostile server."""
    with Hostile(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        path = tmp_path / "hostile.toml"
        path.write_text(PLAN.format(port=server.server_address[1]))
        yield path
        server.shutdown()
        thread.join()
        assert server.answered > 0


def test_the_app_shows_hostile_answers_as_text(plan: Path) -> None:
    with PseudoTerminal([*APP, "--preset", str(plan)], width=160, height=50) as terminal:
        terminal.read_until("Contenders")
        terminal.press("r")
        terminal.read_until("done")
        terminal.read_until(CANARY.decode(), fresh=False)
        terminal.press("q")
        terminal.read_to_end()
    assert b"\x1b]52" not in terminal.output
    assert b"\xc2\x9b" not in terminal.output


def test_the_headless_run_writes_hostile_answers_as_text(plan: Path, tmp_path: Path) -> None:
    outputs = ["--json", "out.json", "--markdown", "-"]
    done = subprocess.run([*APP, "run", str(plan), *outputs], capture_output=True, check=False, cwd=tmp_path)
    kept = (tmp_path / "out.json").read_bytes()
    everything = done.stdout + done.stderr + kept
    assert CANARY in everything
    assert not [byte for byte in (b"\x1b", b"\x07", b"\xc2\x9b") if byte in everything]
    messages = json.dumps(json.loads(kept), ensure_ascii=False)
    assert not [sign for sign in ("\\u001b", "\\u0007", "\\u009b", "\x9b") if sign in messages]
