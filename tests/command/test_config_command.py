"""`httptui config`: where the settings are, a file to begin with, what is in force, and every way to be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from httptui.errors import ExitCode
from httptui.tui.cli import main
from httptui.tui.settings import USUAL, load_settings, settings_from_toml, settings_path

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file that the environment names."""
    path = tmp_path / "mine.toml"
    monkeypatch.setenv("HTTPTUI_CONFIG", str(path))
    return path


def run(arguments: list[str], capsys: Capture) -> tuple[int, str, list[str]]:
    """Exit code, stdout and the lines of stderr."""
    code = main.main(arguments)
    told = capsys.readouterr()
    return code, told.out, told.err.splitlines()


def test_the_path_is_in_the_users_config_folder_unless_a_variable_names_another(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run(["config", "path"], capsys)
    assert (code, out) == (ExitCode.DONE, f"{settings_path()}\n")
    assert settings_path().parts[-2:] == ("httptui", "config.toml")
    monkeypatch.setenv("HTTPTUI_CONFIG", "elsewhere.toml")
    assert run(["config", "path"], capsys)[1] == "elsewhere.toml\n"


def test_init_writes_a_file_that_explains_everything_and_sets_nothing(capsys: Capture) -> None:
    code, out, _ = run(["config", "init"], capsys)
    assert (code, out) == (ExitCode.DONE, f"{settings_path()}\n")
    text = settings_path().read_text()
    assert all(f"\n# {name} = " in text for name in USUAL.__struct_fields__ if name != "keymap")
    assert load_settings() == USUAL


def test_what_the_file_of_init_shows_as_examples_can_be_set(capsys: Capture) -> None:
    run(["config", "init"], capsys)
    lines = settings_path().read_text().splitlines()
    examples = [line.removeprefix("# ") if " = " in line else line for line in lines]
    settings = settings_from_toml("\n".join(examples))
    assert settings.theme == "dark"
    assert settings.columns == ("req/s", "p50", "p99", "errors")
    assert settings.keymap == {"run.stop": "s,f9"}


def test_init_leaves_a_file_alone_that_exists(written: Path, capsys: Capture) -> None:
    written.write_text("blocks = true # mine\n")
    code, out, problems = run(["config", "init"], capsys)
    assert (code, out) == (ExitCode.BAD_INPUT, "")
    assert problems == [f"httptui: {written}: exists already and is left as it is"]
    assert written.read_text() == "blocks = true # mine\n"


def test_show_tells_what_is_in_force_and_what_the_environment_says(
    written: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.write_text('theme = "light"\n[keymap]\n"run.stop" = "z"\n')
    monkeypatch.setenv("HTTPTUI_THEME", "ansi-dark")
    monkeypatch.setenv("TERM", "xterm-256color")
    code, out, notes = run(["config", "show"], capsys)
    assert code == ExitCode.DONE
    assert notes == ["From the environment: HTTPTUI_THEME"]
    shown = settings_from_toml(out)
    assert shown.theme == "ansi-dark"
    assert shown.keymap == {"run.stop": "z"}


def test_show_names_every_problem_with_file_and_path(written: Path, capsys: Capture) -> None:
    written.write_text('[keymap]\n"run.stop" = "r"\n"run.settle" = "i,ctrl+c"\n')
    code, out, problems = run(["config", "show"], capsys)
    assert (code, out) == (ExitCode.BAD_INPUT, "")
    assert problems == [f'httptui: {written}: keymap.run.settle: "ctrl+c" always stops the run, then quits']


def test_keys_lists_every_action_with_the_keys_in_force(written: Path, capsys: Capture) -> None:
    written.write_text('[keymap]\n"run.stop" = "z,f9"\n')
    code, out, _ = run(["config", "keys"], capsys)
    assert code == ExitCode.DONE
    rows = {line.split()[0]: line for line in out.splitlines()}
    assert rows["run.stop"].split()[1:3] == ["z", "f9"]
    assert rows["presets.load"].split()[1] == "enter"


def test_the_schema_allows_what_there_is(capsys: Capture) -> None:
    code, out, _ = run(["config", "schema"], capsys)
    assert code == ExitCode.DONE
    (found,) = json.loads(out)["$defs"].values()
    assert set(found["properties"]) == set(USUAL.__struct_fields__)
    assert found["additionalProperties"] is False


def test_the_app_does_not_start_with_settings_that_are_wrong(
    written: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr("httptui.tui.app.HttptuiApp.run", lambda *_, **__: started.append(True))
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    written.write_text("framess = 3\n")
    code, _, problems = run([], capsys)
    assert code == ExitCode.BAD_INPUT
    assert problems == [f"httptui: {written}: framess: unknown field"]
    assert started == []
