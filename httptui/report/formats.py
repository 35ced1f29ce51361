"""Every form in which a report is one file, by the name of its flag, and those that are saved together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

import msgspec

from httptui.report.bmf import to_bmf
from httptui.report.csv import to_csv
from httptui.report.html_page import to_html
from httptui.report.markdown import to_markdown
from httptui.results.report import Report

AnyReport = TypeVar("AnyReport")


def indented(value: object) -> bytes:
    """A result as indented JSON with a line break at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


FORMATS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "json": indented,
    "html": lambda report: to_html(report).encode(),
    "markdown": lambda report: to_markdown(report).encode(),
    "csv": lambda report: to_csv(report).encode(),
    "bmf": to_bmf,
}
SAVED: Final = {".json": "json", ".md": "markdown", ".html": "html"}


def saved_forms(
    report: AnyReport, formats: Mapping[str, Callable[[AnyReport], bytes]]
) -> dict[str, Callable[[], bytes]]:
    """The files that the reports folder gets of a run or a sweep: each ending, and what makes its content."""
    return {ending: partial(formats[name], report) for ending, name in SAVED.items()}
