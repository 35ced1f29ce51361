"""`httptui report compare` of two sweeps from the outside: forms, exit codes, and what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from compared_sweeps import GRID, LATER, at_most_half, swept
from swept_plans import visit_report

from httptui.errors import ExitCode
from httptui.tui.cli import main

Capture = pytest.CaptureFixture[str]


def saved(path: Path, made: msgspec.Struct) -> str:
    path.write_bytes(msgspec.json.encode(made))
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two saved sweeps, in the later of which httpx is a fifth slower above two in flight."""
    after = swept(at_most_half, started=LATER)
    return [saved(tmp_path / "before.json", swept()), saved(tmp_path / "after.json", after)]


def test_text_goes_to_stdout_and_nothing_to_stderr(files: list[str], capsys: Capture) -> None:
    assert main.main(["report", "compare", *files]) == ExitCode.DONE
    told = capsys.readouterr()
    assert "httpx · shared is slower at 2 of 4 levels and faster at none; relative to the others, too." in (
        told.out.replace("\n  ", " ")
    )
    assert told.err == ""


def test_json_has_every_level_and_outcome(files: list[str], capsys: Capture) -> None:
    flags = ["--json", "-", "--control", "aiohttp", "-t", "req_per_s > -5%"]
    assert main.main(["report", "compare", *files, *flags]) == ExitCode.THRESHOLD_MISSED
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "httptui.sweep-comparison/1"
    assert [level["levels"] for level in found["levels"]] == [[1], [2], [4], [8]]
    against = found["levels"][3]["contenders"][1]["figures"]["req_per_s"]["against"]
    assert against["point"] == pytest.approx(0.8)
    assert [one["outcome"] for one in found["thresholds"]] == ["met", "met", "missed", "missed"]


def test_files_are_written_beside_the_text(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    paths = tmp_path / "changes.md", tmp_path / "changes.html"
    flags = ["--markdown", str(paths[0]), "--html", str(paths[1])]
    assert main.main(["report", "compare", *files, *flags]) == ExitCode.DONE
    assert paths[0].read_text("utf-8").startswith("# httptui: two sweeps compared\n")
    assert paths[1].read_text("utf-8").startswith("<!doctype html>")
    assert capsys.readouterr().out.startswith("knees · 2026-11-20")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["-t", "req_per_s > -25%"], ExitCode.DONE),
        (["-t", "aiohttp.req_per_s > -5%"], ExitCode.DONE),
        (["-t", "req_per_s > -5%"], ExitCode.THRESHOLD_MISSED),
        (["-t", "req_per_s > -5%", "--significant"], ExitCode.THRESHOLD_MISSED),
        (["-t", "req_per_s > -19.9%", "--significant"], ExitCode.DONE),
    ],
)
def test_only_a_missed_threshold_changes_the_exit_code(
    files: list[str], flags: list[str], code: ExitCode
) -> None:
    assert main.main(["report", "compare", *files, *flags]) == code


def test_a_run_against_a_sweep_is_refused(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    run = saved(tmp_path / "run.json", visit_report())
    for pair, kinds in (((run, files[0]), ("a sweep", "a run")), ((files[0], run), ("a run", "a sweep"))):
        assert main.main(["report", "compare", *pair]) == ExitCode.BAD_INPUT
        assert capsys.readouterr().err == (
            f"httptui: {pair[1]}: the report of {kinds[0]}, and {pair[0]} that of {kinds[1]}; two reports of one "
            "kind can be compared\n"
        )


def test_other_axes_are_refused_in_a_line(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    grid = saved(tmp_path / "grid.json", swept(plan=GRID))
    assert main.main(["report", "compare", files[0], grid]) == ExitCode.BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        "they are over other axes: concurrency 1 … 8, then pool 4 … 16 and concurrency 8 … 32"
    )


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--control", "curl"], 'httptui: --control: "curl" is no contender; A "aiohttp · shared"'),
        (["-t", "p90 < 5%"], 'httptui: --threshold: "p90" is not a quantity; allowed: req_per_s, p50'),
        (["-t", "curl.p99 < 5%"], 'httptui: --threshold: "curl" is no contender; A "aiohttp · shared"'),
    ],
)
def test_a_mistake_is_one_line(files: list[str], flags: list[str], line: str, capsys: Capture) -> None:
    assert main.main(["report", "compare", *files, *flags]) == ExitCode.BAD_INPUT
    told = capsys.readouterr()
    assert told.out == ""
    (complaint,) = told.err.splitlines()
    assert complaint.startswith(line)
