"""The README's pictures ask for nothing when they are opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from httptui.tui.toolkit.drawing import without_fonts

NAMES = ("code", "contender", "plan", "run")


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_names_nothing_to_fetch(project: Path, name: str) -> None:
    picture = (project / "docs" / "pictures" / f"{name}.svg").read_text("utf-8")
    assert not re.search(
        r"url\(\s*[\"']?(?!#)|@import|@font-face|<(?:image|script|link)\b|xlink:href", picture
    )
    assert without_fonts(picture) == picture


def test_every_picture_is_looked_at(project: Path) -> None:
    assert {path.stem for path in (project / "docs").rglob("*.svg")} == set(NAMES)
