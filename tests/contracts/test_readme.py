"""What the README and the pages in docs/ show works as it stands there."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from httptui.errors import ExitCode
from httptui.tui.cli.main import COMMANDS, main
from httptui.tui.panels.board_keys import BACK_TO_ALL, POINT_KEYS, RUN_KEYS

HTTPTUI = [sys.executable, "-m", "httptui"]
DOCS = ("architecture", "doctor", "statistics", "truth")
PAGES = ("README.md", "CONTRIBUTING.md", *(f"docs/{name}.md" for name in DOCS))


@pytest.fixture(scope="module")
def readme() -> str:
    """The README's text."""
    return (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


def block(readme: str, wanted: str, language: str = "python") -> str:
    """The one code block of a language that has a text in it."""
    (found,) = [code for code in re.findall(rf"```{language}\n(.*?)```", readme, re.DOTALL) if wanted in code]
    return str(found)


@pytest.mark.slow
def test_the_engine_in_the_readme_serves_every_request(readme: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(block(readme, "class MyEngine"))
    flags = ["-e", "./mine.py:MyEngine", "-c", "2", "-n", "20", "--warmup", "0", "--json", "-"]
    done = subprocess.run(
        [*HTTPTUI, "run", *flags], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (contender,) = json.loads(done.stdout)["contenders"]
    assert contender["engine"] == "./mine.py:MyEngine"
    assert contender["requests"]["ok"] == 20
    assert contender["connections_opened"] == 20


@pytest.mark.slow
def test_the_python_example_in_the_readme_tells_a_verdict_and_both_rates(readme: str, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(block(readme, "async for item in run(plan)"))
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *progress, verdict, first, second = done.stdout.splitlines()
    assert progress[-1] == "100%"
    assert "aiohttp" in verdict
    assert {first.split()[0], second.split()[0]} == {"A", "B"}
    assert first.endswith(" req/s")


def help_of(*command: str) -> str:
    """What a command's `--help` prints."""
    with redirect_stdout(io.StringIO()) as printed:
        assert main([*command, "--help"]) == ExitCode.DONE
    return printed.getvalue()


def path_of(command: list[str]) -> tuple[str, ...]:
    """The command's words that a help page of its own belongs to."""
    return tuple(command[: 2 if command[0] == "report" else 1])


@pytest.mark.parametrize("name", ["README.md", "docs/doctor.md"])
def test_every_command_and_flag_on_a_line_of_its_own_exists(name: str, project: Path) -> None:
    lines = re.findall(r"^httptui .*?(?<!\\)$", (project / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    commands = [shlex.split(line.replace("\\\n", ""), comments=True)[1:] for line in lines]
    assert len(commands) >= 5
    assert {command[0] for command in commands} <= set(COMMANDS)
    told = {path: help_of(*path) for path in map(path_of, commands)}
    for command in commands:
        flags = [word for word in command if word.startswith("-") and word != "-"]
        assert not [flag for flag in flags if not re.search(rf"(?<![\w-]){flag}\b", told[path_of(command)])]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_flag_and_module_within_a_sentence_exists(name: str, project: Path) -> None:
    text = (project / name).read_text("utf-8")
    assert set(re.findall(r"`httptui ([a-z]+)", text)) <= set(COMMANDS)
    told = help_of("run")
    flags = {flag for flag in re.findall(r"`(--[a-z-]+)[ a-zA-Z]*`", text) if flag != "--write"}
    assert not [flag for flag in flags if not re.search(rf"(?<![\w-]){flag}\b", told)]
    modules = [module.replace(".", "/") for module in re.findall(r"`python -m ([a-z._]+)", text)]
    assert not [
        module
        for module in modules
        if not (project / f"{module}.py").exists() and not (project / module / "__main__.py").exists()
    ]


def test_every_key_that_the_tour_presses_exists(readme: str) -> None:
    pressed = set(re.findall(r"`([a-z?])`", readme))
    assert pressed
    assert pressed <= {key.sign for key in RUN_KEYS} | {
        one for key in (*POINT_KEYS, BACK_TO_ALL) for one in key.keys.split(",")
    }


def test_the_exit_codes_in_the_readme_are_those_of_the_tool(readme: str) -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)}
    assert told == {int(code) for code in ExitCode}


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_the_docs_name_is_there(name: str, project: Path) -> None:
    text = (project / name).read_text("utf-8")
    links = [
        (project / name).parent / link for link in re.findall(r"\]\((?!https://)([^)#]+)(?:#[\w-]+)?\)", text)
    ]
    paths = [project / path for path in re.findall(r"`([a-z]+/[\w/.]*)`", text)]
    assert links, "the page leads to no other"
    assert paths or name == "README.md"
    assert not [path for path in links + paths if not path.exists()]


def test_the_layers_in_the_docs_are_those_of_the_contract(project: Path) -> None:
    text = (project / "docs/architecture.md").read_text("utf-8")
    told: dict[int, set[str]] = {}
    for number, folder in re.findall(r"^\| (\d) \| `(?:httptui/)?(\w+)(?:/|\.py)` \|", text, re.MULTILINE):
        told.setdefault(int(number), set()).add(folder)
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract.get("containers") == ["httptui"]]
    packages = {path.parent.name for path in (project / "httptui").glob("*/__init__.py")}
    parts = packages.union(*told.values())
    kept = [set(layer.split(" | ")) for layer in layers if set(layer.split(" | ")) <= parts]
    assert [told[number] for number in sorted(told, reverse=True)] == kept
    assert set().union(*kept) == parts


def test_every_section_of_measurements_holds_a_table_or_says_that_it_has_none(project: Path) -> None:
    text = (project / "docs/truth.md").read_text("utf-8")
    results = re.findall(r"<!-- ([a-z ]+) -->\n(.*?)<!-- /\1 -->", text, re.DOTALL)
    assert results
    for name, result in results:
        assert "has not been run for this page yet" in result or re.search(
            r"^\| .* \|$", result, re.MULTILINE
        ), name
