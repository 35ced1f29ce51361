"""A whole HTML file that loads nothing and runs nothing, which its content security policy also says."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from httptui.reports.exports.html.marks import colour_rules
from httptui.reports.exports.html.markup import Html, Node, tag

STYLE_FILE = Path(__file__).with_name("page.css")


def document(title: str, *body: Node) -> str:
    """The file, with the one style sheet that all our pages share."""
    style = _style()
    # Only the one style sheet whose hash this is applies; whatever else got in would be dead.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title} · httptui"),
        tag("style", style),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', *body), lang='en')}\n"


def wordmark(kind: str) -> Html:
    """Whose page it is, and what kind of page."""
    return tag("p", tag("span", "httptui"), f" {kind}", class_="wordmark")


def moment(started: str) -> str:
    """When a run began, as people read it."""
    when = started.partition("+")[0].replace("T", " ").removesuffix("Z")
    return f"{when} UTC" if started.endswith(("Z", "+00:00")) else started


@cache
def _style() -> Html:
    return Html(f"\n{STYLE_FILE.read_text(encoding='utf-8')}{colour_rules()}")
