"""The probe: what it makes of replies, and how its parent lives through an engine that hangs or dies."""

from __future__ import annotations

import base64
import os
import socket
import sys
from pathlib import Path

import pytest

from httptui.doctor.bench import ProbeProcess, clean_environment, hostile_environment
from httptui.doctor.findings import Ask, Job
from httptui.engines.probe.drive import (
    LONGEST_BODY,
    errands_of,
    error_fields,
    open_sockets,
    reply_fields,
    settings_of,
)
from httptui.runs.environments import EnvironmentSpec, NoWheelError, UnmadeEnvironmentError

MOODY = """
import os, time
from httptui.engines.base import SyncEngine

class Moody(SyncEngine):
    def send(self, request):
        if request.url == "hang":
            time.sleep(60)
        if request.url == "die":
            os._exit(3)
        if request.url == "print":
            print("hello")
        return 200, request.url.encode(), "1.1"
"""


@pytest.fixture
def moody(tmp_path: Path) -> str:
    path = tmp_path / "moody.py"
    path.write_text(MOODY)
    return f"{path}:Moody"


def test_a_job_becomes_settings_and_requests() -> None:
    item = {"method": "PUT", "url": "u", "headers": [["A", "b"]], "body": "/w==", "cancel_after": 0.5}
    job = {"settings": {"pool": None, "http": "2"}, "requests": [item]}
    (errand,) = errands_of(job)
    assert (errand.request.method, errand.request.headers, errand.request.body) == (
        "PUT",
        (("A", "b"),),
        b"\xff",
    )
    assert errand.cancel_after == 0.5
    assert (settings_of(job).pool, settings_of(job).http) == (None, "2")


def test_a_long_body_is_told_by_its_size_and_its_beginning() -> None:
    told = reply_fields((200, b"x" * (LONGEST_BODY + 1), "1.1"))
    assert told["size"] == LONGEST_BODY + 1
    assert base64.b64decode(told["body"]) == b"x" * LONGEST_BODY


@pytest.mark.parametrize("reply", ["ok", None, (200, b""), (200, "text", "1.1"), ("200", b"", "1.1")])
def test_what_is_no_reply_is_told_as_such(reply: object) -> None:
    assert reply_fields(reply)["error"] == "no reply"


def test_an_error_has_its_kind_and_its_class() -> None:
    assert error_fields(ConnectionResetError("gone")) == {
        "error": "disconnected",
        "message": "ConnectionResetError: gone",
    }


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="descriptors are not listed here")
def test_open_sockets_are_counted_and_files_are_not() -> None:
    before = open_sockets()
    with socket.socket(), open(os.devnull):
        assert before is not None
        assert open_sockets() == before + 1
    assert open_sockets() == before


def test_a_hostile_environment_has_proxies_in_both_spellings_and_a_clean_one_has_none() -> None:
    hostile = hostile_environment("http://127.0.0.1:1", "n", {"NO_PROXY": "*", "PATH": "p"})
    assert hostile["https_proxy"] == hostile["HTTPS_PROXY"] == "http://127.0.0.1:1"
    assert "NO_PROXY" not in hostile
    assert clean_environment(hostile) == {"PATH": "p"}


@pytest.mark.slow
async def test_a_probe_that_hangs_or_dies_is_told_and_replaced(moody: str) -> None:
    probe = ProbeProcess(moody, clean_environment())
    try:
        assert await probe.start() is None
        hung = await probe.carry_out(Job({}, (Ask("hang"),)), 0.5)
        died = await probe.carry_out(Job({}, (Ask("die"),)), 30)
        fine = await probe.carry_out(Job({}, (Ask("print"), Ask("more"))), 30)
    finally:
        await probe.close()
    assert (hung.hung, hung.failure) == (True, "hung: no sign of life for 0.5 s")
    assert hung.reply().message == hung.failure
    assert (died.hung, died.failure) == (False, "the process ended")
    assert [reply.body for reply in fine.replies] == [b"print", b"more"]


@pytest.mark.slow
async def test_a_probe_says_why_an_engine_cannot_be_loaded(moody: str) -> None:
    probe = ProbeProcess(moody.replace(":Moody", ":Nobody"), clean_environment())
    failed = await probe.start()
    await probe.close()
    assert failed is not None
    assert failed.startswith("import: LookupError: ")


@pytest.mark.slow
async def test_a_probe_runs_in_the_environment_that_its_engine_needs(
    moody: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexport HERE=environment\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    specs: list[EnvironmentSpec] = []

    async def made(spec: EnvironmentSpec) -> str:
        specs.append(spec)
        return str(python)

    monkeypatch.setattr("httptui.doctor.bench.create_environment", made)
    Path(moody.rpartition(":")[0]).write_text(MOODY.replace("request.url.encode()", "os.environb[b'HERE']"))
    probe = ProbeProcess(moody, clean_environment(), EnvironmentSpec(("a",)))
    try:
        seen = await probe.carry_out(Job({}, (Ask("fine"),)), 30)
    finally:
        await probe.close()
    assert [reply.body for reply in seen.replies] == [b"environment"]
    assert specs == [EnvironmentSpec(("a",))]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnmadeEnvironmentError("pip: no"), "its environment could not be made: pip: no"),
        (NoWheelError("odd"), "its environment needs a package without a wheel: odd"),
    ],
)
async def test_a_probe_says_why_its_environment_cannot_be_made(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def made(_spec: EnvironmentSpec) -> str:
        raise error

    monkeypatch.setattr("httptui.doctor.bench.create_environment", made)
    assert await ProbeProcess("odd", {}, EnvironmentSpec(("odd",))).start() == words
