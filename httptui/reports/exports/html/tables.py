"""Tables of the page: headings, and cells that are words or figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from httptui.reports.exports.html.markup import Html, Node, joined, tag


class Heading(NamedTuple):
    """A column: its heading, whether its cells are words rather than figures, the group it belongs to, and whether
    those words are so few that they stay on one line.
    """

    name: str
    words: bool = False
    group: str = ""
    short: bool = False


def table(headings: Sequence[Heading], rows: Sequence[Sequence[Node]], class_: str | None = None) -> Html:
    """A table that scrolls by itself where the page is too narrow for it."""
    head = [_groups(headings)] if any(heading.group for heading in headings) else []
    head.append(
        tag("tr", *(tag("th", heading.name, class_=_class(heading), scope="col") for heading in headings))
    )
    body = [
        tag(
            "tr",
            *(tag("td", cell, class_=_class(heading)) for heading, cell in zip(headings, row, strict=True)),
        )
        for row in rows
    ]
    return tag("div", tag("table", tag("thead", *head), tag("tbody", *body), class_=class_), class_="scroll")


def pairs(rows: Sequence[tuple[str, Node]]) -> Html:
    """Names with their values."""
    return tag("dl", *(part for name, value in rows for part in (tag("dt", name), tag("dd", value))))


def items(words: Iterable[str]) -> Html:
    """Short words or figures in a row, none of them broken where there is room for it on the next line."""
    return joined(tag("span", item, class_="item") for item in words)


def _groups(headings: Sequence[Heading]) -> Html:
    """The row above the headings that names what several of them have in common."""
    cells: list[Html] = []
    at = 0
    while at < len(headings):
        group = headings[at].group
        end = at + 1
        while end < len(headings) and headings[end].group == group:
            end += 1
        if group:
            cells.append(tag("th", group, colspan=end - at, class_="group", scope="colgroup"))
        else:
            cells.append(tag("td", colspan=end - at))
        at = end
    return tag("tr", *cells)


def _class(heading: Heading) -> str | None:
    return ("short" if heading.short else None) if heading.words else "figure"
