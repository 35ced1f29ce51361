"""The page of a report of a run, read: all of it, or a table of it."""

from __future__ import annotations

import re

from html_page import Page
from written import to_html

from httptui.results.report import Report


def page(of: Report) -> Page:
    return Page(to_html(of))


def cells(of: Report, table: str) -> list[list[str]]:
    (html,) = re.findall(f'<table class="{table}">.*?</table>', to_html(of))[:1]
    rows: list[list[str]] = []
    for element in Page(html).elements:
        if element.name == "tr":
            rows.append([])
        elif element.name in ("td", "th"):
            rows[-1].append(element.text)
    return rows
