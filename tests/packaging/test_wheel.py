"""The wheel, installed where nothing else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from httptui.version import __version__

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, freshly built."""
    project, folder = Path(__file__).resolve().parents[2], tmp_path_factory.mktemp("dist")
    call(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(project),
        cwd=folder,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a virtual environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    bins = folder / ("Scripts" if os.name == "nt" else "bin")
    call(
        str(bins / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        str(wheel),
        cwd=folder,
    )
    return bins


def call(*command: str, cwd: Path) -> str:
    """Run a command far from the checkout and from its environment, and return what it prints."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=kept)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_what_is_not_python_too(wheel: Path, project: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = [
        ("" if folder == "httptui" else "httptui/") + path.relative_to(project).as_posix()
        for folder in ("httptui", "engines", "tui", "presets")
        for path in (project / folder).rglob("*")
        if path.suffix in (".py", ".toml", ".tcss") or path.name == "py.typed"
    ]
    assert {Path(name).suffix for name in sources} >= {".py", ".toml", ".tcss"}
    assert not set(sources) - names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"httptui"}


def test_both_ways_of_starting_tell_the_version(clean: Path, tmp_path: Path) -> None:
    told = [
        call(str(clean / "httptui"), "--version", cwd=tmp_path),
        call(str(clean / "python"), "-m", "httptui", "--version", cwd=tmp_path),
    ]
    assert [__version__ in line for line in told] == [True, True]


def test_presets_are_found_from_anywhere(clean: Path, tmp_path: Path) -> None:
    listed = call(str(clean / "httptui"), "presets", "list", cwd=tmp_path)
    shipped = [path.stem for path in (Path(__file__).resolve().parents[2] / "presets").glob("*.toml")]
    assert "demo" in shipped
    assert [name for name in shipped if name not in listed] == []


def test_engines_enter_by_entry_points(clean: Path, tmp_path: Path) -> None:
    listed = call(str(clean / "httptui"), "engines", "list", cwd=tmp_path)
    assert [
        name for name in ("aiohttp", "httpx", "requests", "raw", "http.client") if name not in listed
    ] == []


def test_other_packages_and_folders_of_these_names_change_nothing(clean: Path, tmp_path: Path) -> None:
    """Three of our folders are called like packages on PyPI, and anybody may have a folder of such a name."""
    call(
        str(clean / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "engines",
        "presets",
        "tui",
        cwd=tmp_path,
    )
    for name in ("engines", "tui", "presets"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('the wrong one')")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong one')")
    arguments = ["run", "-e", "http.client", "-e", "aiohttp", "-n", "20", "--json", "-"]
    told = json.loads(call(str(clean / "httptui"), *arguments, cwd=tmp_path))
    assert [contender["requests"]["ok"] for contender in told["contenders"]] == [20, 20]


def test_a_run_from_the_wheel_serves_every_request(clean: Path, tmp_path: Path) -> None:
    arguments = [
        "run",
        "-e",
        "http.client",
        "-e",
        "aiohttp",
        "-c",
        "2",
        "-n",
        "20",
        "--warmup",
        "0",
        "--json",
        "-",
    ]
    printed = call(str(clean / "httptui"), *arguments, "--out", str(tmp_path), cwd=tmp_path)
    script = (
        "import json, sys; print(*[c['requests']['ok'] for c in json.load(open(sys.argv[1]))['contenders']])"
    )
    (tmp_path / "printed.json").write_text(printed)
    assert call(str(clean / "python"), "-c", script, "printed.json", cwd=tmp_path).split() == ["20", "20"]
