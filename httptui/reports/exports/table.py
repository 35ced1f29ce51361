"""A plain table for terminals: aligned columns, of which the least important give way in a narrow window."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

GAP = "  "
NARROWEST_LABEL = 24


class Column(NamedTuple):
    """A heading with its cells.  `keep` orders columns by importance; the one `label` column is cut to fit."""

    heading: str
    cells: Sequence[str]
    align: Literal["left", "right"] = "right"
    keep: int = 0
    label: bool = False


def table_lines(columns: Sequence[Column], width: int) -> list[str]:
    """The heading and one line a row, none wider than `width` cells, without trailing blanks."""
    shown = list(columns)
    while _needed(shown, NARROWEST_LABEL) > width and any(column.keep for column in shown):
        shown.remove(max(shown, key=lambda column: column.keep))
    label_width = width - _needed(shown, 0)
    filled = [_filled(column, label_width) for column in shown]
    return [GAP.join(cells).rstrip() for cells in zip(*filled, strict=True)]


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A text in lines no wider than `width` cells, the second and later ones indented; long words are broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line.strip() else line + word
        if cells_of(longer) > width and line.strip():
            lines.append(line)
            longer = indent + word
        while cells_of(longer) > width:
            head = _head(longer, width)
            lines.append(head)
            longer = indent + longer[len(head) :]
        line = longer
    return [*lines, line] if line.strip() else lines


def cells_of(text: str) -> int:
    """How many terminal cells a text takes."""
    return sum(_cells(character) for character in text)


def fitted(text: str, width: int) -> str:
    """The text cut to so many cells, with an ellipsis where it was cut."""
    if cells_of(text) <= width:
        return text
    return f"{_head(text, width - 1)}…" if width > 0 else ""


def padded(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """The text with blanks up to so many cells."""
    blanks = " " * (width - cells_of(text))
    return text + blanks if align == "left" else blanks + text


def _head(text: str, width: int) -> str:
    """As much of the text's beginning as fits into so many cells."""
    for end, total in enumerate(accumulate(_cells(character) for character in text)):
        if total > width:
            return text[:end]
    return text


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _natural(column: Column) -> int:
    return max(cells_of(text) for text in (column.heading, *column.cells))


def _needed(columns: Sequence[Column], label_width: int) -> int:
    widths = [min(_natural(column), label_width) if column.label else _natural(column) for column in columns]
    return sum(widths) + len(GAP) * (len(columns) - 1)


def _filled(column: Column, label_width: int) -> list[str]:
    width = min(_natural(column), label_width) if column.label else _natural(column)
    return [padded(fitted(text, width), width, column.align) for text in (column.heading, *column.cells)]
