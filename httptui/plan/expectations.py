"""Expectations of a plan, each parsed and tied to the contenders it is about."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from httptui.figures import BY_NAME, FIGURES, RESPONSE
from httptui.plan.decode import did_you_mean
from httptui.plan.model import Plan, label_of, letter_of
from httptui.plan.requests import shown
from httptui.safe_text import safe_text

Units = Mapping[str, float]
"""Units that may follow a number, each with its size in the figure's own unit."""

QUANTITIES: Final = {figure.name: figure.unit.clause for figure in FIGURES if figure.expected}
"""Every figure that an expectation may be about, with its units; a bare number is in the report's own, milliseconds
for latencies and microseconds for the CPU time of a request.
"""

OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}

_CLAUSE = re.compile(r"(?P<left>.*?)\s*(?P<operator><=|>=|==|<|>)\s*(?P<right>[^<>=]*)")
_CALL = re.compile(r"(?P<quantity>[\w.]+)\((?P<contender>.*)\)")
_WORD = re.compile(r"[a-z_]+[0-9.]*$")
_RIGHT = re.compile(r"(?P<number>[+-]?[0-9]{1,12}(?:\.[0-9]{1,9})?)\s*(?P<unit>\S*)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A demand as parsed: `limit` is in the quantity's own unit; without a `contender` it is about every one."""

    text: str
    quantity: str
    contender: str | None
    operator: str
    limit: float

    def holds(self, value: float) -> bool:
        """Return whether a value meets it."""
        return OPERATORS[self.operator](value, self.limit)


@dataclass(frozen=True, slots=True)
class Named:
    """Names of a contender: its letter, its label, and its engine."""

    id: str
    label: str
    engine: str


def parse_clause(text: str, quantities: Mapping[str, Units] = QUANTITIES) -> Clause:
    """Parse a clause such as `A.p99 < 50ms` or `ratio(httpx) > 0.5`; ValueError tells what is allowed."""
    parts = _CLAUSE.fullmatch(text.strip())
    if parts is None or not parts["left"] or not parts["right"].strip():
        raise ValueError(f"{shown(text)} compares nothing; QUANTITY {', '.join(OPERATORS)} NUMBER")
    quantity, contender = _subject(parts["left"], quantities)
    limit = _limit(parts["right"].strip(), quantity, quantities[quantity])
    return Clause(text.strip(), quantity, contender, parts["operator"], limit)


def who_is(name: str, contenders: Sequence[Named]) -> Named:
    """Find a contender by letter, else by label, else by engine; ValueError if none or several match."""
    for kind in ("id", "label", "engine"):
        found = [contender for contender in contenders if getattr(contender, kind) == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"{shown(name)} may be {_listed(found)}; name its letter or its label")
    known = [word for contender in contenders for word in (contender.label, contender.engine)]
    raise ValueError(f"{shown(name)} is no contender; {_listed(contenders)}{did_you_mean(name, known)}")


def _subject(left: str, quantities: Mapping[str, Units]) -> tuple[str, str | None]:
    """Split `p99`, `aiohttp.p99` or `p99(aiohttp)` into quantity and contender."""
    if call := _CALL.fullmatch(left):
        quantity, contender = call["quantity"], call["contender"]
    else:
        # A quantity may have a dot itself, as p99.9 has, and so may an engine, as http.client has.
        quantity = max((name for name in quantities if f".{left}".endswith(f".{name}")), key=len, default="")
        contender = left[: len(left) - len(quantity)].removesuffix(".")
    if quantity not in quantities:
        wrong = quantity or _last_word(left, quantities)
        raise ValueError(
            f"{shown(wrong)} is not a quantity; allowed: {', '.join(quantities)}"
            f"{did_you_mean(wrong, list(quantities))}"
        )
    return quantity, contender.strip() or None


def _last_word(left: str, quantities: Mapping[str, Units]) -> str:
    """Return the word most likely meant as the quantity: `p98` of `aiohttp.p98`."""
    word = _WORD.search(left)
    return left if word is None or word[0] in quantities else word[0]


def _limit(right: str, quantity: str, units: Units) -> float:
    parts = _RIGHT.fullmatch(right)
    if parts is None:
        raise ValueError(f"{shown(right)} is not a number; such as {_example(units)}")
    if parts["unit"] not in units:
        raise ValueError(f"{shown(right)} has no unit of {quantity}; such as {_example(units)}")
    return float(parts["number"]) * units[parts["unit"]]


def _example(units: Units) -> str:
    return " or ".join(f"5{unit}" for unit in units)


def _listed(contenders: Sequence[Named]) -> str:
    return ", ".join(f"{contender.id} {shown(contender.label)}" for contender in contenders)


LONGEST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Expectation:
    """A clause and the letters of the contenders that it is about."""

    clause: Clause
    ids: tuple[str, ...]


def expectation_of(text: str, plan: Plan) -> Expectation:
    """Parse one text of a plan's `expect`; ValueError says what is wrong and what is allowed."""
    if safe_text(text, LONGEST_TOLD) != text:
        raise ValueError(f"{shown(text)} must be one line without control or invisible characters")
    clause = parse_clause(text)
    if BY_NAME[clause.quantity].is_response and plan.load.kind != "open":
        raise ValueError(
            f'{shown(clause.quantity)} is of an open load only; "{clause.quantity.removeprefix(RESPONSE)}"'
        )
    known = named_contenders(plan)
    if clause.contender is None:
        return Expectation(clause, tuple(one.id for one in known))
    return Expectation(clause, (who_is(clause.contender, known).id,))


def expectations_of(plan: Plan) -> tuple[Expectation, ...]:
    """Parse all expectations of a checked plan."""
    return tuple(expectation_of(text, plan) for text in plan.expect)


def expectation_problems(plan: Plan) -> Iterator[str]:
    """Yield every expectation that cannot be judged, by its path: `expect[1]: …`."""
    for index, text in enumerate(plan.expect):
        try:
            expectation_of(text, plan)
        except ValueError as problem:
            yield f"expect[{index}]: {problem}"


def named_contenders(plan: Plan) -> tuple[Named, ...]:
    """Return the names of a plan's contenders."""
    return tuple(
        Named(letter_of(index), label_of(contender), contender.engine)
        for index, contender in enumerate(plan.contender)
    )
