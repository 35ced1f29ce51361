"""The first answers of a contender that were no success, as they may be shown and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from httptui.engines.protocol import Answer
from httptui.plan.secrets import masked_header, masked_pairs
from httptui.results.snapshot import FirstAnswer
from httptui.safe_text import safe_text

MOST_KINDS = 8
LONGEST_BODY = 2_000
CHALLENGES = ("www-authenticate", "proxy-authenticate")
"""Headers that look like secrets by their names, and say what is missing."""


class FirstAnswers:
    """One for each status; `kept` is by status, in the order in which they came."""

    def __init__(self) -> None:
        self.kept: dict[str, FirstAnswer] = {}

    def add(self, answers: Mapping[str, Answer], redact: Callable[[str], str]) -> Iterator[FirstAnswer]:
        """Keep those of a status not seen before, and give them."""
        for status, answer in answers.items():
            if status not in self.kept and len(self.kept) < MOST_KINDS:
                self.kept[status] = kept = safe_answer(status, answer, redact)
                yield kept


def safe_answer(status: str, answer: Answer, redact: Callable[[str], str]) -> FirstAnswer:
    """The answer on one line, without secrets of the plan or what looks like one, and no longer than is shown."""
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
