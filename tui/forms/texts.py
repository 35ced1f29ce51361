"""Values of a plan as the texts a form shows, and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def number_text(value: float | None) -> str:
    """A number as one would type it, exactly; the empty text for None."""
    if value is None:
        return ""
    return repr(value).removesuffix(".0")


def whole_number(text: str) -> int:
    """A whole number as typed; ValueError says what is wrong."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(_not(text, "a whole number")) from None


def real_number(text: str) -> float:
    """A number as typed, never infinite; ValueError says what is wrong."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(_not(text, "a number")) from None
    if not math.isfinite(value):
        raise ValueError(_not(text, "a number"))
    return value


def headers_text(headers: Mapping[str, str]) -> str:
    """Headers one per line, `Name: value`."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def headers_of(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers of a text with one `Name: value` per line, and what is wrong with the other lines.

    Blank lines are passed over; no problem repeats a header's value.
    """
    headers: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        name, colon, value = (part.strip(" \t\r") for part in line.partition(":"))
        if not colon and not name:
            continue
        if not colon or not name:
            problems.append(f"line {number} is not a header; write it as Name: value")
        elif name in headers:
            problems.append(f"line {number} gives {name} a second time; keep one of them")
        else:
            headers[name] = value
    return headers, tuple(problems)


def _not(text: str, kind: str) -> str:
    return f"“{text[:40]}” is not {kind}" if text.strip() else f"is empty; give {kind}"
