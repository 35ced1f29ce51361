"""What HTML pages are made of: a whole file that loads nothing, tags, tables, marks and sections."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from httptui.colours import ON_DARK, ON_LIGHT
from httptui.ramp import Rgb, lightness, ramp
from httptui.report.cells import id_of, label_of, name_of, question_of, request_of
from httptui.results.report import Recorded
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
    """The classes that give an element a contender's colour; after eight it begins again, and says so."""
    return _colour_of(id_of(contender))


def badge(contender: Labelled) -> Html:
    """The letter on its colour."""
    return _badge(id_of(contender))


def named(contender: Labelled) -> Html:
    """Letter and label."""
    return lettered(id_of(contender), label_of(contender))


def lettered(letter: str, label: str) -> Html:
    """The same where only those two are known."""
    return tag("span", _badge(letter), tag("span", label), class_="named")


def legend(contenders: Sequence[Labelled]) -> Html:
    """Which letter is whose."""
    return tag("p", *(named(contender) for contender in contenders), class_="legend")


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


def _badge(letter: str) -> Html:
    return tag("b", letter, class_=f"badge {_colour_of(letter)}")


def _colour_of(letter: str) -> str:
    again, at = divmod(ord(letter[:1] or "A") - ord("A"), len(ON_LIGHT))
    return f"c{at} again" if again else f"c{at}"


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


NOTES = "notes"
Note = tuple[str, str]


def heading(report: Recorded, kind: str, *facts: str) -> Html:
    """Whose page it is, the plan's name and question, what was asked, and facts that are not empty."""
    question = question_of(report)
    told = [tag("span", fact) for fact in (*facts, moment(report.started)) if fact]
    return tag(
        "header",
        wordmark(kind),
        tag("h1", name_of(report)),
        tag("p", question, class_="question") if question else None,
        tag("p", tag("code", request_of(report)), *told, class_="facts"),
    )


def verdict(
    clauses: Sequence[str], rest: str, incomplete: str, doubts: int, *more: Node, kind: str | None = None
) -> Html:
    """Each of the first clauses large and the rest of the sentence below, why it is not complete, if it is not, and
    how many notes there are to read before believing it; `kind` is the verdict in a word.
    """
    words = f"{plural(doubts, 'thing')} to know before believing it"
    return tag(
        "section",
        tag("p", kind, class_=f"kind {kind.replace(' ', '-')}") if kind is not None else None,
        tag(
            "p",
            *(tag("strong", clause) for clause in clauses),
            tag("span", rest) if rest else None,
            class_="sentence",
        ),
        *more,
        tag("p", incomplete, class_="bad") if incomplete else None,
        tag("p", tag("a", words, href=f"#{NOTES}"), class_="note") if doubts else None,
        class_="verdict",
    )


def notes(told: Sequence[Note]) -> Html | None:
    """What kind of note and what it says, of each."""
    if not told:
        return None
    items = [tag("li", tag("b", kind), f" {sentence}") for kind, sentence in told]
    return tag("section", tag("h2", "Before believing it"), tag("ul", *items, class_="notes"), id=NOTES)


def figure(title: str, caption: str, chart: Html | None, *below: Node) -> Html | None:
    """A chart with its caption as a section, or nothing where there is no chart."""
    return None if chart is None else tag("section", tag("h2", title), drawn(caption, chart, *below))


def drawn(caption: str, chart: Html, *below: Node) -> Html:
    """A chart that scrolls by itself where the page is too narrow for it."""
    return tag("figure", tag("figcaption", caption), tag("div", chart, class_="scroll"), *below)


def footer(report: Recorded) -> Html:
    """What made it, and how much."""
    made = f"Made by httptui {report.environment.get('httptui', '')}".strip()
    seconds, letters = f"{report.seconds:.1f} s in all", plural(len(report.contenders), "contender")
    return tag("footer", joined((made, f"schema {report.schema}", seconds, letters), " · "))
