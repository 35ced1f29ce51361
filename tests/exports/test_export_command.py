"""`httptui report export`: which files it writes, what it says, and what it refuses before it writes any."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import msgspec
import pytest
from measured_report import FAST, MISSING, measured_report
from msgspec.structs import replace
from written import to_html, to_markdown

from httptui.errors import ExitCode
from httptui.report.exports import to_bmf, to_hgrm
from httptui.results.report import HistogramData, Report
from httptui.tui.cli.main import main
from httptui.tui.cli.outputs import Outputs

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return write(tmp_path, measured_report())


def write(folder: Path, report: Report) -> Path:
    path = folder / "report.json"
    path.write_bytes(msgspec.json.encode(report))
    return path


def export(report: Path, *flags: str) -> int:
    return main(["report", "export", str(report), *flags])


def test_every_form_is_written_whole_and_for_its_owner_only(
    saved: Path, tmp_path: Path, capsys: Capture
) -> None:
    names = {
        "--html": "a.html",
        "--markdown": "a.md",
        "--csv": "a.csv",
        "--bmf": "a.json",
        "--hgrm": "latencies",
    }
    flags = [part for flag, name in names.items() for part in (flag, str(tmp_path / name))]
    assert export(saved, *flags) == ExitCode.DONE
    assert (tmp_path / "a.html").read_text() == to_html(measured_report())
    assert (tmp_path / "a.md").read_text() == to_markdown(measured_report())
    assert (tmp_path / "a.json").read_bytes() == to_bmf(measured_report())
    assert (tmp_path / "latencies" / "B-aiohttp-shared-uvloop.hgrm").read_text() == to_hgrm(FAST)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != saved]
    assert len(files) == 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    told = capsys.readouterr()
    assert told.out == ""
    assert sorted(told.err.splitlines()) == sorted(f"saved {path}" for path in files)


def test_one_form_can_have_stdout(saved: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert export(saved, "--csv", "-") == ExitCode.DONE
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode(), newline=""), strict=True))
    assert [row["id"] for row in rows] == ["B", "A", "C"]
    assert export(saved, "--bmf", "-") == ExitCode.DONE
    assert set(json.loads(capsysbinary.readouterr().out)) == {"httpx · shared", "aiohttp · shared · uvloop"}


def test_one_contender_can_be_one_file_of_percentiles(saved: Path, tmp_path: Path, capsys: Capture) -> None:
    assert export(saved, "--hgrm", "-", "--contender", "B") == ExitCode.DONE
    assert capsys.readouterr().out == to_hgrm(FAST)
    alone = write(tmp_path, measured_report(contenders=(FAST, MISSING)))
    assert export(alone, "--hgrm", str(tmp_path / "b.hgrm")) == ExitCode.DONE
    assert (tmp_path / "b.hgrm").read_text() == to_hgrm(FAST)


def test_one_file_can_have_the_response_times_of_an_open_load(
    saved: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert export(saved, "--hgrm", "-", "--what", "response") == ExitCode.BAD_INPUT
    assert "--what: the report has no response times" in capsys.readouterr().err
    one = replace(FAST, response_histogram=HistogramData(counts=((9_000_000, 10),)))
    opened = write(tmp_path, measured_report(contenders=(one, MISSING)))
    assert export(opened, "--hgrm", "-", "--what", "response") == ExitCode.DONE
    assert capsys.readouterr().out == to_hgrm(one, "response")


def test_a_report_without_latencies_has_no_percentiles_and_says_so(tmp_path: Path, capsys: Capture) -> None:
    none = write(tmp_path, measured_report(contenders=(MISSING,)))
    assert export(none, "--hgrm", str(tmp_path / "folder")) == ExitCode.DONE
    assert capsys.readouterr().err == "no percentiles: no contender has a latency\n"


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (
            [],
            "say what to write: --html, --markdown, --csv, --bmf or --hgrm (see httptui report export --help)",
        ),
        (["--html", "-", "--csv", "-"], "--html - and --csv -: only one of them can have stdout"),
        (["--html", "/nowhere/x.html"], '--html: "/nowhere/x.html" is in a folder that does not exist'),
        (["--hgrm", "-"], "--contender: one file holds one contender; the report has A, B"),
        (["--hgrm", "-", "--contender", "C"], "--contender: C has no latencies in the report; A, B"),
        (
            ["--hgrm", "folder", "--what", "response"],
            "--what: goes with --hgrm FILE.hgrm or --hgrm -; a folder gets the times of both kinds",
        ),
        (
            ["--csv", "-", "--contender", "A"],
            "--contender: goes with --hgrm FILE.hgrm or --hgrm -, which hold one contender",
        ),
    ],
)
def test_what_cannot_be_written_is_refused(
    saved: Path, flags: list[str], problem: str, capsys: Capture
) -> None:
    assert export(saved, *flags) == ExitCode.BAD_INPUT
    assert capsys.readouterr() == ("", f"httptui: {problem}\n")


def test_what_is_no_report_is_refused(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "plan.json").write_text("{}")
    assert export(tmp_path / "plan.json", "--html", "-") == ExitCode.BAD_INPUT
    assert "plan.json: not a report of httptui" in capsys.readouterr().err


def test_a_run_writes_the_same_forms(tmp_path: Path) -> None:
    outputs = Outputs(html=str(tmp_path / "a.html"), bmf=str(tmp_path / "a.json"), hgrm=tmp_path / "folder")
    outputs.check()
    delivery = outputs.report(measured_report())
    assert delivery.problems == []
    assert [path.name for path in delivery.paths] == [
        "a.html",
        "a.json",
        "A-httpx-shared.hgrm",
        "B-aiohttp-shared-uvloop.hgrm",
    ]
    assert (tmp_path / "a.html").read_text() == to_html(measured_report())
