"""Files are whole or not there, for their owner only, with names that cannot surprise."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from httptui.reports.files import report_stem, reports_folder, write_atomically
from httptui.reports.report import Report
from httptui.snapshot import Verdict


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
    monkeypatch.setattr("httptui.reports.files.platformdirs.user_data_path", lambda *_, **__: tmp_path)
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
