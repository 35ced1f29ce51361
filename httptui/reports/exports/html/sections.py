"""What pages of all kinds of report have in common: heading, verdict, what casts doubt on it, charts, last line."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.reports.exports.html.document import moment, wordmark
from httptui.reports.exports.html.markup import Html, Node, joined, tag
from httptui.reports.exports.results import Recorded, name_of, question_of, request_of
from httptui.units import plural

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
