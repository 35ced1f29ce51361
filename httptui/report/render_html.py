"""Writes a document as one HTML page that loads nothing and runs nothing, from markup that is escaped by its type."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from httptui.colours import ON_DARK, ON_LIGHT, Rgb, lightness, ramp
from httptui.report import document as doc
from httptui.report.cells import id_of
from httptui.results.snapshot import Labelled
from httptui.safe_text import safe_text
from httptui.units import plural

LONGEST = 1_000
VOID = frozenset({"meta", "br"})


class Html(str):
    """Markup, which only this module makes; any other string is text and is escaped."""

    __slots__ = ()


Node = Html | str | None
Value = str | float | None


def tag(name: str, /, *children: Node, **attributes: Value) -> Html:
    """An element.  Attributes that are None are left out; `class_` is class, and `stroke_width` stroke-width."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{joined(children)}</{name}>")


def text(words: str, limit: int = LONGEST) -> Html:
    """Words from anywhere, as text on one line: for an element or a quoted attribute."""
    return Html(html.escape(safe_text(words, limit), quote=True))


def lines(words: str, limit: int = LONGEST * 10) -> Html:
    """Text of several lines, each made safe on its own."""
    return Html("\n".join(text(line, limit) for line in words.split("\n")))


def joined(nodes: Iterable[Node], between: str = "") -> Html:
    """Nodes one after the other; of those that are None, nothing."""
    parts = [node if isinstance(node, Html) else text(node) for node in nodes if node is not None]
    return Html(text(between).join(parts))


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return text(value, LONGEST * 100)
    return f"{value:.2f}".rstrip("0").rstrip(".")


LIGHT: Rgb = (0xFF, 0xFF, 0xFF)
DARK: Rgb = (0x12, 0x13, 0x15)
"""The page's grounds, as the style sheet has them."""
BLACK_FROM = 0.57
"""From this lightness on black is easier to read on a shade than white."""


def colour_class(contender: Labelled) -> str:
    """Return the classes that give an element a contender's colour."""
    return colour_of(id_of(contender))


def colour_of(letter: str) -> str:
    """Return the class of a letter's colour; after eight contenders the colours repeat, with a class of its own."""
    again, at = divmod(ord(letter[:1] or "A") - ord("A"), len(ON_LIGHT))
    return f"c{at} again" if again else f"c{at}"


def colour_rules() -> str:
    """The style sheet's part that follows from the set, and from the shades of a grid."""
    light = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_LIGHT)) + _shades(LIGHT)
    dark = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_DARK)) + _shades(DARK)
    return f"{light}\n@media screen and (prefers-color-scheme: dark){{{dark}}}\n"


def _shades(ground: Rgb) -> str:
    """A class for each shade that stands out from the ground, and black or white to write on it."""
    shades = list(enumerate(ramp(ground)))[1:]
    inks = ("#000000" if lightness(shade) >= BLACK_FROM else "#ffffff" for _, shade in shades)
    return "".join(
        f".h{at}{{--shade:#{''.join(f'{part:02x}' for part in shade)};--on-shade:{ink}}}"
        for (at, shade), ink in zip(shades, inks, strict=True)
    )


STYLE_FILE = Path(__file__).with_name("page.css")
NOTES = "notes"
LISTS = {
    "outcomes": ("ul", "expectations"),
    "notes": ("ul", "notes"),
    "limits": ("ul", "limits"),
    "events": ("ol", "events"),
    "sentences": ("ul", "sentences"),
}
"""The element and the class of each style of list."""


def render_html(document: doc.Document) -> str:
    """The whole file, with the one style sheet that all our pages share."""
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
        tag("title", f"{document.title} · httptui"),
        tag("style", style),
    )
    body = tag(
        "body",
        _head(document.head),
        tag("main", *_nodes(document.blocks, 0), class_=document.look or None),
        _footer(document.footer),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


@cache
def _style() -> Html:
    return Html(f"\n{STYLE_FILE.read_text(encoding='utf-8')}{colour_rules()}")


def _footer(parts: Sequence[str]) -> Html:
    one, *more = parts
    return tag("footer", *(tag("p", part) for part in parts)) if more else tag("footer", one)


def _nodes(blocks: Sequence[doc.Block], depth: int) -> list[Html]:
    """The elements of all blocks that are not empty; `depth` is the number of sections around them."""
    return [node for block in doc.told(blocks, doc.HTML) if (node := _node(block, depth)) is not None]


def _node(block: doc.Block, depth: int) -> Html | None:
    look = block.look or None
    match block:
        case doc.Head():
            return _head(block)
        case doc.Verdict():
            return _verdict(block)
        case doc.Sentences():
            return joined(tag("p", one, class_=look) for one in block.texts) if block.texts else None
        case doc.Items():
            return _items(block)
        case doc.Table():
            return _table(block, depth)
        case doc.Verbatim():
            caption = tag("p", block.caption, class_="note") if block.caption else None
            return joined((caption, tag("pre", lines(block.text), class_=look)))
        case doc.Facts():
            return _facts(block)
        case doc.Chart():
            return _chart(block)
        case doc.Group() | doc.Section():
            return _together(block, depth)


def _together(block: doc.Group | doc.Section, depth: int) -> Html | None:
    is_section = isinstance(block, doc.Section)
    inside = _nodes(block.blocks, depth + is_section)
    if not inside:
        return None
    if not isinstance(block, doc.Section):
        return tag("div", *inside, class_=block.look or None)
    if depth:
        return joined((tag("h3", block.title), *inside))
    title = tag("h2", block.title) if block.title else None
    return tag("section", title, *inside, class_=block.look or None, id=block.anchor or None)


def _head(head: doc.Head) -> Html:
    """The kind of page, its title and question, the request, and facts that are not empty."""
    return tag(
        "header",
        tag("p", tag("span", "httptui"), f" {head.kind}", class_="wordmark"),
        tag("h1", head.title),
        tag("p", head.question, class_="question") if head.question else None,
        tag(
            "p",
            tag("code", head.request) if head.request is not None else None,
            *(tag("span", fact) for fact in (*head.facts, head.when) if fact),
            class_="facts",
        ),
    )


def _verdict(verdict: doc.Verdict) -> Html:
    kind = verdict.kind
    doubts = f"{plural(verdict.doubts, 'thing')} to know before believing it"
    sentence = [tag("strong", clause) for clause in verdict.large]
    sentence += [tag("span", verdict.rest)] if verdict.rest else []
    return tag(
        "section",
        tag("p", kind, class_=f"kind {kind.replace(' ', '-')}") if kind is not None else None,
        tag("p", *sentence, class_="sentence") if sentence else None,
        tag("ul", *(tag("li", one) for one in verdict.more), class_="sentences") if verdict.more else None,
        tag("p", verdict.incomplete, class_="bad") if verdict.incomplete else None,
        tag("p", tag("a", doubts, href=f"#{NOTES}"), class_="note") if verdict.doubts else None,
        class_="verdict",
    )


def _items(block: doc.Items) -> Html | None:
    element, look = LISTS[block.style]
    inside = [tag("li", *_item(item, block.style)) for item in block.items]
    return tag(element, *inside, class_=look) if inside else None


def _item(item: doc.Item, style: str) -> Sequence[Node]:
    if item.lead is None:
        return (item.text,)
    lead = _cell(item.lead)
    match style:
        case "outcomes":
            return tag("b", lead, class_=item.ink), tag("span", item.text)
        case "limits":
            return lead, tag("span", item.text, class_="limit")
        case "events":
            return tag("span", lead, class_="moment"), tag("span", item.text, class_=item.ink)
        case _:
            return tag("b", lead), f" {item.text}"


def _table(table: doc.Table, depth: int) -> Html | None:
    """A table that scrolls by itself where the page is too narrow for it."""
    columns = [column for column in table.columns if column.forms >= doc.HTML]
    if not columns or not columns[0].cells:
        return None
    head = [_groups(columns)] if any(column.group for column in columns) else []
    head.append(tag("tr", *(_heading(column) for column in columns)))
    classes = [_class(column) for column in columns]
    body = [
        tag("tr", *(tag("td", _cell(cell), class_=class_) for cell, class_ in zip(row, classes, strict=True)))
        for row in zip(*(column.cells for column in columns), strict=True)
    ]
    drawn = tag("table", tag("thead", *head), tag("tbody", *body), class_=table.look or None)
    parts = [tag("div", drawn, class_="scroll")]
    parts += [tag("p", table.caption, class_="note")] if table.caption else []
    if not table.title:
        return joined(parts)
    element, title = ("div", "h3") if depth else ("section", "h2")
    return tag(element, tag(title, table.title), *parts)


def _heading(column: doc.Column) -> Html:
    name = _cell(column.heading) if column.under is None else column.under
    return tag("th", name, class_=_class(column), scope="col")


def _class(column: doc.Column) -> str | None:
    are_words = column.align == "left" if column.words is None else column.words
    return ("short" if column.short else None) if are_words else "figure"


def _groups(columns: Sequence[doc.Column]) -> Html:
    """The row above the headings that names what several of them have in common."""
    cells: list[Html] = []
    at = 0
    while at < len(columns):
        group = columns[at].group
        end = at + 1
        while end < len(columns) and columns[end].group == group:
            end += 1
        if group:
            cells.append(tag("th", group, colspan=end - at, class_="group", scope="colgroup"))
        else:
            cells.append(tag("td", colspan=end - at))
        at = end
    return tag("tr", *cells)


def _cell(cell: doc.Cell) -> Node:
    match cell:
        case doc.Named():
            return tag("span", _badge(cell.letter), tag("span", safe_text(cell.label)), class_="named")
        case doc.Badge():
            return _badge(cell.letter)
        case doc.Styled(text=words, style="strong" | "code" as element):
            return tag(element, words)
        case doc.Styled():
            return tag("span", cell.text, class_=cell.style or None)
        case doc.Several():
            return _values(map(_cell, cell.cells))
        case _:
            return cell


def _badge(letter: str) -> Html:
    """The letter on its colour."""
    shown = safe_text(letter, 4)
    return tag("b", shown, class_=f"badge {colour_of(shown)}")


def _facts(facts: doc.Facts) -> Html:
    rows = [
        part
        for name, value in facts.rows
        for part in (tag("dt", name), tag("dd", value if isinstance(value, str) else _values(value)))
    ]
    pairs = tag("dl", *rows)
    return pairs if facts.title is None else tag("article", tag("h3", _cell(facts.title)), pairs)


def _values(values: Iterable[Node]) -> Html:
    """Short values in a row, none of them broken where there is room for it on the next line."""
    return joined(tag("span", value, class_="item") for value in values)


def _chart(chart: doc.Chart) -> Html | None:
    """A chart that scrolls by itself where the page is too narrow for it, with its caption."""
    drawing = chart.draw()
    if drawing is None:
        return None
    scrolling = tag("div", drawing, class_="scroll")
    below = [tag("p", *map(_cell, chart.legend), class_="legend")] if chart.legend else []
    below += [tag("p", chart.note, class_="note")] if chart.note else []
    figure = (
        tag("figure", tag("figcaption", chart.caption), scrolling, *below) if chart.caption else scrolling
    )
    if not chart.title:
        return figure
    return tag("div", tag("h3" if isinstance(chart.title, doc.Named) else "h2", _cell(chart.title)), figure)
