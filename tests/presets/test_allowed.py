"""What a plan of somebody else's takes of the environment is asked for, once for each file and host."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from httptui.errors import ExitCode, PlanError, RefusedError
from httptui.plan.model import Contender, Plan, Target
from httptui.presets import load_preset
from httptui.presets.allowed import Wish, allow, allowed_path, wishes_of
from httptui.presets.loader import preset_path, save_preset
from httptui.tui.cli import allowing
from httptui.tui.cli.main import main

Capture = pytest.CaptureFixture[str]
PLAN = """
[target]
url = "http://me:env:PASS@10.0.0.5/"
body = "env:BODY"
[target.headers]
Authorization = "Bearer env:TOKEN"
[[contender]]
engine = "raw"
"""


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that a run would be made of."""
    plans: list[Plan] = []
    monkeypatch.setattr(
        "httptui.tui.cli.headless.run_headless", lambda plan, **_: plans.append(plan) or ExitCode.DONE
    )
    return plans


def file_of(folder: Path, text: str = PLAN, name: str = "plan.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_every_variable_is_shown_and_nothing_is_run_without_a_terminal(
    tmp_path: Path, capsys: Capture, ran: list[Plan]
) -> None:
    path = file_of(tmp_path, PLAN.replace("me:env:PASS@", ""))
    assert main(["run", str(path)]) == ExitCode.REFUSED
    assert ran == []
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        f"httptui: {path} sends TOKEN and BODY of your environment to 10.0.0.5; "
        "if it may, add --allow-env TOKEN --allow-env BODY"
    )
    assert main(["run", str(path), "--allow-env", "TOKEN"]) == ExitCode.REFUSED
    assert "sends BODY of" in capsys.readouterr().err
    assert main(["run", str(path), "--allow-env", "TOKEN", "--allow-env", "BODY"]) == ExitCode.DONE
    assert len(ran) == 1
    assert not allowed_path().exists()


def test_what_the_user_gives_instead_is_not_the_files(tmp_path: Path, ran: list[Plan]) -> None:
    path = file_of(tmp_path, PLAN.replace("Authorization", "X-Token"))
    own = ["-H", "x-token: env:MINE", "--data", "env:MINE", "--url", "http://me:env:MINE@10.0.0.5/"]
    assert main(["run", str(path), *own]) == ExitCode.DONE
    assert main(["run", str(path), *own[:4]]) == ExitCode.REFUSED
    assert len(ran) == 1


def test_a_report_of_somebody_else_asks_too(tmp_path: Path, capsys: Capture, ran: list[Plan]) -> None:
    path = tmp_path / "report.json"
    plan = '{"contender": [{"engine": "raw"}], "target": {"url": "http://127.0.0.1/", "headers": {"X": "env:AWS"}}}'
    path.write_text(f'{{"schema": "httptui.report/1", "plan": {plan}}}')
    assert main(["run", str(path)]) == ExitCode.REFUSED
    assert "sends AWS of your environment to 127.0.0.1" in capsys.readouterr().err
    assert ran == []


def test_at_a_terminal_it_is_asked_once_for_each_file_and_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    path, asked, answers = file_of(tmp_path), [], iter([False, True, False])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "confirm", lambda text, **_: asked.append(text) or next(answers))
    found = load_preset(str(path), check=False)

    def check(plan: Plan = found) -> None:
        allowing.check_variables(str(path), found, plan, replaced=frozenset(), names=())

    with pytest.raises(RefusedError):
        check()
    check()
    check()
    assert len(asked) == 2
    assert "sends TOKEN, BODY and PASS of your environment to 10.0.0.5." in capsys.readouterr().err
    assert oct(allowed_path().stat().st_mode & 0o777) == "0o600"
    with pytest.raises(RefusedError):
        check(Plan(target=Target(url="http://10.0.0.6/"), contender=(Contender(engine="raw"),)))
    assert len(asked) == 3


def test_our_own_presets_ask_for_nothing_and_a_copy_of_a_file_asks_again(tmp_path: Path) -> None:
    path, found = file_of(tmp_path), load_preset(str(file_of(tmp_path)), check=False)
    wishes = wishes_of(path, found)
    assert wishes == tuple(Wish(str(path), "10.0.0.5", name) for name in ("TOKEN", "BODY", "PASS"))
    allow(wishes)
    assert wishes_of(path, found) == ()
    assert len(wishes_of(file_of(tmp_path, name="copy.toml"), found)) == 3
    assert wishes_of(preset_path("demo"), found) == ()


def test_a_preset_that_was_saved_in_the_app_is_its_users() -> None:
    plan = Plan(target=Target(headers={"X": "env:TOKEN"}), contender=(Contender(engine="raw"),))
    path = save_preset(plan, "mine")
    assert wishes_of(path, plan) == ()


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[[1]]"])
def test_a_damaged_list_of_what_was_allowed_allows_nothing(tmp_path: Path, data: bytes) -> None:
    allowed_path().parent.mkdir(parents=True)
    allowed_path().write_bytes(data)
    assert len(wishes_of(file_of(tmp_path), load_preset(str(file_of(tmp_path)), check=False))) == 3


def test_a_word_that_is_empty_names_no_preset(capsys: Capture, ran: list[Plan]) -> None:
    assert main(["run", ""]) == ExitCode.BAD_INPUT
    assert 'no preset is called ""' in capsys.readouterr().err
    assert ran == []


def test_what_was_granted_are_hosts_as_they_are_looked_up_and_packages_that_may_be_built() -> None:
    plan = Plan(contender=(Contender(engine="raw", requires=("odd==1", "b")), Contender(engine="raw")))
    assert allowing.granted(("Bücher.example", "h"), plan, build=True) == {
        *("xn--bcher-kva.example", "h"),
        *("build:odd==1", "build:b"),
    }
    assert allowing.granted((), plan, build=False) == frozenset()


def test_a_flag_for_hosts_lets_no_package_be_built() -> None:
    plan = Plan(contender=(Contender(engine="raw", requires=("odd",)),))
    with pytest.raises(PlanError, match=r"^--i-own: build:odd is no host; "):
        allowing.granted(("h", "build:odd"), plan, build=False)
