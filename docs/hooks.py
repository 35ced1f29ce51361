"""Shows files of the project's root as pages of the site, and has links lead to pages: a hook of mkdocs."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
"""File of the root → the page that shows it, which in the folder itself is only a link to that file."""

_LINK = re.compile(r"(?P<text>!?\[[^\]]*\])\((?P<path>[^)#:\s]+)(?P<anchor>#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Return the text of a page as the site has it."""
    return text_of(page.file.src_uri, markdown)


def text_of(page: str, markdown: str) -> str:
    """The text of a page by its path below docs/: its own, or that of the file which it shows."""
    for file, shown_by in PAGES.items():
        if shown_by == page:
            return with_links((ROOT / file).read_text("utf-8"), "")
    return with_links(markdown, posixpath.join("docs", posixpath.dirname(page)))


def with_links(text: str, folder: str) -> str:
    """The text of a file in a folder of the project, with links for a page at the top of the site.

    What the project has and the site has not is named without a link; a link to nothing stays, for mkdocs to report.
    """

    def linked(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link["path"]))
        anchor = link["anchor"] or ""
        if path in PAGES:
            return f"{link['text']}({PAGES[path]}{anchor})"
        if path.startswith("docs/"):
            return f"{link['text']}({path.removeprefix('docs/')}{anchor})"
        return link["text"][1:-1] if (ROOT / path).exists() else link[0]

    return _LINK.sub(linked, text)
