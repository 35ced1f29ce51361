"""A lane starts where nothing is installed but Python itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def bare(tmp_path: Path, project: Path) -> Path:
    """A folder that holds of the package what a lane may load, and nothing else."""
    package = tmp_path / "httptui"
    shutil.copytree(project / "engines", package / "engines", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "engine.py", "version.py"):
        shutil.copy(project / "httptui" / name, package)
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
import httptui.engines.lane
from httptui.engines.registry import load_engine
engine = load_engine("httptui.engines.clients.http_client:HttpClient")
extra = [name for name in sys.modules if name.split(".")[0] in ("msgspec", "uvloop")]
print(engine.__name__, *extra)
"""
    done = run_bare(bare, script)
    assert done.stderr == ""
    assert done.stdout.split() == ["HttpClient"]


def test_a_client_that_is_not_there_is_missed_by_name_only_when_it_is_loaded(bare: Path) -> None:
    script = """
from httptui.engines.registry import load_engine
try:
    load_engine("httptui.engines.clients.requests:Requests")
except ImportError as missing:
    print(missing.name)
"""
    assert run_bare(bare, script).stdout.split() == ["requests"]


def test_an_engine_of_ones_own_is_written_against_the_public_module_or_by_the_old_name_of_it(
    bare: Path,
) -> None:
    for name in ("httptui.engine", "engines.base"):
        (bare / "mine.py").write_text(
            f"from {name} import Reply, Request, SyncEngine\n\n\n"
            "class Mine(SyncEngine):\n"
            "    def send(self, request: Request) -> Reply:\n        return 200, b'', '1.1'\n"
        )
        script = f"""
import warnings
from httptui.engines.registry import load_engine
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    engine = load_engine({str(bare / "mine.py")!r} + ":Mine")
    load_engine({str(bare / "mine.py")!r} + ":Mine")
import httptui.engines.base as base
print(engine.__name__, issubclass(engine, base.SyncEngine), base.__spec__.name, len(told))
print(*(str(one.message) for one in told))
"""
        done = run_bare(bare, script)
        assert done.stderr == ""
        first, second = done.stdout.splitlines()
        warned = name == "engines.base"
        assert first == f"Mine True httptui.engines.base {int(warned)}"
        assert ("import from httptui.engine" in second) is warned
