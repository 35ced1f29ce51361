"""Real short runs through the command in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest
from endings import still_running

from httptui.errors import ExitCode
from httptui.report.store import reports_folder

pytestmark = pytest.mark.slow

HTTPTUI = [sys.executable, "-m", "httptui"]
SECONDS = 60


def httptui(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HTTPTUI, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("httptui: ")]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that is on, ended at last together with all it started."""
    process = subprocess.Popen(
        [*HTTPTUI, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    family: list[psutil.Process] = []
    try:
        yield process
        process.wait(SECONDS)
    finally:
        if process.poll() is None:
            family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for member in family:
            member.kill()
        process.communicate(timeout=SECONDS)


def read_until(process: subprocess.Popen[str], told: Callable[[str], bool]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if told(line):
            return
    pytest.fail("the run ended before it was under load")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that is listened on, and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def tls_target() -> Iterator[tuple[str, str]]:
    """URL and CA file of an embedded target over TLS."""
    with started("target", "--tls") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        ca_file = process.stdout.readline().strip().removeprefix("CA file: ")
        yield url, ca_file
        process.send_signal(signal.SIGTERM)


SMALL = ("-e", "aiohttp", "-c", "2", "-n", "20", "--warmup", "0")


def test_an_unreachable_host_is_one_line_and_exit_code_4(closed_port: int):
    done = httptui("run", "--url", f"http://127.0.0.1:{closed_port}/", *SMALL, "--json", "-")
    assert done.returncode == ExitCode.NOTHING_FINISHED
    assert done.stdout == ""
    (line,) = complaints(done)
    assert line.startswith(f"httptui: cannot reach 127.0.0.1:{closed_port}: ")


def test_a_bad_certificate_is_one_line_and_exit_code_4(tls_target: tuple[str, str]):
    url, _ = tls_target
    done = httptui("run", "--url", url, *SMALL)
    assert done.returncode == ExitCode.NOTHING_FINISHED
    (line,) = complaints(done)
    assert "cannot trust 127.0.0.1:" in line


def test_a_named_authority_or_no_verification_lets_the_run_go_on(tls_target: tuple[str, str]):
    url, ca_file = tls_target
    trusted = httptui("run", "--url", url, "--ca-file", ca_file, *SMALL, "--json", "-")
    assert trusted.returncode == ExitCode.DONE, trusted.stderr
    assert json.loads(trusted.stdout)["contenders"][0]["requests"]["ok"] == 20
    insecure = httptui("run", "--url", url, "--insecure", *SMALL)
    assert insecure.returncode == ExitCode.DONE, insecure.stderr
    assert "not verified" in insecure.stderr


def test_a_port_in_use_is_one_line_and_exit_code_2(taken_port: int):
    done = httptui("target", "--port", str(taken_port))
    assert done.returncode == ExitCode.BAD_INPUT
    assert done.stdout == ""
    (line,) = complaints(done)
    assert str(taken_port) in line
    assert done.stderr.splitlines() == [line]


def test_a_run_gives_a_report_on_stdout_and_nothing_else():
    done = httptui("run", *SMALL, "-e", "requests:per-request,label=one by one,concurrency=1", "--json", "-")
    assert done.returncode == ExitCode.DONE, done.stderr
    report = json.loads(done.stdout)
    assert report["complete"] is True
    assert [row["label"] for row in report["contenders"]] == ["aiohttp · shared", "one by one"]
    for row in report["contenders"]:
        counts = row["requests"]
        ended = sum(counts[name] for name in ("ok", "error", "timeout", "dropped", "cancelled"))
        assert counts["planned"] == ended == counts["ok"] == 20


def test_a_run_is_settled_and_its_report_run_once_more(tmp_path: Path):
    path = tmp_path / "settled.json"
    two = ("-e", "aiohttp", "-e", "http.client", "-c", "2", "-n", "20", "--warmup", "0", "--seed", "4711")
    done = httptui("run", *two, "--settle", "--json", str(path))
    assert done.returncode == ExitCode.DONE, done.stderr
    settled = json.loads(path.read_bytes())
    schedule = settled["plan"]["schedule"]
    assert (schedule["kind"], schedule["until"], schedule["seed"]) == ("interleaved", "decided", 4711)
    assert "interleaved, to settle the order" in done.stderr
    again = httptui("run", str(path), "--until", "done", "--rounds", "2", "--json", "-")
    assert again.returncode == ExitCode.DONE, again.stderr
    report = json.loads(again.stdout)
    assert report["plan"] == settled["plan"] | {"schedule": schedule | {"until": "done", "rounds": 2}}
    assert [row["requests"]["ok"] for row in report["contenders"]] == [40, 40]


@pytest.mark.parametrize(
    "flags",
    [
        ("--rate", "100", "--arrivals", "poisson", "-d", "500ms", "-c", "8"),
        ("--stage", "300ms:4", "--stage", "200ms:1", "--think", "5ms", "-c", "1"),
        ("--burst", "5", "--rounds", "2"),
    ],
)
def test_every_kind_of_load_can_be_had_by_flags(flags: tuple[str, ...]):
    done = httptui("run", "-e", "aiohttp", "--warmup", "0", *flags, "--json", "-")
    assert done.returncode == ExitCode.DONE, done.stderr
    (row,) = json.loads(done.stdout)["contenders"]
    assert row["requests"]["ok"] > 0
    assert (row["response_ms"] is not None) == ("--rate" in flags)


def test_a_secret_from_the_environment_is_in_no_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CANARY", "c4n4ry-s3cret")
    done = httptui(
        *("run", "--url", "http://me:env:CANARY@embedded/echo", "-H", "X-Token: env:CANARY", *SMALL),
        *("--out", str(tmp_path), "--stream"),
    )
    assert done.returncode == ExitCode.DONE, done.stderr
    saved = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "env:CANARY" in saved
    assert "c4n4ry-s3cret" not in saved + done.stdout + done.stderr


def test_ctrl_c_keeps_a_partial_report_and_leaves_no_process(tmp_path: Path):
    path = tmp_path / "partial.json"
    with started("run", "-e", "aiohttp", "-c", "2", "-d", "50s", "--json", str(path)) as process:
        read_until(process, lambda line: "running" in line and "req/s" in line)
        family = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(SECONDS) == ExitCode.INTERRUPTED
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    report = json.loads(path.read_bytes())
    assert report["complete"] is False
    counts = report["contenders"][0]["requests"]
    assert 0 < counts["ok"] <= counts["planned"] == counts["ok"] + counts["cancelled"]
    assert len(family) >= 2
    assert still_running(family) == []


def test_a_second_ctrl_c_leaves_at_once_and_leaves_no_process(tmp_path: Path):
    path = tmp_path / "none.json"
    slow = ("--url", "embedded/delay/30000", "-e", "aiohttp", "-c", "2", "-d", "50s", "--warmup", "0")
    with started("run", *slow, "--json", str(path)) as process:
        read_until(process, lambda line: "running" in line and "%" in line)
        family = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGINT)
        read_until(process, lambda line: "Ctrl-C again" in line)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(SECONDS) == ExitCode.INTERRUPTED
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert not path.exists()
    assert still_running(family) == []


def test_a_target_that_dies_under_load_is_told_without_a_traceback():
    with started("run", "-e", "aiohttp", "-c", "2", "-d", "4s") as process:
        read_until(process, lambda line: "running" in line and "req/s" in line)
        (target,) = (
            child
            for child in psutil.Process(process.pid).children(recursive=True)
            if "httptui.target" in child.cmdline()
        )
        target.kill()
        assert process.wait(SECONDS) == ExitCode.BAD_INPUT
        assert process.stderr is not None
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "httptui: the embedded target ended" in told
    (path,) = reports_folder().glob("*.json")
    assert f"saved {path}" in told
    report = json.loads(path.read_text())
    assert report["complete"] is False
    assert report["contenders"][0]["requests"]["ok"] > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_leaves_its_partial_report(number: signal.Signals):
    with started("run", "-e", "aiohttp", "-c", "2", "-d", "50s", "--warmup", "0") as process:
        read_until(process, lambda line: "running" in line and "req/s" in line)
        process.send_signal(number)
        assert process.wait(SECONDS) == ExitCode.INTERRUPTED
    (path,) = reports_folder().glob("*.json")
    assert json.loads(path.read_text())["contenders"][0]["requests"]["ok"] > 0


def test_a_reader_that_goes_away_ends_the_run_in_one_line():
    with started("run", "-e", "aiohttp", "-c", "2", "-d", "50s", "--stream") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('{"snapshot":')
        process.stdout.close()
        assert process.wait(SECONDS) == ExitCode.BAD_INPUT
        assert process.stderr is not None
        told = process.stderr.read().splitlines()
    assert [line for line in told if line.startswith("httptui: ")] == [
        "httptui: stdout was closed by its reader"
    ]
    assert told[-1] == "httptui: stdout was closed by its reader"


class Refusing(BaseHTTPRequestHandler):
    """Wants a parameter, as FastAPI says it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b'{"detail":[{"type":"missing","loc":["query","q"],"msg":"Field required"}]}'
        self.send_response(422)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Tell nobody."""


@pytest.fixture
def refusing_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_target_that_keeps_failing_ends_the_run_with_exit_code_4_and_what_it_said(refusing_url: str):
    flags = ("-e", "aiohttp", "-e", "http.client", "-c", "2", "-d", "30s", "--expect", "errors == 0")
    done = httptui("run", "--url", refusing_url, *flags, "--json", "-")
    assert done.returncode == ExitCode.NOTHING_FINISHED, done.stderr
    report = json.loads(done.stdout)
    assert report["complete"] is False
    assert report["verdict"]["kind"] == "invalid"
    assert report["ranking"] == report["cpu_ranking"] == []
    assert "Field required" in report["contenders"][0]["first_answers"]["422"]["body"]
    assert "100 % of requests failed for 3 s: status 422" in done.stderr
    assert 'A and B got 422: {"detail":[{"type":"missing","loc":["query","q"]' in done.stderr
    assert "settle it" not in done.stderr
    (line,) = complaints(done)
    assert line.startswith("httptui: stopped at ")
