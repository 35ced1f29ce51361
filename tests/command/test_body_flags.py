"""Bodies from flags: texts, variables and files, read as curl reads them."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import threading
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from httptui.errors import PlanError
from httptui.plan.model import MOST_BODY_BYTES, Contender, Plan, Target
from httptui.tui.cli.plan_flags import PlanFlags, plan_of_flags, replaced_by

PRESET = Plan(target=Target(body_base64="AAEC"), contender=(Contender(engine="raw"),))


def body_of(**flags: Any) -> bytes:
    target = plan_of_flags(PRESET, PlanFlags(**flags)).target
    assert not (target.body and target.body_base64)
    return base64.b64decode(target.body_base64) or target.body.encode()


FILES = [
    b"a=1\r\nb=2\n",
    b"\r\n\n",
    b"a\0b",
    "é€\n".encode(),
    b"\xff\xfe\n\r",
    b"env:HOME\n",
    b'{"query": "{n}"}\n',
    b"",
]


@pytest.mark.parametrize("data", FILES)
def test_a_file_is_read_as_curl_reads_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "body"
    path.write_bytes(data)
    assert body_of(data=f"@{path}") == data.translate(None, b"\r\n\0")
    assert body_of(data_binary=f"@{path}") == data


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="compares with curl")
@pytest.mark.parametrize("flag", ["data", "data-binary"])
def test_what_is_sent_is_what_curl_sends(tmp_path: Path, flag: str) -> None:
    path = tmp_path / "body"
    for data in FILES:
        if (
            b"\0" in data and flag == "data"
        ):  # Where curl's releases differ; its manual says what is done here.
            continue
        path.write_bytes(data)
        assert body_of(**{flag.replace("-", "_"): f"@{path}"}) == _sent_by_curl(f"--{flag}", f"@{path}")


def _sent_by_curl(*args: str) -> bytes:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += connection.recv(65_536)
                head, _, body = received.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
                while len(body) < length:
                    body += connection.recv(65_536)
                seen.append(body)
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        subprocess.run(["curl", "-s", "-m", "10", "--noproxy", "*", *args, url], check=True)
        serving.join(10)
    return seen[0]


@pytest.mark.parametrize(
    ("flags", "body"),
    [
        ({"data": "x\n"}, b"x\n"),
        ({"data": ""}, b""),
        ({"data": "env:BODY"}, b"env:BODY"),
        ({"data_raw": "@x"}, b"@x"),
        ({"data_binary": "x"}, b"x"),
        ({}, b"\x00\x01\x02"),
    ],
)
def test_a_text_is_taken_as_it_is(flags: dict[str, Any], body: bytes) -> None:
    assert body_of(**flags) == body


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"a\nb\xff")))
    assert body_of(data="@-") == b"ab\xff"


def test_a_file_that_will_not_do_is_told_by_its_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"x" * (MOST_BODY_BYTES + 1))
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(large.read_bytes())))
    for flags, words in (
        ({"data": "@/no/such/file"}, "--data: /no/such/file cannot be read: No such file or directory"),
        ({"data_binary": "@/dev/zero"}, "--data-binary: /dev/zero cannot be read: Is a device"),
        (
            {"data": f"@{large}"},
            f"--data: {large} is longer than 1 MiB, which is the most that a body may have",
        ),
        (
            {"data": "@-"},
            "--data: standard input is longer than 1 MiB, which is the most that a body may have",
        ),
        ({"data": "@"}, "--data: "),
        ({"data": "x", "data_raw": "y"}, "--data and --data-raw: given together; keep one of them"),
    ):
        with pytest.raises(PlanError) as caught:
            plan_of_flags(PRESET, PlanFlags(**flags))  # type: ignore[arg-type]
        (problem,) = caught.value.problems
        assert problem.startswith(words)


def test_a_flag_for_the_body_replaces_either_form_of_it() -> None:
    assert {"target.body", "target.body_base64"} <= replaced_by(PlanFlags(data_raw="x"))
    assert not {"target.body", "target.body_base64"} & replaced_by(PlanFlags())


@pytest.mark.parametrize("flags", [{"url": ""}, {"urls": ""}])
def test_an_empty_address_is_refused(flags: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match=r'^--urls?: "" is empty'):
        plan_of_flags(PRESET, PlanFlags(**flags))
