"""The command from the outside: exit codes, one clear line for each mistake, and stdout for data only."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import msgspec
import pytest

from httptui.errors import ExitCode, RefusedError
from httptui.results.report import Report
from httptui.results.snapshot import Verdict
from httptui.target.answers import PATHS
from httptui.tui.cli import main
from httptui.version import __version__

Capture = pytest.CaptureFixture[str]


def report(**changes: object) -> Report:
    made = Report(
        complete=True,
        started="2026-01-02T03:04:05+00:00",
        seconds=1.0,
        plan={"name": "demo"},
        environment={},
        contenders=(),
        ranking=(),
        verdict=Verdict("undecided", "Nothing ran."),
    )
    return msgspec.structs.replace(made, **changes)


def bad(arguments: list[str], capsys: Capture) -> list[str]:
    """What is told on stderr by a command that must end with exit code 2 and leave stdout empty."""
    code = main.main(arguments)
    told = capsys.readouterr()
    assert code == ExitCode.BAD_INPUT
    assert told.out == ""
    return told.err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["run", "-e", "aiohtp"],
            "httptui: contender[0].engine: unknown engine 'aiohtp'; did you mean aiohttp? there are",
        ),
        (
            ["run", "--url", "http://127.0.0.1:1/", "-e", "httpx,http=2"],
            'httptui: contender[0].http: "2" needs an https:// target; over http:// only "1.1" is spoken here',
        ),
        (["run", "-c", "0"], "httptui: load.concurrency: 0 is not allowed; a whole number from 1 to 10000"),
        (
            ["run", "-H", "X-A: one\r\nX-B: two"],
            "httptui: target.headers.X-A: must have no line breaks or control characters",
        ),
        (["run", "demmo"], 'httptui: preset: no preset is called "demmo"; did you mean "demo"?'),
        (["--preset", "demmo"], 'httptui: preset: no preset is called "demmo"; did you mean "demo"?'),
        (
            ["run", "http://me:canary@127.0.0.1/"],
            'httptui: "http://***@127.0.0.1/" is a URL, no preset and no file; give it with --url',
        ),
        (["run", "missing.toml"], "httptui: missing.toml: cannot be read: No such file or directory"),
        (["run", "--url", "http://a b/"], 'httptui: target.url: "http://a b/" must be visible ASCII'),
        (["http://\x1b]0;x/"], 'httptui: target.url: "http://\ufffd]0;x/" must be visible ASCII'),
        (["run", "-d", "soon"], 'httptui: -d: "soon" is not allowed; a time such as 10s'),
        (["run", "--nonsense"], "httptui: No such option"),
        (["run", "-c", "many"], "httptui: Invalid value for '-c'"),
        (["run", "-n"], "httptui: Option '-n' requires an argument"),
        (
            ["run", "--json", "-", "--stream"],
            "httptui: --json - and --stream: only one of them can have stdout",
        ),
        (
            ["run", "--json", "/no/such/folder/x.json"],
            'httptui: --json: "/no/such/folder/x.json" is in a folder',
        ),
        (["run", "--json", "/"], 'httptui: --json: "/" is a folder; name a file'),
        (["presest"], 'httptui: "presest" is no command and no URL; did you mean "presets"?'),
        (["engines", "show", "nobody"], "httptui: engine: unknown engine 'nobody'"),
        (["presets", "show", "nobody"], 'httptui: preset: no preset is called "nobody"'),
        (
            ["report", "show", "missing.json"],
            "httptui: missing.json: cannot be read: No such file or directory",
        ),
        (["target", "--latency", "soon"], "httptui: --latency: 'soon' is not allowed; a time such as 10s"),
        (["target", "--port", "99999"], "httptui: Invalid value for '--port'"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(
    arguments: list[str], line: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    told = bad(arguments, capsys)
    assert len(told) == 1
    assert told[0].startswith(line)


def test_a_complaint_of_several_lines_is_told_in_one(capsys: Capture):
    (told,) = bad(["completion"], capsys)
    assert "Choose from: bash, zsh, fish (see httptui completion --help)" in told


@pytest.mark.parametrize("group", ["report", "config"])
def test_a_command_that_needs_another_shows_its_help_line_by_line(group: str, capsys: Capture):
    told = bad([group], capsys)
    assert told[0].startswith(f"Usage: httptui {group} ")
    assert "Commands:" in told
    assert not any("\ufffd" in line for line in told)


def test_the_help_of_the_target_names_every_path_it_has(capsys: Capture):
    assert main.main(["target", "--help"]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert [path for path in PATHS.replace("NAME", "").split(", ") if path not in told] == []


def test_every_problem_of_a_preset_is_a_line_of_its_own(tmp_path: Path, capsys: Capture):
    path = tmp_path / "typo.toml"
    path.write_text('[load]\nconcurency = 4\n[[contender]]\nengine = "aiohttp"\nreus = "shared"\n')
    assert bad(["run", str(path)], capsys) == [
        f'httptui: {path}: load.concurency: unknown field; did you mean "concurrency"?',
        f'httptui: {path}: contender[0].reus: unknown field; did you mean "reuse"?',
    ]


def test_a_refusal_has_its_own_code(capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    async def refuse(*_: object) -> tuple[str, ...]:
        raise RefusedError("example.com is a public host: add --i-own example.com")

    monkeypatch.setattr("httptui.runs.conductor.check_plan", refuse)
    assert main.main(["run", "--url", "http://example.com/"]) == ExitCode.REFUSED
    told = capsys.readouterr()
    assert told.err == "httptui: example.com is a public host: add --i-own example.com\n"
    assert told.out == ""


def test_one_public_host_in_a_list_of_urls_refuses_the_run(tmp_path: Path, capsys: Capture):
    path = tmp_path / "urls.txt"
    path.write_text("http://127.0.0.1:9/\nhttp://203.0.113.7/\n")
    assert main.main(["run", "--urls", str(path)]) == ExitCode.REFUSED
    assert capsys.readouterr().err.startswith("httptui: target.urls[1]: 203.0.113.7 is a public host")


def test_an_unforeseen_error_is_one_line_too(capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise KeyError("unforeseen\x1b[2J")

    monkeypatch.setattr("httptui.presets.load_preset", fail)
    assert main.main(["run"]) == main.BUG
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("httptui: this is a bug in httptui: KeyError: 'unforeseen")
    assert "\x1b" not in line


def test_ctrl_c_outside_a_run_is_exit_code_130(monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("httptui.presets.load_preset", interrupt)
    assert main.main(["run"]) == ExitCode.INTERRUPTED


def test_the_version_is_one_line(capsys: Capture):
    assert main.main(["--version"]) == ExitCode.DONE
    assert capsys.readouterr().out == f"httptui {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["run", "--help"], ["--preset", "x", "--help"]])
def test_help_is_told_on_stdout(arguments: list[str], capsys: Capture):
    assert main.main(arguments) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("Usage: httptui")


def test_the_help_names_every_command(capsys: Capture):
    main.main(["--help"])
    told = capsys.readouterr().out
    assert all(f"\n  {name} " in told for name in main.COMMANDS if name != "app")
    assert "\n  app " not in told


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["run", "--help"]])
def test_version_and_help_import_neither_textual_nor_a_client(arguments: list[str]):
    code = (
        "import sys; from httptui.tui.cli.main import main; main(sys.argv[1:]); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    imported = set(done.stderr.split())
    clients = {"aiohttp", "httpx", "httpx_aiohttp", "requests", "urllib3", "uvloop", "httptools"}
    assert not imported & (clients | {"textual", "rich", "psutil", "asyncio"})
    assert "click" in imported


def test_presets_are_listed_on_stdout(capsys: Capture):
    assert main.main(["presets"]) == ExitCode.DONE
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.out.splitlines()][:2] == ["demo", "dns"]
    assert "Your own presets" in told.err


def test_a_preset_is_shown_with_its_comments(capsys: Capture):
    assert main.main(["presets", "show", "demo"]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert 'name = "demo"' in told
    assert "# All at once" in told


def test_a_preset_that_can_be_run_is_told_so(capsys: Capture):
    assert main.main(["presets", "check", "fanout-512"]) == ExitCode.DONE
    assert capsys.readouterr().out == "fanout-512: fine; burst · 512 at once, sequential, contenders: 4\n"


def test_the_schema_is_json(capsys: Capture):
    assert main.main(["presets", "schema"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["title"] == "httptui plan"


def test_engines_are_listed_with_their_versions(capsys: Capture):
    assert main.main(["engines"]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert "aiohttp 3." in told
    assert main.main(["engines", "show", "httpx"]) == ExitCode.DONE
    assert "1.1, 2" in capsys.readouterr().out


def test_a_saved_report_is_shown_without_what_a_terminal_obeys(tmp_path: Path, capsys: Capture):
    path = tmp_path / "report.json"
    path.write_bytes(msgspec.json.encode(report(warnings=("beware\x1b]52;c;x\x07",))))
    assert main.main(["report", "show", str(path)]) == ExitCode.DONE
    told = capsys.readouterr()
    assert "Nothing ran." in told.out
    assert "\x1b" not in told.out
    assert told.err == f"Run it again: httptui run {path}\n"


def test_a_saved_report_is_run_once_more_with_the_flags_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ran = []
    monkeypatch.setattr(
        "httptui.tui.cli.headless.run_headless", lambda plan, **rest: ran.append((plan, rest)) or 0
    )
    path = tmp_path / "report.json"
    recorded = {"contender": [{"engine": "aiohttp"}], "schedule": {"seed": 4711}}
    path.write_bytes(msgspec.json.encode(report(plan=recorded)))
    assert main.main(["run", str(path), "-c", "3", "--settle"]) == ExitCode.DONE
    ((plan, rest),) = ran
    assert (plan.schedule.seed, plan.load.concurrency, plan.contender[0].engine) == (4711, 3, "aiohttp")
    assert rest["settle"] is True


def test_a_secret_that_a_report_does_not_keep_is_asked_for_by_its_field(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("httptui.tui.cli.headless.run_headless", lambda *_, **__: ExitCode.DONE)
    path = tmp_path / "report.json"
    recorded = {"contender": [{"engine": "aiohttp"}], "target": {"headers": {"X-Token": "***"}}}
    path.write_bytes(msgspec.json.encode(report(plan=recorded)))
    (line,) = bad(["run", str(path)], capsys)
    assert line.startswith(f"httptui: {path}: target.headers.X-Token: holds *** in place of a secret")
    assert main.main(["run", str(path), "-H", "X-Token: env:TOKEN"]) == ExitCode.DONE


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b'{"schema": "httptui.report/9"}', b"\xff"])
def test_what_is_no_report_is_one_line(data: bytes, tmp_path: Path, capsys: Capture):
    path = tmp_path / "report.json"
    path.write_bytes(data)
    (line,) = bad(["report", "show", str(path)], capsys)
    assert line.startswith(f"httptui: {path}: not a report of httptui")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b" \n", "it is empty"),
        (
            b'{"schema": "httptui.report/9"}',
            'its schema is "httptui.report/9"; httptui.report/1, httptui.sweep/1',
        ),
        (
            b'{"schema": "httptui.comparison/1"}',
            'its schema is "httptui.comparison/1"; httptui.report/1, httptui',
        ),
    ],
)
def test_why_it_is_no_report_is_told(
    data: bytes, why: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(data)))
    (line,) = bad(["report", "show", "-"], capsys)
    assert line.startswith(f"httptui: standard input: not a report of httptui: {why}")


def test_bare_httptui_opens_the_app_on_a_terminal(monkeypatch: pytest.MonkeyPatch):
    opened = []
    monkeypatch.setattr("httptui.tui.cli.app.run_app", lambda plan, **rest: opened.append((plan, rest)) or 0)
    monkeypatch.setattr("httptui.tui.cli.app.collect_rarely_at_start", lambda: None)
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    assert main.main(["http://127.0.0.1:8099/", "--preset", "fanout-512", "--i-own", "h"]) == ExitCode.DONE
    ((plan, rest),) = opened
    assert plan.target.url == "http://127.0.0.1:8099/"
    assert plan.load.kind == "burst"
    assert rest == {"consent": frozenset({"h"}), "out": None}


def test_bare_httptui_runs_headless_without_a_terminal(monkeypatch: pytest.MonkeyPatch):
    ran = []
    monkeypatch.setattr("httptui.tui.cli.headless.run_headless", lambda plan, **_: ran.append(plan.name) or 4)
    assert main.main([]) == ExitCode.NOTHING_FINISHED
    assert ran == ["demo"]
