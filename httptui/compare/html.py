"""A comparison as one HTML page of the report's kind: what is shown, whether too much changed, and by how much."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from httptui.compare.comparison import Comparison, ContenderChange, Ratio, Side, ThresholdResult, TwoSides
from httptui.compare.words import (
    HIGHER_IS_BETTER,
    TOLD,
    difference_cells,
    has_control,
    held_against,
    method_of,
    missing_lines,
    outcome_word,
    told_figures,
    undecided_line,
    verdict_of,
)
from httptui.report.html import Heading, Html, document, joined, lettered, moment, table, tag, wordmark

OUTCOMES = {"met": "good", "missed": "bad", "open": "warning"}
HEIGHT, MIDDLE, CAP = 16, 8, 4
MOST_LARGE = 3
SMALLEST_REACH = math.log(1.05)
"""A change of 5 % reaches the edge of its mark where nothing changed more."""


def to_html(comparison: Comparison) -> str:
    """The whole file; it loads nothing and runs nothing."""
    sections = (
        _verdict(verdict_of(comparison)),
        thresholds(comparison.thresholds, *undecided_line(comparison.thresholds, comparison.kind)),
        _changes(comparison),
        notes([*missing_lines(comparison), *comparison.notes]),
        verdicts(comparison),
        what_changed(comparison),
    )
    return page(comparison, sections, method_of(comparison), comparison.schema)


def _verdict(sentences: Sequence[str]) -> Html:
    """What is shown: large, where it is not much."""
    if len(sentences) <= MOST_LARGE:
        told = tag("p", *(tag("strong", sentence) for sentence in sentences), class_="sentence")
    else:
        told = tag("ul", *(tag("li", sentence) for sentence in sentences), class_="sentences")
    return tag("section", told, class_="verdict")


def page(comparison: TwoSides, sections: Sequence[Html | None], method: Sequence[str], schema: str) -> str:
    """A comparison's page: both reports by name and moment, its sections, and how the changes were found."""
    names = " → ".join(dict.fromkeys((comparison.before.name, comparison.after.name)))
    heading = tag(
        "header",
        wordmark("comparison"),
        tag("h1", names),
        tag("p", tag("span", f"{_when(comparison.before)} → {_when(comparison.after)}"), class_="facts"),
    )
    footer = tag("footer", *(tag("p", sentence) for sentence in method), tag("p", f"schema {schema}"))
    return document(f"{names} compared", heading, tag("main", *sections), footer)


def thresholds(results: Sequence[ThresholdResult], *more: str) -> Html | None:
    """Each with its outcome, then `more` sentences; nothing where there is none of them."""
    items = [
        tag(
            "li",
            tag("b", outcome_word(result.outcome), class_=OUTCOMES[result.outcome]),
            tag("span", result.sentence),
        )
        for result in results
    ]
    items += [tag("li", sentence) for sentence in more]
    if not items:
        return None
    return tag("section", tag("h2", "Thresholds"), tag("ul", *items, class_="expectations"))


def _when(side: Side) -> str:
    return f"{moment(side.started)}{'' if side.complete else ' (not complete)'}"


def _changes(comparison: Comparison) -> Html | None:
    """A row for each figure of each contender, the change that tells most drawn as a mark."""
    if not comparison.contenders:
        return None
    against = has_control(comparison)
    headings = [
        Heading("contender", words=True),
        Heading("figure", words=True, short=True),
        Heading("before"),
        Heading("after"),
        Heading("change"),
        *([Heading(held_against(comparison))] if against else []),
        Heading("", words=True),
    ]
    reach = reach_of(ratio for _, ratio in _telling(comparison.contenders))
    rows = [
        (
            lettered(contender.after_id, contender.label) if at == 0 else None,
            *(cells if against else cells[:4]),
            change_mark(quantity, ratio, reach),
        )
        for contender in comparison.contenders
        for at, (cells, (quantity, ratio)) in enumerate(
            zip(told_figures(contender), _telling([contender]), strict=True)
        )
    ]
    return tag("section", tag("h2", "What the contenders did"), table(headings, rows, "changes"))


def _telling(contenders: Sequence[ContenderChange]) -> list[tuple[str, Ratio | None]]:
    """Each figure that is told, with its change against the control, or else the plain one."""
    return [
        (quantity, change.against or change.ratio)
        for contender in contenders
        for quantity in TOLD
        if (change := contender.figures.get(quantity)) is not None
    ]


def reach_of(ratios: Iterable[Ratio | None]) -> float:
    """How far the changes and their intervals lead from none at most, by logarithm."""
    ends = [end for ratio in ratios if ratio is not None for end in (ratio.point, ratio.low, ratio.high)]
    return max([SMALLEST_REACH, *(abs(math.log(end)) for end in ends if end and end > 0)])


def change_mark(quantity: str, ratio: Ratio | None, reach: float) -> Html | None:
    """The change as a place left or right of none, and a line from one end of its interval to the other."""
    if ratio is None or ratio.point <= 0:
        return None

    def along(value: float) -> str:
        return f"{50 + 48 * min(max(math.log(max(value, 1e-9)) / reach, -1.0), 1.0):.2f}%"

    parts = [tag("line", x1="50%", x2="50%", y1=0, y2=HEIGHT, class_="axis")]
    if ratio.low is not None and ratio.high is not None:
        parts.append(
            tag("line", x1=along(ratio.low), x2=along(ratio.high), y1=MIDDLE, y2=MIDDLE, class_="reach")
        )
    parts.append(tag("circle", cx=along(ratio.point), cy=MIDDLE, r=CAP))
    better = (ratio.point > 1) == (quantity in HIGHER_IS_BETTER)
    ink = ("good" if better else "bad") if ratio.shown else "open"
    return tag("svg", *parts, class_=f"change-mark {ink}", height=HEIGHT, aria_hidden="true")


def notes(told: Sequence[str]) -> Html | None:
    """What a reader must know before believing the changes."""
    items = [tag("li", sentence) for sentence in told]
    return (
        tag("section", tag("h2", "Before believing it"), tag("ul", *items, class_="notes")) if told else None
    )


def verdicts(comparison: TwoSides) -> Html:
    """The last word of each report."""
    sides = (("before", comparison.before), ("after", comparison.after))
    parts = [part for word, side in sides for part in (tag("dt", word), tag("dd", side.verdict))]
    return tag("section", tag("h2", f"What each {comparison.kind} said"), tag("dl", joined(parts)))


def what_changed(comparison: TwoSides) -> Html | None:
    """What else is not the same: versions, machine and plan."""
    if not comparison.changed:
        return None
    headings = [Heading(name, words=True) for name in ("what", "before", "after")]
    rows = [[tag("code", path), *sides] for path, *sides in map(difference_cells, comparison.changed)]
    return tag("section", tag("h2", "What else changed"), table(headings, rows))
