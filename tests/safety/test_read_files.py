"""Files whose kind and size are looked at before they are read, and texts in the encodings that editors write."""

from __future__ import annotations

import codecs
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from httptui.engines import files as reading
from httptui.engines.files import TooLongError, read_file
from httptui.engines.registry import engine_info
from httptui.errors import PlanError
from httptui.plan.model import Target
from httptui.plan.urls import read_urls
from httptui.presets import load_preset
from httptui.presets.loader import preset_text
from httptui.report.saved import read_bytes
from httptui.text_files import as_utf8, decoded_text, read_text
from httptui.tui.cli.main import main

TEXT = "[[contender]]\r\nengine = 'raw'  # é\r\n"
ENCODINGS = [
    (b"", "utf-8"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
]


@pytest.mark.parametrize(("mark", "encoding"), ENCODINGS)
def test_a_text_is_read_in_the_encoding_of_its_mark(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(mark + TEXT.encode(encoding))
    assert read_text(path, 1_000) == TEXT
    assert as_utf8(path.read_bytes()) == TEXT.encode()
    assert load_preset(str(path)).contender[0].engine == "raw"
    assert preset_text(str(path)) == TEXT
    urls = tmp_path / "urls.txt"
    urls.write_bytes(mark + "embedded/a\r\nembedded/b\r\n".encode(encoding))
    assert read_urls(str(urls)) == ("embedded/a", "embedded/b")
    report = tmp_path / "plan.json"
    report.write_bytes(mark + '{"contender": [{"engine": "raw"}]}\r\n'.encode(encoding))
    assert load_preset(str(report)).contender[0].engine == "raw"
    assert read_bytes(report).startswith(b'{"contender"')


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\xff", "a".encode("utf-16-le") + b"\xff"])
def test_what_is_no_text_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded_text(data)
    path = tmp_path / "plan.toml"
    path.write_bytes(data)
    with pytest.raises(PlanError, match="not a text file in UTF-8, or in UTF-16 with its byte-order mark"):
        load_preset(str(path))


def test_a_file_longer_than_allowed_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(2**40)
    for most, words in (
        (10, "longer than 0 KiB"),
        (2**20, "longer than 1 MiB"),
        (3 * 2**10, "longer than 3 KiB"),
    ):
        with pytest.raises(TooLongError) as caught:
            read_file(path, most)
        assert caught.value.strerror == words
    path.write_bytes(b"x" * 10)
    assert read_file(path, 10) == b"x" * 10


@pytest.mark.skipif(os.name != "posix", reason="devices, sockets and pipes of POSIX")
def test_what_is_no_file_is_told_and_never_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PIPE_SECONDS", 0.01)
    os.mkfifo(tmp_path / "fifo")
    link = tmp_path / "link"
    link.symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path, words in (
            (link, "Is a device"),
            (Path("/dev/null"), "Is a device"),
            (tmp_path, "Is a directory"),
            (tmp_path / "socket", "Is a socket"),
            (tmp_path / "fifo", "nothing came from it for 0.01 s"),
            (tmp_path / "nothing", "No such file or directory"),
            (tmp_path / "a\0b", "embedded null"),
        ):
            with pytest.raises(OSError, match=re.escape(words)):
                read_file(path, 1_000)
    fifo, named = str(tmp_path / "fifo"), tmp_path / "zero.toml"
    named.symlink_to("/dev/zero")
    with pytest.raises(PlanError, match="cannot be read: nothing came from it"):
        read_urls(fifo)
    with pytest.raises(PlanError, match="cannot be read: Is a device"):
        load_preset(str(named))
    engine = tmp_path / "mine.py"
    engine.symlink_to("/dev/zero")
    with pytest.raises(LookupError, match=r"cannot read .*: Is a device"):
        engine_info(f"{engine}:Mine")


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_pipe_is_read_to_its_end_and_no_further_than_allowed(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for size, most in ((200_000, 200_000), (200_000, 1_000)):
        writing = threading.Thread(target=_write, args=(fifo, b"x" * size))
        writing.start()
        try:
            if size <= most:
                assert read_file(fifo, most) == b"x" * size
            else:
                with pytest.raises(TooLongError):
                    read_file(fifo, most)
        finally:
            writing.join(10)
        assert not writing.is_alive()


@pytest.mark.parametrize("empty", [1, 10_000])
def test_a_file_that_calls_itself_regular_and_has_nothing_yet_is_waited_for_in_pauses_and_not_for_ever(
    empty: int, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"at last")
    real, asked, clock = os.read, iter(range(empty)), [0.0]

    def read(handle: int, size: int) -> bytes:
        if next(asked, None) is not None:
            raise BlockingIOError
        return real(handle, size)

    def pause(seconds: float) -> None:
        clock[0] += seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "read", read)
        patch.setattr(reading, "sleep", pause)
        patch.setattr(reading, "monotonic", lambda: clock[0])
        if empty == 1:
            assert read_file(path, 1_000) == b"at last"
        else:
            with pytest.raises(OSError, match="nothing came from it for 10 s"):
                read_file(path, 1_000)
    assert clock[0] == pytest.approx(reading.PAUSE_SECONDS if empty == 1 else reading.PIPE_SECONDS, abs=0.1)


def _write(path: Path, data: bytes) -> None:
    with suppress(BrokenPipeError):
        path.write_bytes(data)


def test_a_missing_authority_or_one_that_is_no_file_is_a_problem_of_the_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["run", "--url", "https://embedded/", "--ca-file", "/dev/zero", "-e", "raw", "-n", "1"])
    assert code == 2
    assert 'target.ca_file: "/dev/zero" is not a file' in capsys.readouterr().err


def test_presets_show_tells_what_is_no_text_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b'{"contender": [{"engine": "raw"}], "name": "\xff"}')
    assert main(["presets", "show", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "bug" not in line
    assert str(path) in line


def test_a_body_has_one_limit_wherever_it_comes_from() -> None:
    from httptui.plan.io import plan_from_json, plan_from_toml, plan_to_toml
    from httptui.plan.model import MOST_BODY_BYTES, Contender, Plan

    for body in ("x" * MOST_BODY_BYTES, "\x01" * MOST_BODY_BYTES, "é" * (MOST_BODY_BYTES // 2)):
        plan = Plan(target=Target(body=body), contender=(Contender(engine="raw"),))
        assert plan_from_toml(plan_to_toml(plan)) == plan
    with pytest.raises(
        PlanError, match=f"target.body: has {MOST_BODY_BYTES + 2} bytes; at most {MOST_BODY_BYTES}"
    ):
        plan_from_json(
            '{"contender": [{"engine": "raw"}], "target": {"body": "%s"}}'
            % ("é" * (MOST_BODY_BYTES // 2 + 1))
        )


def test_a_key_of_many_parts_takes_no_time_and_dots_in_texts_are_none() -> None:
    from httptui.plan.io import mapping_from_toml

    with pytest.raises(PlanError, match="nested too deep"):
        mapping_from_toml("a." * 50_000 + "a = 1")
    with pytest.raises(PlanError, match="nested too deep"):
        mapping_from_toml("[" + '"a" . ' * 50_000 + "a]")
    dots = "1." * 500
    for quoted in (
        f'"{dots}"',
        f"'{dots}'",
        f'"""\n{dots}\n\\" "" {dots}"""',
        f"'''{dots}\n'''",
        f"1 # {dots}",
    ):
        assert mapping_from_toml(f"a = {quoted}\n[b]\nc = 1")["b"] == {"c": 1}


def test_the_reader_imports_nothing_but_the_standard_library(project: Path) -> None:
    code = "import sys, httptui.engines.files; print(*[n for n in sys.modules if n.startswith('httptui.')])"
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=project, check=True
    )
    assert seen.stdout.split() == ["httptui.version", "httptui.engines", "httptui.engines.files"]
