"""The site shows every page, and its links lead to pages and files that it has."""

from __future__ import annotations

import re
from pathlib import Path

from docs.hooks import PAGES, text_of, with_links

LINK = re.compile(r"\]\((?!https://)([^)#\s]+)(?:#[\w-]+)?\)")


def test_every_page_of_the_docs_has_its_place_in_the_site(project: Path) -> None:
    named = re.findall(r": ([\w-]+\.md)$", (project / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in (project / "docs").glob("*.md"))
    assert set(PAGES.values()) <= set(named)


def test_every_link_of_a_page_leads_to_what_the_site_has(project: Path) -> None:
    docs = project / "docs"
    for page in docs.glob("*.md"):
        links = LINK.findall(text_of(page.name, page.read_text("utf-8")))
        assert [link for link in links if not (docs / link).is_file()] == [], page.name


def test_a_file_of_the_root_is_shown_with_links_of_the_site(project: Path) -> None:
    shown = text_of("index.md", "whatever stands there")
    assert shown.startswith("# httptui\n")
    assert "](pictures/run.svg)" in shown
    assert "](contributing.md)" in shown
    assert "\nMIT.\n" in shown
    assert (project / "docs" / "pictures" / "run.svg").exists()


def test_what_leads_nowhere_is_left_for_mkdocs_to_report() -> None:
    found = with_links("[a](gone.md) [b](../README.md#x) [c](truth.md)", "docs")
    assert found == "[a](gone.md) [b](index.md#x) [c](truth.md)"
    found = with_links("[a](docs/gone.md) [b](gone.txt) [c](LICENSE)", "")
    assert found == "[a](gone.md) [b](gone.txt) c"
