"""`httptui code`: whole scripts on stdout, and one clear line where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from httptui.errors import ExitCode, PlanError
from httptui.plan.model import Contender, Plan
from httptui.tui.cli import main
from httptui.tui.cli.code import chosen

Capture = pytest.CaptureFixture[str]

PLAN = Plan(
    contender=(
        Contender(engine="aiohttp", label="b"),
        Contender(engine="httpx"),
        Contender(engine="requests", label="Twice"),
        Contender(engine="urllib3", label="twice"),
    )
)


def told(capsys: Capture, *arguments: str) -> str:
    """What the command prints; it must end well."""
    assert main.main(["code", *arguments]) == ExitCode.DONE
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def test_one_contender_is_one_script(capsys: Capture) -> None:
    script = told(capsys, "demo", "A")
    compile(script, "a.py", "exec")
    assert script.startswith("# aiohttp · shared · uvloop\n")
    assert script.endswith("uvloop.run(main())\n")
    assert told(capsys, "demo", "AIOHTTP · shared · uvloop") == script


def test_all_contenders_are_scripts_that_follow_each_other(capsys: Capture) -> None:
    scripts = told(capsys, "-e", "raw", "-e", "requests:every-7", "-e", "http.client")
    compile(scripts, "all.py", "exec")
    assert [line for line in scripts.splitlines() if line.startswith("# ==")] == [
        f"# {f' {letter} ':=^76}" for letter in "ABC"
    ]
    assert "# raw is no library" in scripts
    assert "islice(turns, USES - 1)" in scripts


def test_flags_go_over_the_preset(capsys: Capture) -> None:
    script = told(
        capsys, "--url", "http://localhost:9/x", "-e", "urllib3:per-request,pool=3", "-c", "8", "-X", "PUT"
    )
    assert 'URL = "http://localhost:9/x"\n' in script
    assert "maxsize=3" in script
    assert "IN_FLIGHT = 8\n" in script
    assert 'http.request("PUT", URL, pool_timeout=30)' in script


def test_the_list_names_letters_and_labels_and_what_has_no_script(capsys: Capture) -> None:
    listed = told(capsys, "--list", "-e", "raw", "-e", "aiohttp").splitlines()
    assert listed[0].startswith("A  raw · shared      raw is no library")
    assert listed[1] == "B  aiohttp · shared"


def test_a_plan_file_is_read(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[target]\nurl = "http://[::1]:81/"\n[[contender]]\nengine = "http.client"\n')
    assert 'HOST, PORT = "::1", 81\n' in told(capsys, str(path), "a")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["demo", "Z"], 'httptui: contender: none is called "Z"; there are A aiohttp · shared · uvloop, B '),
        (["-e", "raw", "demo", "A"], "httptui: raw is no library but httptui's own ceiling; its code is "),
        (["nowhere"], 'httptui: preset: no preset is called "nowhere"'),
        (["-c", "0"], "httptui: load.concurrency: 0 is not allowed; a whole number from 1 to 10000"),
    ],
)
def test_what_cannot_be_shown_ends_with_one_line_and_code_2(
    arguments: list[str], line: str, capsys: Capture
) -> None:
    assert main.main(["code", *arguments]) == ExitCode.BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(line)


def test_a_letter_goes_before_a_label_and_a_label_must_be_one_contenders() -> None:
    assert chosen(PLAN, "b") == 1
    assert chosen(PLAN, "httpx · SHARED") == 1
    with pytest.raises(PlanError, match='"twice" is the label of C and D; name the letter'):
        chosen(PLAN, "twice")
