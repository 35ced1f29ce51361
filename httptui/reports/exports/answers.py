"""What the target answered: how often each status came, and the first answer of each that was no success."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.reports.exports.results import id_of, in_order
from httptui.reports.report import Report, ReportContender
from httptui.safe_text import safe_text
from httptui.snapshot import FirstAnswer
from httptui.units import format_count, listed

TITLE = "Answers"
SAID = "First answer of each status that is no success"
NO_HEADERS = "(this client gives no headers)"
NO_BODY = "(no body)"


def status_rows(report: Report) -> list[tuple[ReportContender, str, int]]:
    """Contender, status and count; nothing where every answer had the one status of success."""
    if not any(map(is_mixed, report.contenders)):
        return []
    return [
        (contender, safe_text(status, 10), count)
        for contender in in_order(report)
        for status, count in sorted(contender.status.items())
    ]


def is_mixed(contender: ReportContender) -> bool:
    """Whether its answers were not all of one status of success."""
    return len(contender.status) > 1 or any(not status.startswith("2") for status in contender.status)


def statuses_of(contender: ReportContender) -> str:
    """Its statuses with their counts on one line: "200 × 1 000, 503 × 12"."""
    return ", ".join(
        f"{safe_text(status, 10)} × {format_count(count)}"
        for status, count in sorted(contender.status.items())
    )


def first_answers(report: Report) -> list[tuple[str, FirstAnswer]]:
    """The first answers, by status, each with the letters of those that got it: "A, B and C"."""
    found: dict[tuple[str, str], tuple[list[str], FirstAnswer]] = {}
    for contender in report.contenders:
        for answer in contender.first_answers.values():
            letters, first = found.setdefault((answer.status, answer.body), ([], answer))
            letters.append(id_of(contender))
            if answer.headers and not first.headers:
                found[answer.status, answer.body] = letters, answer
    return [(listed(letters), answer) for _, (letters, answer) in sorted(found.items())]


def whole(answer: FirstAnswer) -> Iterator[str]:
    """Status, headers and the beginning of the body, line by line."""
    yield safe_text(answer.status, 10)
    for name, value in answer.headers:
        yield safe_text(f"{name}: {value}")
    if not answer.headers:
        yield NO_HEADERS
    yield ""
    yield safe_text(answer.body, 2_000) or NO_BODY
