"""The schemas in docs/ are those of the code."""

from __future__ import annotations

from pathlib import Path

from docs.schemas import schemas


def test_the_schemas_in_the_docs_are_current(project: Path) -> None:
    made = schemas()
    kept = {name: (project / "docs" / name).read_text("utf-8") for name in made}
    assert kept == made, "run `make schemas`"
