"""Writes a document in Markdown, fit for the summary of a CI job."""

from __future__ import annotations

import re
from collections.abc import Sequence

from httptui.report import document as doc
from httptui.safe_text import safe_text

BREAK = "\n\n"
WARNING = "warning"
"""The kind of a note that the sign before every note tells already."""


def render_markdown(document: doc.Document) -> str:
    """The title and all blocks, an empty line between them."""
    return (
        BREAK.join((f"# httptui: {escaped(document.heading or document.title)}", *_parts(document.blocks)))
        + "\n"
    )


def _parts(blocks: Sequence[doc.Block]) -> list[str]:
    """Each block that is not empty."""
    return [part for block in doc.told(blocks, doc.MARKDOWN, flat=True) if (part := _part(block))]


def _part(block: doc.Block) -> str:
    """A block; empty where it is, and for a chart."""
    match block:
        case doc.Head():
            return _head(block)
        case doc.Verdict():
            return f"**{escaped(block.sentence)}**"
        case doc.Sentences():
            bold = "**" if block.strong else ""
            return BREAK.join(f"{bold}{escaped(one)}{bold}" for one in block.texts)
        case doc.Items():
            return "\n".join(f"- {_item(item, block.style)}" for item in block.items)
        case doc.Table():
            return _table(block)
        case doc.Verbatim():
            caption = f"{escaped(block.caption)}:{BREAK}" if block.caption else ""
            return f"{caption}{fenced(block.text, block.language)}"
        case doc.Facts():
            return _facts(block)
        case doc.Chart():
            return ""
        case doc.Group() | doc.Section():
            return _together(block)


def _head(head: doc.Head) -> str:
    """The request and the facts on a line, and the question as a quotation."""
    request = "" if head.request is None else code(head.request)
    line = escaped(head.line) or " · ".join(filter(None, (request, *map(escaped, head.facts))))
    return f"{line}{BREAK}> {escaped(head.question)}" if head.question else line


def _facts(facts: doc.Facts) -> str:
    title = "" if facts.title is None else f"**{_cell(facts.title)}**{BREAK}"
    return title + "\n".join(f"- {escaped(name)}: {escaped(value)}" for name, value in facts.pairs)


def _together(block: doc.Group | doc.Section) -> str:
    inside = _parts(block.blocks)
    if not inside or isinstance(block, doc.Group):
        return BREAK.join(inside)
    title = block.title if block.markdown_title is None else block.markdown_title
    if block.folded:
        return folded(escaped(title), BREAK.join(inside))
    return BREAK.join((f"## {escaped(title)}", *inside) if title else inside)


def _item(item: doc.Item, style: str) -> str:
    lead = "" if item.lead is None else _cell(item.lead)
    if style == "notes":
        return f"⚠ {escaped(item.text)}" if lead in ("", WARNING) else f"⚠ **{lead}:** {escaped(item.text)}"
    return f"{escaped(item.mark)} {lead}: {escaped(item.text)}".lstrip() if lead else escaped(item.text)


def _table(table: doc.Table) -> str:
    columns = [column for column in table.columns if column.forms >= doc.MARKDOWN]
    if not columns or not columns[0].cells:
        return ""
    headings = [(_cell(column.heading), _rule(column)) for column in columns]
    rows = [[_cell(cell) for cell in row] for row in zip(*(column.cells for column in columns), strict=True)]
    title = f"**{escaped(table.title)}**" if table.title else ""
    return BREAK.join(filter(None, (title, pipe_table(headings, rows), escaped(table.caption))))


def _rule(column: doc.Column) -> str:
    return "--:" if column.align == "right" else "---"


def _cell(cell: doc.Cell) -> str:
    match cell:
        case doc.Named():
            return f"{escaped(cell.letter, 4)} {escaped(cell.label, 200)}"
        case doc.Badge():
            return escaped(cell.letter, 4)
        case doc.Styled():
            return escaped(cell.text)
        case doc.Several():
            return " and ".join(map(_cell, cell.cells))
        case _:
            return escaped(cell)


def pipe_table(headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """Headings, each with its rule such as "--:", and rows, whose cells are escaped already."""
    lines = [[name for name, _ in headings], [rule for _, rule in headings], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


LONGEST = 1_000

# A bracket matters only where a link's target or label can follow it.
_SPECIAL = re.compile(r"[\\`*_|~]|\](?=[(\[:])")
# Where nothing stands between them, "@name" would call somebody, and "#12" lead to an issue.
_CALLING = re.compile(r"(?<![\w;])[@#](?=[A-Za-z0-9])")
NO_WIDTH = "&#8203;"
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, limit: int = LONGEST) -> str:
    """The text on one line for a paragraph, list item or table cell: no markup, HTML, link, mention or new cell."""
    plain = re.sub("[&<>]", lambda match: _HTML[match[0]], safe_text(text, limit))
    plain = _CALLING.sub(lambda match: f"{match[0]}{NO_WIDTH}", plain)
    plain = _SPECIAL.sub(lambda match: f"\\{match[0]}", plain)
    # An entity for the colon keeps "http://…" from becoming a link, and one for the dot "www.…".
    plain = plain.replace("://", "&#58;//")
    return re.sub(r"(?i)\b(www)\.", r"\1&#46;", plain)


def code(text: str, limit: int = LONGEST) -> str:
    """The text on one line as code, for a paragraph or list item but not a table."""
    plain = safe_text(text, limit)
    ticks = "`" * (_longest_run(plain) + 1)
    blank = " " if plain[:1] in ("`", "") or plain[-1:] == "`" else ""
    return f"{ticks}{blank}{plain}{blank}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """Lines of text as a block of code, each made safe on its own."""
    lines = [safe_text(line, LONGEST * 10) for line in text.split("\n")]
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join((f"{fence}{language}", *lines, fence))


def folded(title: str, body: str) -> str:
    """A part that a reader unfolds; the empty lines around the body keep it Markdown."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
