"""Writes the table of forms into exports.md beside this file: `python -m docs.exports`."""

from __future__ import annotations

import re
from pathlib import Path

from httptui.report.formats import FORMATS

FILE = Path(__file__).with_name("exports.md")
HEAD = "| flag | form |\n|---|---|\n"
TABLE = re.compile(rf"{re.escape(HEAD)}(?:\|.*\n)*")
FOLDER = "| `--hgrm DIR` | HdrHistogram's percentiles, a file for each contender |\n"
"""The form of a run that is no single file."""


def table() -> str:
    """A line for each form."""
    rows = [f"| `--{name} FILE` | {form.docs} |\n" for name, form in FORMATS.items()]
    return "".join((HEAD, *rows, FOLDER))


def page(text: str) -> str:
    """The page with the table as it is now."""
    return TABLE.sub(lambda _: table(), text)


if __name__ == "__main__":
    FILE.write_text(page(FILE.read_text("utf-8")), "utf-8")
