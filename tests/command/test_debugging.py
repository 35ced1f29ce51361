"""What is written down for whoever looks for a fault: tracebacks and a log of all steps, both without secrets."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from httptui.errors import NO_MORE, ExitCode
from httptui.plan.model import Contender, Plan, Target
from httptui.tui import debugging
from httptui.tui.cli import main

CANARY = "c4n4ry-s3cret"
Capture = pytest.CaptureFixture[str]
Fail = Callable[[Exception], None]


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Have `httptui run` end with an error."""

    def prepare(error: Exception) -> None:
        def raised(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("httptui.presets.load_preset", raised)

    return prepare


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Begin and end without a log, whatever the surroundings of the tests ask for."""
    monkeypatch.delenv(debugging.VARIABLE, raising=False)
    yield
    debugging.end(0)
    debugging._KNOWN.clear()


def kept() -> list[Path]:
    return sorted(debugging.folder().glob("*.log"))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_traceback_of_an_unforeseen_error_is_kept_where_the_line_says(
    fail: Fail, capsys: Capture
) -> None:
    fail(ValueError(f"no login at https://me:{CANARY}@h/?token={CANARY} \x1b[2J"))
    assert main.main(["run"]) == main.BUG
    (line,) = capsys.readouterr().err.splitlines()
    (path,) = kept()
    assert line.startswith(
        "httptui: this is a bug in httptui: ValueError: no login at https://***@h/?token=***"
    )
    assert line.endswith(f"; its traceback is in {path}")
    text = path.read_text()
    assert "Traceback (most recent call last):" in text
    assert "in raised" in text
    assert "raise error" in text
    assert CANARY not in text + line
    assert "\x1b" not in text
    if os.name == "posix":
        assert (mode_of(path), mode_of(path.parent)) == (0o600, 0o700)


def test_the_name_of_an_error_is_not_taken_for_that_of_a_secret(fail: Fail, capsys: Capture) -> None:
    fail(KeyError("unforeseen"))
    main.main(["run"])
    assert "KeyError: 'unforeseen'" in capsys.readouterr().err
    assert "KeyError: 'unforeseen'" in kept()[0].read_text()


def test_what_led_to_an_error_is_masked_too() -> None:
    def within() -> None:
        try:
            raise ValueError(f"password={CANARY}")
        except ValueError as error:
            raise RuntimeError(f"api_key: {CANARY}") from error

    with pytest.raises(RuntimeError) as caught:
        within()
    text = debugging.masked_traceback(caught.value)
    assert CANARY not in text
    assert "ValueError: password=***" in text
    assert "The above exception was the direct cause" in text


def test_a_value_of_the_environment_is_masked_wherever_it_shows(
    fail: Fail, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", CANARY)
    debugging.mask_secrets_of(
        Plan(target=Target(headers={"X-Any": "env:MINE"}), contender=(Contender(engine="raw"),))
    )
    fail(ValueError(f"cannot send {CANARY} there"))
    main.main(["run"])
    told = capsys.readouterr().err + kept()[0].read_text()
    assert "cannot send *** there" in told
    assert CANARY not in told


def test_a_long_message_does_not_hide_where_the_traceback_is(fail: Fail, capsys: Capture) -> None:
    fail(ValueError("long " * 1_000))
    main.main(["run"])
    assert capsys.readouterr().err.endswith(f"; its traceback is in {kept()[0]}\n")


def test_where_nothing_can_be_kept_the_line_says_why(
    fail: Fail, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(debugging, "folder", lambda: tmp_path / "file" / "logs")
    fail(ValueError("odd"))
    assert main.main(["run"]) == main.BUG
    assert "; its traceback could not be kept: Not a directory" in capsys.readouterr().err


def test_the_oldest_files_go_where_there_are_many(fail: Fail) -> None:
    fail(ValueError("odd"))
    for _ in range(debugging.MOST_KEPT + 3):
        main.main(["run"])
    assert len(kept()) == debugging.MOST_KEPT


@pytest.mark.parametrize(
    "words", [["presets", "list", "--debug"], ["presets", "--debug"], ["--debug", "presets"]]
)
def test_a_log_is_begun_by_a_flag_of_any_command(words: list[str], capsys: Capture) -> None:
    main.main(["presets"])
    usual = capsys.readouterr()
    assert main.main(words) == ExitCode.DONE
    told = capsys.readouterr()
    (path,) = kept()
    assert told.out == usual.out
    assert told.err == f"the log of every step: {path}\n{usual.err}"
    first, *_, last = path.read_text().splitlines()
    assert "INFO httptui.tui.debugging  httptui " in first
    assert "; flags:" in first
    assert last.endswith("exit code 0")
    assert logging.getLogger("httptui").level == logging.NOTSET


def test_every_command_can_be_asked_for_a_log() -> None:
    def commands(command: click.Command) -> Iterator[click.Command]:
        yield command
        for one in command.commands.values() if isinstance(command, click.Group) else ():
            yield from commands(one)

    # A command keeps the names of its help option from the first context that asks for them.
    context = main.httptui.make_context("httptui", [], resilient_parsing=True)
    for name in main.COMMANDS:
        found = main.httptui.get_command(context, name)
        assert found is not None
        for command in commands(found):
            assert "--debug" in command.get_help(click.Context(command, parent=context)), command.name


def test_a_log_has_the_traceback_too(
    fail: Fail, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    monkeypatch.setenv(debugging.VARIABLE, str(path))
    fail(ValueError(f"token={CANARY}"))
    assert main.main(["run"]) == main.BUG
    assert capsys.readouterr().err.endswith(f"; its traceback is in {path}\n")
    text = path.read_text()
    assert "in raised" in text
    assert text.endswith("exit code 1\n")
    assert CANARY not in text
    assert kept() == []
    main.main(["run"])
    assert path.read_text().startswith(text), "it is appended to"


@pytest.mark.parametrize(("name", "why"), [("no/log", "No such file or directory"), ("", "Is a directory")])
def test_a_log_that_cannot_be_written_is_told_before_anything_else(
    name: str, why: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(debugging.VARIABLE, str(tmp_path / name))
    assert main.main(["presets"]) == ExitCode.BAD_INPUT
    told = capsys.readouterr()
    assert told.err.startswith(f"httptui: HTTPTUI_LOG: {tmp_path / name}"[:60])
    assert told.err.endswith(f"cannot be written: {why}\n")
    assert told.out == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("can't start new thread"), NO_MORE),
        (OSError(NO_MORE), NO_MORE),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_what_the_machine_does_not_give_is_no_bug(
    error: Exception, words: str, fail: Fail, capsys: Capture
) -> None:
    fail(error)
    assert main.main(["run"]) == ExitCode.BAD_INPUT
    assert capsys.readouterr().err == f"httptui: {words}\n"
    assert kept() == []


@pytest.mark.slow
def test_a_runs_log_has_its_lanes_and_frames_and_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "log"
    broken = tmp_path / "broken.py"
    broken.write_text(
        "from httptui.engine import SyncEngine\n\n\nclass Broken(SyncEngine):\n"
        "    def open(self):\n        raise ValueError('cannot open')\n\n"
        "    def send(self, request):\n        return 200, b'', '1.1'\n"
    )
    flags = ["-e", "raw", "-e", f"{broken}:Broken", "-c", "1", "-n", "20", "--warmup", "0", "--no-probe"]
    secrets = [
        "-H",
        "X-Any: env:MINE",
        "-H",
        f"Authorization: Bearer {CANARY}",
        "--data",
        f"password={CANARY}",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "httptui", "run", *flags, *secrets],
        env={**os.environ, "MINE": f"{CANARY}-2", debugging.VARIABLE: str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.DONE, done.stderr
    text = path.read_text()
    for words in (
        "plan: {",
        "target: http://127.0.0.1:",
        "A: started as ",
        "'X-Any': '***'",
        "A: ready: async",
        "step: Step(",
        "A: turn ",
        "B: did not finish: ValueError: cannot open",
        "raise ValueError('cannot open')",
        "exit code 0",
    ):
        assert words in text
    assert CANARY not in text
    if os.name == "posix":
        assert mode_of(path) == 0o600
