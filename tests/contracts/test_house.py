"""What holds for the project's files as a whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

KIND = re.compile(r"mark\.(?:slow|pilot|long)\b")
UNFINISHED = re.compile("TO" + r"DO|FIX" + "ME")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every tracked text file of the project, pictures aside, by its path."""
    project = Path(__file__).resolve().parents[2]
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=project, capture_output=True, check=False, text=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    if not names:
        names = [str(path.relative_to(project)) for path in project.glob("*/**/*.py")]
    paths = [project / name for name in names if not name.endswith((".svg", ".png"))]
    return {str(path.relative_to(project)): path.read_text("utf-8") for path in paths if path.is_file()}


def test_no_module_is_unfinished(texts: dict[str, str]) -> None:
    assert not [name for name, text in texts.items() if name.endswith(".py") and UNFINISHED.search(text)]


def test_what_kind_a_test_is_stands_in_its_own_module(texts: dict[str, str]) -> None:
    """By their texts, modules of other kinds are left unread; see `tests/conftest.py`."""
    marked = [name for name, text in texts.items() if name.endswith(".py") and KIND.search(text)]
    assert marked
    assert not [name for name in marked if not re.search(r"/test_\w+\.py$", name)]
