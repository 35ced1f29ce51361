"""A report in plain text, for a terminal of 80 columns or wider."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from httptui.report.cells import (
    HEADINGS,
    LONGEST,
    connections_of,
    cost_of,
    cpu_of,
    expectation_line,
    failures_of,
    first_answers,
    has_lookups,
    has_retries,
    id_of,
    in_order,
    is_mixed,
    is_open,
    label_of,
    load_of,
    lookups_of,
    median_of,
    name_of,
    notes_on,
    p99_of,
    request_of,
    response_p99_of,
    round_seconds,
    statuses_of,
    upstream_rows,
)
from httptui.results.judge.ranking import rank_text
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import ContenderView, Snapshot
from httptui.safe_text import safe_text
from httptui.units import UNKNOWN, format_count, format_rate, format_ratio, format_us

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


WIDTH = 80
LONGEST_TOLD = 400
"""Characters of what an answer said; all that was kept of it is in the documents."""


def to_text(report: Report, width: int = WIDTH) -> str:
    """Results, ranking, verdict and warnings, each line at most `width` cells (80 or more)."""
    contenders = in_order(report)
    heading = " · ".join(part for part in (name_of(report), request_of(report), load_of(report)) if part)
    lines = [*wrapped(heading, width, "  "), "", *table_lines(_columns(report, contenders), width)]
    lines += notes_on(contenders)
    for contender in contenders:
        if contender.cause:
            cause = safe_text(contender.cause, LONGEST)
            lines += wrapped(f"{id_of(contender)} did not finish: {cause}", width, "  ")
    lines += _answer_lines(report, width)
    if apps := _app_lines(report, width):
        lines += ["", *apps]
    if report.ranking:
        lines += ["", *ranking_lines(report, width)]
    if len(costs := cpu_ranking_lines(report, width)) > 1:
        lines += ["", "by CPU per request", *costs]
    lines += ["", *wrapped(safe_text(report.verdict.sentence, LONGEST), width)]
    lines += _paragraph([expectation_line(result) for result in report.expectations], width)
    if not report.complete:
        lines += ["", "This run was not complete."]
    notes = [f"Note: {flag.sentence}" for flag in report.flags]
    notes += [f"Warning: {warning}" for warning in report.warnings]
    lines += _paragraph(notes, width)
    return "\n".join(lines) + "\n"


def _answer_lines(report: Report, width: int) -> list[str]:
    """How often each status came, where not all was one success, and what the first answer of each failure said."""
    lines: list[str] = []
    for contender in in_order(report):
        if is_mixed(contender):
            lines += wrapped(f"{id_of(contender)} was answered {statuses_of(contender)}", width, "  ")
    for letters, answer in first_answers(report):
        lines += wrapped(safe_text(f"{letters} got {answer.told}", LONGEST_TOLD), width, "  ")
    return ["", *lines] if lines else []


def _paragraph(sentences: Sequence[str], width: int) -> list[str]:
    """An empty line and each sentence on lines of its own, or nothing."""
    lines = [""] if sentences else []
    for sentence in sentences:
        lines += wrapped(safe_text(sentence, LONGEST), width, "  ")
    return lines


def ranking_lines(source: Snapshot | Report, width: int = WIDTH) -> list[str]:
    """One line a rank: place, contender, ratio to the leader with its interval, and what limits it."""
    by_id = _by_id(source)
    places = [(place, by_id[place.id]) for place in source.ranking if place.id in by_id]
    ratios = _aligned(
        [format_ratio(place.ratio, place.ratio_low, place.ratio_high) for place, _ in places], "%"
    )
    rows = [
        _Line(rank_text(place), contender, ratio, _limit(contender))
        for (place, contender), ratio in zip(places, ratios, strict=True)
    ]
    return _lines(rows, width)


def cpu_ranking_lines(source: Snapshot | Report, width: int = WIDTH) -> list[str]:
    """One line a place by CPU per request: contender, cost, and how many times the cheapest's with its interval."""
    by_id = _by_id(source)
    places = [(place, by_id[place.id]) for place in source.cpu_ranking if place.id in by_id]
    costs = _aligned([format_us(place.cpu_us_per_request) for place, _ in places], " ")
    rows = [
        _Line(rank_text(place), contender, cost, "" if at == 0 else cost_of(place))
        for at, ((place, contender), cost) in enumerate(zip(places, costs, strict=True))
    ]
    return _lines(rows, width)


def _app_lines(report: Report, width: int) -> list[str]:
    """What clients inside an app did upstream, where there are any."""
    rows = upstream_rows(report)
    if not rows:
        return []
    figures = zip(*(cells for _, cells in rows), strict=True)
    columns = [
        Column("", [id_of(contender) for contender, _ in rows]),
        Column("inside an app", [label_of(contender) for contender, _ in rows], "left", label=True),
        *(
            Column(heading, cells, keep=1 if heading == "at the target" else 0)
            for heading, cells in zip(HEADINGS, figures, strict=True)
        ),
    ]
    return table_lines(columns, width)


class _Line(NamedTuple):
    """A place in a ranking, its contender, its figure, and what is told of it."""

    rank: str
    contender: ContenderView | ReportContender
    figure: str
    remark: str


def _lines(rows: Sequence[_Line], width: int) -> list[str]:
    """The rows in columns, the labels cut to fit."""
    if not rows:
        return []
    labels = [f"{id_of(row.contender)}  {label_of(row.contender)}" for row in rows]
    ranks = max(cells_of(row.rank) for row in rows)
    figures = max(cells_of(row.figure) for row in rows)
    remarks = max(cells_of(row.remark) for row in rows)
    room = max(width - ranks - figures - remarks - 6, 4)
    wide = min(max(cells_of(label) for label in labels), room)
    return [
        "  ".join(
            (
                padded(row.rank, ranks),
                padded(fitted(label, wide), wide),
                padded(row.figure, figures),
                row.remark,
            )
        ).rstrip()
        for row, label in zip(rows, labels, strict=True)
    ]


def _by_id(source: Snapshot | Report) -> dict[str, ContenderView | ReportContender]:
    return {contender.id: contender for contender in source.contenders}


def _columns(report: Report, contenders: Sequence[ReportContender]) -> list[Column]:
    service = [
        Column("p50", [median_of(contender.latency_ms) for contender in contenders]),
        Column("p99", [p99_of(contender) for contender in contenders], keep=1),
    ]
    columns = [
        Column("", [id_of(contender) for contender in contenders]),
        Column("contender", [label_of(contender) for contender in contenders], "left", label=True),
        *([_offered(contenders)] if is_open(report) else []),
        Column(
            "served/s" if is_open(report) else "req/s",
            [format_rate(contender.req_per_s) for contender in contenders],
        ),
        *(_open_columns(contenders) if is_open(report) else service),
        Column(
            "CPU/req",
            [cpu_of(contender) for contender in contenders],
            keep=3 if is_open(report) else 0,
        ),
        Column("conns/req", [connections_of(contender) for contender in contenders], keep=3),
        Column("errors", [format_count(failures_of(contender)) for contender in contenders]),
    ]
    if is_open(report):
        dropped = [format_count(contender.requests.dropped) for contender in contenders]
        columns.insert(-1, Column("dropped", dropped))
    if has_lookups(report):
        columns.insert(-1, Column("lookups/req", [lookups_of(contender) for contender in contenders], keep=4))
    if has_retries(report):
        retried = [format_count(contender.requests.retried) for contender in contenders]
        columns.append(Column("retried", retried, keep=5))
    rounds = [round_seconds(report, contender) for contender in contenders]
    if any(rounds):
        columns.append(Column("s/round", [_mean_seconds(seconds) for seconds in rounds], keep=2))
    return columns


def _offered(contenders: Sequence[ReportContender]) -> Column:
    return Column("offered/s", [format_rate(contender.offered_per_s) for contender in contenders], keep=1)


def _open_columns(contenders: Sequence[ReportContender]) -> list[Column]:
    """What users of an open load waited, from when their requests were due."""
    return [
        Column("response p50", [median_of(contender.response_ms) for contender in contenders], keep=2),
        Column("response p99", [response_p99_of(contender) for contender in contenders]),
    ]


def _mean_seconds(seconds: Sequence[float]) -> str:
    return f"{sum(seconds) / len(seconds):.2f}" if seconds else UNKNOWN


def _aligned(figures: Sequence[str], mark: str) -> list[str]:
    """The figures with their marks below one another."""
    before = max((figure.index(mark) for figure in figures), default=0)
    return [" " * (before - figure.index(mark)) + figure for figure in figures]


def _limit(contender: ContenderView | ReportContender) -> str:
    if contender.state == "dnf":
        return "did not finish"
    return "" if contender.limiter is None else contender.limiter.kind
