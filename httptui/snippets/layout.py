"""Python statements as lines of text, broken as a formatter would break them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH = 78
"""Columns that a line may have; only a long text in quotes goes beyond."""
STEP = "    "


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or with braces a dict; `start` is all up to the opening bracket and `end` all after the closing one."""

    start: str
    arguments: tuple[str | Call, ...]
    end: str = ""
    brackets: str = "()"

    def __str__(self) -> str:
        inside = ", ".join(map(str, self.arguments))
        return f"{self.start}{self.brackets[0]}{inside}{self.brackets[1]}{self.end}"


Line = str | Call


def call(start: str, *arguments: str | Call | None, end: str = "") -> Call:
    """A call of those arguments that are there."""
    return Call(start, tuple(argument for argument in arguments if argument), end)


def after(start: str, made: Call, end: str = "") -> Call:
    """A call in a statement: what comes before and behind it."""
    return Call(start + made.start, made.arguments, made.end + end, made.brackets)


def block(depth: int, lines: Iterable[Line]) -> Iterator[str]:
    """Lines at a depth; a call that does not fit has one argument a line."""
    for line in lines:
        yield from _broken(STEP * depth, line)


def _broken(indent: str, line: Line) -> Iterator[str]:
    whole = f"{indent}{line}" if str(line) else ""
    if isinstance(line, str) or len(whole) <= WIDTH or not line.arguments:
        yield whole
        return
    yield f"{indent}{line.start}{line.brackets[0]}"
    for argument in line.arguments:
        comma = argument + "," if isinstance(argument, str) else after("", argument, ",")
        yield from _broken(indent + STEP, comma)
    yield f"{indent}{line.brackets[1]}{line.end}"
