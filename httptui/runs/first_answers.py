"""First answers of a contender by status, sanitised for display and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from httptui.engines.protocol import Answer
from httptui.plan.secrets import masked_header, masked_pairs
from httptui.results.snapshot import FirstAnswer
from httptui.safe_text import safe_text

MOST_KINDS = 8
LONGEST_BODY = 2_000
CHALLENGES = ("www-authenticate", "proxy-authenticate")
"""Headers whose names look secret, but which say what authentication is missing."""


class FirstAnswers:
    """The first answer of each status; `kept` is by status, in order of arrival."""

    def __init__(self) -> None:
        self.kept: dict[str, FirstAnswer] = {}

    def add(self, answers: Mapping[str, Answer], redact: Callable[[str], str]) -> Iterator[FirstAnswer]:
        """Keep answers of statuses not seen before, and yield them."""
        for status, answer in answers.items():
            if status not in self.kept and len(self.kept) < MOST_KINDS:
                self.kept[status] = kept = safe_answer(status, answer, redact)
                yield kept


def safe_answer(status: str, answer: Answer, redact: Callable[[str], str]) -> FirstAnswer:
    """Return the answer on one line, masked and cut to the length that is shown."""
    body = " ".join(redact(masked_pairs(answer.body)).split())
    return FirstAnswer(
        status=status,
        headers=tuple(
            (safe_text(name), safe_text(redact(_masked(name, value)))) for name, value in answer.headers
        ),
        body=safe_text(body, LONGEST_BODY),
        bytes=answer.bytes,
    )


def _masked(name: str, value: str) -> str:
    return value if name.lower() in CHALLENGES else masked_header(name, value)
