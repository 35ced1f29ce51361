"""What a plan expects of its contenders' results, each expectation parsed and tied to the contenders it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.plans.clauses import RESPONSE, Clause, Named, parse_clause, who_is
from httptui.plans.plan import label_of, letter_of
from httptui.plans.request_checks import shown
from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httptui.plans.plan import Plan

LONGEST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Expectation:
    """A clause and the letters of the contenders that it is about."""

    clause: Clause
    ids: tuple[str, ...]


def expectation_of(text: str, plan: Plan) -> Expectation:
    """One text of a plan's `expect`; ValueError says what is wrong and what is allowed."""
    if safe_text(text, LONGEST_TOLD) != text:
        raise ValueError(f"{shown(text)} must be one line without control or invisible characters")
    clause = parse_clause(text)
    if clause.quantity.startswith(RESPONSE) and plan.load.kind != "open":
        raise ValueError(
            f'{shown(clause.quantity)} is of an open load only; "{clause.quantity.removeprefix(RESPONSE)}"'
        )
    known = named_contenders(plan)
    if clause.contender is None:
        return Expectation(clause, tuple(one.id for one in known))
    return Expectation(clause, (who_is(clause.contender, known).id,))


def expectations_of(plan: Plan) -> tuple[Expectation, ...]:
    """All expectations of a checked plan."""
    return tuple(expectation_of(text, plan) for text in plan.expect)


def expectation_problems(plan: Plan) -> Iterator[str]:
    """Every expectation that cannot be judged, by its path: `expect[1]: …`."""
    for index, text in enumerate(plan.expect):
        try:
            expectation_of(text, plan)
        except ValueError as problem:
            yield f"expect[{index}]: {problem}"


def named_contenders(plan: Plan) -> tuple[Named, ...]:
    """The plan's contenders by what they can be named."""
    return tuple(
        Named(letter_of(index), label_of(contender), contender.engine)
        for index, contender in enumerate(plan.contender)
    )
