"""Links, FIFOs, devices and descriptors are written to where they are, and nobody waits for ever."""

from __future__ import annotations

import os
import re
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from httptui.errors import ExitCode, PlanError
from httptui.report import store as special_files
from httptui.report.store import descriptor_of, is_special, why_not_special, write_through, write_to
from httptui.tui.cli.main import main
from httptui.tui.cli.outputs import Delivery, Job, Outputs

DATA = b"x" * 200_000


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A reading and a writing end, closed at last."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def read_all(end: int, into: list[bytes]) -> threading.Thread:
    """Read to the end in the background."""

    def read() -> None:
        with os.fdopen(end, "rb", closefd=False) as file:
            into.append(file.read())

    thread = threading.Thread(target=read)
    thread.start()
    return thread


def deliver(target: Path | str, data: bytes = b"{}") -> Delivery:
    delivery = Delivery()
    delivery.write([Job("--json", str(target), lambda: data)])
    return delivery


def test_a_descriptor_that_a_shell_has_opened_is_written_to():
    reading, writing = os.pipe()
    got: list[bytes] = []
    thread = read_all(reading, got)
    assert deliver(f"/dev/fd/{writing}", DATA).problems == []
    os.close(writing)
    thread.join()
    os.close(reading)
    assert got == [DATA]


def test_a_file_that_a_shell_has_opened_goes_on_where_it_is(tmp_path: Path):
    path = tmp_path / "log"
    with path.open("wb", buffering=0) as file:
        file.write(b"before ")
        inode = path.stat().st_ino
        link = tmp_path / "link"
        link.symlink_to(f"/proc/self/fd/{file.fileno()}")
        assert deliver(f"/dev/fd/{file.fileno()}", b"one ").problems == []
        assert deliver(link, b"two").problems == []
    assert path.read_bytes() == b"before one two"
    assert path.stat().st_ino == inode


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/../dev/stdout"])
def test_stdout_is_known_by_all_its_names(path: str):
    assert descriptor_of(Path(path)) == 1
    with pytest.raises(PlanError, match="only one of them can have stdout"):
        Outputs(json="-", csv=path).check()


def test_a_fifo_is_written_to_and_stays(tmp_path: Path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    thread.start()
    Outputs(json=str(fifo)).check()
    assert deliver(fifo, DATA).problems == []
    thread.join()
    assert got == [DATA]
    assert stat.S_ISFIFO(fifo.lstat().st_mode)


def test_a_fifo_that_nobody_reads_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(special_files, "READER_SECONDS", 0.2)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (problem,) = deliver(fifo).problems
    assert "was not written: nobody has read it for 0.2 s" in problem
    assert stat.S_ISFIFO(fifo.lstat().st_mode)


def test_a_reader_that_leaves_after_a_part_has_had_enough() -> None:
    reading, writing = os.pipe()

    def take_a_byte() -> None:
        os.read(reading, 1)
        os.close(reading)

    reader = threading.Thread(target=take_a_byte)
    reader.start()
    write_through(Path(f"/dev/fd/{writing}"), b"x" * 1_000_000)
    reader.join()
    with pytest.raises(BrokenPipeError):
        write_through(Path(f"/dev/fd/{writing}"), b"x")
    os.close(writing)


def test_a_reader_that_takes_nothing_is_waited_for_until_it_is_given_up(pipe: tuple[int, int]):
    asked: list[float] = []

    def give_up(waited: float) -> bool:
        asked.append(waited)
        return len(asked) == 3

    with pytest.raises(TimeoutError, match="its reader does not read"):
        write_through(Path(f"/dev/fd/{pipe[1]}"), DATA, give_up=give_up)
    assert len(asked) == 3
    assert asked == sorted(asked)
    assert asked[0] >= special_files.SLICE_SECONDS


def test_a_terminal_that_takes_only_a_part_holds_nobody_up():
    other, terminal = os.openpty()
    given_up: list[TimeoutError] = []

    def write() -> None:
        try:
            write_to(terminal, DATA, give_up=lambda waited: waited > 0.2)
        except TimeoutError as error:
            given_up.append(error)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    thread.join(30)
    held_up = thread.is_alive()
    os.close(other)  # Which lets go of a writer that is held up.
    thread.join(30)
    os.close(terminal)
    assert not held_up
    assert len(given_up) == 1


def test_a_device_is_written_to_and_stays():
    other, terminal = os.openpty()
    try:
        path = Path(os.ttyname(terminal))
        assert is_special(path)
        Outputs(json=str(path)).check()
        assert deliver(path, b"told").problems == []
        assert os.read(other, 99) == b"told"
        assert stat.S_ISCHR(path.lstat().st_mode)
    finally:
        os.close(other)
        os.close(terminal)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_that_is_full_is_told_of():
    delivery = deliver("/dev/full")
    assert delivery.problems == ['--json: "/dev/full" was not written: No space left on device']
    assert not delivery.whole


def test_what_cannot_be_written_to_is_told_before_any_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as bound, open(os.devnull) as reading:
        bound.bind("s")
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "folder").symlink_to(tmp_path, target_is_directory=True)
        problems = {
            "s": "is a socket",
            f"/dev/fd/{reading.fileno()}": "is open for reading only",
            "/dev/fd/987": "is not open",
            "loop": "Too many levels of symbolic links",
            "folder": "is a folder; name a file",
            "x" * 300: "File name too long",
        }
        for target, problem in problems.items():
            with pytest.raises(PlanError, match=problem):
                Outputs(json=target).check()


@pytest.mark.parametrize("there", [False, True])
def test_two_outputs_to_one_file_are_refused_before_any_load_by_whatever_names(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("r")
    (tmp_path / "here").symlink_to(tmp_path, target_is_directory=True)
    names = ["r", "./r", "folder/../r", "here/r", str(tmp_path / "r"), "link"]
    if there:
        (tmp_path / "r").write_bytes(b"before")
        os.link("r", "hard")
        names.append("hard")
    for name in names:
        problem = f'--json "r" and --csv "{name}": only one of them can have that file'
        with pytest.raises(PlanError) as caught:
            Outputs(json="r", csv=name, html="other").check()
        assert caught.value.problems == (problem,)
        assert main(["doctor", "--json", "r", "--markdown", name]) == ExitCode.BAD_INPUT
        assert capsys.readouterr().err == f"httptui: {problem.replace('--csv', '--markdown')}\n"
    assert (tmp_path / "r").exists() == there


def test_a_file_that_stdout_leads_to_is_no_output_besides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "r"
    with path.open("wb") as file:
        monkeypatch.setattr("httptui.tui.cli.outputs.STDOUT_NUMBER", file.fileno())
        for outputs, claim in (
            (Outputs(csv=str(path), json="-"), f'--json "-" and --csv "{path}"'),
            (Outputs(csv=str(path), stream=True), f'--csv "{path}" and --stream "-"'),
            (Outputs(csv=str(path), json=f"/dev/fd/{file.fileno()}"), "only one of them can have that file"),
        ):
            with pytest.raises(PlanError, match=re.escape(claim)):
                outputs.check()


def test_outputs_that_take_all_that_is_written_can_be_one(tmp_path: Path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for target in (os.devnull, str(fifo)):
        Outputs(json=target, csv=target).check()
    Outputs(json=str(tmp_path / "a"), csv=str(tmp_path / "b")).check()


def test_a_disk_is_not_written_over(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stat, "S_ISBLK", lambda mode: True)
    assert why_not_special(Path(os.devnull)) == "is a block device"


def test_folders_and_files_that_are_read_only_are_told_before_any_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As if by a user who is not root, who may write everywhere."""
    (tmp_path / "x.json").touch()
    real = os.access

    def access(path: object, mode: int) -> bool:
        return mode != os.W_OK and real(str(path), mode)

    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "access", access)
        with pytest.raises(PlanError, match="is read-only"):
            Outputs(json=str(tmp_path / "x.json")).check()
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    with pytest.raises(PlanError) as caught:
        Outputs(json=str(tmp_path / "x.json"), out=tmp_path, hgrm=tmp_path).check()
    assert [problem.partition(": ")[0] for problem in caught.value.problems] == ["--json", "--hgrm", "--out"]
    assert all("cannot be written to: Read-only file system" in told for told in caught.value.problems)


def test_an_output_that_cannot_be_written_costs_no_other(tmp_path: Path):
    def mistaken() -> bytes:
        raise ValueError("no such figure")

    delivery = Delivery()
    delivery.write(
        [
            Job("--csv", str(tmp_path / "gone" / "x.csv"), lambda: b"1"),
            Job("--bmf", str(tmp_path / "b.json"), mistaken),
            Job("--json", str(tmp_path / "x.json"), lambda: b"{}"),
        ]
    )
    assert delivery.paths == [tmp_path / "x.json"]
    assert delivery.whole
    assert delivery.problems == [
        f'--csv: "{tmp_path}/gone/x.csv" was not written: No such file or directory',
        f'--bmf: "{tmp_path}/b.json" was not written: this is a bug in httptui: ValueError: no such figure',
    ]
    assert delivery.code(0) == 2
    assert [delivery.code(code) for code in (3, 4, 130)] == [3, 4, 130]


def test_files_come_before_what_waits_for_a_reader(tmp_path: Path):
    fifo, order = tmp_path / "fifo", []
    os.mkfifo(fifo)
    targets = (str(fifo), "-", str(tmp_path / "x.json"))
    jobs = [Job("--html", target, lambda target=target: order.append(target) or b"") for target in targets]  # type: ignore[misc]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(special_files, "READER_SECONDS", 0.0)
        Delivery().write(jobs)
    assert order[0] == str(tmp_path / "x.json")
