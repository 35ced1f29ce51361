"""`httptui report compare` from the outside: formats, exit codes, and one clear line for each mistake."""

from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import msgspec
import pytest
from compared_reports import contender, report, scaled

from httptui.errors import ExitCode
from httptui.results.report import Report
from httptui.tui.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two saved reports, in the later of which aiohttp is a fifth slower."""
    after = report(contender("A", "aiohttp", scaled(0.8)), contender("B", "httpx"))
    return [_saved(tmp_path / "before.json", report()), _saved(tmp_path / "after.json", after)]


def _saved(path: Path, made: Report) -> str:
    path.write_bytes(msgspec.json.encode(made))
    return str(path)


def test_text_goes_to_stdout_and_nothing_to_stderr(files: list[str], capsys: Capture) -> None:
    assert main.main(["report", "compare", *files]) == ExitCode.DONE
    told = capsys.readouterr()
    assert "  req/s     1 000     800  −20 % [−21, −19]    −20 %" in told.out
    assert told.err == ""


def test_json_has_every_figure_and_outcome(files: list[str], capsys: Capture) -> None:
    flags = ["--json", "-", "--control", "httpx", "-t", "req_per_s > -5%"]
    assert main.main(["report", "compare", *files, *flags]) == ExitCode.THRESHOLD_MISSED
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "httptui.comparison/1"
    assert found["control"] == "httpx · shared"
    assert found["contenders"][0]["figures"]["req_per_s"]["against"]["point"] == pytest.approx(0.8, rel=0.01)
    assert [one["outcome"] for one in found["thresholds"]] == ["missed"]


def test_one_form_only_can_have_stdout(files: list[str], capsys: Capture) -> None:
    assert main.main(["report", "compare", *files, "--html", "-", "--json", "-"]) == ExitCode.BAD_INPUT
    assert capsys.readouterr().err == "httptui: --json - and --html -: only one of them can have stdout\n"
    assert main.main(["report", "compare", *files, "--html", "-"]) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_files_are_written_beside_the_text(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "changes.md"
    assert main.main(["report", "compare", *files, "--markdown", str(path)]) == ExitCode.DONE
    assert path.read_text("utf-8").startswith("# httptui: two runs compared\n")
    told = capsys.readouterr()
    assert told.out.startswith("demo · ")
    assert told.err == f"saved {path}\n"
    assert main.main(["report", "compare", *files, "--markdown", "-"]) == ExitCode.DONE
    assert capsys.readouterr().out == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ([], ExitCode.DONE),
        (["-t", "req_per_s > -25%"], ExitCode.DONE),
        (["-t", "httpx.req_per_s > -5%"], ExitCode.DONE),
        (["-t", "req_per_s > -5%"], ExitCode.THRESHOLD_MISSED),
        (["-t", "req_per_s > -5%", "--significant"], ExitCode.THRESHOLD_MISSED),
        (["-t", "req_per_s > -18%", "--significant"], ExitCode.DONE),
        (["-t", "req_per_s > -18%"], ExitCode.DONE),
        (["-t", "req_per_s > -18%", "--point"], ExitCode.THRESHOLD_MISSED),
        (["-t", "req_per_s > -18%", "--strict"], ExitCode.THRESHOLD_MISSED),
        (["-t", "req_per_s > -90%", "--strict"], ExitCode.DONE),
    ],
)
def test_only_a_missed_threshold_changes_the_exit_code(
    files: list[str], flags: list[str], code: ExitCode
) -> None:
    assert main.main(["report", "compare", *files, *flags]) == code


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--control", "curl"], 'httptui: --control: "curl" is no contender; A "aiohttp · shared"'),
        (["-t", "p98 < 5%"], 'httptui: --threshold: "p98" is not a quantity; allowed: req_per_s'),
        (["-t", "curl.p99 < 5%"], 'httptui: --threshold: "curl" is no contender; A "aiohttp · shared"'),
        (
            ["-t", "p99 < 5%", "--significant", "--point"],
            "httptui: --point and --significant: thresholds are judged in one way only",
        ),
        (
            ["--html", "nowhere/page.html"],
            'httptui: --html: "nowhere/page.html" is in a folder that does not',
        ),
        (
            ["--json", "-", "--markdown", "-"],
            "httptui: --json - and --markdown -: only one of them can have stdout",
        ),
    ],
)
def test_a_mistake_is_one_line(files: list[str], flags: list[str], line: str, capsys: Capture) -> None:
    assert main.main(["report", "compare", *files, *flags]) == ExitCode.BAD_INPUT
    told = capsys.readouterr()
    assert told.out == ""
    (complaint,) = told.err.splitlines()
    assert complaint.startswith(line)


def test_what_is_not_decided_is_told_beside_a_form_on_stdout(files: list[str], capsys: Capture) -> None:
    flags = ["--json", "-", "-t", "p99 < 5%"]
    assert main.main(["report", "compare", *files, *flags]) == ExitCode.DONE
    told = capsys.readouterr()
    assert [one["outcome"] for one in json.loads(told.out)["thresholds"]] == ["open", "open"]
    assert told.err.startswith("2 of 2 results are NOT DECIDED: ")


def test_a_report_that_cannot_be_read_is_named(files: list[str], capsys: Capture) -> None:
    assert main.main(["report", "compare", files[0], "missing.json"]) == ExitCode.BAD_INPUT
    assert capsys.readouterr().err == "httptui: missing.json: cannot be read: No such file or directory\n"


def test_a_threshold_that_is_held_to_no_contender_is_a_mistake(
    files: list[str], tmp_path: Path, capsys: Capture
) -> None:
    """Else a gate would be open where everything it guards is gone."""
    other = _saved(tmp_path / "other.json", report(contender("A", "requests")))
    limit = ["-t", "req_per_s > -5%"]
    assert main.main(["report", "compare", files[0], other, *limit]) == ExitCode.BAD_INPUT
    told = capsys.readouterr()
    assert (told.out, told.err) == (
        "",
        'httptui: --threshold: "req_per_s > -5%" is held to nothing: no contender is in both runs\n',
    )
    alone = _saved(tmp_path / "alone.json", report(contender("A", "aiohttp")))
    flags = ["--control", "aiohttp", *limit]
    assert main.main(["report", "compare", files[0], alone, *flags]) == ExitCode.BAD_INPUT
    assert "no contender but the control is in both runs" in capsys.readouterr().err


def test_one_of_the_two_may_come_from_standard_input(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(Path(files[0]).read_bytes())))
    assert main.main(["report", "compare", "-", files[1]]) == ExitCode.DONE
    assert "−20 % [−21, −19]" in capsys.readouterr().out
    assert main.main(["report", "compare", "-", "-"]) == ExitCode.BAD_INPUT
    assert "only one of them can be -, which is standard input" in capsys.readouterr().err
