"""Writes a document as plain text, for a terminal of 80 columns or wider."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from httptui.report import document as doc
from httptui.report.cells import LONGEST
from httptui.safe_text import safe_text

WIDTH = 80
GAP = "  "
INDENT = "  "
NARROWEST_LABEL = 24
COLUMNS_A_PIECE = 5
SAID_BY_THEIR_KIND = ("warning", "error")
"""Notes that begin with their kind; before others stands that they are notes."""


def render_text(document: doc.Document, width: int = WIDTH) -> str:
    """The head and all blocks, an empty line between them, each line at most `width` cells (80 or more)."""
    blocks = [document.head, *doc.told(document.blocks, doc.TEXT, flat=True)]
    parts = [lines for block in blocks if (lines := _lines(block, width))]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _lines(block: doc.Block, width: int) -> list[str]:
    """The lines of a block; none where it is empty, and of a chart."""
    match block:
        case doc.Head():
            facts = (block.title, block.request, *block.facts)
            return _wrapped(block.line or " · ".join(filter(None, facts)), width)
        case doc.Verdict():
            return wrapped(_safe(block.sentence), width)
        case doc.Sentences():
            return [line for one in block.texts for line in _wrapped(one, width)]
        case doc.Items():
            return [line for item in block.items for line in _wrapped(_item(item, block.style), width)]
        case doc.Table():
            return _table(block, width)
        case doc.Verbatim():
            told_lines = [f"{block.caption}:"] if block.caption else []
            return [*told_lines, *(fitted(_safe(line), width) for line in block.text.split("\n"))]
        case doc.Facts():
            whose = [] if block.title is None else [_words(block.title)]
            pairs = (f"{INDENT}{_safe(name)}  {_safe(value)}" for name, value in block.pairs)
            return [fitted(line, width) for line in (*whose, *pairs)]
        case doc.Chart():
            return []
        case doc.Section() | doc.Group():
            inside = [
                line for one in doc.told(block.blocks, doc.TEXT, flat=True) for line in _lines(one, width)
            ]
            title = block.text_title if isinstance(block, doc.Section) else ""
            return [title, *inside] if inside and title else inside


def _item(item: doc.Item, style: str) -> str:
    lead = "" if item.lead is None else _words(item.lead)
    if style == "notes":
        kind = lead.capitalize() if lead in SAID_BY_THEIR_KIND else f"Note: {lead}" if lead else "Note"
        return f"{kind}: {item.text}"
    return f"{item.mark} {lead}: {item.text}".lstrip() if lead else item.text


def _words(cell: doc.Cell) -> str:
    match cell:
        case doc.Named():
            return f"{safe_text(cell.letter, 4)} {safe_text(cell.label)}"
        case doc.Badge():
            return safe_text(cell.letter, 4)
        case doc.Styled():
            return _safe(cell.text)
        case doc.Several():
            return " and ".join(map(_words, cell.cells))
        case _:
            return _safe(cell)


def _safe(words: str) -> str:
    return safe_text(words, LONGEST)


def _wrapped(sentence: str, width: int) -> list[str]:
    return wrapped(_safe(sentence), width, INDENT)


def _table(table: doc.Table, width: int) -> list[str]:
    columns = [one for column in table.columns if column.forms >= doc.TEXT for one in _told_columns(column)]
    if not columns or not columns[0].cells:
        return []
    if table.bare:
        columns = [replace(column, heading="") for column in columns]
    indent = INDENT if table.title else ""
    room = width - len(indent)
    pieces = [[columns[0], *piece] for piece in _pieces(columns, room)] if table.split else [columns]
    lines = [line for piece in pieces for line in table_lines(piece, room)[1 if table.bare else 0 :]]
    title = [fitted(_safe(table.title), width)] if table.title else []
    return [*title, *_with_groups([f"{indent}{line}" for line in lines], table.groups, width)]


def _with_groups(lines: list[str], groups: Sequence[tuple[str, int]], width: int) -> list[str]:
    """The heading and the rows, with a line for each group above its own."""
    if not groups:
        return lines
    heading, *rows = lines
    whole = [heading]
    for name, count in groups:
        whole += [fitted(_safe(name), width), *rows[:count]]
        rows = rows[count:]
    return whole


def _told_columns(column: doc.Column) -> Iterator[doc.Column]:
    """The column in words; one of contenders as a column of letters and a column of labels."""
    heading = _words(column.heading)
    if any(isinstance(cell, doc.Named) for cell in column.cells):
        contenders = [
            cell if isinstance(cell, doc.Named) else doc.Named("", _words(cell)) for cell in column.cells
        ]
        yield doc.Column("", [safe_text(one.letter, 4) for one in contenders])
        labels = [safe_text(one.label) for one in contenders]
        yield replace(column, heading=heading, cells=labels, align="left", label=True)
        return
    cells = [_words(cell) for cell in column.cells]
    if column.point:
        before = max(cell.find(column.point) for cell in cells) if cells else 0
        cells = [" " * (before - cell.find(column.point)) + cell for cell in cells]
        column = replace(column, align="left")
    if column.heading_width:
        heading = fitted(heading, column.heading_width)
    yield replace(column, heading=heading, cells=cells)


def _pieces(columns: Sequence[doc.Column], width: int) -> Iterator[list[doc.Column]]:
    """Neighbouring columns, as many as there is room for beside the first, and five at most."""
    first, *widths = (_natural(column) + len(GAP) for column in columns)
    piece: list[doc.Column] = []
    taken = first
    for column, needed in zip(columns[1:], widths, strict=True):
        if piece and (len(piece) == COLUMNS_A_PIECE or taken + needed - len(GAP) > width):
            yield piece
            piece, taken = [], first
        piece.append(column)
        taken += needed
    if piece:
        yield piece


def table_lines(columns: Sequence[doc.Column], width: int) -> list[str]:
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
    """Count the terminal cells that a text takes."""
    return sum(_cells(character) for character in text)


def fitted(text: str, width: int) -> str:
    """The text cut to so many cells, with an ellipsis where it was cut."""
    if cells_of(text) <= width:
        return text
    return f"{_head(text, width - 1)}…" if width > 0 else ""


def padded(text: str, width: int, align: doc.Align = "left") -> str:
    """The text with blanks up to so many cells."""
    blanks = " " * (width - cells_of(text))
    return text + blanks if align == "left" else blanks + text


def _head(text: str, width: int) -> str:
    """Return the beginning of a text that fits into so many cells."""
    for end, total in enumerate(accumulate(_cells(character) for character in text)):
        if total > width:
            return text[:end]
    return text


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _natural(column: doc.Column) -> int:
    return max(cells_of(_words(cell)) for cell in (column.heading, *column.cells))


def _needed(columns: Sequence[doc.Column], label_width: int) -> int:
    widths = [min(_natural(column), label_width) if column.label else _natural(column) for column in columns]
    return sum(widths) + len(GAP) * (len(columns) - 1)


def _filled(column: doc.Column, label_width: int) -> list[str]:
    width = min(_natural(column), label_width) if column.label else _natural(column)
    cells = [_words(cell) for cell in (column.heading, *column.cells)]
    return [padded(fitted(cell, width), width, column.align) for cell in cells]
