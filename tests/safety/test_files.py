"""Files are whole or not there, for their owner only, with names that cannot surprise."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest

from httptui.report.store import report_stem, reports_folder, save_together, write_atomically, write_new
from httptui.results.report import Report
from httptui.results.snapshot import Verdict


def report(started: str = "2026-01-02T03:04:05+00:00", **plan: str) -> Report:
    return Report(
        complete=True,
        started=started,
        seconds=1.0,
        plan=dict(plan),
        environment={},
        contenders=(),
        ranking=(),
        verdict=Verdict("undecided", "Nothing ran."),
    )


def test_a_file_is_written_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "report.json"
    write_atomically(path, b"one")
    assert path.read_bytes() == b"one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_older_file_is_replaced_and_its_rights_narrowed(tmp_path: Path):
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(0o666)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
    assert path.read_bytes() == b"old"


def test_the_reports_folder_is_made_where_it_is_asked_for(tmp_path: Path):
    folder = reports_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert folder == tmp_path / "a" / "b"


def test_the_usual_reports_folder_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("httptui.report.store.platformdirs.user_data_path", lambda *_, **__: tmp_path)
    assert reports_folder() == tmp_path / "reports"
    assert (tmp_path / "reports").is_dir()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("demo", "20260102-030405-demo"),
        ("", "20260102-030405-run"),
        ("../../etc/passwd", "20260102-030405-etc-passwd"),
        ("Café Ünï\n漢", "20260102-030405-cafe-uni"),
        ("x" * 500, "20260102-030405-" + "x" * 60),
    ],
)
def test_a_report_is_named_by_its_time_and_plan(name: str, stem: str):
    assert report_stem(report(name=name)) == stem


def test_a_report_without_a_time_still_has_a_name():
    assert report_stem(msgspec.structs.replace(report(), started="?")) == "undated-run"


def test_a_link_stays_and_the_file_it_names_is_replaced(tmp_path: Path):
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "x.json", tmp_path / "link.json"
    link.symlink_to(real)
    write_atomically(link, b"one")
    real.write_bytes(b"old")
    write_atomically(link, b"two")
    assert link.is_symlink()
    assert real.read_bytes() == b"two"
    assert [file.name for file in real.parent.iterdir()] == ["x.json"]


def refusing_to_replace(number: int) -> Callable[[Path, Path], None]:
    def replace(part: Path, path: Path) -> None:
        raise OSError(number, os.strerror(number), str(part), None, str(path))

    return replace


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EPERM])
def test_a_file_that_is_mounted_or_cannot_be_replaced_is_written_over(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "x.json"
    path.write_bytes(b"longer than what comes")
    path.chmod(0o666)
    inode = path.stat().st_ino
    monkeypatch.setattr(Path, "replace", refusing_to_replace(number))
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino == inode
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


def test_what_is_written_over_is_there_in_a_file_beside_it_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "x.json"
    path.write_bytes(b"old")
    beside: list[bytes] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        beside.extend(file.read_bytes() for file in tmp_path.glob("*.part"))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", refusing_to_replace(errno.EBUSY))
    write_atomically(path, b"new")
    assert beside[-1] == b"new"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(("there", "number"), [(True, errno.EACCES), (False, errno.EPERM)])
def test_a_file_that_cannot_be_written_over_either_is_told(
    there: bool, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "x.json"
    if there:
        path.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", refusing_to_replace(number))
    with pytest.raises(OSError, match=os.strerror(number)):
        write_atomically(path, b"new")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"] * there


def test_a_name_that_is_taken_is_not_written_over(tmp_path: Path):
    path = tmp_path / "x.json"
    write_new(path, b"one")
    with pytest.raises(FileExistsError):
        write_new(path, b"two")
    assert path.read_bytes() == b"one"
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


def test_a_file_system_without_links_takes_names_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "x.json"
    write_new(path, b"one")
    with pytest.raises(FileExistsError):
        write_new(path, b"two")
    assert path.read_bytes() == b"one"
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


def test_reports_of_one_second_get_names_of_their_own(tmp_path: Path):
    forms = {".json": lambda: b"{}", ".md": lambda: b"#"}
    (tmp_path / "run-3.md").touch()
    saved = [save_together(tmp_path, "run", forms) for _ in range(3)]
    assert [[path.name for path in paths] for paths, _ in saved] == [
        ["run.json", "run.md"],
        ["run-2.json", "run-2.md"],
        ["run-4.json", "run-4.md"],
    ]
    assert not any(problems for _, problems in saved)


def test_a_name_that_another_process_takes_just_now_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Every look says that the name is free, as it does to two processes that look at one moment."""
    monkeypatch.setattr(os.path, "lexists", lambda path: str(path).endswith(".part"))
    saved = [save_together(tmp_path, "run", {".json": partial(bytes, [number])}) for number in (1, 2, 3)]
    assert [paths[0].read_bytes() for paths, _ in saved] == [b"\1", b"\2", b"\3"]


def test_a_file_that_cannot_be_made_costs_no_other(tmp_path: Path):
    def mistaken() -> bytes:
        raise KeyError("p99")

    forms = {".json": lambda: b"{}", ".md": mistaken, ".html": lambda: b"<p>"}
    paths, problems = save_together(tmp_path, "run", forms)
    assert [path.name for path in paths] == ["run.json", "run.html"]
    assert problems == ("run.md: this is a bug in httptui: KeyError: 'p99'",)


KILLED = """
import os, signal, sys
from pathlib import Path
from httptui.report import store as files
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
files.write_atomically(Path(sys.argv[1]), b"half")
"""


@pytest.mark.slow
def test_what_a_killed_process_was_writing_is_removed_by_the_next_that_writes_there(tmp_path: Path):
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "x.json"], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(".part")
    write_atomically(tmp_path / "y.json", b"{}")
    assert [file.name for file in tmp_path.iterdir()] == ["y.json"]


def test_what_is_being_written_and_what_is_not_ours_is_left_alone(tmp_path: Path):
    (tmp_path / ".download.part").touch()
    (tmp_path / "mine.httptui.part").touch()
    during: list[str] = []

    def form() -> bytes:
        return b"{}"

    real = os.fsync

    def fsync(handle: int) -> None:
        if not during:
            during.append("now")
            write_atomically(tmp_path / "other.json", b"{}")
            during.extend(file.name for file in tmp_path.iterdir())
        real(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        save_together(tmp_path, "run", {".json": form})
    assert any(name.startswith(".run.json.") for name in during)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [".download.part", "mine.httptui.part", "other.json", "run.json"]
