"""A lane starts where nothing is installed but Python itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def bare(tmp_path: Path, project: Path) -> Path:
    """A folder that holds `engines` and nothing else."""
    shutil.copytree(project / "engines", tmp_path / "engines", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run_bare(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script with the standard library and one folder as all there is to import."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + script],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def test_the_lane_and_a_standard_library_client_load_without_any_package(bare: Path) -> None:
    script = """
import engines.lane
from engines.registry import load_engine
engine = load_engine("engines.clients.http_client:HttpClient")
extra = [name for name in sys.modules if name.split(".")[0] in ("msgspec", "uvloop", "httptui")]
print(engine.__name__, *extra)
"""
    done = run_bare(bare, script)
    assert done.stderr == ""
    assert done.stdout.split() == ["HttpClient"]


def test_a_client_that_is_not_there_is_missed_by_name_only_when_it_is_loaded(bare: Path) -> None:
    script = """
from engines.registry import load_engine
try:
    load_engine("engines.clients.requests:Requests")
except ImportError as missing:
    print(missing.name)
"""
    assert run_bare(bare, script).stdout.split() == ["requests"]
